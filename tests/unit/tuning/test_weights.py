"""Few members, weighted for what they add on the validation; repeats and discovery apart."""

from __future__ import annotations

import numpy as np
import pytest

from rekomenda.tuning.pool import Pool, Pools, ndcg_of
from rekomenda.tuning.weights import find_place, find_weights


def pool(values, hits, n_relevant=None):
    hits = np.array(hits, bool)
    counts = hits.sum(axis=1) if n_relevant is None else np.array(n_relevant)
    return Pool(np.array(values, np.float32), np.ones(hits.shape, bool), hits, counts)


def two_halves(n=400, width=30, seed=3):
    """Two candidates, each of which knows half of the hits, and one that knows nothing."""
    rng = np.random.default_rng(seed)
    hits = np.zeros((n, width), bool)
    hits[:, :2] = True
    values = rng.random((3, n, width))
    values[0, :, 0] += 0.7
    values[1, :, 1] += 0.7
    return pool(values, hits)


def test_the_ndcg_of_a_pool_is_worked_by_hand():
    # Hits at places 1 and 3 of 2 relevant: (1 + 1/2) / (1 + 0.6309) = 0.9197; then none of 3.
    scores = np.array([[0.9, 0.8, 0.1, 0.5], [0.9, 0.8, 0.1, 0.5]], np.float32)
    hits = np.array([[True, False, False, True], [False] * 4])
    assert ndcg_of(scores, hits, np.array([2, 3])) == pytest.approx([0.9197, 0.0], abs=1e-4)
    assert np.isnan(ndcg_of(scores, hits, np.array([0, 3]))[0])


def test_who_says_the_same_of_every_track_has_found_nothing():
    # Five equal tracks share place 5, worth 1 / log2(6) = 0.3869; of thirty none is among the 20 best.
    hits = np.eye(2, 30, dtype=bool)
    same = np.zeros((2, 30), np.float32)
    same[0, 5:] = -np.inf
    assert ndcg_of(same, hits, np.array([1, 1])) == pytest.approx([0.3869, 0.0], abs=1e-4)


def test_what_has_no_track_in_its_place_stands_behind_everything():
    two = Pool(
        np.array([[[-3.0, 0.0]]], np.float32),
        np.array([[True, False]]),
        np.array([[True, False]]),
        np.array([1]),
    )
    assert two.ndcg(two.blended(np.array([1.0]))).tolist() == [1.0]


def test_two_that_know_different_things_are_blended_and_one_that_knows_nothing_is_not():
    found = find_weights(two_halves(), [True] * 3)
    assert found.weights[2] == 0
    assert found.weights[:2] == pytest.approx([0.5, 0.5], abs=0.2)
    assert found.weights.sum() == pytest.approx(1, abs=2e-3)
    assert found.ndcg > max(found.alone) + 0.05


def test_what_a_member_adds_is_the_loss_without_it():
    data = two_halves()
    found = find_weights(data, [True] * 3)
    rest = found.weights.copy()
    rest[1] = 0
    wanted = found.ndcg - data.ndcg(data.blended(rest)).mean()
    assert found.adds[1] == pytest.approx(wanted, abs=1e-9)
    each = data.ndcg(data.blended(found.weights)) - data.ndcg(data.blended(rest))
    assert found.error[1] == pytest.approx(each.std(ddof=1) / np.sqrt(len(each)), rel=1e-6)
    assert np.isnan(found.adds[2])


def test_who_may_not_take_part_has_no_weight_and_no_number():
    found = find_weights(two_halves(), [True, False, True])
    assert found.weights.tolist() == [1, 0, 0]
    assert np.isnan(found.alone[1])


def test_two_of_a_kind_are_no_better_than_one():
    data = two_halves()
    twins = Pool(data.values[[0, 0, 2]], data.there, data.hits, data.n_relevant)
    assert np.count_nonzero(find_weights(twins, [True] * 3).weights) == 1


def test_listeners_with_nothing_relevant_count_for_nothing():
    data = two_halves(n=300)
    more = Pool(
        np.concatenate([data.values, np.ones((3, 50, 30), np.float32)], axis=1),
        np.ones((350, 30), bool),
        np.concatenate([data.hits, np.zeros((50, 30), bool)]),
        np.append(data.n_relevant, np.zeros(50, np.int64)),
    )
    alone, among = (find_weights(each, [True] * 3) for each in (data, more))
    np.testing.assert_array_equal(alone.weights, among.weights)
    assert alone.ndcg == pytest.approx(among.ndcg, rel=1e-9)


def test_heard_tracks_are_placed_where_they_are_played_again():
    rng = np.random.default_rng(1)
    new = pool(1 + 0.1 * rng.random((1, 200, 30)), np.eye(30, dtype=bool)[rng.integers(0, 30, 200)])
    often = np.zeros((200, 10), bool)
    often[:, :8] = True
    again = pool(np.tile(np.linspace(1, -1, 10), (1, 200, 1)), often)
    one = np.ones(1)
    level, _ = find_place(Pools(new, again, new.n_relevant + again.n_relevant), one, one)
    never = pool(again.values, ~np.ones_like(often), np.ones(200, int))
    low, _ = find_place(Pools(new, never, new.n_relevant + 1), one, one)
    assert level > 1.2 > low


def test_without_repeats_there_is_nothing_to_place_them_by():
    new = pool(np.ones((1, 3, 4)), np.eye(3, 4, dtype=bool))
    never = pool(np.ones((1, 3, 4)), np.zeros((3, 4), bool))
    assert find_place(Pools(new, never, new.n_relevant), np.ones(1), np.ones(1)) is None
