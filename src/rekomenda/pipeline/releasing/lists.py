"""Lists and similarities of a fitted model, written to a release's folder as they are made."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from rekomenda.domain.recommendations import LIST_SCHEMA
from rekomenda.evaluation.mechanics import Inspector
from rekomenda.storage.parquet_layout import compacted, layout
from rekomenda.telemetry.progress import Step

ROW_GROUP = 65_536
"""Rows of a row group, at least: what is read to find one listener."""


@dataclass(frozen=True)
class ListCounts:
    """What was made.

    Parameters
    ----------
    rows : dict of shelf to int
        Recommendations, the popular lists for everybody among them.
    listeners, personalised : int
        Listeners with any list, and with one of their own.
    tracks : int
        Different tracks in all lists together.
    """

    rows: dict[str, int]
    listeners: int
    personalised: int
    tracks: int


def write_lists(
    batches: Iterable[pa.RecordBatch],
    inspector: Inspector,
    path: Path,
    step: Step,
    *,
    n_listeners: int,
    see: Callable[[pa.RecordBatch], None] = lambda _: None,
) -> ListCounts:
    """Write everybody's lists as they are made, a batch at a time, under the inspector's eye.

    Parameters
    ----------
    batches : iterable of pa.RecordBatch
        Rows of `LIST_SCHEMA` in their order; no listener in two of them.
    inspector : Inspector
        Sees every row that is written.
    path : Path
        The Parquet file to write: `LIST_SCHEMA`, by user, shelf and rank.
    step : Step
        Told how many listeners are done.
    n_listeners : int
        Of how many.
    see : callable, optional
        Shown every batch too.
    """
    tally = _Tally()

    def seen() -> Iterator[pa.RecordBatch]:
        for batch in batches:
            inspector.see(batch)
            see(batch)
            tally.count(batch)
            step.advance(tally.listeners, n_listeners)
            yield batch

    with pq.ParquetWriter(path, LIST_SCHEMA, **layout(LIST_SCHEMA, ["user_id"])) as writer:
        for group in _row_groups(seen()):
            writer.write_table(group, row_group_size=group.num_rows)
    return ListCounts(
        dict(sorted(tally.rows.items())), tally.listeners, tally.personalised, len(tally.tracks)
    )


@dataclass
class _Tally:
    """What the batches hold, summed up; no listener is in two of them."""

    rows: Counter[str] = field(default_factory=Counter)
    tracks: set[int] = field(default_factory=set)
    listeners: int = 0
    personalised: int = 0

    def count(self, batch: pa.RecordBatch) -> None:
        for count in pc.value_counts(batch["shelf"].cast(pa.string())).to_pylist():
            self.rows[count["values"]] += count["counts"]
        self.tracks.update(pc.unique(batch["track_id"].indices).to_pylist())
        self.listeners += pc.count_distinct(batch["user_id"].indices).as_py()
        own = batch["user_id"].indices.filter(batch["personalised"])
        self.personalised += pc.count_distinct(own).as_py()


def _row_groups(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.Table]:
    """Gather batches, which are small where the catalogue is large, into row groups."""
    waiting: list[pa.RecordBatch] = []
    for batch in batches:
        waiting.append(batch)
        if sum(part.num_rows for part in waiting) >= ROW_GROUP:
            yield compacted(pa.Table.from_batches(waiting))
            waiting = []
    if any(part.num_rows for part in waiting):
        yield compacted(pa.Table.from_batches(waiting))
