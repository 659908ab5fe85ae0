"""Popularity counts listeners, not plays; lately means the last days."""

import numpy as np
import pytest

from model_worlds import AS_OF, crooked_world, training
from rekomenda.domain.eligible import Eligible
from rekomenda.domain.interactions import Histories
from rekomenda.domain.models import ReasonKind
from rekomenda.models.baselines.popularity import Popularity, RecentPopularity

NOBODY = Histories.from_cells(np.array([], int), np.array([], int), n_users=1, n_items=9)


def ranking(model, n=9):
    return model.top_n(NOBODY, n, Eligible()).items[0].tolist()


def test_listeners_are_counted_and_weight_parts_equal_counts():
    # Listeners with a positive weight: t0 4 (weight 10), t1 3 (6), t2 3 (8), t3 3 (10.5),
    # t4 2 (5), t5 3 (5), t6 2 (2.25), t7 and t8 none.
    assert ranking(Popularity().fit(crooked_world())) == [0, 3, 2, 1, 5, 4, 6, -1, -1]


def test_one_obsessive_listener_makes_no_hit():
    histories = Histories.from_cells(
        np.array([0, 1, 2]),
        np.array([0, 1, 1]),
        n_users=3,
        n_items=2,
        weights=np.array([1e6, 1, 1]),
    )
    model = Popularity().fit(training(histories, [-1, -1], n_genres=0, n_regions=0))
    assert ranking(model, 2) == [1, 0]


def days_world(ages_of_last_play: list[tuple[int, int]], n_items: int):
    items = np.array([item for item, _ in ages_of_last_play])
    ages = np.array([age for _, age in ages_of_last_play])
    histories = Histories.from_cells(
        np.arange(len(items)), items, n_users=len(items), n_items=n_items, last_day=AS_OF - ages
    )
    return training(histories, [-1] * n_items, n_genres=0, n_regions=0)


def test_only_the_last_days_count_and_the_rest_follows_in_order():
    plays = [(0, 20), (0, 30), (0, 14), (1, 13), (2, 0), (2, 5), (3, 14)]
    model = RecentPopularity(window_days=14).fit(days_world(plays, 5))
    assert ranking(model, 5) == [2, 1, 0, 3, -1]  # 13 days old counts, 14 does not
    evidence = model.explain(NOBODY, np.array([[2, 1, 0, 3, -1]], np.int32))
    assert evidence.kind.tolist() == [
        [ReasonKind.POPULAR_RECENTLY] * 2 + [ReasonKind.POPULAR] * 2 + [ReasonKind.NONE]
    ]


def test_without_days_recent_popularity_is_popularity_and_says_so():
    data = crooked_world(timed=False)
    model = RecentPopularity().fit(data)
    assert ranking(model) == ranking(Popularity().fit(data))
    assert model.explain(NOBODY, np.array([[0]], np.int32)).kind.tolist() == [[ReasonKind.POPULAR]]


@pytest.mark.parametrize("model", [Popularity(), RecentPopularity()])
def test_popular_is_never_said_of_a_track_without_listeners(model):
    evidence = model.fit(crooked_world()).explain(NOBODY, np.array([[7, 8, -1]], np.int32))
    assert evidence.kind.tolist() == [[ReasonKind.NONE] * 3]
    assert (evidence.subject == -1).all()
    assert np.isnan(evidence.share).all()
