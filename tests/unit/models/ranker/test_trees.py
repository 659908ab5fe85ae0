"""Trees from a recipe: walked as anybody would by hand, refused where they are none."""

from __future__ import annotations

import json

import numpy as np
import pytest

from rekomenda.models.ranker.trees import DEEPEST, MOST_LEAVES, Trees

TWO = [[1, 0.5, [0, -2.0, 10, 20], 30], 0.25]


def test_each_row_gets_the_sum_of_the_leaves_it_falls_into():
    rows = np.array([[-2.0, 0.5], [-1.9, 0.5], [-9.0, 0.6]], np.float32)
    assert Trees.from_json(TWO, 2).add_up(rows).tolist() == [10.25, 20.25, 30.25]


def test_rows_may_lie_in_any_shape():
    rows = np.zeros((3, 4, 2), np.float32)
    rows[2, 1, 1] = 1
    found = Trees.from_json(TWO, 2).add_up(rows)
    assert found.shape == (3, 4)
    assert found[2, 1] == 30.25
    assert found[0, 0] == 20.25


def test_no_trees_say_nothing():
    none = Trees.from_json([], 0)
    assert len(none) == 0
    assert none.add_up(np.zeros((2, 3), np.float32)).tolist() == [0, 0]


def test_a_manifest_gives_back_the_same_trees():
    stored = json.loads(json.dumps(TWO))
    again, first = Trees.from_json(stored, 2), Trees.from_json(TWO, 2)
    for name, array in vars(first).items():
        np.testing.assert_array_equal(vars(again)[name], array)


@pytest.mark.parametrize(
    "stored",
    [
        "trees",
        [None],
        [True],
        [float("nan")],
        [[0, 1.0, 2.0]],
        [[2, 1.0, 2.0, 3.0]],
        [[-1, 1.0, 2.0, 3.0]],
        [[0, "1", 2.0, 3.0]],
        [[0.5, 1.0, 2.0, 3.0]],
    ],
)
def test_what_is_no_tree_is_refused(stored):
    with pytest.raises(ValueError, match="tree"):
        Trees.from_json(stored, 2)


def test_a_tree_without_end_is_refused_before_it_is_followed():
    tree: list = [0, 0.0, 1, 2]
    for _ in range(DEEPEST):
        tree = [0, 0.0, tree, 1]
    with pytest.raises(ValueError, match="tree"):
        Trees.from_json([tree], 1)


def grown(rng, n_leaves):
    """A crooked tree with so many leaves, and a slow way down it."""
    if n_leaves == 1:
        return float(rng.normal())
    on_left = int(rng.integers(1, n_leaves))
    threshold = float(np.float32(rng.integers(-2, 3)))
    return [int(rng.integers(0, 5)), threshold, grown(rng, on_left), grown(rng, n_leaves - on_left)]


def by_hand(tree, row):
    while isinstance(tree, list):
        feature, threshold, left, right = tree
        tree = left if row[feature] <= threshold else right
    return tree


@pytest.mark.parametrize("most", [MOST_LEAVES, MOST_LEAVES + 1])
def test_trees_small_enough_to_be_asked_at_once_and_larger_ones_end_in_the_same_leaves(most):
    rng = np.random.default_rng(most)
    trees = [grown(rng, n_leaves) for n_leaves in (1, 2, 7, most, 3, 12)]
    rows = rng.integers(-3, 4, (300, 5)).astype(np.float32)  # more than go together, many equal
    found = Trees.from_json(trees, 5).add_up(rows)
    assert found.tolist() == [sum(by_hand(tree, row) for tree in trees) for row in rows]
