"""Ranges of rows as tasks: how they are cut, and what an executor does with one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

import pyarrow as pa

from rekomenda.engines.base import RangeWork

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
