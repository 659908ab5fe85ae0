"""ALS: the listener's factors and reasons are those of Hu, Koren and Volinsky, written out."""

from dataclasses import replace

import numpy as np
import pytest

from model_worlds import crooked_histories, crooked_world, random_world, weights_table
from rekomenda.errors import FitError
from rekomenda.models.factors.als import ALS
from rekomenda.models.factors.base import Factors
from rekomenda.models.factors.least_squares import Confidences, Side, improve


def slow_fold_in(y, weights, regularization, alpha):
    """Return x_u and the (K, K) inverse of eq. 4, term by term over all items."""
    n_factors = y.shape[1]
    left, right = regularization * np.eye(n_factors), np.zeros(n_factors)
    for item, weight in enumerate(weights):
        confidence = 1 + alpha * weight
        left += confidence * np.outer(y[item], y[item])
        if weight > 0:
            right += confidence * y[item]
    inverse = np.linalg.inv(left)
    return inverse @ right, inverse


@pytest.fixture
def item_factors():
    factors = np.random.default_rng(4).normal(size=(9, 4)).astype(np.float32)
    factors[[7, 8]] = 0  # nobody liked them
    return factors


@pytest.mark.parametrize("n_factors", [2, 4])  # fewer and more factors than a history has plays
def test_scores_are_those_of_equation_4(item_factors, n_factors):
    y = item_factors[:, :n_factors]
    model = Factors.of("als", y, regularization=0.3, alpha=2.0)
    scores = model.score(crooked_histories())
    for user, weights in enumerate(np.nan_to_num(weights_table())):
        x, _ = slow_fold_in(y.astype(float), weights, 0.3, 2.0)
        if weights.any():
            np.testing.assert_allclose(scores[user, :7], y[:7] @ x, rtol=1e-4, atol=1e-6)
        else:
            assert (scores[user] == -np.inf).all()
    assert (scores[:, 7:] == -np.inf).all()


@pytest.mark.parametrize("n_factors", [2, 4])
def test_contributions_are_those_of_section_5(item_factors, n_factors):
    y = item_factors[:, :n_factors]
    model = Factors.of("als", y, regularization=0.3, alpha=2.0)
    histories = crooked_histories()
    for user, weights in enumerate(np.nan_to_num(weights_table())):
        _, inverse = slow_fold_in(y.astype(float), weights, 0.3, 2.0)
        one = histories.rows(slice(user, user + 1))
        wanted = [
            y[3] @ inverse @ y[item] * (1 + 2.0 * weights[item]) * (weights[item] > 0)
            for item in one.items
        ]
        np.testing.assert_allclose(model.contributions(one, 3), wanted, rtol=1e-4, atol=1e-6)


def test_a_long_history_and_a_short_one_go_through_the_same_equation():
    data = random_world(n_users=60, n_items=50, n_cells=900, seed=6)
    histories = data.interactions.histories
    assert histories.lengths.max() > 8 > histories.lengths[histories.lengths > 0].min()
    y = np.random.default_rng(1).normal(size=(50, 8)).astype(np.float32)
    factors = Factors.of("als", y, regularization=1.0, alpha=0.5)
    scores = factors.score(histories)
    table = data.interactions.user_items.toarray().astype(float)
    for user in np.flatnonzero(table.any(axis=1)):
        x, _ = slow_fold_in(y.astype(float), table[user], 1.0, 0.5)
        np.testing.assert_allclose(scores[user], y @ x, rtol=1e-3, atol=1e-4)


def slow_objective(x, y, weights, penalties, alpha):
    """Eq. 3 of the paper, with a penalty for each item's factors and 0.1 for listeners'."""
    liked = (weights > 0).astype(float)
    confidence = 1 + alpha * weights
    error = (confidence * (liked - x @ y.T) ** 2).sum()
    return error + 0.1 * (x**2).sum() + (penalties[:, None] * y**2).sum()


@pytest.mark.parametrize("nu", [0.0, 0.5, 1.0])
def test_the_fit_comes_close_to_the_minimum_of_equation_3(nu):
    data = crooked_world()
    weights = np.nan_to_num(weights_table())
    typical = float(np.sqrt((weights[weights > 0] ** 2).mean()))  # confidence there: 1 + alpha
    listeners = (weights > 0).sum(axis=0)
    assert len(set(listeners[listeners > 0])) > 1, "some tracks are played by more people"
    often = np.maximum(listeners, 1) / listeners[listeners > 0].mean()
    penalties = 0.1 * often**nu
    fitted = ALS(
        n_factors=3,
        n_iterations=60,
        regularization=0.1,
        frequency_scaling=nu,
        alpha=1.5 * typical,
    ).fit(data, seed=2)
    y = fitted.arrays()["item_factors"].astype(float)
    x = np.stack([slow_fold_in(y, row, 0.1, 1.5)[0] for row in weights])
    found = slow_objective(x, y, weights, penalties, 1.5)
    best = min(slow_als(weights, penalties, seed) for seed in range(5))
    assert best * (1 - 1e-6) <= found <= best * 1.005


def slow_als(weights, penalties, seed):
    """Alternate exact solutions from a random start; return the objective reached."""
    y = np.random.default_rng(seed).normal(size=(weights.shape[1], 3)) * 0.1
    for _ in range(200):
        x = np.stack([slow_fold_in(y, row, 0.1, 1.5)[0] for row in weights])
        columns = zip(weights.T, penalties, strict=True)
        y = np.stack([slow_fold_in(x, column, penalty, 1.5)[0] for column, penalty in columns])
    return slow_objective(x, y, weights, penalties, 1.5)


def test_conjugate_gradients_end_at_the_solution_of_each_row():
    """K steps solve a system of K unknowns; a row of no cells is 0."""
    rng = np.random.default_rng(8)
    other = rng.normal(size=(9, 5)).astype(np.float32)
    indptr = np.array([0, 4, 4, 11], np.int64)
    columns = np.array([0, 3, 4, 8, 1, 2, 3, 5, 6, 7, 8], np.int32)
    values = rng.uniform(1.5, 4.0, 11).astype(np.float32)
    penalties = np.array([0.3, 1.0, 2.5], np.float32)
    found = rng.normal(size=(3, 5)).astype(np.float32)
    side, cells = Side(found, penalties), Confidences(indptr, columns, values)
    for _ in range(6):
        improve((0, 3), cells, other, other.T @ other, side)
    assert not found[1].any()
    for row in (0, 2):
        weights = np.zeros(9)
        weights[columns[indptr[row] : indptr[row + 1]]] = values[indptr[row] : indptr[row + 1]] - 1
        wanted, _ = slow_fold_in(other.astype(float), weights, float(penalties[row]), 1.0)
        np.testing.assert_allclose(found[row], wanted, rtol=1e-3, atol=1e-4)


def test_the_unit_of_the_weights_does_not_matter():
    """Plays of long ago weigh a fraction of fresh ones; the model of them is the same."""
    data = random_world(n_users=80, n_items=30, n_cells=500, seed=3)
    histories = data.interactions.histories
    faded = replace(histories, weights=histories.weights / 64)  # exact in binary
    faded_data = replace(data, interactions=replace(data.interactions, histories=faded))
    fresh_model, faded_model = (ALS(n_factors=5).fit(known, seed=1) for known in (data, faded_data))
    np.testing.assert_array_equal(fresh_model.score(histories), faded_model.score(faded))
    stored = ALS(n_factors=5).restore(faded_model.arrays())
    np.testing.assert_array_equal(stored.score(faded), faded_model.score(faded))


def test_another_seed_is_another_start():
    data = random_world(n_users=80, n_items=30, n_cells=500, seed=3)
    first, second = (ALS(n_factors=5).fit(data, seed=seed).arrays() for seed in (1, 2))
    assert not np.array_equal(first["item_factors"], second["item_factors"])


def test_similar_items_have_the_highest_cosine(item_factors):
    model = Factors.of("als", item_factors, regularization=0.3, alpha=1.0)
    y = item_factors[:7] / np.linalg.norm(item_factors[:7], axis=1)[:, None]
    cosine = y @ y[2]
    wanted = [item for item in np.argsort(-cosine) if item != 2][:3]
    near = model.similar_items(np.array([2, 8], np.int32), 3)
    assert near.items[0].tolist() == wanted
    assert near.items[1].tolist() == [-1, -1, -1]
    np.testing.assert_allclose(near.scores[0], cosine[wanted], rtol=1e-5)


def test_factors_that_cannot_be_inverted_are_said_in_both_languages():
    with pytest.raises(FitError) as raised:
        ALS(n_factors=40, regularization=1e-300).fit(crooked_world())
    assert "regularization = 1e-300 is too small" in raised.value.message("en")
    assert "pequeno demais" in raised.value.message("pt-BR")
