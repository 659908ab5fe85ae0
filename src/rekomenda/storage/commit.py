"""The only code that makes anything visible: write aside, flush, then swap one name.

Everything durable is made in four moves. A run writes into a folder of its own under
`HOME/staging` (`stage`). What is complete is flushed and renamed to its final, immutable name
(`install_file`, `install_folder`), where nobody looks yet. A pointer file is then replaced by
rename (`swap_pointer`), and that rename is the commit: readers follow the pointer and see the
state before it or after it. A crash at any point leaves files that no pointer names, which `gc`
removes.
"""

from __future__ import annotations

import fcntl
import os
import secrets
import shutil
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol

from rekomenda.errors import BusyError, CorruptError, FencedError
from rekomenda.language import Text
from rekomenda.refusals import guard
from rekomenda.storage.documents import read_document, seal

STAGING = "staging"


class Fence(Protocol):
    """The right to write: what `swap_pointer` needs to know of a lease."""

    @property
    def home(self) -> Path:
        """The home it is for."""

    @property
    def token(self) -> int:
        """A number larger than that of every earlier holder."""

    def check(self) -> None:
        """Raise `FencedError` when somebody else has taken over."""


def stage(home: Path) -> Path:
    """Make a new, private folder on the same file system as everything else in the home.

    Raises
    ------
    CannotWriteError, NoPermissionError
        As `guard`.
    """
    staging = home / STAGING
    make_folder(staging)
    folder = staging / secrets.token_hex(8)
    with guard(folder):
        folder.mkdir()
    return folder


@contextmanager
def staging(home: Path) -> Iterator[Path]:
    """As `stage`, for a `with` block: whatever is still in the folder afterwards is removed."""
    folder = stage(home)
    try:
        yield folder
    finally:
        discard(folder)


@contextmanager
def staging_beside(final: Path) -> Iterator[Path]:
    """As `staging`, for a folder outside of any home: a hidden one next to its final name."""
    make_folder(final.parent)
    folder = final.with_name(f".{final.name}.{secrets.token_hex(8)}")
    with guard(folder):
        folder.mkdir()
    try:
        yield folder
    finally:
        if folder.exists():
            discard(folder)


def replace_folder(staged: Path, final: Path) -> None:
    """As `install_folder`; a folder of that name, which nobody else writes to, makes room first."""
    if not final.exists():
        install_folder(staged, final)
        return
    with staging_beside(final) as aside:
        with guard(final):
            final.rename(aside / final.name)
        install_folder(staged, final)


def install_file(staged: Path, final: Path) -> None:
    """Give a finished file its final name, durably. A file of that name is replaced."""
    install_files([(staged, final)])


def install_files(moves: Iterable[tuple[Path, Path]]) -> None:
    """As `install_file` for many, flushing each folder once."""
    moves = list(moves)
    for staged, _ in moves:
        sync_file(staged)
    for folder in sorted({final.parent for _, final in moves}):
        make_folder(folder)
    for staged, final in moves:
        with guard(final):
            staged.replace(final)
    for folder in sorted({final.parent for _, final in moves}):
        sync_folder(folder)


def install_folder(staged: Path, final: Path) -> None:
    """Give a finished folder its final name, durably and whole.

    Raises
    ------
    CannotWriteError
        If a folder of that name is there already, among the reasons of `guard`.
    """
    sync_tree(staged)
    make_folder(final.parent)
    with guard(final):
        staged.rename(final)
    sync_folder(final.parent)


def carry_over(source: Path, target: Path) -> None:
    """Put an immutable file into a staged folder too: as a second name of it, or as a copy."""
    with guard(target):
        target.parent.mkdir(parents=True, exist_ok=True)
        try:
            os.link(source, target)
        except OSError:  # a file system without such names, or one name too many
            shutil.copyfile(source, target)


def read_pointer(path: Path) -> dict[str, Any] | None:
    """Return what a pointer says; None where nothing was ever committed.

    Raises
    ------
    CorruptError, NewerFormatError
        If it cannot be trusted.
    """
    try:
        return read_document(path)
    except FileNotFoundError:
        return None


def readable_pointer(path: Path) -> dict[str, Any]:
    """As `read_pointer` for whoever is about to replace it: nothing where there is nothing to read.

    A damaged pointer must not keep its own repair from being committed.

    Raises
    ------
    NewerFormatError
        If a later version wrote it.
    """
    try:
        return read_pointer(path) or {}
    except CorruptError:
        return {}


def token_in(path: Path) -> int:
    """Return the token that a pointer carries; 0 where there is none or it is damaged."""
    return int(readable_pointer(path).get("token", 0))


def swap_pointer(path: Path, content: Mapping[str, Any], lease: Fence) -> None:
    """Commit: make a pointer say something else, in one step that a crash cannot split.

    The lease's token goes into the pointer. Checking the pointer's present token and replacing
    it is one critical section, so a writer that was paused and has lost its turn cannot publish
    late, even if somebody deleted the lease file meanwhile.

    Raises
    ------
    FencedError
        If a newer token has been given out or already stands in the pointer.
    BusyError
        If another process is swapping this very pointer now.
    """
    make_folder(path.parent)
    with staging(lease.home) as folder:
        staged = folder / path.name
        write_file(staged, seal({**content, "token": lease.token}))
        with _exclusive(path.parent, lease.home):
            lease.check()
            newest = token_in(path)
            if newest > lease.token:
                raise FencedError(home=lease.home, token=lease.token, newest=newest)
            replace_file(staged, path)


def write_file(path: Path, data: bytes) -> None:
    """Write a new file and flush it."""
    with guard(path), path.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def replace_file(staged: Path, final: Path) -> None:
    """Rename a flushed file over another and flush the folder that holds it."""
    with guard(final):
        staged.replace(final)
    sync_folder(final.parent)


def make_folder(path: Path) -> None:
    """Make a folder and those above it, so that they outlive a power cut."""
    missing = []
    while not path.is_dir():
        missing.append(path)
        path = path.parent
    for folder in reversed(missing):
        with guard(folder):
            folder.mkdir(exist_ok=True)
            sync_folder(folder.parent)


def discard(path: Path) -> None:
    """Remove a staged file or folder; it was never visible."""
    with guard(path):
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)


def retire_folder(path: Path, home: Path) -> None:
    """Remove an immutable folder: it disappears whole, then its files are removed."""
    with staging(home) as aside:
        with guard(path):
            path.rename(aside / path.name)
        sync_folder(path.parent)


def retire_files(paths: Iterable[Path]) -> None:
    """Remove files that nothing names any more; what is gone already is no error."""
    paths = list(paths)
    for path in paths:
        with guard(path):
            path.unlink(missing_ok=True)
    for folder in sorted({path.parent for path in paths}):
        if folder.is_dir():
            sync_folder(folder)


def sync_file(path: Path) -> None:
    """Flush a file's bytes to the disk."""
    _sync(path, os.O_RDONLY)


def sync_folder(path: Path) -> None:
    """Flush the names in a folder to the disk."""
    _sync(path, os.O_RDONLY | os.O_DIRECTORY)


def sync_tree(folder: Path) -> None:
    """Flush every file and folder below a folder, and itself."""
    for root, _, names in os.walk(folder, topdown=False):
        for name in sorted(names):
            sync_file(Path(root, name))
        sync_folder(Path(root))


def _sync(path: Path, flags: int) -> None:
    with guard(path):
        descriptor = os.open(path, flags)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


@contextmanager
def _exclusive(folder: Path, home: Path) -> Iterator[None]:
    with guard(folder):
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise BusyError(home=home, holder=_A_COMMIT) from error
        yield
    finally:
        os.close(descriptor)


_A_COMMIT = Text(en="in the middle of a commit", pt="no meio de um commit")
