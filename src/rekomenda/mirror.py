"""Working copies: which object of a bucket a file of a home stands for.

A home in a bucket (`s3://bucket/prefix`) is worked on in a folder of this machine, its mirror. A
file named `mirror` in it says which home it is of. Files are fetched when they are needed; until
then a stand-in of the right size, all holes, keeps each one's place, so that whoever lists a
folder sees what there is. Which version of an object a file is, its time of modification tells:
no clock, but a number made of the object's tag, odd for a stand-in. So it is told by the file
itself, and changes with it in one step.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

SCHEME: Final = "s3://"
MARKER: Final = "mirror"
FETCHING: Final = "fetching"
"""Where files lie while they are fetched."""
TRACKED: Final = ("lake", "releases", "warehouse", "attempts", "tunings", "erasures")
"""What the bucket holds; anything else in a mirror is this machine's own."""
_URI: Final = re.compile(r"s3://([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])(?:/+(.*?))?/*")
_ENDPOINTS: Final = ("AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL")
_CLOCKS_BEGIN: Final = 1 << 56
"""In nanoseconds: March 1972. What is later is the time of a file that was not tagged."""


@dataclass(frozen=True)
class Mirror:
    """The mirror of one home.

    Parameters
    ----------
    folder : Path
    bucket : str
    prefix : str
        Empty, or what every key of the home begins with; it ends with `/`.
    """

    folder: Path
    bucket: str
    prefix: str

    @property
    def uri(self) -> str:
        """The home, as `--home` takes it."""
        return f"{SCHEME}{self.bucket}/{self.prefix}".rstrip("/")

    def key_of(self, path: Path) -> str:
        """Return the key of what a path of the mirror stands for."""
        return self.prefix + path.absolute().relative_to(self.folder).as_posix()

    def path_of(self, key: str) -> Path | None:
        """Return where an object has its place; None for what is not of the home's own."""
        parts = key.removeprefix(self.prefix).split("/")
        if parts[0] not in TRACKED or not {"", ".", ".."}.isdisjoint(parts):
            return None
        return self.folder.joinpath(*parts)

    def tracks(self, path: Path) -> bool:
        """Whether the bucket holds what lies at a path."""
        return path.absolute().relative_to(self.folder).parts[:1] in {(n,) for n in TRACKED}


def is_uri(home: str) -> bool:
    """Whether a home is named as one in a bucket."""
    return home.startswith(SCHEME)


def bucket_and_prefix(uri: str) -> tuple[str, str]:
    """Return the bucket that a URI names, and what keys below it begin with: empty, or up to a `/`.

    Raises
    ------
    ValueError
        If it names no bucket.
    """
    found = _URI.fullmatch(uri)
    if found is None:
        raise ValueError(uri)
    return found[1], f"{found[2]}/" if found[2] else ""


def place_of(uri: str, environment: Mapping[str, str] = os.environ) -> Path:
    """Return the folder that mirrors a home on this machine, marked as its mirror.

    It lies in `REKOMENDA_CACHE` (default: `rekomenda` in the user's cache folder), under a name of
    its own for each store, account and home.

    Raises
    ------
    ValueError
        If that is no URI of a bucket.
    OSError
        If the folder cannot be made.
    """
    bucket, prefix = bucket_and_prefix(uri)
    store = [environment.get(name) for name in (*_ENDPOINTS, "AWS_PROFILE")]
    name = hashlib.sha256(json.dumps([store, bucket, prefix]).encode()).hexdigest()[:16]
    folder = _cache(environment) / name
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    marker = folder / MARKER
    if not marker.exists():  # what it says follows from the folder's name: no harm in writing twice
        marker.write_text(json.dumps({"bucket": bucket, "prefix": prefix}), encoding="utf-8")
    return folder


def mirror_of(path: Path) -> Mirror | None:
    """Return the mirror that a path lies in; None for a home that is a folder and nothing else."""
    path = path.absolute()
    for folder in (path, *path.parents):
        try:
            said = json.loads((folder / MARKER).read_bytes())
            return Mirror(folder, said["bucket"], said["prefix"])
        except (OSError, ValueError, TypeError, KeyError):
            continue
    return None


def uri_of(path: Path) -> str:
    """Return how others may read what lies at a path: by its URI in the bucket, or by the path."""
    mirror = mirror_of(path)
    if mirror is None:
        return str(path)
    if path.absolute() == mirror.folder:
        return mirror.uri
    return f"{SCHEME}{mirror.bucket}/{mirror.key_of(path)}"


def shown(fact: Any) -> Any:
    """Return what people are told of a fact: of a path in a mirror, the URI that it stands for."""
    if not isinstance(fact, Path):
        return fact
    mirror = mirror_of(fact)
    if mirror is None or (fact.absolute() != mirror.folder and not mirror.tracks(fact)):
        return fact
    return uri_of(fact)


def endpoint(environment: Mapping[str, str] = os.environ) -> str:
    """Return where the environment says the store is; empty: at Amazon, or as a profile says."""
    return next(filter(None, (environment.get(name) for name in _ENDPOINTS)), "")


def tag_of(etag: str, *, standing_in: bool = False) -> int:
    """Return what a version of an object gives its file as time of modification, in ns."""
    digest = hashlib.sha256(etag.strip('"').encode()).digest()
    return int.from_bytes(digest[:7]) & ~1 | standing_in


def mark(path: Path, etag: str, *, standing_in: bool = False) -> None:
    """Say in a file's time which version of its object it is."""
    tag = tag_of(etag, standing_in=standing_in)
    os.utime(path, ns=(tag, tag))


def is_current(path: Path, etag: str) -> bool:
    """Whether a file, or its stand-in, is of this version."""
    try:
        return path.stat().st_mtime_ns & ~1 == tag_of(etag)
    except OSError:
        return False


def is_stand_in(path: Path) -> bool:
    """Whether a file only keeps the place of one that was not fetched."""
    try:
        moment = path.stat().st_mtime_ns
    except OSError:
        return False
    return bool(moment & 1) and moment < _CLOCKS_BEGIN


def _cache(environment: Mapping[str, str]) -> Path:
    own = environment.get("REKOMENDA_CACHE")
    if own:
        return Path(own).expanduser().absolute()
    user = environment.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(user).absolute() / "rekomenda"
