"""`next_play` learns what is played near what, and asks the last plays first."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from model_worlds import training
from rekomenda.domain.eligible import Eligible
from rekomenda.domain.interactions import Histories
from rekomenda.domain.time_order import places_in_time
from rekomenda.domain.training import TrainingData
from rekomenda.errors import FitError
from rekomenda.models import blocks
from rekomenda.models.over_time.next_play import NextPlay, tracks_after
from rekomenda.models.over_time.transitions import sequences_of, transitions


def sequences(rows: list[list[int]], n_items: int, weights: list[list[float]] | None = None):
    """Make histories of listeners who played these items one after the other."""
    users = [user for user, items in enumerate(rows) for _ in items]
    return Histories.from_cells(
        np.array(users, int),
        np.array([item for items in rows for item in items], int),
        n_users=len(rows),
        n_items=n_items,
        order=np.array([place for items in rows for place in range(len(items))], int),
        weights=None if weights is None else np.array([w for row in weights for w in row]),
    )


def world(histories: Histories) -> TrainingData:
    """Keep the order that the histories have."""
    data = training(histories, [0] * histories.n_items, n_genres=1, n_regions=1)
    return replace(data, interactions=replace(data.interactions, histories=histories))


def dense(histories: Histories, **options) -> np.ndarray:
    given = {"span": 2.0, "asymmetry": 0.5, "shrinkage": 0.0, "keep": 99, **options}
    return transitions(sequences_of(histories), histories.n_items, **given).matrix.toarray()


def slow(histories, *, span=2.0, asymmetry=0.5, shrinkage=0.0) -> np.ndarray:
    """Add up every pair of every listener, one at a time."""
    n_items = histories.n_items
    sums, counts = np.zeros((n_items, n_items)), np.zeros(n_items)
    for start, stop in pairwise(histories.indptr):
        cells = [
            c for c in range(start, stop) if histories.weights[c] > 0 and histories.order[c] >= 0
        ]
        order = histories.order[cells]
        place = [np.sum(order < o) + (np.sum(order == o) - 1) / 2 for o in order]
        for a, item in enumerate(histories.items[cells]):
            counts[item] += 1
            for b, other in enumerate(histories.items[cells]):
                gap = abs(place[a] - place[b])
                if item == other or gap > 4 * span:
                    continue
                if gap == 0:
                    gap = max((np.sum(order == order[a]) + 1) / 3, 1)
                sums[item, other] += np.exp(-gap / span)
    c = np.maximum(counts, 1)
    return sums / (np.outer(c**asymmetry, c ** (1 - asymmetry)) + shrinkage)


def test_pairs_worked_by_hand():
    # 0 then 2 then 1, and 2 then 0: e^-1/2 for neighbours, e^-1 for two places, in 2 span.
    found = dense(sequences([[0, 2, 1], [2, 0]], 4))
    near, far = np.exp(-0.5), np.exp(-1)
    c = np.sqrt([2, 1, 2])
    assert found[0, 2] == pytest.approx(2 * near / (c[0] * c[2]))
    assert found[0, 1] == pytest.approx(far / (c[0] * c[1]))
    assert found[1, 2] == pytest.approx(near / (c[1] * c[2]))
    assert found[:, 3].tolist() == [0] * 4
    assert np.diag(found).tolist() == [0] * 4


def test_the_asymmetry_divides_by_who_speaks_or_by_who_is_spoken_for():
    histories = sequences([[0, 2, 1], [2, 0], [2, 3]], 4)
    asks = dense(histories, asymmetry=1.0)
    assert asks[2, 3] == pytest.approx(np.exp(-0.5) / 3)  # a third of those who play 2
    assert asks[3, 2] == pytest.approx(np.exp(-0.5))  # all who play 3


@pytest.mark.parametrize("seed", range(6))
def test_it_agrees_with_adding_up_pair_by_pair(seed):
    rng = np.random.default_rng(seed)
    users, items = np.nonzero(rng.random((13, 11)) < 0.5)
    plain = Histories.from_cells(
        users,
        items,
        n_users=13,
        n_items=11,
        weights=rng.integers(0, 4, len(users)),
        last_day=rng.integers(-1, 5, len(users)),
    )
    histories = replace(plain, order=places_in_time(plain.indptr, plain.last_day))
    options = {"span": [0.6, 2.0, 9.0][seed % 3], "asymmetry": 0.8, "shrinkage": 1.5}
    np.testing.assert_allclose(dense(histories, **options), slow(histories, **options), rtol=1e-5)


def test_only_the_strongest_of_a_row_are_kept_the_smaller_item_where_equal():
    histories = sequences([[4, 0, 1], [3, 0, 2]], 5)  # 1, 2, 3 and 4 are all next to 0
    kept = dense(histories, keep=2)[0]
    assert np.flatnonzero(kept).tolist() == [1, 2]
    np.testing.assert_allclose(kept[[1, 2]], dense(histories)[0, [1, 2]])


def test_the_number_of_cores_changes_nothing(monkeypatch):
    rng = np.random.default_rng(3)
    histories = sequences(
        [rng.permutation(600)[: rng.integers(1, 60)].tolist() for _ in range(80)], 600
    )
    whole = dense(histories)
    monkeypatch.setattr(blocks, "n_cores", lambda: 1)
    np.testing.assert_array_equal(dense(histories), whole)


def test_the_last_plays_weigh_most():
    histories = sequences([[3, 0, 2, 1], [1]], 4)
    # items 0, 1, 2, 3 of the first were followed by 2, 0, 1 and 3 tracks
    assert tracks_after(histories).tolist() == [2, 0, 1, 3, 0]
    model = NextPlay(recency=1.0, shrinkage=0.0).fit(world(histories))
    assert model._by_recency(histories).weights.tolist() == pytest.approx(
        [1 / 3, 1, 1 / 2, 1 / 4, 1]
    )


def test_tracks_of_one_place_count_half_of_each_other_and_those_of_none_as_the_last():
    plain = Histories.from_cells(
        np.array([0, 0, 0, 0, 2, 2]),
        np.array([0, 1, 2, 3, 0, 3]),
        n_users=3,
        n_items=4,
        last_day=np.array([7, 9, 7, 8, -1, -1]),
    )
    histories = replace(plain, order=places_in_time(plain.indptr, plain.last_day))
    assert tracks_after(histories).tolist() == [2.5, 0, 2.5, 1, 0, 0]


def test_two_listeners_of_the_same_tracks_in_another_order_get_other_lists():
    learned = sequences([[0, 1], [0, 1], [2, 3], [2, 3], [1, 0], [3, 2]], 4)
    model = NextPlay(shrinkage=0.0, recency=2.0).fit(world(learned))
    asked = sequences([[0, 2], [2, 0]], 4)
    best = model.top_n(asked, 4, Eligible()).items
    assert best[0, 0] == 3
    assert best[1, 0] == 1


def test_contributions_add_up_to_the_score_where_the_order_is_known():
    rng = np.random.default_rng(9)
    histories = sequences([rng.permutation(20)[:6].tolist() for _ in range(30)], 20)
    model = NextPlay(n_neighbours=8).fit(world(histories))
    scores = model.score(histories)
    for user in range(0, 30, 4):
        own = histories.rows(slice(user, user + 1))
        for item in np.flatnonzero(scores[user] > -np.inf)[:5]:
            parts = model.contributions(own, int(item))
            assert parts.sum() == pytest.approx(scores[user, item], rel=1e-5)
            evidence = model.explain(own, np.array([[item]], np.int32))
            assert evidence.subject[0, 0] == own.items[parts.argmax()]


@pytest.mark.parametrize("day", [-1, 7])
def test_data_without_an_order_is_refused_in_words(day):
    histories = Histories.from_cells(
        np.array([0, 0, 1]),
        np.array([0, 1, 1]),
        n_users=2,
        n_items=3,
        last_day=np.array([day, day, 3]),
    )
    placed = replace(histories, order=places_in_time(histories.indptr, histories.last_day))
    with pytest.raises(FitError) as raised:
        NextPlay().fit(world(placed))
    assert "in which order" in raised.value.message("en")
    assert "em que ordem" in raised.value.message("pt-BR")
