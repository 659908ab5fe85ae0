"""Measures of a set of lists as rows with their intervals."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from rekomenda.evaluation.artist_exposure import of_artists
from rekomenda.evaluation.bootstrap import Bootstrap
from rekomenda.evaluation.exposure import Ratio, hits_by_band, of_listeners, opportunity_gap
from rekomenda.evaluation.ground import Ground
from rekomenda.evaluation.segments import MIN_LISTENERS, OVERALL

Floats = NDArray[np.float64]
Items = NDArray[np.int32]

SCHEMA: Final = pa.schema(
    [
        pa.field("lists", pa.string(), nullable=False),
        pa.field("algorithm", pa.string(), nullable=False),
        pa.field("segment", pa.string(), nullable=False),
        pa.field("measure", pa.string(), nullable=False),
        pa.field("k", pa.int32(), nullable=False),
        pa.field("value", pa.float64(), nullable=False),
        pa.field("low", pa.float64()),
        pa.field("high", pa.float64()),
        pa.field("n", pa.int64(), nullable=False),
    ]
)
"""`lists` says which: `served:<shelf>` are those published, `exam:<task>` those of the exam. `n` are
the listeners behind the number, or the artists where it is about artists."""


@dataclass(frozen=True)
class Row:
    """One number: of which lists and model, about whom, with its interval (None: none)."""

    lists: str
    algorithm: str
    segment: str
    measure: str
    k: int
    value: float
    low: float | None
    high: float | None
    n: int

    def to_json(self) -> dict[str, Any]:
        """Return it ready for JSON."""
        return dict(vars(self))


def rows_of(
    lists: str, algorithm: str, items: Items, ground: Ground, bootstrap: Bootstrap
) -> list[Row]:
    """Return every measure of some lists with its interval.

    Parameters
    ----------
    lists, algorithm : str
        What stands in the columns of these names.
    items : ndarray of int32, shape (n, k)
    ground : Ground of n listeners
    bootstrap : Bootstrap
        Draws the listeners; the artists where a number is about them.
    """
    k = items.shape[1]
    ratios = of_listeners(items, ground)
    found = [
        *_of_listeners(ratios, ground, bootstrap),
        *_of_opportunity(items, ground, bootstrap),
        *(
            (row.segment, row.measure, row.value, row.low, row.high, row.n)
            for row in of_artists(items, ground, bootstrap)
        ),
    ]
    return [
        # Rounded like the ends, so that how many threads summed it cannot be seen.
        Row(lists, algorithm, segment, measure, k, round(value, 9), _none(low), _none(high), n)
        for segment, measure, value, low, high, n in found
        if not np.isnan(value)
    ]


def to_table(rows: list[Row]) -> pa.Table:
    """Return the rows as `SCHEMA`."""
    return pa.Table.from_pylist([row.to_json() for row in rows], SCHEMA)


_Number = tuple[str, str, float, float, float, int]


def _of_listeners(
    ratios: Mapping[str, Ratio], ground: Ground, bootstrap: Bootstrap
) -> Iterator[_Number]:
    if not ratios:
        return
    columns = np.stack([part for r in ratios.values() for part in (r.above, r.below)], axis=1)
    offsets = np.array([ratio.offset for ratio in ratios.values()])
    partitions = [partition.shown() for partition in ground.partitions]
    resampled = bootstrap.sums(columns, partitions)
    for partition, sums in zip(partitions, resampled, strict=True):
        below = sums[..., 1::2]
        low, high = bootstrap.interval(
            sums[..., ::2] / np.where(below > 0, below, np.nan) - offsets
        )
        for number, segment in enumerate(partition.names):
            members = partition.labels == number
            for place, (measure, ratio) in enumerate(ratios.items()):
                n = int(np.count_nonzero(ratio.below[members]))
                if n >= (1 if segment == OVERALL else MIN_LISTENERS):
                    ends = float(low[number, place]), float(high[number, place])
                    yield segment, measure, ratio.value(members), *ends, n


def _of_opportunity(items: Items, ground: Ground, bootstrap: Bootstrap) -> Iterator[_Number]:
    if ground.relevant is None:
        return
    counts = hits_by_band(items, ground)
    value = float(opportunity_gap(counts.sum(axis=0)))
    sums = bootstrap.sums(counts.reshape(len(counts), 6), [ground.partitions[0]])[0]
    low, high = bootstrap.interval(opportunity_gap(sums.reshape(-1, 2, 3)))
    n = int(np.count_nonzero(ground.relevant.counts))
    yield OVERALL, "popularity_opportunity", value, float(low), float(high), n


def _none(end: float) -> float | None:
    return None if np.isnan(end) else float(end)
