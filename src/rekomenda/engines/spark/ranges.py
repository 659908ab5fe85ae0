"""Ranges of rows as tasks: how they are cut, and what an executor does with one."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import TYPE_CHECKING, Final

import pyarrow as pa

from rekomenda.engines.base import RangeWork

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

TASKS_A_CORE: Final = 3
"""So that a slow task, or one that is done again, does not keep all others waiting."""


def cut(n: int, step: int, cores: int) -> list[tuple[int, int]]:
    """Cut 0 to n into ranges of whole steps, some for each core."""
    steps = -(-n // step)
    size = step * max(1, -(-steps // (TASKS_A_CORE * max(cores, 1))))
    return [(start, min(start + size, n)) for start in range(0, n, size)]


def on_each(
    work: RangeWork,
    ranges: Sequence[tuple[int, int]],
    schema: pa.Schema,
    numbers: Iterator[pa.RecordBatch],
) -> Iterator[pa.RecordBatch]:
    """Do the work for each range whose number comes in; this runs on an executor."""
    for batch in numbers:
        for number in batch.column(0).to_pylist():
            for rows in work(*ranges[number]):
                yield rows.cast(schema)


def made_of(rows: DataFrame, work: Callable[[pa.Table], pa.Table], schema: pa.Schema) -> DataFrame:
    """Return what is made of each partition of sorted rows: equal ones are never in two."""
    from pyspark.sql.pandas.types import from_arrow_schema  # noqa: PLC0415 - an extra

    return rows.mapInArrow(partial(on_all, work), from_arrow_schema(schema))


def on_all(
    work: Callable[[pa.Table], pa.Table], batches: Iterator[pa.RecordBatch]
) -> Iterator[pa.RecordBatch]:
    """Do the work for a partition; this runs on an executor."""
    rows = list(batches)
    if rows:
        yield from work(pa.Table.from_batches(rows)).to_batches()
