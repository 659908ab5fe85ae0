"""Compiled ridge regressions of items on their neighbours. Imports numba: import it where called."""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

from rekomenda.models.base import Float32
from rekomenda.models.lists.row_kernels import Stored, weight_at

Float64 = NDArray[np.float64]


@njit(nogil=True, cache=True)
def regress(
    block: tuple[int, int], neighbours: Stored, pairs: Stored, diagonal: Float64, weights: Float32
) -> None:
    """Solve for the weights of the neighbours of each item of a block, in float64.

    Parameters
    ----------
    block : first item, and the one behind the last
    neighbours : Stored
        Row j: the items j is explained by.
    pairs : Stored
        x_hᵀ x_i of pairs h ≠ i; each pair is looked up in the shorter of its two rows, of which
        nothing was cut off.
    diagonal : ndarray of float64, shape (I,)
        x_hᵀ x_h plus penalty, > 0.
    weights : ndarray of float32, shape (nnz of neighbours,)
        Written, cell by cell of `neighbours`.
    """
    for item in range(block[0], block[1]):
        start, stop = neighbours.indptr[item], neighbours.indptr[item + 1]
        near = neighbours.items[start:stop]
        if len(near) == 0:
            continue
        system = np.empty((len(near), len(near)), np.float64)
        target = np.empty((len(near), 1), np.float64)
        for row in range(len(near)):
            system[row, row] = diagonal[near[row]]
            target[row, 0] = _pair(pairs, near[row], item)
            for column in range(row):
                shared = _pair(pairs, near[row], near[column])
                system[row, column] = shared
                system[column, row] = shared
        weights[start:stop] = np.linalg.solve(system, target)[:, 0]


@njit(nogil=True, cache=True)
def _pair(pairs: Stored, one: int, other: int) -> float:
    length = pairs.indptr[one + 1] - pairs.indptr[one]
    if length <= pairs.indptr[other + 1] - pairs.indptr[other]:
        return weight_at(pairs, one, other)
    return weight_at(pairs, other, one)
