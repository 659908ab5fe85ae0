"""The control is random over the whole catalogue, and repeatable."""

import numpy as np

from model_worlds import random_world
from rekomenda.domain.eligible import Eligible
from rekomenda.domain.interactions import Histories
from rekomenda.models.baselines.control import Random


def test_every_item_is_as_likely_as_any_other():
    data = random_world(n_users=3000, n_items=40, n_cells=30_000, seed=1)
    histories = data.interactions.histories
    best = Random().fit(data, seed=5).top_n(histories, 10, Eligible())
    _, first = np.unique(histories.indptr[:-1], return_index=True)
    shown = np.bincount(best.items[first].ravel(), minlength=40)
    expected = len(first) * 10 / 40
    # Binomial with p = 1/4: five standard deviations.
    assert np.abs(shown - expected).max() < 5 * np.sqrt(expected * 0.75)


def test_scores_lie_between_zero_and_one():
    data = random_world(n_users=300, n_items=200, n_cells=3000, seed=2)
    scores = Random().fit(data, seed=1).score(data.interactions.histories)
    assert scores.min() >= 0
    assert scores.max() < 1
    assert len(np.unique(scores[0])) > 190


def test_another_seed_or_one_play_more_is_another_list():
    data = random_world(n_users=50, n_items=60, n_cells=400, seed=2)
    histories = data.interactions.histories
    user = int(histories.lengths.argmax())
    one = histories.rows(slice(user, user + 1))
    first = Random().fit(data, seed=1).score(one)
    assert not np.array_equal(first, Random().fit(data, seed=2).score(one))
    assert not np.array_equal(first, Random().fit(data, seed=1).score(shorter(one)))


def shorter(one):
    return Histories.from_cells(
        np.zeros(len(one.items) - 1, int), one.items[1:], n_users=1, n_items=one.n_items
    )


def test_the_list_hangs_on_the_history_and_not_on_who_or_when():
    data = random_world(n_users=50, n_items=60, n_cells=400, seed=2)
    histories = data.interactions.histories
    model = Random().fit(data, seed=-3)
    twice = model.score(histories.rows(np.array([4, 9, 4])))
    assert np.array_equal(twice[0], twice[2])
    assert not np.array_equal(twice[0], twice[1])
