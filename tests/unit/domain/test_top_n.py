"""`top_n` is exact: the best n, ties by id, never NaN or -inf, always the asked length."""

import numpy as np
import pytest

from rekomenda.domain.top_n import TopN, top_n

NAN, NO = np.nan, -np.inf


def ranked(scores, n, items=None) -> TopN:
    return top_n(
        np.asarray(scores, np.float32), n, None if items is None else np.asarray(items, np.int32)
    )


def slow_top_n(scores, n, items):
    """Sort everything, in plain Python."""
    lists, values = [], []
    for row, names in zip(scores.tolist(), items.tolist(), strict=True):
        cells = [
            (-score, item)
            for score, item in zip(row, names, strict=True)
            if item >= 0 and score == score and score > NO  # noqa: PLR0124 - NaN is not itself
        ]
        best = sorted(cells)[:n]
        padding = n - len(best)
        lists.append([item for _, item in best] + [-1] * padding)
        values.append([-score for score, _ in best] + [NO] * padding)
    return lists, values


def test_the_best_come_first():
    best = ranked([[0.5, 3.0, -2.0, 1.0]], 3)
    assert best.items.tolist() == [[1, 3, 0]]
    assert best.scores.tolist() == [[3.0, 1.0, 0.5]]
    assert best.items.dtype == np.int32
    assert best.scores.dtype == np.float32


def test_equal_scores_are_listed_by_item_even_across_the_end_of_the_list():
    # Four items share the second-best score and only two places are left for them.
    best = ranked([[1, 0, 1, 5, 1, 1], [1, 1, 1, 1, 1, 1]], 3)
    assert best.items.tolist() == [[3, 0, 2], [0, 1, 2]]


def test_nan_and_minus_infinity_are_never_listed():
    best = ranked([[NAN, 1, NO, 2], [NO, NO, NAN, NO]], 3)
    assert best.items.tolist() == [[3, 1, -1], [-1, -1, -1]]
    assert best.scores.tolist() == [[2, 1, NO], [NO, NO, NO]]


def test_lists_longer_than_the_catalogue_are_padded():
    best = ranked([[1, 2]], 5)
    assert best.items.tolist() == [[1, 0, -1, -1, -1]]
    assert best.scores.tolist() == [[2, 1, NO, NO, NO]]


def test_candidates_are_listed_by_their_own_index_and_holes_are_skipped():
    best = ranked([[1, 9, 1, 1]], 3, items=[[40, -1, 7, 22]])
    assert best.items.tolist() == [[7, 22, 40]]


def test_the_scores_given_are_left_alone():
    scores = np.array([[NAN, 1, 2]], np.float32)
    top_n(scores, 2)
    assert np.isnan(scores[0, 0])


@pytest.mark.parametrize("shape", [(0, 4), (3, 0), (0, 0)])
def test_nobody_or_nothing_to_rank_gives_empty_lists(shape):
    best = ranked(np.zeros(shape), 2)
    assert best.items.shape == (shape[0], 2)
    assert (best.items == -1).all()


@pytest.mark.parametrize("with_items", [False, True])
@pytest.mark.parametrize("n", [1, 7, 40, 60])
@pytest.mark.parametrize(("n_columns", "n_values"), [(41, 7), (1003, 7), (1003, 5000)])
def test_it_agrees_with_sorting_everything(n, n_columns, n_values, with_items):
    rng = np.random.default_rng(n)
    scores = rng.integers(0, n_values, (50, n_columns)).astype(np.float32)  # ties everywhere
    scores[rng.random(scores.shape) < 0.2] = NO
    scores[7] = NO
    scores[8, 3:] = NO
    scores[rng.random(scores.shape) < 0.1] = NAN
    columns = np.arange(n_columns)
    items = np.broadcast_to(columns, scores.shape)
    if with_items:
        items = np.where(columns < 3, -1, columns * 5)
        items = np.stack([rng.permutation(items) for _ in range(50)])
    best = top_n(scores, n, items if with_items else None)
    lists, values = slow_top_n(scores, n, items)
    assert best.items.tolist() == lists
    assert best.scores.tolist() == values
