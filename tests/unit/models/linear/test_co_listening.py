"""Pairs of items that share listeners, against three loops."""

import numpy as np
import pytest
from scipy.sparse import csr_array

from model_worlds import random_world
from rekomenda.models import blocks
from rekomenda.models.linear.base import value_matrix
from rekomenda.models.linear.co_listening import co_listening
from rekomenda.models.linear.rows import SparseRows
from rekomenda.models.lists.row_kernels import WORTH_BISECTING


@pytest.fixture(scope="module")
def user_items():
    data = random_world(n_users=60, n_items=300, n_cells=700, seed=4)  # most pairs share nobody
    return value_matrix(data.interactions.histories, "weights")


def slow(user_items, row_norm, column_norm, shrinkage):
    x = user_items.toarray().astype(float)
    pairs = np.zeros((x.shape[1],) * 2)
    for i in range(x.shape[1]):
        for j in range(x.shape[1]):
            if i != j and (shared := sum(x[:, i] * x[:, j])) > 0:
                pairs[i, j] = shared / (row_norm[i] * column_norm[j] + shrinkage)
    return pairs


def largest(pairs, n):
    kept = np.zeros_like(pairs)
    for i, row in enumerate(pairs):
        for j in sorted(np.flatnonzero(row), key=lambda j: (-np.float32(row[j]), j))[:n]:
            kept[i, j] = row[j]
    return kept


def test_every_pair_that_shares_a_listener_and_no_other(user_items):
    rng = np.random.default_rng(3)
    row, column = (rng.uniform(0.5, 2, 300).astype(np.float32) for _ in range(2))
    rows = co_listening(user_items, row_norm=row, column_norm=column, shrinkage=0.3)
    np.testing.assert_allclose(rows.matrix.toarray(), slow(user_items, row, column, 0.3), rtol=1e-6)
    assert (rows.matrix.diagonal() == 0).all()


@pytest.mark.parametrize("n_neighbours", [1, 4, 40])
def test_the_strongest_are_kept_and_of_equals_the_smaller_item(user_items, n_neighbours):
    binary = user_items.copy()
    binary.data[:] = 1  # small whole numbers: ties everywhere
    rows = co_listening(binary, n_neighbours=n_neighbours)
    wanted = largest(slow(binary, np.ones(300), np.ones(300), 0), n_neighbours)
    np.testing.assert_array_equal(rows.matrix.toarray(), wanted)


@pytest.mark.parametrize("max_cells", [500, 2000, 9000, 10**9])
def test_without_a_number_as_many_are_kept_as_memory_allows(user_items, max_cells):
    lengths = np.diff(co_listening(user_items).indptr)
    kept = np.diff(co_listening(user_items, max_cells=max_cells).indptr)
    assert kept.sum() <= max_cells
    assert (kept == np.minimum(lengths, kept.max())).all()
    if kept.max() < lengths.max():
        assert np.minimum(lengths, kept.max() + 1).sum() > max_cells


def test_the_bits_do_not_depend_on_the_cores(user_items, monkeypatch):
    rows = co_listening(user_items, n_neighbours=9)
    monkeypatch.setattr(blocks, "n_cores", lambda: 1)
    alone = co_listening(user_items, n_neighbours=9)
    for name in ("indptr", "items", "strengths"):
        np.testing.assert_array_equal(getattr(alone, name), getattr(rows, name))


def test_weights_are_looked_up_wherever_they_stand(user_items):
    rows = co_listening(user_items)
    dense = rows.matrix.toarray()
    rng = np.random.default_rng(8)
    left, right = (rng.integers(0, 300, (5, n)).astype(np.int32) for n in (30, 70))
    np.testing.assert_array_equal(rows.at(left, right), dense[left[:, :, None], right[:, None, :]])


@pytest.mark.parametrize("n_columns", [1, 2, 40])
def test_weights_are_found_by_bisection_and_by_walking_through_a_row(n_columns):
    """Rows of 0 to 70 cells: the long ones are bisected where few columns are asked for."""
    rng = np.random.default_rng(n_columns)
    n_items = 71
    dense = np.where(rng.random((n_items, n_items)) < np.linspace(0, 1, n_items)[:, None], 1, 0)
    dense = (dense * rng.random(dense.shape)).astype(np.float32)
    stored = csr_array(dense)
    rows = SparseRows(stored.indptr.astype(np.int64), stored.indices, stored.data)
    assert np.diff(rows.indptr).max() > WORTH_BISECTING * 2 > 24
    left = rng.integers(0, n_items, (5, 30)).astype(np.int32)
    right = rng.integers(0, n_items, (5, n_columns)).astype(np.int32)  # some columns twice
    found = rows.at(left, right)
    np.testing.assert_array_equal(found, dense[left[:, :, None], right[:, None, :]])
