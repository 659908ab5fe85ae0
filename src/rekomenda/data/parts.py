"""Checked plays made into Parquet parts, one a day: sorted, repeats merged, spilled when large.

A part depends on the rows alone, not on the threads, blocks or spills they came through: rows are
sorted by the bytes of listener and track, and written with fixed settings.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from rekomenda.data.reading.dates import EPOCH
from rekomenda.data.reading.encoded import (
    DayRows,
    Encoded,
    columns_of_plays,
    encode,
    in_byte_order,
)
from rekomenda.refusals import guard

BATCH_ROWS = 1 << 21
"""Rows whose ids are encoded together."""

WRITE: dict[str, Any] = {
    "compression": "zstd",
    "compression_level": 1,
    "row_group_size": 1 << 20,
    "dictionary_pagesize_limit": 64 << 20,
    "store_schema": False,
}
"""How every part is written; the same rows give the same bytes."""

_NO_PLAYS = pa.array([], pa.int64())


@dataclass(frozen=True)
class NewPart:
    """A Parquet file that is ready for the lake."""

    table: str
    day: date | None
    path: Path
    rows: int


class PlaysWriter:
    """Takes blocks of checked plays and writes a part for each day.

    Daily totals of one listener, track and day are added up; plays with a moment that are there
    twice are kept once. A part holds all that its file says, whatever other files say too.

    Parameters
    ----------
    folder : Path
        Where parts are written; it must exist.
    timed : bool
        Whether rows are single plays with their moment.
    memory_bytes : int
        Rows held before they are spilled to the folder.
    threads : int

    Attributes
    ----------
    merged, deduplicated : int
        Rows that were added to another, and rows that were there already. Right after `finish`.
    by_track : pa.Table
        Plays of each track before repeats are dropped: `track_id`, `plays`. Right after `finish`.
    """

    def __init__(
        self,
        folder: Path,
        *,
        timed: bool,
        memory_bytes: int = 1 << 30,
        threads: int = 2,
    ) -> None:
        self.merged = 0
        self.deduplicated = 0
        self.by_track = pa.table({"track_id": pa.array([], pa.string()), "plays": _NO_PLAYS})
        self._folder = folder
        self._timed = timed
        self._memory_bytes = memory_bytes
        self._threads = threads
        self._pool = ThreadPoolExecutor(threads)
        self._pending: list[pa.Table] = []
        self._encoding: deque[Future[Encoded]] = deque()
        self._encoded: list[Encoded] = []
        self._spills: list[dict[int, Path]] = []

    def add(self, rows: pa.Table) -> None:
        """Take some rows with the columns of plays."""
        if len(rows):
            self._pending.append(rows.select(columns_of_plays(timed=self._timed)))
        if sum(len(table) for table in self._pending) >= BATCH_ROWS:
            self._submit()
        while len(self._encoding) > self._threads:
            self._take()

    def finish(self) -> list[NewPart]:
        """Write all parts and return them by day."""
        with self._pool:
            self._submit()
            while self._encoding:
                self._take()
            if self._spills:
                self._spill()
                written = self._merge_spills()
            else:
                written = self._write_days(self._encoded, self._folder)
        return [NewPart("plays", _date(part.day), part.path, part.rows) for part in written]

    def close(self) -> None:
        """Stop without writing."""
        self._pool.shutdown(cancel_futures=True)

    def _submit(self) -> None:
        if self._pending:
            self._encoding.append(self._pool.submit(encode, self._pending, timed=self._timed))
            self._pending = []

    def _take(self) -> None:
        batch = self._encoding.popleft().result()
        self._encoded.append(batch)
        counts = pa.concat_tables([self.by_track, batch.by_track])
        counts = counts.group_by("track_id").aggregate([("plays", "sum")])
        self.by_track = counts.rename_columns(["track_id", "plays"])
        if sum(batch.nbytes for batch in self._encoded) > self._memory_bytes:
            self._spill()

    def _spill(self) -> None:
        """Write what is held to a file a day, sorted and merged so far."""
        folder = self._folder / f"spill-{len(self._spills)}"
        with guard(folder):
            folder.mkdir()
        written = self._write_days(self._encoded, folder)
        self._spills.append({part.day: part.path for part in written})
        self._encoded = []

    def _merge_spills(self) -> list[_Written]:
        written = []
        for day in sorted(set[int]().union(*self._spills)):
            tables = [
                pq.read_table(spill[day], read_dictionary=["user_id", "track_id"])
                for spill in self._spills
                if day in spill
            ]
            batch = encode(tables, timed=self._timed)
            written += self._write_days([batch], self._folder)
        return written

    def _write_days(self, batches: Sequence[Encoded], folder: Path) -> list[_Written]:
        """Write each day of some batches, and count the rows that go."""
        users, user_ranks = in_byte_order([batch.user_ids for batch in batches])
        tracks, track_ranks = in_byte_order([batch.track_ids for batch in batches])

        def write(day: int) -> _Written:
            rows = DayRows.of(day, batches, user_ranks, track_ranks)
            kept = rows.kept_once() if self._timed else rows.added_up()
            path = folder / f"plays-{_date(day)}.parquet"
            with guard(path):
                pq.write_table(kept.to_arrow(users, tracks, day), path, **WRITE)
            return _Written(day, path, len(kept), len(rows) - len(kept))

        days = sorted({int(day) for batch in batches for day in batch.days})
        written = list(self._pool.map(write, days))
        gone = sum(part.gone for part in written)
        if self._timed:
            self.deduplicated += gone
        else:
            self.merged += gone
        return written


@dataclass(frozen=True)
class _Written:
    """A day that was written; `gone` rows of it were merged or repeated others."""

    day: int
    path: Path
    rows: int
    gone: int


def _date(day: int) -> date:
    return EPOCH + timedelta(days=day)
