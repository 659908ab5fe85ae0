"""Time the way of the plays: CSV to lake, lake to interactions, beside bare DuckDB and pandas.

    python benchmarks/etl.py --rows 20000000 --json

Daily totals with text ids, long-tailed on both sides, are made with NumPy. Each measurement is a
process of its own; its peak memory is what the kernel says (ru_maxrss). `--from-bare-lake` leaves
`rekomenda ingest` out and integrates the files that bare DuckDB wrote.

Bare DuckDB only turns CSV into Parquet by day: it checks and quarantines nothing. pandas only adds
up plays and weights for each listener and track: no catalogue, flags, caps or numbering.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

# ruff: noqa: PLC0415 - each task imports what it needs: a child's peak memory starts at its parent's

LAST_DAY = "2024-06-28"
N_DAYS = 180


def main(arguments: list[str] | None = None) -> int:
    options = parse(arguments)
    if options.task:
        print(json.dumps(TASKS[options.task](options)))
        return 0
    folder = Path(tempfile.mkdtemp(prefix="etl-", dir=options.folder))
    try:
        result = compare(options, folder)
    finally:
        shutil.rmtree(folder)
    if options.json:
        print(json.dumps(result))
    else:
        show(result)
    return 0


def parse(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--rows", type=int, default=2_000_000, help="rows of daily totals")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--memory-limit", default="3GB", help="of DuckDB, ours and bare")
    parser.add_argument("--threads", type=int, default=0, help="0: one for each core")
    parser.add_argument("--folder", type=Path, help="where the files go for the time being")
    parser.add_argument("--from-bare-lake", action="store_true")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--task", choices=sorted(TASKS), help=argparse.SUPPRESS)
    return parser.parse_args(arguments)


def compare(options: argparse.Namespace, folder: Path) -> dict[str, Any]:
    """Make the files, then run every task in a process of its own."""
    made = measure("make_files", options, folder)
    measured = {} if options.from_bare_lake else {"csv_to_lake": ingest(folder)}
    for task in ("bare_csv_to_parquet", "lake_to_interactions", "pandas_aggregation"):
        measured[task] = measure(task, options, folder)
    cores = len(os.sched_getaffinity(0))
    return {"rows": made["rows"], "csv_mb": made["csv_mb"], "cores": cores, "measured": measured}


def measure(task: str, options: argparse.Namespace, folder: Path) -> dict[str, Any]:
    """Run one task of this file and return what it says, with its peak memory."""
    command = [sys.executable, __file__, "--task", task, "--folder", str(folder)]
    command += ["--rows", str(options.rows), "--seed", str(options.seed)]
    command += ["--memory-limit", options.memory_limit, "--threads", str(options.threads)]
    command += ["--from-bare-lake"] if options.from_bare_lake else []
    output, spent = run(command)
    return {**spent, **json.loads(output)}


def ingest(folder: Path) -> dict[str, Any]:
    """Time the command as its users run it, start of Python included."""
    command = [sys.executable, "-m", "rekomenda", "--home", str(folder / "home"), "ingest"]
    command += [str(folder / f"{name}.csv") for name in ("plays", "tracks", "artists")]
    output, spent = run([*command, "--json"])
    rows = sum(file["loaded"] for file in json.loads(output)["files"])
    return {**spent, "rows": rows}


def run(command: list[str]) -> tuple[str, dict[str, float]]:
    """Return a command's output and what it spent; CPU seconds tell a busy machine from slow code."""
    started = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    with process.stdout:
        output = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    seconds = time.perf_counter() - started
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, command)
    return output, {
        "seconds": round(seconds, 2),
        "cpu_seconds": round(usage.ru_utime + usage.ru_stime, 2),
        "peak_rss_mb": round(usage.ru_maxrss / 1024, 1),
    }


def make_files(options: argparse.Namespace) -> dict[str, Any]:
    """Write plays.csv, tracks.csv and artists.csv; (day, listener, track) is there once."""
    import numpy as np
    import pyarrow as pa
    from pyarrow import csv

    rng = np.random.default_rng(options.seed)
    n_users, n_tracks = max(options.rows // 100, 100), min(max(options.rows // 400, 50), 50_000)
    user_ids = pa.array([f"user-{number * 2_654_435_761 % 2**32:08x}" for number in range(n_users)])
    track_ids = pa.array([f"{number * 40_503 % 10**9:09d}" for number in range(n_tracks)])
    activity = np.cumsum(rng.pareto(1.2, n_users) + 0.2)
    fame = np.cumsum(np.arange(1, n_tracks + 1) ** -0.8)
    days = np.datetime64(LAST_DAY) - np.arange(N_DAYS)[::-1]
    columns = [("id_date", pa.date32()), ("user_id", pa.string()), ("id_tracks", pa.string())]
    schema = pa.schema([*columns, ("plays", pa.int64())])
    unquoted = csv.WriteOptions(quoting_style="none")
    rows = 0
    with csv.CSVWriter(options.folder / "plays.csv", schema, write_options=unquoted) as writer:
        for day in days:
            drawn = options.rows // N_DAYS + 1
            users = np.searchsorted(activity, rng.random(drawn) * activity[-1])
            tracks = np.searchsorted(fame, rng.random(drawn) * fame[-1])
            pairs = np.unique(users * n_tracks + tracks)
            rows += len(pairs)
            table = [
                pa.array(np.full(len(pairs), day)).cast(pa.date32()),
                user_ids.take(pa.array(pairs // n_tracks)),
                track_ids.take(pa.array(pairs % n_tracks)),
                pa.array(rng.geometric(0.6, len(pairs))),
            ]
            writer.write_table(pa.table(table, schema=schema))
    n_artists = n_tracks // 10 + 1
    artist_ids = pa.array([f"artist-{number:05d}" for number in range(n_artists)])
    artist_of = artist_ids.take(pa.array(rng.integers(0, n_artists, n_tracks)))
    genres = pa.array([f"genre-{number:02d}" for number in rng.integers(0, 20, n_tracks)])
    tracks_table = {"id_artist": artist_of, "id_tracks": track_ids, "id_genre": genres}
    csv.write_csv(pa.table(tracks_table), options.folder / "tracks.csv", unquoted)
    features = {f"Feature{n}": rng.normal(size=n_artists).round(4) for n in range(1, 11)}
    artists_table = pa.table({"id_artist": artist_ids, **features})
    csv.write_csv(artists_table, options.folder / "artists.csv", unquoted)
    size = (options.folder / "plays.csv").stat().st_size
    return {"rows": rows, "csv_mb": round(size / 1e6, 1)}


def bare_csv_to_parquet(options: argparse.Namespace) -> dict[str, Any]:
    """Let DuckDB alone write what the lake holds: Parquet by day."""
    import duckdb

    started = time.perf_counter()
    connection = duckdb.connect(
        config={"memory_limit": options.memory_limit, "threads": n_threads(options)}
    )
    connection.execute(
        "COPY (SELECT id_date AS day, user_id, id_tracks AS track_id, plays, "
        "CAST(NULL AS TIMESTAMPTZ) AS played_at, id_date AS dia "
        "FROM read_csv($csv, types = {'id_tracks': 'VARCHAR', 'user_id': 'VARCHAR'})) "
        f"TO '{options.folder / 'bare'}' (FORMAT parquet, PARTITION_BY (dia), COMPRESSION zstd)",
        {"csv": str(options.folder / "plays.csv")},
    )
    return {"seconds": since(started)}


def lake_to_interactions(options: argparse.Namespace) -> dict[str, Any]:
    """Join, flag, weigh and number everything, up to the matrix that models get."""
    from datetime import date

    from rekomenda.engines.embedded import EmbeddedEngine
    from rekomenda.joining.integrate import integrate
    from rekomenda.telemetry.logs import configure_logs

    configure_logs()  # standard output is for the result
    parts = lake_parts(options)
    started = time.perf_counter()
    engine = EmbeddedEngine(
        options.folder / "temp", memory_limit=options.memory_limit, threads=n_threads(options)
    )
    last_day = date.fromisoformat(LAST_DAY)
    found = integrate(engine, parts, home=options.folder, as_of=last_day)
    cells = int(found.data.interactions.histories.indptr[-1])
    return {"seconds": since(started), "cells": cells, "listeners": found.report.listeners}


def lake_parts(options: argparse.Namespace) -> dict[str, list[Path]]:
    """Return the files of each table, from the lake or from what bare DuckDB wrote."""
    if options.from_bare_lake:
        return {"plays": sorted((options.folder / "bare").glob("*/*.parquet"))}
    from rekomenda.pipeline.bootstrap import open_house

    snapshot = open_house(options.folder / "home").lake.snapshot()
    tables = ("plays", "tracks", "artists")
    return {name: [part.path for part in snapshot.parts_of(name)] for name in tables}


def pandas_aggregation(options: argparse.Namespace) -> dict[str, Any]:
    """Add up plays and weights for each listener and track, as one would with pandas."""
    import numpy as np
    import pandas as pd
    import pyarrow.parquet as pq

    started = time.perf_counter()
    columns = ["day", "user_id", "track_id", "plays"]
    paths = sorted((options.folder / "bare").glob("*/*.parquet"))
    plays = pd.concat(
        pq.ParquetFile(path).read(columns).to_pandas(date_as_object=False) for path in paths
    )
    age = (pd.Timestamp(LAST_DAY) - plays["day"]).dt.days
    plays["weight"] = np.log2(1 + plays["plays"].clip(upper=20)) * 0.5 ** (age / 60)
    by_cell = plays.groupby(["user_id", "track_id"], sort=False)
    cells = by_cell.agg(
        plays=("plays", "sum"), weight=("weight", "sum"), first=("day", "min"), last=("day", "max")
    )
    return {"seconds": since(started), "cells": len(cells)}


def n_threads(options: argparse.Namespace) -> int:
    return options.threads or len(os.sched_getaffinity(0))


def since(started: float) -> float:
    return round(time.perf_counter() - started, 2)


def show(result: dict[str, Any]) -> None:
    print(f"{result['rows']:,} rows, {result['csv_mb']:,} MB of CSV, {result['cores']} cores")
    for task, facts in result["measured"].items():
        print(
            f"{task:<24} {facts['seconds']:>8.2f} s {facts['cpu_seconds']:>8.2f} s of CPU "
            f"{facts['peak_rss_mb']:>8,.0f} MB"
        )


TASKS = {
    task.__name__: task
    for task in (make_files, bare_csv_to_parquet, lake_to_interactions, pandas_aggregation)
}

if __name__ == "__main__":
    sys.exit(main())
