"""Genre popularity multiplies a listener's genres with the places of tracks in them."""

import numpy as np
import pytest

from model_worlds import GENRE_OF, crooked_histories, crooked_world, training, weights_table
from rekomenda.domain.eligible import Eligible
from rekomenda.domain.models import ReasonKind
from rekomenda.models.baselines.popularity import Popularity
from rekomenda.models.baselines.popularity_by_genre import GenrePopularity


def slow_scores(smoothing):
    """P(genre | listener) P(track | genre), in loops; ties parted by total weight as popularity."""
    weights = np.nan_to_num(weights_table())
    total = weights.sum(axis=0)
    listeners = (weights > 0).sum(axis=0) + 0.49 * total / total.max()
    genres = [3 if genre < 0 else genre for genre in GENRE_OF]  # 3: no genre
    likes = [
        sum(n for n, genre in zip(listeners, genres, strict=True) if genre == g) for g in range(4)
    ]
    scores = np.full(weights.shape, -np.inf)
    for user, row in enumerate(weights):
        for item, genre in enumerate(genres):
            heard = sum(w for w, g in zip(row, genres, strict=True) if g == genre)
            share = (heard + smoothing * likes[genre] / sum(likes)) / (sum(row) + smoothing)
            if listeners[item] > 0:
                scores[user, item] = share * listeners[item] / likes[genre]
    return scores


@pytest.mark.parametrize("smoothing", [0.2, 5.0])
def test_scores_are_genre_share_times_place_in_genre(smoothing):
    model = GenrePopularity(smoothing=smoothing).fit(crooked_world())
    np.testing.assert_allclose(model.score(crooked_histories()), slow_scores(smoothing), rtol=1e-5)


def test_without_a_history_it_is_popularity():
    data = crooked_world()
    newcomer = crooked_histories().rows(slice(6, 7))
    lists = [
        algorithm.fit(data).top_n(newcomer, 9, Eligible()).items.tolist()
        for algorithm in (GenrePopularity(), Popularity())
    ]
    assert lists[0] == lists[1]


def test_without_genres_it_is_popularity():
    data = training(crooked_histories(), [-1] * 9, n_genres=0, n_regions=2)
    histories = data.interactions.histories
    lists = [
        algorithm.fit(data).top_n(histories, 9, Eligible()).items.tolist()
        for algorithm in (GenrePopularity(), Popularity())
    ]
    assert lists[0] == lists[1]


def test_the_reason_is_the_genre_only_where_the_listener_plays_it():
    model = GenrePopularity().fit(crooked_world())
    # Listener 2 plays genres 1 (t2, t3) and 2 (t4); t0 is of genre 0, t5 of none, t8 unheard.
    evidence = model.explain(
        crooked_histories().rows(slice(2, 3)), np.array([[3, 6, 0, 5, 8, -1]], np.int32)
    )
    genre, popular = ReasonKind.POPULAR_IN_GENRE, ReasonKind.POPULAR
    assert evidence.kind.tolist() == [[genre, genre, popular, popular, 0, 0]]
    assert evidence.subject.tolist() == [[1, 2, -1, -1, -1, -1]]
