import itertools

import numpy as np
import pytest
from scipy.sparse import csr_array

from rekomenda.domain.popularity import long_tail, popularity_bands
from rekomenda.evaluation import variety
from rekomenda.evaluation.breadth import artist_vectors, narrowness
from rekomenda.evaluation.calibration import distributions, miscalibration
from rekomenda.evaluation.drift import jaccard, rank_biased_overlap

approx = pytest.approx


def test_pairs_of_a_list_agree_with_a_slow_count():
    groups = np.random.default_rng(0).integers(-1, 4, (30, 9))
    found = variety.different_pairs(groups)
    for row, value in zip(groups, found, strict=True):
        pairs = list(itertools.combinations([group for group in row if group >= 0], 2))
        assert value == approx(np.mean([a != b for a, b in pairs]))


def test_fewer_than_two_known_make_no_pair():
    assert np.isnan(variety.different_pairs(np.array([[3, -1, -1], [-1, -1, -1]]))).all()


def test_the_head_is_the_smallest_set_that_has_the_share():
    # 50 alone is 50 %; with 20 it is 70 %, with 15 85 %: the last 15 are the tail
    assert popularity_bands(np.array([15, 50, 20, 5, 10])).tolist() == [1, 0, 1, 2, 2]
    assert long_tail(np.array([0, 0, 0])).all()
    assert popularity_bands(np.array([7, 0])).tolist() == [0, 2]


def test_calibration_is_nothing_where_alike_and_bounded_where_nothing_agrees():
    p = np.array([[0.5, 0.5, 0.0], [1.0, 0.0, 0.0], [np.nan] * 3])
    q = np.array([[0.5, 0.5, 0.0], [0.0, 0.3, 0.7], [1.0, 0.0, 0.0]])
    found = miscalibration(p, q)
    assert found[:2] == approx([0.0, np.log(100)])
    assert np.isnan(found[2])


def test_calibration_is_not_symmetric():
    p, q = np.array([[0.9, 0.1]]), np.array([[0.5, 0.5]])
    assert miscalibration(p, q, alpha=0.0)[0] == approx(
        0.9 * np.log(0.9 / 0.5) + 0.1 * np.log(0.1 / 0.5)
    )
    assert miscalibration(p, q)[0] != approx(miscalibration(q, p)[0])


def test_distributions_leave_out_what_has_no_group_and_no_weight():
    found = distributions(
        np.array([0, 0, 0, 2]), np.array([1, 0, -1, 1]), np.array([3.0, 1.0, 9.0, 0.0]), (3, 2)
    )
    assert found[0] == approx([0.25, 0.75])
    assert np.isnan(found[1:]).all()


def test_lists_that_did_not_change_and_lists_with_nothing_in_common():
    first = np.array([[4, 7, 1], [4, 7, 1], [4, -1, -1], [-1, -1, -1]])
    second = np.array([[4, 7, 1], [5, 6, 2], [4, -1, -1], [-1, -1, -1]])
    assert jaccard(first, second)[:3] == approx([1, 0, 1])
    assert rank_biased_overlap(first, second)[:3] == approx([1, 0, 1])
    assert np.isnan(jaccard(first, second)[3])
    assert np.isnan(rank_biased_overlap(first, second)[3])


def test_jaccard_sees_no_order_and_rbo_does():
    first, turned = np.array([[1, 2, 3, 4]]), np.array([[4, 3, 2, 1]])
    assert jaccard(first, turned) == approx([1.0])
    # overlaps at depths 1 to 4: 0, 0, 2/3, 1
    sums = 0.9**3 * 2 / 3 + 0.9**4
    assert rank_biased_overlap(first, turned) == approx([0.9**4 + 0.1 / 0.9 * sums])


def test_a_change_at_the_top_weighs_more_than_one_at_the_end():
    first = np.array([[1, 2, 3, 4]])
    top, end = np.array([[9, 2, 3, 4]]), np.array([[1, 2, 3, 9]])
    assert rank_biased_overlap(first, top) < rank_biased_overlap(first, end)


def test_one_artist_is_narrow_and_opposite_ones_are_wide():
    vectors = np.array([[1.0, 0.0], [0.0, 1.0], [0.0, 0.0]], np.float32)
    rows, artists = np.array([0, 0, 1, 1, 2, 3]), np.array([0, 0, 0, 1, 2, -1])
    found = narrowness(rows, artists, np.array([1.0, 2, 3, 4, 5, 6]), vectors, 4)
    # listener 1: the centre is (3, 4), cosines 0.6 and 0.8: (3 · 0.6 + 4 · 0.8) / 7
    assert found[:2] == approx([1.0, 5 / 7])
    assert np.isnan(found[2:]).all()  # at the origin; unknown


def test_artists_with_the_same_listeners_lie_together():
    plays = np.zeros((40, 9))
    plays[:20, :4] = 1.0
    plays[20:, 4:8] = 2.0
    plays[::7, [0, 5]] += 1.0  # a few listen to both sides
    vectors = artist_vectors(csr_array(plays))
    near, far = vectors[1] @ vectors[2], vectors[1] @ vectors[6]
    assert near > 0.9
    assert far < 0
    assert (vectors[8] == 0).all()  # nobody plays them
    assert artist_vectors(csr_array(plays)) == approx(vectors)
