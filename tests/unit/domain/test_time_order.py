"""The places of plays in time: as much as the data tells, and nothing made up."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from rekomenda.domain.time_order import UNTOLD, places_in_time


def slow(indptr, last_day, last_at) -> list[int]:
    """Count, for each cell, those of its listener that are known to be older."""
    places = []
    for start, stop in pairwise(indptr):
        cells = range(start, stop)
        vague = {last_day[c] for c in cells if last_at is None or last_at[c] == UNTOLD}
        for cell in cells:
            if last_day[cell] < 0:
                places.append(-1)
                continue
            older = [c for c in cells if 0 <= last_day[c] < last_day[cell]]
            if last_day[cell] not in vague:
                same_day = [c for c in cells if last_day[c] == last_day[cell]]
                older += [c for c in same_day if last_at[c] < last_at[cell]]
            places.append(len(older))
    return places


def test_days_tell_the_order_and_cells_of_a_day_share_a_place():
    indptr, days = np.array([0, 5, 5, 7]), np.array([9, 3, 9, 7, 3, 4, 2])
    assert places_in_time(indptr, days).tolist() == [3, 0, 3, 2, 0, 1, 0]


def test_moments_tell_the_order_within_a_day():
    indptr, days = np.array([0, 4, 6]), np.array([5, 5, 5, 2, 5, 5])
    moments = np.array([30, 10, 30, 99, 8, 7])  # the fourth is of an earlier day: its moment too
    assert places_in_time(indptr, days, moments).tolist() == [2, 1, 2, 0, 1, 0]


def test_one_untold_moment_leaves_its_whole_day_without_order():
    indptr, days = np.array([0, 5]), np.array([5, 5, 6, 6, 6])
    moments = np.array([2, 1, 30, UNTOLD, 10])
    assert places_in_time(indptr, days, moments).tolist() == [1, 0, 2, 2, 2]


def test_what_has_no_day_has_no_place_and_takes_none():
    indptr, days = np.array([0, 4]), np.array([-1, 8, -1, 6])
    assert places_in_time(indptr, days).tolist() == [-1, 1, -1, 0]
    nothing = np.full(4, -1)
    assert places_in_time(indptr, nothing).tolist() == [-1] * 4


def test_nobody_has_no_places():
    empty = np.zeros(0, np.int64)
    for indptr in (np.array([0]), np.array([0, 0, 0])):
        assert places_in_time(indptr, empty).tolist() == []
        assert places_in_time(indptr, empty, empty).tolist() == []


@pytest.mark.parametrize("seed", range(12))
def test_it_agrees_with_counting(seed):
    rng = np.random.default_rng(seed)
    lengths = rng.integers(0, 9, 7)
    indptr = np.concatenate([[0], np.cumsum(lengths)])
    days = rng.integers(-1 if seed % 2 else 0, 4, indptr[-1])
    moments = np.where(
        rng.random(indptr[-1]) < 0.15, UNTOLD, days * 100 + rng.integers(0, 5, indptr[-1])
    )
    given = None if seed % 3 == 0 else moments
    found = places_in_time(indptr, days, given)
    assert found.dtype == np.int32
    assert found.tolist() == slow(indptr, days, given)


def test_moments_too_far_apart_for_one_number_are_told_apart_as_well():
    days = np.repeat(np.arange(8), 2)
    moments = np.where(np.arange(16) % 2 == 0, 2**61, 5 + np.arange(16))
    indptr = np.array([0, 16])
    assert places_in_time(indptr, days, moments).tolist() == slow(indptr, days, moments)
