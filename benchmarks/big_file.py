"""Load a CSV file of many gigabytes and say what it took: memory above all.

    python benchmarks/big_file.py --gb 10 --folder /tmp --json

Daily totals with text ids, long-tailed on both sides. Days stand mixed, as in an export that is ordered
by listener: every block of the file holds all of them, which is the hard case. The file is made with
NumPy a piece at a time, `rekomenda ingest` runs as its users run it, and its peak memory is what the
kernel says (ru_maxrss). Everything is removed again. The file, what is spilled and the lake lie on
the disk together: twice the size of the file is asked for.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from pyarrow import csv

from etl import run

PIECE_ROWS = 2_000_000
N_DAYS = 180
FIRST_DAY = np.datetime64("2024-01-01")


def main(arguments: list[str] | None = None) -> int:
    options = parse(arguments)
    free = shutil.disk_usage(options.folder or tempfile.gettempdir()).free
    if free < 2 * options.gb * 1e9:
        print(f"{free / 1e9:.0f} GB free, {2 * options.gb:.0f} are needed", file=sys.stderr)
        return 1
    folder = Path(tempfile.mkdtemp(prefix="big-file-", dir=options.folder))
    try:
        result = measure(options, folder)
    finally:
        shutil.rmtree(folder)
    print(json.dumps(result) if options.json else "\n".join(f"{k}: {v}" for k, v in result.items()))
    return 0


def parse(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--gb", type=float, default=1.0, help="size of the file, in 10^9 bytes")
    parser.add_argument("--listeners", type=int, default=2_000_000)
    parser.add_argument("--tracks", type=int, default=500_000)
    parser.add_argument("--memory-mb", type=int, help="ingest.memory_mb; default: as it is")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--folder", type=Path, help="where the files go for the time being")
    parser.add_argument("--json", action="store_true")
    return parser.parse_args(arguments)


def measure(options: argparse.Namespace, folder: Path) -> dict[str, Any]:
    """Make the file, load it, and see that every row is accounted for."""
    rows = write_plays(folder / "plays.csv", options)
    if options.memory_mb:
        os.environ["REKOMENDA_INGEST__MEMORY_MB"] = str(options.memory_mb)
    command = [sys.executable, "-m", "rekomenda", "--home", str(folder / "home")]
    output, spent = run([*command, "ingest", str(folder / "plays.csv"), "--json"])
    [file] = json.loads(output)["files"]
    assert file["loaded"] + file["quarantined"] + file["deduplicated"] == file["rows_in"] == rows
    lake = sum(path.stat().st_size for path in (folder / "home").rglob("*.parquet"))
    return {
        "csv_gb": round((folder / "plays.csv").stat().st_size / 1e9, 2),
        "rows": rows,
        "merged": file["merged"],
        "lake_gb": round(lake / 1e9, 2),
        "cores": len(os.sched_getaffinity(0)),
        **spent,
        "rows_per_second": round(rows / spent["seconds"]),
    }


def write_plays(path: Path, options: argparse.Namespace) -> int:
    """Write daily totals until the file is large enough; return how many rows."""
    rng = np.random.default_rng(options.seed)
    users = np.char.add("user-", np.char.zfill(np.arange(options.listeners).astype(str), 8))
    tracks = np.char.zfill(np.arange(options.tracks).astype(str), 9)
    user_ids, track_ids = pa.array(rng.permutation(users)), pa.array(rng.permutation(tracks))
    days = pa.array(FIRST_DAY + np.arange(N_DAYS)).cast(pa.date32())
    columns = [("id_date", pa.date32()), ("user_id", pa.string()), ("id_tracks", pa.string())]
    schema = pa.schema([*columns, ("plays", pa.int64())])
    rows = 0
    with csv.CSVWriter(path, schema, write_options=csv.WriteOptions(quoting_style="none")) as file:
        while path.stat().st_size < options.gb * 1e9:
            table = [
                days.take(pa.array(rng.integers(0, N_DAYS, PIECE_ROWS))),
                user_ids.take(pa.array(long_tailed(rng, len(user_ids)))),
                track_ids.take(pa.array(long_tailed(rng, len(track_ids)))),
                pa.array(rng.geometric(0.6, PIECE_ROWS)),
            ]
            file.write_table(pa.table(table, schema=schema))
            rows += PIECE_ROWS
    return rows


def long_tailed(rng: np.random.Generator, n: int) -> np.ndarray[Any, np.dtype[np.int64]]:
    """Draw from n things, few of them often: 20 % are in about half of the rows."""
    return (n * rng.random(PIECE_ROWS) ** 2.3).astype(np.int64)


if __name__ == "__main__":
    raise SystemExit(main())
