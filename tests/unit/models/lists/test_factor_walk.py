"""What is pruned must not be missed: against sorting all scores, in a world that tempts to miss."""

from __future__ import annotations

import numpy as np
import pytest

from model_worlds import random_world
from rekomenda.domain.eligible import Eligible, ItemSets
from rekomenda.domain.top_n import top_n
from rekomenda.models.factors.base import Factors
from rekomenda.models.lists import factor_walk
from rekomenda.models.lists.factor_walk import FactorWalk
from rekomenda.models.lists.tiles import COLUMNS, tiled_product

N_ITEMS, N_USERS = 5 * COLUMNS + 77, 90


@pytest.fixture
def factors():
    """Norms from 2 down to 1/2 in every direction, many equal items, some unknown."""
    rng = np.random.default_rng(2)
    factors = rng.normal(size=(N_ITEMS, 6)).astype(np.float32)
    factors /= np.linalg.norm(factors, axis=1, keepdims=True)
    factors *= np.geomspace(2, 0.5, N_ITEMS)[rng.permutation(N_ITEMS), None]
    factors[1000:1400] = factors[5]
    factors[1::7] = 0
    return factors.astype(np.float32)


@pytest.fixture
def users():
    users = np.random.default_rng(3).normal(size=(N_USERS, 6)).astype(np.float32)
    users[4] = 0
    return users


@pytest.fixture
def wanted():
    rng = np.random.default_rng(4)
    members = rng.integers(0, N_ITEMS, (N_USERS, 40)).astype(np.int32)
    sets = ItemSets(np.arange(N_USERS + 1) * 40, members.ravel())
    return [(10, Eligible(excluded=sets)), (50, Eligible()), (25, Eligible(only=sets))]


def whole(factors, users, wanted):
    scores = tiled_product(users, factors)
    scores[:, (factors == 0).all(axis=1)] = -np.inf
    scores[7] = -np.inf  # of whom nothing is known
    return [top_n(rule.apply(scores.copy()), n) for n, rule in wanted]


@pytest.mark.parametrize("rules", [slice(0, 1), slice(1, 2), slice(2, 3), slice(0, 3)])
def test_lists_are_those_of_all_scores(factors, users, wanted, rules):
    wanted = wanted[rules]
    walk = FactorWalk.of(factors, (factors != 0).any(axis=1))
    found = walk.best(users, np.arange(N_USERS) != 7, wanted)
    for ours, right in zip(found, whole(factors, users, wanted), strict=True):
        np.testing.assert_array_equal(ours.items, right.items)
        np.testing.assert_array_equal(ours.scores, right.scores)


def test_most_of_the_catalogue_is_not_looked_at(factors, users, wanted, monkeypatch):
    looked_at = []

    def counted(some, items, scores):
        looked_at.append(len(some) * len(items))
        return tile_product(some, items, scores)

    tile_product = factor_walk.tile_product
    monkeypatch.setattr(factor_walk, "tile_product", counted)
    walk = FactorWalk.of(factors, (factors != 0).any(axis=1))
    walk.best(users, np.arange(N_USERS) != 4, wanted[:1])  # 4 has a score of 0 for everything
    assert sum(looked_at) < 0.5 * N_USERS * N_ITEMS


def test_factors_that_are_no_numbers_list_nothing_and_hide_nobody(factors, users, wanted):
    users[3] = np.nan
    factors[12] = np.nan
    walk = FactorWalk.of(factors, (factors != 0).any(axis=1))
    found = walk.best(users, np.arange(N_USERS) != 7, wanted)
    assert (found[0].items[3] == -1).all()
    for ours, right in zip(found, whole(factors, users, wanted), strict=True):
        np.testing.assert_array_equal(ours.items, right.items)


@pytest.mark.parametrize("alpha", [0.0, 3.0, 5000.0])
@pytest.mark.parametrize("n_factors", [4, 40])  # fewer and more than a history has plays
def test_fold_in_solves_equation_4(alpha, n_factors):
    data = random_world(n_users=50, n_items=60, n_cells=900, seed=2)
    histories = data.interactions.histories
    y = np.random.default_rng(1).normal(size=(60, n_factors)).astype(np.float32)
    model = Factors.of("als", y, regularization=0.1, alpha=alpha)
    found = model.user_factors(histories)
    table = data.interactions.user_items.toarray().astype(np.float64)
    v = model.whitened.astype(np.float64)
    for user, weights in enumerate(table):
        confidence = np.where(weights > 0, 1 + alpha * weights, 0)
        system = np.eye(n_factors) + (v * (alpha * weights)[:, None]).T @ v
        right = np.linalg.solve(system, v.T @ confidence)
        np.testing.assert_allclose(found[user], right, rtol=1e-5, atol=1e-6 * abs(right).max())
