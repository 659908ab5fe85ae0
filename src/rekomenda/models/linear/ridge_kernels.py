"""Compiled ridge regressions of items on their neighbours. Imports numba: import it where called."""

from __future__ import annotations

from typing import Final

import numpy as np
from numba import njit
from numpy.typing import NDArray

from rekomenda.models.base import Float32
from rekomenda.models.lists.row_kernels import Stored, weight_at

Float64 = NDArray[np.float64]
Int32 = NDArray[np.int32]
Int64 = NDArray[np.int64]
WALKED_FOR_ONE: Final = 64
"""Cells that are walked through in the time that it takes to look one up."""


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
    place_of = np.full(len(neighbours.indptr) - 1, -1, np.int32)
    for item in range(block[0], block[1]):
        start, stop = neighbours.indptr[item], neighbours.indptr[item + 1]
        near = neighbours.items[start:stop]
        if len(near) == 0:
            continue
        for place in range(len(near)):
            place_of[near[place]] = place
        system = _gram(near, place_of, pairs)
        target = np.empty((len(near), 1), np.float64)
        for place in range(len(near)):
            place_of[near[place]] = -1
            system[place, place] = diagonal[near[place]]
            target[place, 0] = _pair(pairs, near[place], item)
        weights[start:stop] = np.linalg.solve(system, target)[:, 0]


@njit(nogil=True, cache=True)
def _gram(near: Int32, place_of: Int32, pairs: Stored) -> Float64:
    """Return what each two of the neighbours share, (K, K).

    A row is walked through where many look for something in it, else they look it up.
    """
    found = np.zeros((len(near), len(near)), np.float64)
    lengths = np.empty(len(near), np.int64)
    for row in range(len(near)):
        lengths[row] = pairs.indptr[near[row] + 1] - pairs.indptr[near[row]]
    for row in range(len(near)):
        asking = 0
        for other in range(len(near)):
            asking += _in_first(lengths, row, other)
        if asking * WALKED_FOR_ONE < lengths[row]:
            for other in range(len(near)):
                if _in_first(lengths, row, other):
                    shared = weight_at(pairs, near[row], near[other])
                    found[row, other] = shared
                    found[other, row] = shared
            continue
        for cell in range(pairs.indptr[near[row]], pairs.indptr[near[row] + 1]):
            other = place_of[pairs.items[cell]]
            if other >= 0 and _in_first(lengths, row, other):
                found[row, other] = pairs.strengths[cell]
                found[other, row] = pairs.strengths[cell]
    return found


@njit(nogil=True, cache=True)
def _in_first(lengths: Int64, one: int, other: int) -> bool:
    """Tell whether the pair of two places is looked up in the row of the first: the shorter."""
    if lengths[one] == lengths[other]:
        return one > other
    return bool(lengths[one] < lengths[other])


@njit(nogil=True, cache=True)
def _pair(pairs: Stored, one: int, other: int) -> float:
    length = pairs.indptr[one + 1] - pairs.indptr[one]
    if length <= pairs.indptr[other + 1] - pairs.indptr[other]:
        return weight_at(pairs, one, other)
    return weight_at(pairs, other, one)
