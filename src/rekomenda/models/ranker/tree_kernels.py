"""Compiled walk through trees. Imports numba, so it is imported where it is called."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from rekomenda.models.base import Float32, Int32


class Grown(NamedTuple):
    """The arrays of `Trees`, as compiled code takes them."""

    roots: Int32
    feature: Int32
    threshold: Float32
    left: Int32
    right: Int32
    value: NDArray[np.float64]


@njit(cache=True, nogil=True)
def add_up(trees: Grown, rows: Float32, total: NDArray[np.float64]) -> None:
    """Add to `total` (n,) what every tree says of each of `rows` (n, F)."""
    for row in range(len(rows)):
        for root in trees.roots:
            node = root
            while trees.feature[node] >= 0:
                if rows[row, trees.feature[node]] <= trees.threshold[node]:
                    node = trees.left[node]
                else:
                    node = trees.right[node]
            total[row] += trees.value[node]
