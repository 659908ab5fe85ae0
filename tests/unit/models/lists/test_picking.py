"""Picked lists against `domain.top_n`, which sorts out the same lists from a dense matrix."""

from __future__ import annotations

import numpy as np
import pytest

from rekomenda.domain.eligible import Eligible, ItemSets
from rekomenda.domain.top_n import top_n
from rekomenda.models.lists.picking import NEAR, STRIDE, Desk, pick_each
from rekomenda.models.lists.rules import Rules, in_order


def picked(scores, wanted):
    rules = Rules.as_given(wanted, *scores.shape)
    best = rules.heaps(len(scores))
    pick_each(scores, rules, best, Desk.of(scores.shape[1]))
    return in_order(rules.lengths, best)


def assert_right(scores, wanted):
    for found, (n, rule) in zip(picked(scores, wanted), wanted, strict=True):
        right = top_n(rule.apply(scores.copy()), n)
        np.testing.assert_array_equal(found.items, right.items)
        np.testing.assert_array_equal(found.scores, right.scores)


def some(rng, n_users, n_items, most):
    """Sets in any order and with repeats, some empty."""
    lengths = rng.integers(0, most, n_users)
    indptr = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)
    return ItemSets(indptr, rng.integers(0, n_items, indptr[-1]).astype(np.int32))


def best_of(scores, n):
    """The n best of everybody: what a list is led away from."""
    items = np.argsort(-scores, axis=1)[:, :n].astype(np.int32)
    return ItemSets(np.arange(len(scores) + 1, dtype=np.int64) * n, items.ravel())


@pytest.mark.parametrize("n_items", [1, STRIDE - 1, 311])
def test_lists_are_those_of_the_whole_matrix(n_items):
    rng = np.random.default_rng(3)
    n_users = 23
    scores = rng.integers(-4, 5, (n_users, n_items)).astype(np.float32)  # many equal ones
    scores[:9] += rng.random((9, n_items), np.float32)
    scores[rng.random(scores.shape) < 0.1] = np.nan
    scores[rng.random(scores.shape) < 0.1] = -np.inf
    scores[rng.random(scores.shape) < 0.1] = -0.0  # as good as 0
    scores[2, -1] = np.inf
    scores[5], scores[6] = np.nan, -np.inf
    hidden = rng.random(n_items) < 0.4
    nearly_all = np.ones(n_items, bool)
    nearly_all[rng.choice(n_items, -(-n_items // 16), replace=False)] = False

    def sets(most):
        return some(rng, n_users, n_items, most)

    assert_right(
        scores,
        [
            (7, Eligible()),
            (1, Eligible(excluded=sets(200))),
            (30, Eligible(excluded=sets(40), hidden=hidden)),
            (5, Eligible(only=sets(30))),
            (9, Eligible(excluded=sets(90), only=sets(90), hidden=hidden)),
            (400, Eligible(excluded=sets(9))),
            (8, Eligible(excluded=sets(200), hidden=nearly_all)),
        ],
    )


def test_lists_of_few_places_are_right_where_most_is_never_looked_at():
    rng = np.random.default_rng(6)
    n_items = STRIDE * 40 * NEAR + 5
    scores = rng.pareto(1.5, (8, n_items)).astype(np.float32)
    scores[1] = rng.integers(0, 3000, n_items)  # equals, also at the bound
    scores[2] = 7.0  # nothing else
    scores[3] = np.sort(scores[3])  # the best stand in few strides
    scores[4, :-3] = -np.inf
    scores[5] = 1 + scores[5] / 1e6  # all in one bin of the first count
    scores[6] *= -1
    scores[7, rng.random(n_items) < 0.95] = -np.inf  # as sums over a few rows
    wanted = [
        (20, Eligible()),
        (3, Eligible(hidden=rng.random(n_items) < 0.3)),
        (20, Eligible(excluded=best_of(scores, 25))),
        (20, Eligible(excluded=best_of(scores, 900))),  # more than what is near
        (20, Eligible(excluded=best_of(scores, n_items - 2))),
    ]
    assert_right(scores, wanted)
    for one in wanted:  # none of them depends on the others
        assert_right(scores, [one])


def test_a_desk_is_as_good_as_new_for_the_next_listeners():
    scores = np.array([[3, 2, 1, 0], [0, 1, 2, 3]], np.float32)
    desk = Desk.of(4)
    for excluded in ([0], [3], [1, 2]):
        each = ItemSets(np.array([0, len(excluded), 2 * len(excluded)]), np.tile(excluded, 2))
        wanted = [(2, Eligible(excluded=ItemSets(each.indptr, each.items.astype(np.int32))))]
        rules = Rules.as_given(wanted, 2, 4)
        best = rules.heaps(2)
        pick_each(scores, rules, best, desk)
        right = top_n(wanted[0][1].apply(scores.copy()), 2)
        np.testing.assert_array_equal(best.items, right.items)
