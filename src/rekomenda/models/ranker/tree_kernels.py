"""Compiled trees: all questions of a tree at once, for many rows at a time.

Every split that a row answers with "right" rules out the leaves on its left; of those that are left
over, the first is where walking down the tree would end. (C. Lucchese and others, "QuickScorer: a
Fast Algorithm to Rank Documents with Additive Ensembles of Regression Trees", SIGIR 2015.) No
question waits for another's answer, so the processor asks eight and more at a time. Imports numba,
so it is imported where it is called.
"""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from rekomenda.models.base import Float32, Int32

ROWS: Final = 256
"""Rows asked together."""


class Grown(NamedTuple):
    """Trees of up to 32 leaves each, as compiled code takes them.

    Parameters
    ----------
    splits, leaves : ndarray of int32, shape (T + 1,)
        Tree t has the splits `splits[t]:splits[t + 1]`, and leaves likewise.
    feature, threshold, left_over : ndarray, shape (number of splits,)
        The bits of the leaves that are left over after "right", lowest bit leftmost.
    value : ndarray of float64, shape (number of leaves,)
    """

    splits: Int32
    leaves: Int32
    feature: Int32
    threshold: Float32
    left_over: NDArray[np.uint32]
    value: NDArray[np.float64]


@njit(cache=True, nogil=True)
def add_up(trees: Grown, rows: Float32, total: NDArray[np.float64]) -> None:
    """Add to `total` (n,) what every tree says of each of `rows` (n, F), tree by tree."""
    n_features = rows.shape[1]
    columns = np.empty((n_features, ROWS), np.float32)
    left = np.empty(ROWS, np.uint32)
    for start in range(0, len(rows), ROWS):
        size = min(ROWS, len(rows) - start)
        for row in range(size):
            for feature in range(n_features):
                columns[feature, row] = rows[start + row, feature]
        for tree in range(len(trees.splits) - 1):
            left[:] = np.uint32(0xFFFFFFFF)
            for split in range(trees.splits[tree], trees.splits[tree + 1]):
                column, threshold = columns[trees.feature[split]], trees.threshold[split]
                kept = trees.left_over[split]
                for row in range(ROWS):
                    left[row] &= np.uint32(0xFFFFFFFF) if column[row] <= threshold else kept
            first = trees.leaves[tree]
            for row in range(size):
                total[start + row] += trees.value[first + _lowest(left[row])]


@njit(cache=True, nogil=True)
def _lowest(bits: np.uint32) -> int:
    """Return the place of the lowest bit that is set."""
    place = 0
    while not bits & np.uint32(1):
        bits >>= np.uint32(1)
        place += 1
    return place


class Nodes(NamedTuple):
    """The arrays of `Trees`."""

    roots: Int32
    feature: Int32
    threshold: Float32
    left: Int32
    right: Int32
    value: NDArray[np.float64]


@njit(cache=True, nogil=True)
def walk(trees: Nodes, rows: Float32, total: NDArray[np.float64]) -> None:
    """Do the same as `add_up` for trees of any size, from node to node."""
    for row in range(len(rows)):
        for root in trees.roots:
            node = root
            while trees.feature[node] >= 0:
                if rows[row, trees.feature[node]] <= trees.threshold[node]:
                    node = trees.left[node]
                else:
                    node = trees.right[node]
            total[row] += trees.value[node]
