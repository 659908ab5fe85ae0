"""`Histories` keep cells in order and can be cut, repeated and batched without losing any."""

from dataclasses import replace

import numpy as np
import pytest

from rekomenda.domain.interactions import Histories


@pytest.fixture
def histories() -> Histories:
    """Four listeners (the third without plays), six items; cells given out of order."""
    return Histories.from_cells(
        users=np.array([3, 0, 1, 0, 3, 1]),
        items=np.array([5, 4, 0, 1, 2, 3]),
        n_users=4,
        n_items=6,
        weights=np.array([1.5, 4, 0, 2, 0.5, 7]),
        plays=np.array([3, 9, 1, 2, 1, 8]),
        first_day=np.array([10, 11, 12, 13, 14, 15]),
        last_day=np.array([20, 21, 22, 23, 24, 25]),
        region=np.array([1, -1, 0, 1]),
        order=np.array([4, 1, 0, 0, 3, 2]),
    )


def test_cells_are_put_in_order_with_all_their_values(histories):
    assert histories.indptr.tolist() == [0, 2, 4, 4, 6]
    assert histories.items.tolist() == [1, 4, 0, 3, 2, 5]
    assert histories.weights.tolist() == [2, 4, 0, 7, 0.5, 1.5]
    assert histories.plays.tolist() == [2, 9, 1, 8, 1, 3]
    assert histories.first_day.tolist() == [13, 11, 12, 15, 14, 10]
    assert histories.last_day.tolist() == [23, 21, 22, 25, 24, 20]
    assert histories.order.tolist() == [0, 1, 0, 2, 3, 4]


def test_the_matrix_holds_the_weights(histories):
    assert histories.user_items.toarray().tolist() == [
        [0, 2, 0, 0, 4, 0],
        [0, 0, 0, 7, 0, 0],
        [0, 0, 0, 0, 0, 0],
        [0, 0, 0.5, 0, 0, 1.5],
    ]


def test_a_cell_of_weight_zero_was_seen_but_is_not_liked(histories):
    assert histories.lengths.tolist() == [2, 2, 0, 2]
    assert histories.binary.toarray()[1].tolist() == [0, 0, 0, 1, 0, 0]
    assert histories.binary.nnz == 5
    assert histories.lengths.tolist() == [2, 2, 0, 2]  # and stays in the history
    assert histories.weights.tolist() == [2, 4, 0, 7, 0.5, 1.5]


def test_rows_are_given_in_the_order_asked_for_with_repeats(histories):
    some = histories.rows(np.array([3, 2, 0, 3]))
    assert some.lengths.tolist() == [2, 0, 2, 2]
    assert some.items.tolist() == [2, 5, 1, 4, 2, 5]
    assert some.last_day.tolist() == [24, 20, 23, 21, 24, 20]
    assert some.order.tolist() == [3, 4, 0, 1, 3, 4]
    assert some.region.tolist() == [1, 0, 1, 1]
    assert some.users_of_cells.tolist() == [0, 0, 2, 2, 3, 3]


def test_batches_cover_everybody_once(histories):
    batches = list(histories.batches(3))
    assert [(rows.start, rows.stop, len(batch)) for rows, batch in batches] == [
        (0, 3, 3),
        (3, 4, 1),
    ]
    assert (
        np.concatenate([batch.items for _, batch in batches]).tolist() == histories.items.tolist()
    )


def test_defaults_say_what_is_not_known():
    bare = Histories.from_cells(np.array([0]), np.array([1]), n_users=1, n_items=2)
    assert bare.weights.tolist() == [1]
    assert bare.plays.tolist() == [1]
    assert bare.first_day.tolist() == [-1]
    assert bare.region.tolist() == [-1]
    assert bare.order.tolist() == [-1]
    assert bare.order.dtype == np.int32


def test_weights_default_to_the_plays():
    cells = Histories.from_cells(
        np.array([0]), np.array([0]), n_users=1, n_items=1, plays=np.array([6])
    )
    assert cells.weights.tolist() == [6]


def test_nobody_at_all_is_a_history_too():
    none = Histories.from_cells(np.array([], int), np.array([], int), n_users=0, n_items=3)
    assert len(none) == 0
    assert none.user_items.shape == (0, 3)


@pytest.mark.parametrize(
    ("users", "items"), [([0, 0], [1, 1]), ([0], [2]), ([1], [0]), ([-1], [0]), ([0], [-1])]
)
def test_repeated_or_impossible_cells_are_refused(users, items):
    with pytest.raises(ValueError, match=r"stands twice|out of range"):
        Histories.from_cells(np.array(users), np.array(items), n_users=1, n_items=2)


def test_what_is_only_implied_can_be_told_from_what_was_heard(histories):
    assert histories.known.all()
    assert histories.heard is histories
    implied = replace(histories, known=np.array([True, False, True, True, False, True]))
    assert implied.heard.items.tolist() == [1, 0, 3, 5]
    assert implied.heard.indptr.tolist() == [0, 1, 3, 3, 4]
    assert implied.heard.weights.tolist() == [2, 0, 7, 1.5]
    assert implied.heard.known.all()
    assert implied.rows(np.array([3, 0])).known.tolist() == [False, True, True, False]


def test_cells_given_out_of_order_keep_what_is_said_of_each():
    cells = Histories.from_cells(
        np.array([1, 0, 1]), np.array([0, 2, 1]), n_users=2, n_items=3, known=[False, True, True]
    )
    assert cells.items.tolist() == [2, 0, 1]
    assert cells.known.tolist() == [True, False, True]
