"""Time how long forgetting takes on a large home, and how much of that is looking.

    rekomenda generate --listeners 100000 --plays 10000000 --out world
    rekomenda --home home ingest world
    python benchmarks/forget.py --home home --json

Forgets for good: the home is copied before, by links where the disk allows.
"""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pyarrow.compute as pc
import pyarrow.parquet as pq

from rekomenda.domain.schema import PLAYS
from rekomenda.language import Text
from rekomenda.pipeline.bootstrap import open_house
from rekomenda.pipeline.privacy.forget import forget
from rekomenda.telemetry.progress import Silent, Step


class Timed:
    """Progress that keeps the seconds of each step, by the clock and of CPU."""

    def __init__(self) -> None:
        self.seconds: dict[str, tuple[float, float]] = {}

    @contextmanager
    def step(self, name: str, title: Text, **facts: object) -> Iterator[Step]:
        """Time one step."""
        before = time.perf_counter(), time.process_time()
        with Silent().step(name, title, **facts) as step:
            yield step
        spent = time.perf_counter() - before[0], time.process_time() - before[1]
        self.seconds[name] = round(spent[0], 2), round(spent[1], 2)


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--home", type=Path, required=True)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(dir=options.home.parent) as folder:
        copy = Path(folder) / "home"
        subprocess.run(["cp", "-r", "--reflink=auto", str(options.home), str(copy)], check=True)
        result = measure(copy)
        shutil.rmtree(copy)
    if options.json:
        print(json.dumps(result))
    else:
        for name, (wall, cpu) in result["seconds"].items():
            print(f"{name:<10} {wall:>7.2f} s {cpu:>7.2f} s of CPU")
        print(f"of {result['rows']:,} rows in {result['parts']:,} parts")
    return 0


def measure(home: Path) -> dict[str, object]:
    """Forget whoever played most of the last day; return the seconds of each step."""
    house = open_house(home)
    parts = house.lake.snapshot().parts_of(PLAYS.name)
    counts = pq.read_table(parts[-1].path, columns=["user_id"])["user_id"].value_counts()
    most = pc.index(counts.field("counts"), pc.max(counts.field("counts"))).as_py()
    who = counts.field("values")[most].as_py()
    progress = Timed()
    forget(house, [who], now=datetime.now(UTC), progress=progress)
    return {
        "rows": sum(part.rows for part in parts),
        "parts": len(parts),
        "seconds": progress.seconds,
    }


if __name__ == "__main__":
    raise SystemExit(main())
