"""`Eligible` hides what a list may not hold, and can be cut into batches."""

import numpy as np
import pytest

from rekomenda.domain.eligible import Eligible, ItemSets

NO = -np.inf


def sets(*members: list[int]) -> ItemSets:
    lengths = [len(items) for items in members]
    return ItemSets(
        np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64),
        np.array([item for items in members for item in items], np.int32),
    )


@pytest.fixture
def scores():
    return np.array([[1, 2, 3, 4], [5, 6, 7, 8], [9, 10, 11, 12]], np.float32)


def test_nothing_is_hidden_by_default(scores):
    assert Eligible().apply(scores.copy()).tolist() == scores.tolist()


def test_excluded_items_go_for_their_listener_only(scores):
    applied = Eligible(excluded=sets([3, 0], [], [1, 1])).apply(scores)
    assert applied.tolist() == [[NO, 2, 3, NO], [5, 6, 7, 8], [9, NO, 11, 12]]


def test_only_keeps_nothing_else(scores):
    applied = Eligible(only=sets([2], [], [3, 0])).apply(scores)
    assert applied.tolist() == [[NO, NO, 3, NO], [NO] * 4, [9, NO, NO, 12]]


def test_what_is_hidden_or_excluded_stays_so_when_it_is_in_only(scores):
    eligible = Eligible(
        excluded=sets([2], [], []),
        only=sets([1, 2, 3], [1], [3]),
        hidden=np.array([False, False, False, True]),
    )
    assert eligible.apply(scores).tolist() == [[NO, 2, NO, NO], [NO, 6, NO, NO], [NO] * 4]


@pytest.mark.parametrize("rows", [slice(0, 2), slice(1, 3), slice(2, 9), slice(1, 1)])
def test_a_batch_hides_what_the_whole_hides(scores, rows):
    eligible = Eligible(
        excluded=sets([0], [1, 2], [3]),
        only=sets([0, 1], [2, 3], [0, 3]),
        hidden=np.array([True, False, False, False]),
    )
    whole = eligible.apply(scores.copy())
    assert eligible.rows(rows).apply(scores[rows].copy()).tolist() == whole[rows].tolist()


def test_the_sets_of_a_batch_begin_at_its_first_user():
    batch = sets([0], [1, 2], [3]).rows(slice(1, 3))
    assert batch.indptr.tolist() == [0, 2, 3]
    assert batch.items.tolist() == [1, 2, 3]


def test_users_of_cells_names_the_row_of_each_member():
    assert sets([5], [], [7, 8]).users_of_cells.tolist() == [0, 2, 2]
