"""Who is writing to a home at this moment, found out without touching the lease."""

from __future__ import annotations

import json
import os
import socket
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from rekomenda.language import Text
from rekomenda.storage.lease import Holder

_LOCKS: Final = Path("/proc/locks")
_JUST_STARTED: Final = Text(en="just started", pt="acabou de começar")


@dataclass(frozen=True)
class Writer:
    """Who holds the lease of a home.

    Parameters
    ----------
    holder : Holder or None
        What it wrote about itself; None: nothing that can be read.
    gone : bool
        Whether that process of this machine has ended, so that somebody else, such as a child that
        it left behind, keeps the lease.
    """

    holder: Holder | None
    gone: bool = False

    @property
    def words(self) -> Text:
        """What a person is told."""
        return _JUST_STARTED if self.holder is None else self.holder.words


def writer_of(home: Path) -> Writer | None:
    """Return who is writing to a home; None: nobody.

    The kernel's table of locks is read. To try the lock instead would refuse, for a moment, whoever
    begins just then.
    """
    path = home / "lease"
    try:
        inode = path.stat().st_ino
    except OSError:
        return None
    if inode not in _locked():
        return None
    holder = _described(path)
    return Writer(holder, gone=holder is not None and _is_gone(holder))


def _locked() -> set[int]:
    """Return the inodes that a `flock` is held on: lines like `1: FLOCK ADVISORY WRITE 7 fe:00:42 0 EOF`."""
    try:
        lines = _LOCKS.read_text(encoding="ascii").splitlines()
    except OSError:
        return set()
    words = [line.split() for line in lines]
    return {
        int(each[5].rsplit(":", 1)[1]) for each in words if "FLOCK" in each and "->" not in each
    }


def _described(path: Path) -> Holder | None:
    try:
        facts = json.loads(path.read_bytes())
        return Holder(**{**facts, "since": datetime.fromisoformat(facts["since"]).astimezone(UTC)})
    except (OSError, ValueError, TypeError, KeyError):
        return None


def _is_gone(holder: Holder) -> bool:
    if holder.host != socket.gethostname():
        return False
    try:
        os.kill(holder.pid, 0)
    except ProcessLookupError:
        return True
    except OSError:
        return False
    return False
