"""The kernel against `domain.top_n`, which sorts out the same lists from a dense matrix."""

from __future__ import annotations

import numpy as np
import pytest

from rekomenda.domain.eligible import Eligible, ItemSets
from rekomenda.domain.top_n import top_n
from rekomenda.models.lists.rules import Places, Rules
from rekomenda.models.lists.selecting import SAMPLED, Tile, offer, ranked

N_USERS, N_ITEMS = 23, 311


@pytest.fixture
def scores():
    """Many equal ones, some that are no numbers, and listeners of whom nothing is known."""
    rng = np.random.default_rng(3)
    scores = rng.integers(-4, 5, (N_USERS, N_ITEMS)).astype(np.float32)
    scores[:9] += rng.random((9, N_ITEMS), np.float32)
    scores[rng.random(scores.shape) < 0.1] = np.nan
    scores[rng.random(scores.shape) < 0.1] = -np.inf
    scores[2, 300] = np.inf
    scores[5], scores[6] = np.nan, -np.inf
    return scores


def some(rng, most):
    """Sets in any order and with repeats, some empty."""
    lengths = rng.integers(0, most, N_USERS)
    indptr = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)
    return ItemSets(indptr, rng.integers(0, N_ITEMS, indptr[-1]).astype(np.int32))


@pytest.fixture
def wanted():
    rng = np.random.default_rng(8)
    hidden = rng.random(N_ITEMS) < 0.4
    nearly_all = np.ones(N_ITEMS, bool)
    nearly_all[rng.choice(N_ITEMS, N_ITEMS // 16, replace=False)] = False
    return [
        (7, Eligible()),
        (1, Eligible(excluded=some(rng, 200))),
        (30, Eligible(excluded=some(rng, 40), hidden=hidden)),
        (5, Eligible(only=some(rng, 30))),
        (9, Eligible(excluded=some(rng, 90), only=some(rng, 90), hidden=hidden)),
        (400, Eligible(excluded=some(rng, 9))),
        (8, Eligible(excluded=some(rng, 200), hidden=nearly_all)),
    ]


def in_tiles(scores, wanted, places, width):
    """Walk through the places as a model does, each tile with the listeners in another order."""
    rules = Rules.of(wanted, len(scores), places)
    best = rules.heaps(len(scores))
    users = np.random.default_rng(1).permutation(len(scores))
    walked = scores[:, places.items]
    for first in range(0, len(places.items), width):
        part = walked[users, first : first + width]
        tile = np.full((len(part) + 2, width), 99, np.float32)  # behind the ends stands anything
        tile[: len(part), : part.shape[1]] = part
        offer(Tile(tile, users, first, places.items), rules, best)
    return ranked(rules.lengths, best)


@pytest.mark.parametrize("width", [311, 128, 100])
def test_lists_are_those_of_the_whole_matrix(scores, wanted, width):
    for found, (n, rule) in zip(
        in_tiles(scores, wanted, Places.all(N_ITEMS), width), wanted, strict=True
    ):
        right = top_n(rule.apply(scores.copy()), n)
        np.testing.assert_array_equal(found.items, right.items)
        np.testing.assert_array_equal(found.scores, right.scores)


def test_items_may_be_walked_through_in_any_order_and_some_not_at_all(scores, wanted):
    order = np.random.default_rng(4).permutation(N_ITEMS)[:250].astype(np.int32)
    missing = np.setdiff1d(np.arange(N_ITEMS), order)
    for found, (n, rule) in zip(
        in_tiles(scores, wanted, Places.of(order, N_ITEMS), 128), wanted, strict=True
    ):
        right = rule.apply(scores.copy())
        right[:, missing] = -np.inf
        right = top_n(right, n)
        np.testing.assert_array_equal(found.items, right.items)
        np.testing.assert_array_equal(found.scores, right.scores)


def test_a_list_that_began_with_poor_items_ends_with_the_best_ones():
    """The sample of the second tile sees but four good scores: with them the list is full at once."""
    scores = np.full((1, 200), -np.inf, np.float32)
    scores[0, [3, 50]] = -9, 2
    scores[0, 100:] = np.random.default_rng(2).permutation(100) / 50 - 1  # up to 0.98
    scores[0, 100::SAMPLED] = -5
    scores[0, 100 : 100 + 4 * SAMPLED : SAMPLED] = 5, 6, 7, 8
    wanted = [(6, Eligible()), (40, Eligible())]
    for best, (n, _) in zip(in_tiles(scores, wanted, Places.all(200), 100), wanted, strict=True):
        np.testing.assert_array_equal(best.items, top_n(scores, n).items)
