"""`again` ranks by what was played often and has rested, from hand-worked numbers."""

from __future__ import annotations

import numpy as np
import pytest

from rekomenda.domain.interactions import Histories
from rekomenda.ranking.ranker import again_scores

TODAY = 20_000


def scores(plays, first, last):
    """Score tracks of one listener, played from `first` to `last` days ago."""
    return again_scores(
        Histories.from_cells(
            np.zeros(len(plays), int),
            np.arange(len(plays)),
            n_users=1,
            n_items=9,
            plays=np.array(plays),
            first_day=TODAY - np.array(first),
            last_day=TODAY - np.array(last),
        ),
        TODAY,
    )


def test_two_plays_worked_by_hand():
    # t_1 = 9, t_2 = 16 days: S = 9^-.5 + (16^.5 - 9^.5) / (.5 · 7) = 1/3 + 2/7 = 0.619048
    # ln(1.619048) = 0.481838; the rest of 8 days: 1 - e^(-8/7) = 0.681093
    assert scores([2], [15], [8]) == pytest.approx([0.481838 * 0.681093], rel=1e-5)


def test_all_plays_on_one_day_are_that_day_so_many_times():
    # t = 4 days for each of 6 plays: S = 6 · 4^-.5 = 3; ln 4 · (1 - e^(-3/7))
    assert scores([6], [3], [3]) == pytest.approx([np.log(4) * (1 - np.exp(-3 / 7))], rel=1e-6)


def test_often_beats_seldom_at_the_same_days():
    seldom, often = scores([2, 30], [60, 60], [20, 20])
    assert often > seldom


def test_a_favourite_that_rested_beats_the_obsession_of_this_week():
    rested, obsession = scores([40, 100], [365, 7], [30, 1])
    assert rested > obsession


def test_a_recent_favourite_beats_an_old_one_once_both_have_rested():
    recent, old = scores([10, 10], [60, 700], [30, 600])
    assert recent > old


def test_what_was_played_today_comes_last():
    assert scores([50], [90], [0]) == pytest.approx([0.0])


def test_without_time_the_number_of_plays_decides():
    timeless = Histories.from_cells(
        np.zeros(3, int), np.array([1, 4, 6]), n_users=1, n_items=9, plays=np.array([4, 0, 9])
    )
    assert again_scores(timeless, -1) == pytest.approx(np.log1p([4, 0, 9]), rel=1e-6)


def test_days_after_the_day_of_the_lists_count_as_that_day():
    late = scores([3], [5], [-2])
    assert late == pytest.approx([0.0])
    assert np.isfinite(late).all()


def test_the_examples_of_the_documentation_are_right():
    """`docs/explanation/lists.md`."""
    plays, first = [40, 10, 100, 10, 1, 50], [365, 60, 7, 700, 10, 90]
    examples = scores(plays, first, [30, 30, 1, 600, 10, 0])
    assert [f"{score:.2f}" for score in examples] == [
        "1.45",
        "0.91",
        "0.52",
        "0.33",
        "0.20",
        "0.00",
    ]
