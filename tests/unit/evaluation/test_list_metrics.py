import numpy as np
import pytest

from rekomenda.evaluation import metrics
from support.evaluation_worlds import histories

approx = pytest.approx

# Three listeners, lists of three out of four tracks. Relevant: two, one, none.
HITS = np.array([[False, True, True], [True, False, False], [False, False, False]])
N_RELEVANT = np.array([2, 1, 0])


def test_ndcg_of_lists_worked_by_hand():
    # ranks 2 and 3: (1/log2(3) + 1/log2(4)) / (1 + 1/log2(3)) = 1.1309 / 1.6309
    assert metrics.ndcg(HITS, N_RELEVANT)[:2] == approx([0.6934, 1.0], abs=1e-4)


def test_a_hit_at_rank_two_is_worth_one_over_log2_of_three():
    found = metrics.ndcg(np.array([[False, True, False]]), np.array([1]))
    assert found == approx([0.6309], abs=1e-4)


def test_the_ideal_list_is_no_longer_than_k():
    assert metrics.ndcg(np.ones((1, 2), bool), np.array([7])) == approx([1.0])


def test_recall_divides_by_everything_relevant_even_beyond_k():
    assert metrics.recall(np.ones((1, 2), bool), np.array([8])) == approx([0.25])
    assert metrics.recall(HITS, N_RELEVANT)[:2] == approx([1.0, 1.0])


def test_precision_divides_by_k_even_when_less_is_relevant():
    assert metrics.precision(HITS, N_RELEVANT)[:2] == approx([2 / 3, 1 / 3])


def test_reciprocal_rank_looks_at_the_first_hit_only():
    hits = np.array([[False, True, True], [True, True, True], [False, False, False]])
    assert metrics.reciprocal_rank(hits, np.array([2, 3, 1])) == approx([0.5, 1.0, 0.0])


def test_average_precision_of_hits_at_two_and_three():
    # precision 1/2 at the first hit, 2/3 at the second: (1/2 + 2/3) / 2
    assert metrics.average_precision(HITS, N_RELEVANT)[:2] == approx([7 / 12, 1.0])


def test_average_precision_is_one_for_the_best_list_there_can_be():
    assert metrics.average_precision(np.ones((1, 3), bool), np.array([9])) == approx([1.0])


def test_hit_rate_is_one_or_nothing():
    hits = np.array([[True, True], [False, False]])
    assert metrics.hit_rate(hits, np.array([2, 2])).tolist() == [1.0, 0.0]


@pytest.mark.parametrize("name", metrics.ACCURACY)
def test_a_listener_with_nothing_relevant_is_left_out_not_failed(name):
    assert np.isnan(metrics.ACCURACY[name](HITS, N_RELEVANT)).tolist() == [False, False, True]


@pytest.mark.parametrize("name", metrics.ACCURACY)
def test_a_list_without_a_hit_scores_nothing(name):
    assert metrics.ACCURACY[name](np.zeros((1, 3), bool), np.array([4])) == approx([0.0])


def test_novelty_is_the_mean_surprise_in_bits():
    # 8 people in all; tracks heard by 8, 2, 1 and nobody: 0, 2, 3 and (as if by one) 3 bits
    listeners = np.array([8, 2, 1, 0])
    lists = np.array([[0, 1, -1], [1, 2, 3], [-1, -1, -1]])
    assert metrics.novelty(lists, listeners, 8) == approx([1.0, 8 / 3, np.nan], nan_ok=True)


def test_lift_compares_lists_with_what_people_played_before():
    # phi: 3, 1, 1, 0. Profiles {0, 1}, {0}, {0, 2}: means 2, 3, 2. Lists {2, 3}, {1, 2}, {1, 3}.
    train = histories([[0, 1], [0], [0, 2]], n_items=4)
    listeners = np.array([3, 1, 1, 0])
    of_lists = metrics.list_popularity(np.array([[2, 3], [1, 2], [1, 3]]), listeners)
    of_profiles = metrics.profile_popularity(train, listeners)
    assert of_lists == approx([0.5, 1.0, 0.5])
    assert of_profiles == approx([2.0, 3.0, 2.0])
    assert metrics.popularity_lift(of_lists, of_profiles) == approx(2 / 7 - 1)


def test_lift_leaves_out_those_without_history_or_list():
    nan = np.nan
    lift = metrics.popularity_lift(np.array([4.0, nan, 9.0]), np.array([2.0, 5.0, nan]))
    assert lift == approx(1.0)
    assert np.isnan(metrics.popularity_lift(np.array([nan]), np.array([1.0])))


def test_plays_of_zero_are_no_part_of_a_profile():
    train = histories([[0, 1]], n_items=2, plays=[[3, 0]])
    assert metrics.profile_popularity(train, np.array([5, 1])) == approx([5.0])


def test_exposure_sums_the_places_of_an_item():
    found = metrics.exposure(np.array([[2, 0], [2, -1], [3, 2]]), n_items=4)
    second = 1 / np.log2(3)
    assert found == approx([second, 0.0, 2 + second, 1.0])


def test_coverage_counts_what_was_shown_at_all():
    assert metrics.coverage(np.array([0.0, 0.1, 5.0, 0.0])) == 0.5
    assert np.isnan(metrics.coverage(np.array([])))


def test_gini_of_one_two_three_is_two_ninths():
    # (2j - n - 1) = -2, 0, 2: (-2 * 1 + 2 * 3) / (3 * 6)
    assert metrics.gini(np.array([3.0, 1.0, 2.0])) == approx(4 / 18)


def test_gini_of_equals_is_zero_and_of_one_with_everything_one_minus_one_over_n():
    assert metrics.gini(np.full(7, 0.3)) == approx(0.0)
    assert metrics.gini(np.array([0.0, 0.0, 9.0, 0.0])) == approx(0.75)


def test_gini_is_nan_when_nothing_was_shown():
    assert np.isnan(metrics.gini(np.zeros(3)))
    assert np.isnan(metrics.gini(np.array([])))
