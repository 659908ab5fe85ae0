"""Shares of items in groups, against what can be worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest

from rekomenda.domain.shares import Shares

# Item        0     1   2 (nobody)  3
OF = Shares.of_pairs(np.array([0, 0, 1, 3, 3, 3]), np.array([2, 0, 0, 1, 2, 0], np.int32), 4)


def test_the_first_stands_ahead_and_the_shares_of_an_item_are_one():
    assert OF.first.tolist() == [2, 0, -1, 1]
    assert OF.matrix(4).toarray().tolist() == [
        [0.5, 0, 0.5, 0],
        [1, 0, 0, 0],
        [0, 0, 0, 0],
        [pytest.approx(1 / 3)] * 3 + [0],
    ]
    assert (OF.width, OF.several, len(OF)) == (3, True, 4)


def test_values_are_shared_out_and_none_is_lost():
    assert OF.sums(np.array([4, 1, 100, 9]), 4).tolist() == pytest.approx([6, 3, 5, 0])


def test_an_item_is_touched_by_any_of_its_groups():
    assert OF.touched_by(np.array([False, True, False])).tolist() == [False, False, False, True]
    assert OF.touched_by(np.array([False, False, True])).tolist() == [True, False, False, True]


def test_items_are_expanded_in_their_order_again_and_again():
    places, groups = OF.expand(np.array([3, 2, 0, 0]))
    assert places.tolist() == [0, 0, 0, 2, 2, 3, 3]
    assert groups.tolist() == [1, 2, 0, 2, 0, 2, 0]
    assert OF.table().tolist() == [[2, 0, -1], [0, -1, -1], [-1, -1, -1], [1, 2, 0]]


def test_one_group_an_item_is_what_it_was():
    one = Shares.of_one(np.array([1, -1, 0], np.int32))
    assert one.first.tolist() == [1, -1, 0]
    assert (one.several, one.weights.tolist()) == (False, [1.0, 1.0])


def test_nothing_is_no_trouble():
    nothing = Shares.of_one(np.zeros(0, np.int32))
    assert nothing.matrix(0).shape == (0, 0)
    assert nothing.sums(np.zeros(0), 2).tolist() == [0, 0]
    assert Shares.of_one(np.full(2, -1, np.int32)).matrix(0).shape == (2, 0)
