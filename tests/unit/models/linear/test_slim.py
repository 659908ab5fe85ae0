"""SLIM solves a small ridge regression for each item, as NumPy does one at a time."""

import numpy as np
import pytest

from model_worlds import crooked_world, random_world, training
from rekomenda.domain.interactions import Histories
from rekomenda.models import blocks
from rekomenda.models.linear.ease import EASE
from rekomenda.models.linear.slim import SLIM


def slow_slim(x, n_neighbours, regularization, dropout):
    n_items = x.shape[1]
    weights = np.zeros((n_items, n_items))
    norms = np.sqrt((x**2).sum(axis=0))
    for j in range(n_items):
        shared = x.T @ x[:, j]
        others = [i for i in range(n_items) if i != j and shared[i] > 0]
        near = sorted(others, key=lambda i: -shared[i] / (norms[i] * norms[j]))[:n_neighbours]
        if near:
            design = x[:, near]
            extra = regularization + dropout / (1 - dropout) * (design**2).sum(axis=0)
            left = design.T @ design + np.diag(extra)
            weights[near, j] = np.linalg.solve(left, design.T @ x[:, j])
    return weights


@pytest.mark.parametrize("values", ["weights", "binary"])
@pytest.mark.parametrize("n_neighbours", [3, 50])
def test_each_item_is_a_ridge_regression_on_its_neighbours(values, n_neighbours):
    data = random_world(n_users=90, n_items=40, n_cells=600, seed=5)
    histories = data.interactions.histories
    x = (histories.user_items if values == "weights" else histories.binary).toarray()
    if values == "binary":  # no two cosines alike
        n_neighbours = 50
    knobs = {"n_neighbours": n_neighbours, "regularization": 3.0, "dropout": 0.4}
    model = SLIM(**knobs, values=values).fit(data)
    wanted = slow_slim(x.astype(float), **knobs)
    np.testing.assert_allclose(model.rows.matrix.toarray(), wanted, atol=1e-6)
    scores = model.score(histories)
    finite = np.isfinite(scores)
    np.testing.assert_allclose(scores[finite], (x @ wanted)[finite], atol=1e-5)


def test_with_every_item_for_a_neighbour_it_is_ease():
    users, items = np.nonzero(np.random.default_rng(3).random((60, 12)) < 0.5)
    histories = Histories.from_cells(users, items, n_users=60, n_items=12)
    assert ((histories.binary.T @ histories.binary).toarray() > 0).all()  # all are neighbours
    data = training(histories, [0] * 12, n_genres=1, n_regions=1)
    ours = SLIM(regularization=7, dropout=0).fit(data).rows.matrix.toarray()
    np.testing.assert_allclose(ours, EASE(regularization=7).fit(data).item_weights, atol=1e-5)


def test_the_bits_do_not_depend_on_the_cores(monkeypatch):
    data = random_world(n_users=300, n_items=200, n_cells=3000, seed=9)
    fitted = SLIM(n_neighbours=20).fit(data).arrays()
    monkeypatch.setattr(blocks, "n_cores", lambda: 1)
    alone = SLIM(n_neighbours=20).fit(data).arrays()
    for name, array in fitted.items():
        np.testing.assert_array_equal(alone[name], array)


def test_items_without_listeners_explain_nothing_and_are_not_explained():
    weights = SLIM().fit(crooked_world()).rows.matrix.toarray()
    assert not weights[[7, 8]].any()
    assert not weights[:, [7, 8]].any()
