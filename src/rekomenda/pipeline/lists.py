"""Lists and similarities of a fitted model, written to a release's folder as they are made."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from rekomenda.domain.recommendations import LIST_SCHEMA
from rekomenda.evaluation.mechanics import Inspector
from rekomenda.ranking.lists import ListMaker
from rekomenda.telemetry.progress import Step

ROW_GROUP = 65_536
"""Rows of a row group: what is read to find one listener."""


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


def write_lists(maker: ListMaker, inspector: Inspector, path: Path, step: Step) -> ListCounts:
    """Make everybody's lists and write them, a batch at a time, under the inspector's eye.

    Parameters
    ----------
    maker : ListMaker
    inspector : Inspector
        Sees every row that is written.
    path : Path
        The Parquet file to write: `LIST_SCHEMA`, by user, shelf and rank.
    step : Step
        Told how many listeners are done.
    """
    rows: Counter[str] = Counter()
    tracks: set[int] = set()
    listeners = personalised = 0
    total = len(maker.interactions.users)
    with pq.ParquetWriter(path, LIST_SCHEMA, compression="zstd") as writer:
        for batch in maker.batches():
            writer.write_batch(batch, row_group_size=ROW_GROUP)
            inspector.see(batch)
            for count in pc.value_counts(batch["shelf"].cast(pa.string())).to_pylist():
                rows[count["values"]] += count["counts"]
            tracks.update(pc.unique(batch["track_id"].indices).to_pylist())
            listeners += pc.count_distinct(batch["user_id"].indices).as_py()
            own = batch["user_id"].indices.filter(batch["personalised"])
            personalised += pc.count_distinct(own).as_py()
            step.advance(listeners, total)
    return ListCounts(dict(sorted(rows.items())), listeners, personalised, len(tracks))
