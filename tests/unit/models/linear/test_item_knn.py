"""Item neighbours are the nearest by a formula anyone can write out in loops."""

import math

import numpy as np
import pytest

from model_worlds import crooked_world, random_world, weights_table
from rekomenda.models import blocks
from rekomenda.models.linear.item_knn import ItemKNN


def slow_cosine(x, shrinkage):
    n_users, n_items = x.shape
    near = np.zeros((n_items, n_items))
    for i in range(n_items):
        for j in range(n_items):
            shared = sum(x[u, i] * x[u, j] for u in range(n_users))
            norms = math.sqrt(sum(x[:, i] ** 2)) * math.sqrt(sum(x[:, j] ** 2))
            if i != j and shared > 0:
                near[i, j] = shared / (norms + shrinkage)
    return near


def slow_bm25(x, k1, b):
    n_users, n_items = x.shape
    lengths = [sum(x[:, i]) for i in range(n_items)]
    mean = sum(lengths) / sum(length > 0 for length in lengths)
    weighted = np.zeros_like(x)
    for u in range(n_users):
        liked = sum(x[u] > 0)
        idf = math.log(1 + (n_items - liked + 0.5) / (liked + 0.5))
        for i in range(n_items):
            if x[u, i] > 0:
                spread = k1 * (1 - b + b * lengths[i] / mean)
                weighted[u, i] = idf * x[u, i] * (k1 + 1) / (x[u, i] + spread)
    near = weighted.T @ weighted
    np.fill_diagonal(near, 0)
    return near


def truncated(near, n_neighbours):
    kept = np.zeros_like(near)
    for i, row in enumerate(near):
        best = sorted((-value, j) for j, value in enumerate(row) if value > 0)[:n_neighbours]
        for value, j in best:
            kept[i, j] = -value
    return kept


def dense(model):
    """The neighbours as an (I, I) matrix."""
    arrays = model.arrays()
    near = np.zeros((model.n_items, model.n_items))
    for i in range(model.n_items):
        row = slice(arrays["indptr"][i], arrays["indptr"][i + 1])
        assert (np.diff(arrays["items"][row]) > 0).all()
        near[i, arrays["items"][row]] = arrays["strengths"][row]
    return near


@pytest.mark.parametrize("values", ["weights", "binary"])
@pytest.mark.parametrize("n_neighbours", [2, 50])
def test_cosine_neighbours(values, n_neighbours):
    x = np.nan_to_num(weights_table())
    x = (x > 0).astype(float) if values == "binary" else x
    model = ItemKNN(n_neighbours=n_neighbours, shrinkage=0.5, values=values).fit(crooked_world())
    np.testing.assert_allclose(
        dense(model), truncated(slow_cosine(x, 0.5), n_neighbours), atol=1e-6
    )


@pytest.mark.parametrize("values", ["weights", "binary"])
def test_bm25_neighbours(values):
    x = np.nan_to_num(weights_table())
    x = (x > 0).astype(float) if values == "binary" else x
    model = ItemKNN(n_neighbours=3, weighting="bm25", k1=0.9, b=0.4, values=values)
    wanted = truncated(slow_bm25(x, 0.9, 0.4), 3)
    np.testing.assert_allclose(dense(model.fit(crooked_world())), wanted, rtol=1e-5)


def test_scores_add_up_what_each_play_says(monkeypatch):
    monkeypatch.setattr(blocks, "BLOCK_BYTES", 16 * 40 * 3)  # three items at a time
    data = random_world(n_users=60, n_items=40, n_cells=500, seed=8)
    x = data.interactions.user_items.toarray().astype(float)
    model = ItemKNN(n_neighbours=7, shrinkage=2, values="weights").fit(data)
    wanted = x @ truncated(slow_cosine(x, 2), 7)
    scores = model.score(data.interactions.histories)
    np.testing.assert_allclose(np.where(np.isfinite(scores), scores, 0), wanted, atol=1e-4)
    assert (np.isfinite(scores) == (wanted > 0)).all()


def test_similar_items_are_the_neighbours_in_order():
    model = ItemKNN(n_neighbours=3, shrinkage=0.5).fit(crooked_world())
    near = model.similar_items(np.arange(9, dtype=np.int32), 3)
    for i, row in enumerate(dense(model)):
        best = sorted((-value, j) for j, value in enumerate(row) if value > 0)
        assert [j for j in near.items[i] if j >= 0] == [j for _, j in best]


def test_releases_of_padded_neighbours_are_still_read():
    arrays = {
        "neighbours": np.array([[2, 1], [-1, -1], [0, -1]], np.int32),
        "strengths": np.array([[0.5, 0.25], [0, 0], [0.5, 0]], np.float32),
        "known": np.array([True, True, True]),
    }
    model = ItemKNN().restore(arrays)
    np.testing.assert_array_equal(dense(model), [[0, 0.25, 0.5], [0, 0, 0], [0.5, 0, 0]])


def test_an_item_that_shares_no_listener_has_no_neighbours():
    near = ItemKNN().fit(crooked_world()).similar_items(np.array([7, 8], np.int32), 4)
    assert (near.items == -1).all()
