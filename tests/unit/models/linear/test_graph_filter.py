"""The graph filter and its spectrum, against dense matrices and an exact decomposition."""

import numpy as np
import pytest

from model_worlds import crooked_world, random_world
from rekomenda.models import blocks
from rekomenda.models.linear.graph_filter import GraphFilter
from rekomenda.models.linear.spectrum import leading_vectors


def slow_filter(x, *, n_vectors, ideal, sharpening, tilt):
    """Dense, from the definition; eigenvectors of the whole matrix by LAPACK."""
    users, items = (np.maximum(x.sum(axis=axis), 1e-12) for axis in (1, 0))
    items[x.sum(axis=0) == 0] = 1
    smooth = x / np.sqrt(users)[:, None] / np.sqrt(items)
    graph = smooth.T @ smooth
    values, vectors = np.linalg.eigh(graph)
    rank = min(n_vectors, np.count_nonzero(values > 1e-9), *x.shape)
    kept = vectors[:, ::-1][:, :rank]
    low_pass = kept @ kept.T
    twice = kept @ np.diag(values[::-1][:rank] ** 2) @ kept.T
    sharp = ideal * low_pass - sharpening * (twice + ideal * low_pass @ graph)
    tilted = [items[:, None] ** -tilt * part * items**tilt for part in (graph, sharp)]
    np.fill_diagonal(tilted[0], 0)
    return sum(tilted)


@pytest.mark.parametrize("values", ["weights", "binary"])
@pytest.mark.parametrize(("sharpening", "tilt"), [(0, 0), (0.7, 0.4)])
def test_weights_are_those_of_the_dense_filter(values, sharpening, tilt):
    knobs = {"n_vectors": 4, "ideal": 0.3, "sharpening": sharpening, "tilt": tilt}
    for data in (crooked_world(), random_world(n_users=40, n_items=25, n_cells=200, seed=2)):
        histories = data.interactions.histories
        x = (histories.binary if values == "binary" else histories.user_items).toarray()
        model = GraphFilter(**knobs, values=values).fit(data)
        weights = model.rows.matrix.toarray() + model.left @ model.right.T
        wanted = slow_filter(x.astype(float), **knobs)
        np.testing.assert_allclose(weights, wanted, atol=2e-5)
        scores = model.score(histories)
        finite = np.isfinite(scores)
        assert (finite == ((x.sum(axis=1) > 0)[:, None] & (x.sum(axis=0) > 0))).all()
        np.testing.assert_allclose(scores[finite], (x @ wanted)[finite], atol=1e-4)


def test_the_leading_vectors_are_those_of_an_exact_decomposition():
    rng = np.random.default_rng(6)
    x = rng.random((300, 90)) * (rng.random((300, 90)) < 0.15) * np.linspace(3, 0.2, 90)
    from scipy.sparse import csr_array

    vectors, values = leading_vectors(csr_array(x.astype(np.float32)), 12, seed=3)
    exact = np.linalg.svd(x)
    np.testing.assert_allclose(values, exact.S[:12], rtol=1e-4)
    np.testing.assert_allclose(np.abs(np.sum(vectors.T * exact.Vh[:12], axis=1)), 1, atol=1e-2)


def test_a_matrix_of_low_rank_has_no_more_vectors_than_that():
    from scipy.sparse import csr_array

    x = np.outer([1, 2, 0, 1], [0, 3, 1]) + np.outer([0, 0, 2, 0], [1, 0, 0])
    vectors, values = leading_vectors(csr_array(x.astype(np.float32)), 3, seed=0)
    assert vectors.shape == (3, 2)
    np.testing.assert_allclose(values, [np.sqrt(60), 2], rtol=1e-5)


def test_the_bits_do_not_depend_on_the_cores(monkeypatch):
    data = random_world(n_users=5000, n_items=2500, n_cells=30000, seed=9)
    fitted = GraphFilter(n_vectors=8).fit(data, seed=1).arrays()
    monkeypatch.setattr(blocks, "n_cores", lambda: 1)
    alone = GraphFilter(n_vectors=8).fit(data, seed=1).arrays()
    for name, array in fitted.items():
        np.testing.assert_array_equal(alone[name], array)
