"""What a floor is expected to cost, from the worth of each place of a list."""

from __future__ import annotations

import numpy as np
import pytest

from rekomenda.domain.recommendations import Shelf
from rekomenda.ranking.floor_price import FloorPrice, falling, worth_of_places

approx = pytest.approx
LOG3 = 1 / np.log2(3)  # what the second place is seen


def test_a_falling_sequence_pools_those_that_rise():
    # 3, then (1·1 + 2·3) / 4 = 1.75 for the two that rise, then 1
    assert falling(np.array([3.0, 1.0, 2.0, 1.0]), np.array([1.0, 1.0, 3.0, 9.0])) == approx(
        [3.0, 1.75, 1.75, 1.0]
    )
    # all rise: one mean, and places that nobody had do not count
    assert falling(np.array([1.0, 2.0, 9.0]), np.array([2.0, 2.0, 0.0])) == approx([1.5, 1.5, 1.5])


def test_the_worth_of_a_place_is_its_mean_gain_over_the_ideal():
    hits = np.array([[1, 0, 0], [1, 1, 0], [0, 0, 0], [1, 1, 1]], bool)
    listed = np.array([[1, 1, 1], [1, 1, 0], [1, 1, 1], [1, 1, 1]], bool)
    ideal = np.array([1.0, 2.0, 1.0, np.nan])  # the last played nothing that counts
    # first: (1 + 1/2 + 0) / 3; second: (0 + 1/2 + 0) / 3; third: two lists have one, no hit
    assert worth_of_places(hits, listed, ideal) == approx([0.5, 1 / 6, 0.0])


def test_where_nothing_was_played_later_nothing_is_known():
    nothing = np.zeros((2, 3), bool)
    assert worth_of_places(nothing, ~nothing, np.array([1.0, np.nan])) is None


def test_the_price_is_what_the_lists_lose_in_worth():
    price = FloorPrice({Shelf.FOR_YOU: np.array([0.4, 0.2, 0.1])}, limit=0.01)
    before = np.array([[0, 1], [0, 1]])
    after = np.array([[0, 2], [1, 0]])
    had = 2 * (0.4 + 0.2 * LOG3)
    has = (0.4 + 0.1 * LOG3) + (0.2 + 0.4 * LOG3)
    assert price.expected(Shelf.FOR_YOU, before, after) == approx(1 - has / had)
    assert price.expected(Shelf.FOR_YOU, before, before) == 0


def test_empty_places_and_those_further_down_are_worth_nothing():
    price = FloorPrice({Shelf.FOR_YOU: np.array([0.4, 0.2])}, limit=0.01)
    had, has = 0.4 + 0.2 * LOG3, 0.4
    for last in (-1, 2, 57):
        found = price.expected(Shelf.FOR_YOU, np.array([[0, 1]]), np.array([[0, last]]))
        assert found == approx(1 - has / had)


def test_a_shelf_that_nothing_is_known_of_costs_nothing():
    price = FloorPrice({}, limit=0.01)
    assert price.expected(Shelf.DISCOVER, np.array([[0, 1]]), np.array([[1, 0]])) == 0
