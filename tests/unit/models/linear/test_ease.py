"""EASE gives the weights of its paper, written out slowly."""

import numpy as np
import pytest

from model_worlds import crooked_world, random_world, training, weights_table
from rekomenda.domain.interactions import Histories
from rekomenda.errors import FitError
from rekomenda.models.linear.ease import EASE


def slow_ease(x: np.ndarray, regularization: float) -> np.ndarray:
    """Solve each column by itself: ridge regression of item j on all other items.

    The same minimum as eq. 8, reached without its inverse: B_jj = 0 means that j is left out.
    """
    n_items = x.shape[1]
    weights = np.zeros((n_items, n_items))
    for j in range(n_items):
        others = [i for i in range(n_items) if i != j]
        design = x[:, others]
        left = design.T @ design + regularization * np.eye(len(others))
        weights[others, j] = np.linalg.solve(left, design.T @ x[:, j])
    return weights


@pytest.mark.parametrize("values", ["weights", "binary"])
def test_each_item_is_a_ridge_regression_on_the_others(values):
    x = np.nan_to_num(weights_table())
    if values == "binary":
        x = (x > 0).astype(float)
    model = EASE(regularization=1.5, values=values).fit(crooked_world())
    np.testing.assert_allclose(model.arrays()["item_weights"], slow_ease(x, 1.5), atol=1e-6)


def test_it_agrees_with_the_regressions_beyond_one_block():
    data = random_world(n_users=300, n_items=90, n_cells=2500, seed=5)
    model = EASE(regularization=20, values="weights").fit(data)
    expected = slow_ease(data.interactions.user_items.toarray().astype(float), 20)
    np.testing.assert_allclose(model.arrays()["item_weights"], expected, atol=1e-5)
    histories = data.interactions.histories
    scores = model.score(histories)
    known = np.isfinite(scores)
    wanted = data.interactions.user_items.toarray() @ expected
    np.testing.assert_allclose(scores[known], wanted[known], atol=1e-4)


def test_a_penalty_too_small_for_the_plays_is_said_in_both_languages():
    # Four tracks that are always played together: without a penalty the matrix is singular.
    users, items = np.divmod(np.arange(1200), 4)
    together = Histories.from_cells(users, items, n_users=300, n_items=4)
    with pytest.raises(FitError) as raised:
        EASE(regularization=1e-30).fit(training(together, [0] * 4, n_genres=1, n_regions=1))
    assert "regularization = 1e-30 is too small" in raised.value.message("en")
    assert "pequeno demais" in raised.value.message("pt-BR")
