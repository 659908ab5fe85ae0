"""Writes lake parts by hand: Parquet files with the columns that the lake promises."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from rekomenda.domain.schema import INPUTS

DAY_0 = date(2024, 6, 1)


def day(number: int) -> date:
    """Return the n-th day of the small worlds, 1 is 2024-06-01."""
    return DAY_0 + timedelta(days=number - 1)


def write_plays(folder: Path, rows: Iterable[Mapping[str, Any]]) -> list[Path]:
    """Write one part for each day, in the order in which the days first appear."""
    by_day: dict[date, list[Mapping[str, Any]]] = {}
    for row in rows:
        by_day.setdefault(row["day"], []).append(row)
    written = []
    for when, rows_of_day in by_day.items():
        place = folder / "plays" / f"dia={when}"
        place.mkdir(parents=True, exist_ok=True)
        path = place / f"{len(list(place.iterdir())):03}.parquet"
        pq.write_table(pa.Table.from_pylist(list(rows_of_day), INPUTS["plays"].arrow), path)
        written.append(path)
    return written


def write_table(folder: Path, table: str, rows: Sequence[Mapping[str, Any]]) -> Path:
    """Write one part of a catalogue table; the lines are those of a file with a header."""
    schema = INPUTS[table].arrow.append(pa.field("line", pa.int64()))
    numbered = [{**row, "line": row.get("line", line)} for line, row in enumerate(rows, start=2)]
    place = folder / table
    place.mkdir(parents=True, exist_ok=True)
    path = place / f"{len(list(place.iterdir())):03}.parquet"
    pq.write_table(pa.Table.from_pylist(numbered, schema), path)
    return path


def plays(when: int, user: str, track: str, n: int = 1) -> dict[str, Any]:
    """Return one row of daily totals."""
    return {"day": day(when), "user_id": user, "track_id": track, "plays": n, "played_at": None}
