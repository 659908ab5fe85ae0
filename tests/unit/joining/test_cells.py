"""Cells are added up alike however the rows are cut into blocks."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import numpy as np
import pyarrow as pa
import pytest

from rekomenda.domain.time_order import UNTOLD
from rekomenda.joining import cells as module
from rekomenda.joining.cells import PlaysInOrder
from rekomenda.settings import IntegrateSettings

NOON = datetime(1970, 1, 1, 12, tzinfo=UTC)
# listener, item, day, plays, hours after noon of 1970-01-01 (None: only the day is told)
ROWS = [
    (0, 3, 10, 1, None),
    (0, 3, 2, 3, 40),  # days of a cell come in any order
    (1, 0, 10, 30, None),  # a heavy day of 40 plays, with the next row
    (1, 1, 10, 10, 240),
    (1, 1, 4, 1, 90),
    (3, 0, 10, 1, 239),
    (3, 0, 10 - 600, 2, None),  # so old that nothing of it is left
]
FLAGGED = [(1, 10, 40, True), (1, 4, 40, False), (0, 10, 40, False)]
SETTINGS = IntegrateSettings(
    half_life_days=4, max_plays_per_day=3, heavy_plays_per_day=20, threads=2
)


def plays() -> PlaysInOrder:
    listeners, items, days, counts, hours = zip(*ROWS, strict=True)
    moments = [None if hour is None else NOON + timedelta(hours=hour) for hour in hours]
    rows = {
        "listener_index": pa.array(listeners, pa.int32()),
        "item_index": pa.array(items, pa.int32()),
        "day": pa.array(days, pa.int32()).cast(pa.date32()),
        "plays": pa.array(counts, pa.int64()),
        "last_at": pa.array(moments, pa.timestamp("us", "UTC")),
    }
    who, when, total, heavy = zip(*FLAGGED, strict=True)
    flagged = {
        "listener_index": pa.array(who, pa.int32()),
        "day": pa.array(when, pa.int32()).cast(pa.date32()),
        "plays": total,
        "heavy": heavy,
    }
    return PlaysInOrder.of(pa.table(rows), pa.table(flagged), SETTINGS)


def moment(hours: int) -> int:
    return (12 + hours) * 3_600_000_000


@pytest.mark.parametrize("block_rows", [1, 2, 3, 100])
def test_a_cell_is_the_sum_of_its_days(block_rows, monkeypatch):
    monkeypatch.setattr(module, "BLOCK_ROWS", block_rows)
    found = plays().cells(after=-1000, until=10)
    assert found.listeners.tolist() == [0, 1, 1, 3]
    assert found.items.tolist() == [3, 0, 1, 0]
    assert found.plays.tolist() == [4, 30, 11, 3]
    # log2(1 + 3) = 2, after two half-lives a quarter of it; on the heavy day half of everything
    later = round(1000 * 2**-1.5) / 1000  # one play, six days before
    assert found.weights == pytest.approx([1 + 2 * 0.25, 2 / 2, 2 / 2 + later, 1], abs=1e-6)
    assert found.first_day.tolist() == [2, 10, 4, -590]
    assert found.last_day.tolist() == [10, 10, 10, 10]
    assert found.last_at.tolist() == [UNTOLD, UNTOLD, moment(240), moment(239)]


@pytest.mark.parametrize("block_rows", [1, 100])
def test_only_the_days_of_the_span_count(block_rows, monkeypatch):
    monkeypatch.setattr(module, "BLOCK_ROWS", block_rows)
    found = plays().cells(after=2, until=9)
    assert [array.tolist() for array in found[:3]] == [[1], [1], [1]]
    assert found.last_at.tolist() == [moment(90)]
    assert found.weights == pytest.approx([round(1000 * 2**-1.25) / 1000])
    assert all(len(array) == 0 for array in plays().cells(after=10, until=20))
    assert [array.dtype for array in found] == [
        np.dtype(kind) for kind in ("i4", "i4", "i8", "f4", "i4", "i4", "i8")
    ]
