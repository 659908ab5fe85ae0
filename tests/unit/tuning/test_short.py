"""Short histories are the last liked tracks of listeners who have more."""

from __future__ import annotations

import numpy as np
import pytest

from model_worlds import numbered
from rekomenda.domain.catalogue import Catalogue
from rekomenda.domain.interactions import Histories
from rekomenda.evaluation.exam import Exam
from rekomenda.evaluation.tasks import Task
from rekomenda.tuning.short import last_tracks, short_histories


def played(*days: list[int], weights=None) -> Histories:
    """Listeners who played track 0, 1, … on these days."""
    users = np.repeat(np.arange(len(days)), [len(each) for each in days])
    items = np.concatenate([np.arange(len(each)) for each in days])
    last = np.concatenate(days)
    return Histories.from_cells(
        users, items, n_users=len(days), n_items=12, last_day=last, weights=weights
    )


def tracks(histories: Histories) -> list[list[int]]:
    return [
        histories.items[start:stop].tolist()
        for start, stop in zip(histories.indptr, histories.indptr[1:], strict=False)
    ]


def test_the_last_played_stay():
    told = last_tracks(played([5, 9, 1, 8], [3, 2]), np.array([2, 1]), seed=0)
    assert tracks(told) == [[1, 3], [0]]


def test_what_was_seen_and_not_liked_is_not_counted():
    told = last_tracks(played([5, 9, 1, 8], weights=[1, 0, 1, 1]), np.array([2]), seed=0)
    assert tracks(told) == [[0, 3]]


def test_none_and_more_than_there_are_are_lengths_too():
    assert tracks(last_tracks(played([5, 9], [3, 2]), np.array([0, 7]), seed=0)) == [[], [0, 1]]


def test_where_time_is_silent_chance_decides_and_the_same_each_time():
    silent = played(*[[-1] * 6] * 200)
    told = last_tracks(silent, np.full(200, 1), seed=4)
    assert np.bincount(told.items, minlength=6)[:6].min() > 15
    assert tracks(told) == tracks(last_tracks(silent, np.full(200, 1), seed=4))
    assert tracks(told) != tracks(last_tracks(silent, np.full(200, 1), seed=5))


@pytest.mark.parametrize(("least", "lengths"), [(1, [1, 2, 3, 1]), (0, [0, 1, 2, 3])])
def test_listeners_with_more_are_cut_in_turn(least, lengths):
    five = [1, 2, 3, 4, 5]
    seen = played(five, [1, 2, 3], five, five, five, five)
    later = Histories.from_cells(
        np.array([0, 1, 2, 4, 5]), np.full(5, 9), n_users=6, n_items=12
    )  # the fourth plays nothing new
    catalogue = Catalogue.bare(numbered("t", 12))
    exam = Exam.of(seen, later, catalogue, tasks=(Task.UNHEARD,), cutoffs=(20,))
    rows, told = short_histories(exam, 0, least=least)
    asked = exam.rows[rows]
    assert asked.tolist() == [0, 2, 4, 5]
    assert told.lengths.tolist() == lengths
