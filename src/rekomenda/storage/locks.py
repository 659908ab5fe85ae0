"""Which files are locked at this moment, as the kernel tells it."""

from __future__ import annotations

from pathlib import Path
from typing import Final

_LOCKS: Final = Path("/proc/locks")


def is_locked(path: Path) -> bool:
    """Whether anybody holds a `flock` on a file.

    The kernel's table is read. To try the lock instead would refuse, for a moment, whoever begins
    just then.
    """
    try:
        inode = path.stat().st_ino
        lines = _LOCKS.read_text(encoding="ascii").splitlines()
    except OSError:
        return False
    # Lines like `1: FLOCK ADVISORY WRITE 7 fe:00:42 0 EOF`; `->` stands before who only waits.
    words = [line.split() for line in lines]
    return inode in {
        int(each[5].rsplit(":", 1)[1]) for each in words if "FLOCK" in each and "->" not in each
    }
