"""Who may write to a home: one process at a time, and never one that has lost its turn.

Two things make this safe. A `flock` on `HOME/lease` says who is writing: the kernel gives it
back the moment its holder dies, however it dies, so there is nothing to clean up. And each
holder gets a token one larger than the last (`HOME/fence`), which every commit carries: should
two processes ever believe they hold the lease (a deleted lease file, a file system without
working locks), the older one is refused inside the commit (Kleppmann, "How to do distributed
locking", 2016).
"""

from __future__ import annotations

import fcntl
import json
import os
import socket
import weakref
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from rekomenda.errors import BusyError, FencedError
from rekomenda.language import Text
from rekomenda.refusals import guard
from rekomenda.storage import commit
from rekomenda.storage.documents import seal

POINTERS = ("fence", "lake/current", "releases/current", "warehouse/current")
"""Every document that carries a token. The next token is larger than all of them."""


@dataclass(frozen=True)
class Holder:
    """What others are told about who holds the lease."""

    command: str
    since: datetime
    pid: int
    host: str

    @classmethod
    def here(cls, command: str, since: datetime) -> Holder:
        """Describe this process."""
        return cls(command=command, since=since, pid=os.getpid(), host=socket.gethostname())

    @property
    def words(self) -> Text:
        """What a person is told."""
        return _HOLDER.filled(
            command=self.command, pid=self.pid, host=self.host, day=self.since.date(), at=self.since
        )


_HOLDER = Text(
    en="{command}, pid {pid} on {host}, since {day} {at:%H:%M} UTC",
    pt="{command}, pid {pid} em {host}, desde {day} {at:%H:%M} UTC",
)


@dataclass(frozen=True, eq=False)
class Lease:
    """The right to write to a home, while its `hold` block lasts."""

    home: Path
    token: int

    def check(self) -> None:
        """Make sure that nobody took over.

        Raises
        ------
        FencedError
            If a newer token has been given out.
        """
        newest = _newest_token(self.home)
        if newest > self.token:
            raise FencedError(home=self.home, token=self.token, newest=newest)


@contextmanager
def hold(home: Path, holder: Holder) -> Iterator[Lease]:
    """Hold the lease of a home for a `with` block, or leave at once.

    Parameters
    ----------
    home : Path
        Made when missing.
    holder : Holder
        Shown to whoever comes meanwhile.

    Raises
    ------
    BusyError
        If another process holds it. Nothing is waited for and nothing was changed.
    NewerFormatError
        If a later version wrote to it. Nothing was changed.
    """
    commit.make_folder(home)
    _newest_token(home)  # before anything is written: a home from the future stays as it is
    lock = _Lock.take(home)
    try:
        lock.describe(holder)
        yield Lease(home=home, token=_next_token(home))
    finally:
        lock.release()


class _Lock:
    """The locked lease file."""

    def __init__(self, path: Path, descriptor: int) -> None:
        self._path = path
        self._descriptor: int | None = descriptor
        _HELD.add(self)

    @classmethod
    def take(cls, home: Path) -> _Lock:
        """Open and lock the file that is `HOME/lease` now.

        Somebody may delete or replace the file between our opening and our locking it; then our
        lock is on a file that nobody else will look at, and we open again.
        """
        path = home / "lease"
        while True:
            with guard(path):
                descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                os.close(descriptor)
                raise BusyError(home=home, holder=_holder_of(path)) from error
            if _is_same_file(descriptor, path):
                return cls(path, descriptor)
            os.close(descriptor)

    def describe(self, holder: Holder) -> None:
        """Write who we are; only shown to people, so it need not outlive a power cut."""
        if self._descriptor is not None:
            facts = json.dumps({**asdict(holder), "since": holder.since.isoformat()}).encode()
            with guard(self._path):
                os.ftruncate(self._descriptor, 0)
                os.pwrite(self._descriptor, facts, 0)

    def release(self) -> None:
        """Close the file, which gives the lock back unless a forked process still has it open."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None


_HELD: weakref.WeakSet[_Lock] = weakref.WeakSet()


def _let_go_in_child() -> None:
    for lock in _HELD:
        lock.release()


# A worker that outlives its killed parent must not keep the lease.
os.register_at_fork(after_in_child=_let_go_in_child)


def _is_same_file(descriptor: int, path: Path) -> bool:
    try:
        return os.path.samestat(os.fstat(descriptor), path.stat())
    except FileNotFoundError:
        return False


def _holder_of(path: Path) -> Text:
    try:
        facts = json.loads(path.read_bytes())
        since = datetime.fromisoformat(facts["since"]).astimezone(UTC)
        return Holder(**{**facts, "since": since}).words
    except (OSError, ValueError, TypeError, KeyError):
        return Text(en="just started", pt="acabou de começar")


def _next_token(home: Path) -> int:
    token = _newest_token(home) + 1
    with commit.staging(home) as folder:
        commit.write_file(folder / "fence", seal({"token": token}))
        commit.replace_file(folder / "fence", home / "fence")
    return token


def _newest_token(home: Path) -> int:
    return max(commit.token_in(home / name) for name in POINTERS)
