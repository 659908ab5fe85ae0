"""Keeping the mirror of a home in a bucket: looking what there is, and fetching what is needed.

A look (`pull`) lists the bucket, fetches pointers, manifests and other small documents that have
changed, puts stand-ins where files are that nobody needed yet, and removes what is gone: what was
erased from the bucket does not live on here. Pointers are read before the listing and written
after it, so that what they name is there. All of this does nothing in a home that is a folder.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Iterable, Iterator
from fnmatch import fnmatchcase
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

from rekomenda.mirror import (
    FETCHING,
    TRACKED,
    Mirror,
    is_current,
    is_stand_in,
    mark,
    mirror_of,
)
from rekomenda.refusals import guard
from rekomenda.storage import commit
from rekomenda.storage.locks import is_locked
from rekomenda.storage.remote import alone, bucket_of, together

if TYPE_CHECKING:
    from rekomenda.storage.answers import Facts

POINTERS: Final = (
    "warehouse/current",
    "releases/current",
    "lake/current",
    "erasures/open",
    "erasures/tombstones",
)
"""Read by name, whatever a listing says, in an order in which none is older than what it names."""
DOCUMENTS: Final = (
    "lake/snapshots/*.json",
    "releases/*/manifest.json",
    "attempts/*.json",
    "tunings/*.json",
    "erasures/*.json",
)
"""Small, and needed by every command."""
LEFT_SECONDS: Final = 3600
"""What has been fetched for so long was left by a crash."""


def pull(home: Path, *, writing: bool = False) -> None:
    """Bring the mirror of a home to what its bucket holds now.

    Parameters
    ----------
    home : Path
    writing : bool
        Whether this process holds the lease. While another of this machine does, the mirror is
        theirs, and as new as the bucket.

    Raises
    ------
    StoreUnreachableError, StoreDeniedError, BucketNotFoundError
        As `store_errors.told`; the mirror is as before, or further on.
    """
    mirror = mirror_of(home)
    if mirror is None:
        return
    with alone(home):
        if writing or not is_locked(home / "lease"):
            _pull(mirror)


def fetch(paths: Iterable[Path], *, again: bool = False) -> None:
    """Fetch what only stands in for a file, or is missing.

    Parameters
    ----------
    paths : iterable of Path
    again : bool
        Fetch what is there too: it was found to be damaged.
    """
    wanted = [
        (mirror, path)
        for path in paths
        if (again or is_stand_in(path) or not path.exists())
        and (mirror := mirror_of(path.parent)) is not None
        and mirror.tracks(path)
    ]
    together(_fetch, wanted)


def at_hand(path: Path) -> Path:
    """Return a path, its file fetched where it only stood in for one."""
    fetch([path])
    return path


def folder_at_hand(folder: Path) -> Path:
    """As `at_hand` for every file below a folder."""
    fetch(path for path in sorted(folder.rglob("*")) if is_stand_in(path))
    return folder


def vouched_for(path: Path, sha256: str) -> bool:
    """Whether the bucket says that a file has these bytes; nothing is fetched."""
    mirror = mirror_of(path.parent)
    facts = None if mirror is None else bucket_of(mirror).head(mirror.key_of(path))
    return facts is not None and facts.sha256 == sha256


def _pull(mirror: Mirror) -> None:
    bucket = bucket_of(mirror)
    pointers: dict[str, tuple[bytes, Facts] | None] = {}

    def look(name: str) -> None:
        known = (mirror.folder / name).exists()
        pointers[name] = bucket.get(mirror.prefix + name, known=known)

    together(look, [(name,) for name in POINTERS])
    present: set[Path] = set()
    documents: list[Path] = []
    for item in bucket.listing(mirror.prefix):
        path = mirror.path_of(item.key)
        if path is None:
            continue
        present.add(path)
        name = path.relative_to(mirror.folder).as_posix()
        if name in POINTERS or is_current(path, item.etag):
            continue
        if any(fnmatchcase(name, pattern) for pattern in DOCUMENTS):
            documents.append(path)
        else:
            _stand_in(path, item.etag, item.size)
    together(partial(_fetch, locked=True), [(mirror, path) for path in documents])
    for name in POINTERS:
        if (found := pointers[name]) is not None:
            _write(mirror, mirror.folder / name, found[0], found[1].etag)
            present.add(mirror.folder / name)
    _prune(mirror, present)


def _write(mirror: Mirror, path: Path, body: bytes, etag: str) -> None:
    if path.exists() and path.read_bytes() == body:
        mark(path, etag)
        return
    staged = _place_to_fetch(mirror)
    with guard(staged):
        staged.write_bytes(body)
        mark(staged, etag)
    commit.place(staged, path)


def _fetch(mirror: Mirror, path: Path, *, locked: bool = False) -> None:
    """Fetch one file; where its object is gone, the stand-in goes too."""
    before = _moment(path)
    staged = _place_to_fetch(mirror)
    with guard(staged), staged.open("wb") as file:
        facts = bucket_of(mirror).fetch(mirror.key_of(path), file, known=True)
    if facts is None:
        commit.discard(staged)
        if is_stand_in(path):
            commit.discard(path)
        return
    mark(staged, facts.etag)
    if locked:
        commit.place(staged, path)
        return
    with alone(mirror.folder):
        if _moment(path) == before:
            commit.place(staged, path)
        else:  # a writer of this machine has put a newer one there
            commit.discard(staged)


def _stand_in(path: Path, etag: str, size: int) -> None:
    commit.discard(path)
    with guard(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("wb") as file:
            file.truncate(size)
        mark(path, etag, standing_in=True)


def _prune(mirror: Mirror, present: set[Path]) -> None:
    for path in _below(mirror):
        if path.is_dir():
            if not any(path.iterdir()):
                commit.discard(path)
        elif path not in present:
            commit.discard(path)
    for path in (mirror.folder / FETCHING).glob("*"):
        if path.stat().st_ctime < time.time() - LEFT_SECONDS:
            commit.discard(path)


def _below(mirror: Mirror) -> Iterator[Path]:
    """Yield everything that is tracked, files before the folder that they are in."""
    for top in TRACKED:
        yield from sorted((mirror.folder / top).rglob("*"), reverse=True)


def _place_to_fetch(mirror: Mirror) -> Path:
    folder = mirror.folder / FETCHING
    with guard(folder):
        folder.mkdir(exist_ok=True)
    return folder / secrets.token_hex(8)


def _moment(path: Path) -> int | None:
    return path.stat().st_mtime_ns if path.exists() else None
