"""Factors by MLlib: our kind of model, and as good as our own on tracks that were held out."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from model_worlds import training
from rekomenda.domain.interactions import Histories
from rekomenda.domain.training import TrainingData
from rekomenda.evaluation.holdout import random_holdout
from rekomenda.models.registry import create

pytestmark = [pytest.mark.slow, pytest.mark.needs_java]

N_USERS, N_ITEMS, N_TASTES, K = 700, 160, 8, 20


def world_of_tastes() -> TrainingData:
    """Listeners who mix two tastes each, tracks of uneven fame, plays by both."""
    rng = np.random.default_rng(11)
    fame = rng.zipf(1.7, N_ITEMS).clip(max=60).astype(float)
    taste_of = rng.integers(0, N_TASTES, N_ITEMS)
    users, items = [], []
    for user in range(N_USERS):
        likes = np.full(N_TASTES, 0.05)
        likes[rng.choice(N_TASTES, 2, replace=False)] += [2.0, 1.0]
        chance = fame**0.6 * likes[taste_of]
        heard = rng.choice(N_ITEMS, rng.integers(6, 30), replace=False, p=chance / chance.sum())
        users += [user] * len(heard)
        items += heard.tolist()
    order = np.lexsort((items, users))
    days = np.full(len(order), 19_800)
    histories = Histories.from_cells(
        np.array(users)[order],
        np.array(items)[order],
        n_users=N_USERS,
        n_items=N_ITEMS,
        weights=rng.integers(4, 40, len(order)) / 8,
        plays=rng.integers(1, 9, len(order)),
        first_day=days,
        last_day=days,
    )
    return training(histories, rng.integers(0, 3, N_ITEMS), n_genres=3, n_regions=1, timed=False)


def ndcg(scores: np.ndarray, train: Histories, test: Histories) -> float:
    """Mean NDCG@20 of tracks not heard, worked out from all scores."""
    scores = scores.copy()
    scores[train.users_of_cells, train.items] = -np.inf
    wanted = np.zeros(scores.shape, bool)
    wanted[test.users_of_cells, test.items] = True
    top = np.argsort(-scores, axis=1, kind="stable")[:, :K]
    gains = 1 / np.log2(np.arange(2, K + 2))
    found = np.take_along_axis(wanted, top, axis=1) @ gains
    ideal = np.concatenate([[0], np.cumsum(gains)])[np.minimum(wanted.sum(axis=1), K)]
    return float((found[ideal > 0] / ideal[ideal > 0]).mean())


def test_quality_is_within_three_percent_of_our_own(spark):
    data = world_of_tastes()
    split = random_holdout(data.interactions.histories, 0.25, 3)
    seen = replace(data, interactions=replace(data.interactions, histories=split.train))
    model = create("als", {"n_factors": 16})
    ours = model.fit(seen, seed=2)
    theirs = model.fit(replace(seen, work=spark.work), seed=2)
    assert type(theirs) is type(ours)
    assert {n: v.shape for n, v in theirs.arrays().items()} == {
        n: v.shape for n, v in ours.arrays().items()
    }
    popular = create("popularity", {}).fit(seen, seed=2)
    quality = {
        name: ndcg(each.score(split.train), split.train, split.test)
        for name, each in (("ours", ours), ("theirs", theirs), ("popular", popular))
    }
    assert quality["ours"] > 1.2 * quality["popular"], quality
    assert quality["theirs"] >= 0.97 * quality["ours"], quality


def test_a_track_that_nobody_likes_has_no_place(spark):
    data = world_of_tastes()
    histories = data.interactions.histories
    weights = np.where(histories.items == 5, 0, histories.weights).astype(np.float32)
    quiet = replace(data.interactions, histories=replace(histories, weights=weights))
    options = {"n_factors": 4, "n_iterations": 2}
    model = create("als", options).fit(replace(data, interactions=quiet, work=spark.work), seed=1)
    assert not model.arrays()["item_factors"][5].any()
    assert model.arrays()["item_factors"].any(axis=1).sum() == N_ITEMS - 1
