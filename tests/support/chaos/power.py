"""What a power cut leaves: recorded system calls played into a disk that forgets what was not flushed.

Bytes of a file are safe once that file was flushed, a name once the folder it is in was flushed
afterwards; a rename is kept whole or not at all. All else is gone, or there in part, as the
`mode` says: `lost` takes everything back, `names` keeps names without their bytes, `torn` keeps
by chance, and half of a write. Calls that a disk of ours does not know are refused loudly, and
what a whole record leads to can be compared with the real folder: so no write goes unseen.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Literal

from support.chaos.traced import Call, text_of

Mode = Literal["lost", "names", "torn"]
MODES: tuple[Mode, ...] = ("lost", "names", "torn")


@dataclass(eq=False)
class File:
    """A file: its bytes now, those that are safe, and what was written since."""

    now: bytearray = field(default_factory=bytearray)
    safe: bytes = b""
    since: list[tuple[int, bytes]] = field(default_factory=list)

    def write(self, at: int, data: bytes) -> None:
        self.since.append((at, data))
        _put(self.now, at, data)

    def truncate(self, size: int) -> None:
        self.since.append((size, b""))
        _put(self.now, size, b"")

    def flush(self) -> None:
        self.safe, self.since = bytes(self.now), []

    def left(self, mode: Mode, chance: random.Random) -> bytes:
        """Return what a cut leaves of it."""
        left = bytearray(self.safe)
        if mode == "torn" and self.since:
            whole = chance.randint(0, len(self.since))
            for at, data in self.since[:whole]:
                _put(left, at, data)
            if whole < len(self.since):
                at, data = self.since[whole]
                if data:
                    _put(left, at, data[: chance.randint(0, len(data))])
        return bytes(left)


@dataclass(eq=False)
class Folder:
    """A folder: its names now, and those that are safe."""

    now: dict[str, File | Folder] = field(default_factory=dict)
    safe: dict[str, File | Folder] = field(default_factory=dict)


Change = tuple[Folder, str, File | Folder | None]


@dataclass(eq=False)
class Disk:
    """The folder `root` of a disk, as it was before the first call that is played.

    Parameters
    ----------
    root : Path
        What calls name paths below.
    before : Path
        The folder with what is there, all of it safe.
    """

    root: Path
    before: Path
    pending: list[list[Change]] = field(default_factory=list)
    offsets: dict[int, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.top = _read(self.before)

    def play(self, calls: Iterable[Call]) -> Disk:
        """Let calls happen, those that failed left out."""
        for call in calls:
            if call.result >= 0:
                getattr(self, f"_{call.name}", self._unknown)(call)
        return self

    def tree(self) -> dict[str, bytes]:
        """Return every file as it is now."""
        return {name: bytes(file.now) for name, file in _walk(self.top)}

    def cut(self, mode: Mode, seed: int, home: Path) -> Path:
        """Write what a power cut leaves into a new folder."""
        chance = random.Random(seed)
        names: dict[Folder, dict[str, File | Folder]] = {}
        for changes in self.pending:
            if mode == "names" or (mode == "torn" and chance.random() < 0.5):
                for folder, name, what in changes:
                    _set(names.setdefault(folder, dict(folder.safe)), name, what)
        _write(self.top, home, names, lambda file: file.left(mode, chance))
        return home

    def _inside(self, path: str) -> tuple[Folder, str] | None:
        """Return the folder that a path names something in; None outside of this disk."""
        if not path.startswith(f"{self.root}/"):
            return None
        *above, name = PurePosixPath(path).relative_to(self.root).parts
        folder = self.top
        for part in above:
            inner = folder.now.get(part)
            if not isinstance(inner, Folder):  # of a file that is removed already
                return None
            folder = inner
        return folder, name

    def _open_at(self, call: Call) -> File | Folder | None:
        """Return what a call's descriptor is of, by the path the kernel gives: descriptors are doubled."""
        path = call.paths[0]
        if path == str(self.root):
            return self.top
        place = self._inside(path)
        return place[0].now.get(place[1]) if place else None

    def _change(self, *changes: Change) -> None:
        for folder, name, what in changes:
            _set(folder.now, name, what)
        self.pending.append(list(changes))

    def _openat(self, call: Call) -> None:
        self.offsets[call.result] = 0
        place = self._inside(call.paths[0])
        if place is None:
            return
        folder, name = place
        if name not in folder.now:
            self._change((folder, name, File()))
        found = folder.now[name]
        if isinstance(found, File) and "O_TRUNC" in call.arguments and found.now:
            found.truncate(0)
        if isinstance(found, File) and "O_APPEND" in call.arguments:
            self.offsets[call.result] = len(found.now)

    def _write(self, call: Call) -> None:
        number, file = _descriptor(call), self._open_at(call)
        if isinstance(file, File):
            file.write(self.offsets[number], b"".join(text_of(call.arguments))[: call.result])
        self.offsets[number] = self.offsets.get(number, 0) + call.result

    _writev = _write

    def _pwrite64(self, call: Call) -> None:
        file = self._open_at(call)
        if isinstance(file, File):
            at = int(call.arguments.rpartition(",")[2])
            file.write(at, b"".join(text_of(call.arguments))[: call.result])

    def _lseek(self, call: Call) -> None:
        self.offsets[_descriptor(call)] = call.result

    def _ftruncate(self, call: Call) -> None:
        file = self._open_at(call)
        if isinstance(file, File):
            file.truncate(int(call.arguments.rpartition(",")[2]))

    def _fsync(self, call: Call) -> None:
        what = self._open_at(call)
        if isinstance(what, File):
            what.flush()
        elif what is not None:
            # A rename is one change of two folders: safe, whole, with either.
            kept = []
            for changes in self.pending:
                if any(folder is what for folder, _, _ in changes):
                    for folder, name, found in changes:
                        _set(folder.safe, name, found)
                else:
                    kept.append(changes)
            self.pending = kept

    _fdatasync = _fsync

    def _mkdir(self, call: Call) -> None:
        place = self._inside(call.paths[0])
        if place is not None:
            self._change((*place, Folder()))

    _mkdirat = _mkdir

    def _unlink(self, call: Call) -> None:
        place = self._inside(call.paths[0])
        if place is not None:
            self._change((*place, None))

    _unlinkat = _rmdir = _unlink

    def _rename(self, call: Call) -> None:
        old, new = self._inside(call.paths[0]), self._inside(call.paths[1])
        if new is None and old is None:
            return
        assert old is not None, call
        assert new is not None, call
        self._change((*old, None), (*new, old[0].now[old[1]]))

    _renameat = _renameat2 = _rename

    def _link(self, call: Call) -> None:
        old, new = self._inside(call.paths[0]), self._inside(call.paths[1])
        if new is not None:
            assert old is not None, call
            self._change((*new, old[0].now[old[1]]))

    _linkat = _link

    def _unknown(self, call: Call) -> None:
        if any(path.startswith(f"{self.root}/") for path in call.paths):
            raise LookupError(f"how {call} changes a disk is not known here")


def _descriptor(call: Call) -> int:
    found = re.match(r"\d+", call.arguments)
    assert found is not None, call
    return int(found[0])


def _put(target: bytearray, at: int, data: bytes) -> None:
    """Write at a place; without data, cut off or fill up to there."""
    if not data:
        del target[at:]
    if len(target) < at:
        target.extend(bytes(at - len(target)))
    target[at : at + len(data)] = data


def _set(names: dict[str, File | Folder], name: str, what: File | Folder | None) -> None:
    if what is None:
        names.pop(name, None)
    else:
        names[name] = what


def _read(path: Path) -> Folder:
    found: dict[str, File | Folder] = {}
    for inner in path.iterdir():
        if inner.is_dir():
            found[inner.name] = _read(inner)
        else:
            data = inner.read_bytes()
            found[inner.name] = File(bytearray(data), data)
    return Folder(dict(found), dict(found))


def _walk(folder: Folder, prefix: str = "") -> Iterator[tuple[str, File]]:
    for name, what in sorted(folder.now.items()):
        if isinstance(what, File):
            yield f"{prefix}{name}", what
        else:
            yield from _walk(what, f"{prefix}{name}/")


def _write(
    folder: Folder,
    path: Path,
    names: dict[Folder, dict[str, File | Folder]],
    content: Callable[[File], bytes],
) -> None:
    path.mkdir()
    for name, what in names.get(folder, folder.safe).items():
        if isinstance(what, File):
            (path / name).write_bytes(content(what))
        else:
            _write(what, path / name, names, content)
