"""Regional popularity draws small regions towards everybody's taste."""

import numpy as np
import pytest

from model_worlds import REGION, crooked_histories, crooked_world, weights_table
from rekomenda.domain.eligible import Eligible
from rekomenda.domain.models import ReasonKind
from rekomenda.models.baselines.popularity import Popularity
from rekomenda.models.baselines.popularity_by_region import RegionPopularity


def slow_scores(smoothing):
    weights = np.nan_to_num(weights_table())
    total = weights.sum(axis=0)
    listeners = (weights > 0).sum(axis=0) + 0.49 * total / total.max()
    everybody = listeners / listeners.sum()
    scores = np.full(weights.shape, -np.inf)
    for user, home in enumerate(REGION):
        neighbours = [u for u, region in enumerate(REGION) if region == home and home >= 0]
        likes = sum((weights[u] > 0).sum() for u in neighbours)
        for item in np.flatnonzero(listeners):
            local = sum(weights[u, item] > 0 for u in neighbours)
            scores[user, item] = (local + smoothing * everybody[item]) / (likes + smoothing)
    return scores


@pytest.mark.parametrize("smoothing", [0.5, 20.0])
def test_scores_are_smoothed_shares_of_the_region(smoothing):
    model = RegionPopularity(smoothing=smoothing).fit(crooked_world())
    np.testing.assert_allclose(model.score(crooked_histories()), slow_scores(smoothing), rtol=1e-5)


def test_listeners_without_a_region_get_popularity():
    data = crooked_world()
    nowhere = crooked_histories().rows(np.array([5, 7]))
    lists = [
        algorithm.fit(data).top_n(nowhere, 9, Eligible()).items.tolist()
        for algorithm in (RegionPopularity(), Popularity())
    ]
    assert lists[0] == lists[1]


def test_the_reason_is_the_region_only_where_it_likes_the_track_more():
    model = RegionPopularity(smoothing=5).fit(crooked_world())
    # Region 0 (listeners 2, 3, 6): likes t0 t2 t3 t3 t4 t5 t6 in 7. t3 is 2 of 7 there and 3 of
    # 20 everywhere; t1 is liked by nobody there; t7 by nobody at all.
    evidence = model.explain(
        crooked_histories().rows(np.array([2, 5])), np.array([[3, 1, 7, -1]] * 2, np.int32)
    )
    local, popular = ReasonKind.POPULAR_IN_REGION, ReasonKind.POPULAR
    assert evidence.kind.tolist() == [[local, popular, 0, 0], [popular, popular, 0, 0]]
    assert evidence.subject.tolist() == [[0, -1, -1, -1], [-1, -1, -1, -1]]
