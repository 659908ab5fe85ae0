"""A clock of their own for processes, which somebody may turn while they run (libfaketime)."""

from __future__ import annotations

import os
from pathlib import Path

LIBRARIES = (Path("/usr/lib"), Path("/usr/lib64"))


def faketime() -> Path | None:
    """Return the library that fakes the clock, None where it is not installed."""
    found = (path for folder in LIBRARIES for path in folder.glob("**/faketime/libfaketimeMT.so.1"))
    return next(found, None)


def environment(clock: Path) -> dict[str, str]:
    """Return what a process needs to read the clock that stands in a file; see `turn`."""
    return {
        **os.environ,
        "LD_PRELOAD": str(faketime()),
        "FAKETIME_TIMESTAMP_FILE": str(clock),
        "FAKETIME_NO_CACHE": "1",
        "DONT_FAKE_MONOTONIC": "1",
        "FAKETIME_DONT_FAKE_MONOTONIC": "1",
        "NO_FAKE_STAT": "1",
    }


def turn(clock: Path, to: str) -> None:
    """Turn the clock to a moment (UTC): it stands there until it is turned again."""
    staged = clock.with_suffix(".new")
    staged.write_text(f"{to}\n")
    staged.replace(clock)
