"""There is something to learn in a believable world, and nothing in the original shape."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.sparse import csr_array

from rekomenda.data.world.generate import World, generate_world
from rekomenda.data.world.spec import WorldSpec

K = 20


def unheard_ndcg(world: World) -> dict[str, tuple[float, float]]:
    """Return mean and half the 95 % interval of NDCG@20 on the last week's unheard tracks."""
    plays = world.tables["plays"].to_pandas().astype({"user_id": str, "id_tracks": str})
    plays = plays[plays.groupby(["user_id", "id_date"])["plays"].transform("sum") < 2_880]
    user = plays["user_id"].astype("category").cat.codes.to_numpy().astype(int)
    codes = plays["id_tracks"].astype("category").cat
    track = codes.codes.to_numpy().astype(int)
    late = (plays["id_date"] > np.sort(plays["id_date"].unique())[-8]).to_numpy()
    shape = (user.max() + 1, track.max() + 1)

    def matrix(rows: np.ndarray) -> np.ndarray:
        cells = csr_array((np.ones(rows.sum()), (user[rows], track[rows])), shape=shape)
        return np.minimum(cells.toarray(), 1.0)

    heard, unheard = matrix(~late), matrix(late)
    unheard = unheard * (1 - heard)
    tested = (unheard.sum(axis=1) > 0) & (heard.sum(axis=1) > 0)
    together = heard.T @ heard
    norms = np.sqrt(np.diag(together)) + 1e-9
    cosine = together / norms[:, None] / norms[None, :]
    np.fill_diagonal(cosine, 0)
    scores = {
        "random": np.random.default_rng(0).random(heard.shape),
        "popularity": np.broadcast_to(heard.sum(axis=0), heard.shape),
        "item_knn": heard @ cosine,
    }
    return {
        name: _ndcg(np.where(heard > 0, -np.inf, score)[tested], unheard[tested])
        for name, score in scores.items()
    }


def _ndcg(scores: np.ndarray, relevant: np.ndarray) -> tuple[float, float]:
    top = np.argsort(-scores, axis=1)[:, :K]
    discounts = 1 / np.log2(np.arange(2, K + 2))
    hits = np.take_along_axis(relevant, top, axis=1) @ discounts
    ideal = np.cumsum(discounts)[np.minimum(relevant.sum(axis=1).astype(int), K) - 1]
    values = hits / ideal
    return values.mean(), 1.96 * values.std() / np.sqrt(len(values))


@pytest.mark.parametrize("seed", [1, 2])
def test_neighbours_beat_popularity_and_popularity_beats_chance(seed):
    world = generate_world(
        WorldSpec.of(listeners=3000, tracks=1200, artists=200, days=45, seed=seed)
    )
    ndcg = unheard_ndcg(world)
    low = {name: mean - half for name, (mean, half) in ndcg.items()}
    high = {name: mean + half for name, (mean, half) in ndcg.items()}
    assert low["item_knn"] > high["popularity"]
    assert low["popularity"] > 3 * high["random"]
    assert ndcg["item_knn"][0] < 0.35  # not so easy that every model looks good


def test_nothing_beats_chance_on_noise():
    world = generate_world(WorldSpec.of("original", listeners=3000, tracks=1000, artists=100))
    ndcg = unheard_ndcg(world)
    chance, around = ndcg["random"]
    for name in ("popularity", "item_knn"):
        mean, half = ndcg[name]
        assert abs(mean - chance) < half + around, name
