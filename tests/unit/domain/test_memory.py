"""What memory keeps of a track, from hand-worked numbers."""

from __future__ import annotations

import numpy as np
import pytest

from rekomenda.domain.interactions import Histories
from rekomenda.domain.memory import activation

TODAY = 20_000


def strength(plays, first, last, **options):
    """Return what is kept of tracks of one listener, played from `first` to `last` days ago."""
    histories = Histories.from_cells(
        np.zeros(len(plays), int),
        np.arange(len(plays)),
        n_users=1,
        n_items=9,
        plays=np.array(plays),
        first_day=TODAY - np.array(first),
        last_day=TODAY - np.array(last),
    )
    return activation(histories, TODAY, **options)


def test_two_plays_worked_by_hand():
    # t_1 = 9, t_2 = 16 days: 9^-.5 + (16^.5 - 9^.5) / (.5 · 7) = 1/3 + 2/7
    assert strength([2], [15], [8], growth=1.0) == pytest.approx([1 / 3 + 2 / 7], rel=1e-6)


def test_plays_add_up_by_their_growth():
    # 2^.7 = 1.6245: 1/3 + .6245 · 2/7
    assert strength([2], [15], [8]) == pytest.approx([1 / 3 + 0.624505 * 2 / 7], rel=1e-5)


def test_all_plays_on_one_day_are_that_day_so_many_times():
    assert strength([6], [3], [3], growth=1.0) == pytest.approx([6 * 4**-0.5], rel=1e-6)


@pytest.mark.parametrize("decay", [0.0, 0.3, 0.5, 1.0, 1.0000001, 1.7])
def test_many_plays_come_near_the_sum_over_evenly_spread_days(decay):
    days = np.arange(10, 811)
    exact = float((days**-decay).sum())
    found = strength([801], [809], [9], decay=decay, growth=1.0)
    assert found == pytest.approx([exact], rel=0.01 if decay < 1 else 0.04)


def test_no_decay_counts_and_forgets_nothing():
    assert strength([5, 5], [80, 2], [70, 1], decay=0.0, growth=1.0).tolist() == [5, 5]


def test_recent_and_often_are_remembered_better():
    seldom, often, recent = strength([2, 30, 2], [60, 60, 30], [20, 20, 3])
    assert often > seldom
    assert recent > seldom


def test_without_time_the_number_of_plays_decides():
    timeless = Histories.from_cells(
        np.zeros(3, int), np.array([1, 4, 6]), n_users=1, n_items=9, plays=np.array([4, 0, 9])
    )
    found = activation(timeless, -1)
    assert found == pytest.approx([4**0.7, 0, 9**0.7], rel=1e-6)
    assert found.dtype == np.float32


def test_days_after_the_day_it_is_for_count_as_that_day():
    assert strength([3], [5], [-2]) == strength([3], [5], [0])


def test_the_examples_of_the_documentation_are_right():
    """`docs/explanation/lists.md`."""
    plays, first = [100, 50, 40, 10, 1, 10], [7, 90, 365, 60, 10, 700]
    examples = strength(plays, first, [1, 0, 30, 30, 10, 600])
    assert [f"{score:.2f}" for score in examples] == [
        "12.08",
        "3.74",
        "1.17",
        "0.78",
        "0.30",
        "0.20",
    ]
