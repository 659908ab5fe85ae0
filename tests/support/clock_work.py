"""Work under a clock that is turned meanwhile, as a program: `python -m support.clock_work …`.

Each part prints one JSON object. The clock is a file (`support/clock.py`) that this very process
turns, so nothing waits and nothing depends on when somebody else does.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from rekomenda.storage.lake import Lake
from support.clock import turn
from support.command import call
from support.whole_job import hashes

NOON = "2024-07-01 12:00:00"
EARLIER, IN_TEN_YEARS = "2024-07-01 10:00:00", "2034-07-01 12:00:00"
CLOCK = Path(os.environ["FAKETIME_TIMESTAMP_FILE"])
MIDDLE = 25
"""A flush in the middle of a run's writing."""


def code(home: Path, *words: object) -> int:
    """Do one command, and return what it left with."""
    return call("--home", home, *words).code


def steady(world: Path, home: Path) -> dict[str, Any]:
    """Load and run, the clock standing at noon."""
    return _whole_job(world, home, lambda: None)


def turned_back(world: Path, home: Path) -> dict[str, Any]:
    """Load at noon, run two hours before; in the middle of it an hour more is lost."""
    return _whole_job(world, home, lambda: turn(CLOCK, "2024-07-01 09:00:00"), run_at=EARLIER)


def turned_forward(world: Path, home: Path) -> dict[str, Any]:
    """Load and run at noon; in the middle of the run ten years pass."""
    return _whole_job(world, home, lambda: turn(CLOCK, IN_TEN_YEARS))


def _whole_job(
    world: Path, home: Path, jump: Callable[[], None], run_at: str = NOON
) -> dict[str, Any]:
    turn(CLOCK, NOON)
    codes = [code(home, "ingest", world)]
    turn(CLOCK, run_at)
    flush, count = os.fsync, 0

    def counted(descriptor: int) -> None:
        nonlocal count
        count += 1
        if count == MIDDLE:
            jump()
        flush(descriptor)

    os.fsync = counted  # type: ignore[assignment]
    codes.append(code(home, "run"))
    os.fsync = flush
    ended = datetime.now(UTC).isoformat()
    # What was made is known again, and a file loaded again changes nothing, whatever the clock says.
    codes += [code(home, "run", "--as-of", "2024-06-30"), code(home, "ingest", world)]
    codes.append(code(home, "recommend", "--all", "--out", home / "lists.jsonl"))
    codes.append(code(home, "recommend", "--all", "--out", home / "lists.parquet"))
    return {"codes": codes, "ended": ended, "flushes": count, "hashes": hashes(home)}


def skewed(world: Path, home: Path) -> dict[str, Any]:
    """Load plays of the last hour on a machine whose clock is behind that of the exporter."""
    found: dict[str, Any] = {}
    for minutes in (0, 59, 61):
        turn(
            CLOCK, f"2024-07-01 {12 - (minutes > 0) * (1 + minutes // 61):02}:{-minutes % 60:02}:00"
        )
        here = home / str(minutes)
        left = code(here, "ingest", world)
        (record,) = Lake(here).snapshot().inputs
        found[str(minutes)] = [left, record.loaded, dict(record.reasons)]
    return found


def leased(world: Path, home: Path) -> dict[str, Any]:
    """Hold the lease, turn the clock both ways, and let others try; then die and let them again."""
    from support.crash import exit_code
    from support.homes import holding

    turn(CLOCK, NOON)
    codes: dict[str, Any] = {}
    with holding(home, "run"):
        for to in (EARLIER, IN_TEN_YEARS):
            turn(CLOCK, to)
            codes[to] = exit_code(lambda: sys.exit(code(home, "block", "track:t1")))
    for to in (EARLIER, NOON):
        turn(CLOCK, to)
        codes[f"free {to}"] = exit_code(lambda: sys.exit(code(home, "block", "track:t2")))
    return codes


if __name__ == "__main__":
    part, world_, home_ = sys.argv[1:4]
    sys.stdout.write(json.dumps(globals()[part](Path(world_), Path(home_))))
