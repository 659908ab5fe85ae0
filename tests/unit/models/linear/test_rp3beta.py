"""RP3beta is a walk of three steps, one listener and one track at a time."""

import numpy as np
import pytest

from model_worlds import crooked_world, random_world
from rekomenda.models.linear.rp3beta import RP3Beta


def slow_walk(x, alpha, beta):
    """Step by step, with the two matrices of probabilities of the paper."""
    n_users, n_items = x.shape
    reached = np.zeros((n_items, n_items))
    for h in range(n_items):
        for u in range(n_users):
            if x[u, h] > 0:
                to_user = x[u, h] / x[:, h].sum()
                for j in range(n_items):
                    if j != h and x[u, j] > 0:
                        to_item = x[u, j] / x[u].sum()
                        reached[h, j] += to_user**alpha * to_item**alpha
    return reached / np.maximum(x.sum(axis=0), 1e-9) ** beta


@pytest.mark.parametrize("values", ["weights", "binary"])
@pytest.mark.parametrize(("alpha", "beta"), [(1, 0), (0.6, 0.4), (1.7, 0.9)])
def test_each_pair_is_what_the_walk_reaches(values, alpha, beta):
    for data in (crooked_world(), random_world(n_users=40, n_items=25, n_cells=200, seed=2)):
        histories = data.interactions.histories
        x = (histories.binary if values == "binary" else histories.user_items).toarray()
        model = RP3Beta(alpha=alpha, beta=beta, values=values).fit(data)
        wanted = slow_walk(x.astype(float), alpha, beta)
        np.testing.assert_allclose(model.rows.matrix.toarray(), wanted, rtol=2e-5)
        scores = model.score(histories)
        np.testing.assert_allclose(
            np.where(np.isfinite(scores), scores, 0), x @ wanted, rtol=2e-5, atol=1e-7
        )


def test_fewer_neighbours_are_the_strongest_ones():
    data = random_world(n_users=40, n_items=25, n_cells=200, seed=2)
    everything = RP3Beta().fit(data).rows.matrix.toarray()
    few = RP3Beta(n_neighbours=3).fit(data).rows.matrix.toarray()
    assert (np.count_nonzero(few, axis=1) <= 3).all()
    for all_of, kept in zip(everything, few, strict=True):
        assert sorted(kept[kept > 0]) == sorted(all_of[all_of > 0])[-3:]
