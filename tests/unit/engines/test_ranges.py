"""Ranges of rows as tasks: whole steps, every row once, in order."""

from __future__ import annotations

import pytest

from rekomenda.engines.spark.ranges import cut


@pytest.mark.parametrize(
    ("n", "step", "cores"), [(100, 7, 2), (7, 7, 2), (6, 7, 4), (1000, 1, 3), (5, 1, 9)]
)
def test_ranges_hold_every_row_once_and_begin_at_whole_steps(n, step, cores):
    ranges = cut(n, step, cores)
    assert [row for start, stop in ranges for row in range(start, stop)] == list(range(n))
    assert all(start % step == 0 for start, _ in ranges)
    assert len(ranges) <= 3 * cores


def test_nothing_has_no_ranges():
    assert cut(0, 5, 2) == []
