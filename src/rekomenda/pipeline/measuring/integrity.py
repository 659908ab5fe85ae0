"""Whether the bytes behind what is served are those that were written."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from rekomenda.errors import RekomendaError
from rekomenda.storage.release_manifest import Release
from rekomenda.storage.snapshots import Snapshot

AGAIN: Final = timedelta(hours=1)
"""After so long bytes are read again although nothing says that they were touched."""

Seen = tuple[tuple[str, int, int], ...]


@dataclass(frozen=True)
class _Verdict:
    path: Path
    seen: Seen
    when: datetime
    whole: bool


class Integrity:
    """Remembers which release was verified, and how its files looked then.

    Reading every byte of a release takes seconds, so it is done when another is served, when a file
    has another size or time, and once an hour.

    Parameters
    ----------
    every_byte : bool, default True
        Whether bytes are read at all; else a file is taken for whole that has its size.
    """

    def __init__(self, *, every_byte: bool = True) -> None:
        self._every_byte = every_byte
        self._last: _Verdict | None = None

    def of_release(self, release: Release, now: datetime) -> bool:
        """Whether every file of a release is as it was written."""
        if not self._every_byte:
            files = release.files.items()
            return all(_size(release.path / name) == file.bytes for name, file in files)
        seen = _look(release)
        last = self._last
        same = last is not None and (last.path, last.seen) == (release.path, seen)
        if last is not None and same and now - last.when < AGAIN:
            return last.whole
        self._last = _Verdict(release.path, seen, now, _verified(release))
        return self._last.whole


def parts_are_there(snapshot: Snapshot) -> bool:
    """Whether every part of the lake is there, at the size it had. Their bytes are not read."""
    return all(_size(part.path) == part.bytes for part in snapshot.parts)


def _look(release: Release) -> Seen:
    found = []
    for name in sorted(release.files):
        try:
            stat = (release.path / name).stat()
            found.append((name, stat.st_size, stat.st_mtime_ns))
        except OSError:
            found.append((name, -1, -1))
    return tuple(found)


def _verified(release: Release) -> bool:
    try:
        release.verify()
    except (RekomendaError, OSError):
        return False
    return True


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return -1
