"""A listener's factors from their own history, one listener at a time.

The equations are those of `rekomenda.models.factors.base`: with S = D^½ V_u and b = V_uᵀ c,

    z = (1 + SᵀS)⁻¹ b  =  b - Sᵀ (1 + SSᵀ)⁻¹ S b,

and the smaller of the two systems is solved, by Cholesky. Imports numba, so it is imported where
it is called.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from rekomenda.models.lists.rules import Int32, Int64

Float32 = NDArray[np.float32]
Float64 = NDArray[np.float64]


class Cells(NamedTuple):
    """The cells of B users, as in `rekomenda.domain.interactions.Histories`."""

    indptr: Int64
    items: Int32
    weights: Float32


@njit(cache=True, nogil=True)
def fold_in(whitened: Float32, cells: Cells, alpha: float, found: Float32) -> None:
    """Write z of each user to `found` (B, K); 0 without a liked cell.

    O(m K min(m, K) + min(m, K)³) for m liked cells.
    """
    for user in range(len(found)):
        own = slice(cells.indptr[user], cells.indptr[user + 1])
        items, weights = cells.items[own], cells.weights[own]
        items, weights = items[weights > 0], weights[weights > 0]
        if not len(items):
            found[user] = 0
            continue
        played = np.empty((len(items), whitened.shape[1]))
        pull = np.zeros(whitened.shape[1])
        for cell in range(len(items)):
            extra = alpha * np.float64(weights[cell])
            for factor in range(whitened.shape[1]):
                value = np.float64(whitened[items[cell], factor])
                pull[factor] += (1 + extra) * value
                played[cell, factor] = np.sqrt(extra) * value
        if len(items) <= whitened.shape[1]:
            pull -= _solution(played, played @ pull) @ played
        else:
            pull = _solution(np.ascontiguousarray(played.T), pull)
        found[user] = pull


@njit(cache=True, nogil=True)
def _solution(half: Float64, right: Float64) -> Float64:
    """Return x of (1 + H Hᵀ) x = b, for H (n, m).

    H Hᵀ, by far the most work, is computed in float32. What that costs is put right by one step of
    iterative refinement: with error e there, the error left is e². (J. H. Wilkinson, "Rounding
    Errors in Algebraic Processes", 1963, chapter 3.)
    """
    single = half.astype(np.float32)
    gram: Float64 = (single @ single.T).astype(np.float64)
    for row in range(len(gram)):
        gram[row, row] += 1
    lower = np.asarray(np.linalg.cholesky(gram), np.float64)
    found = _substituted(lower, right)
    left: Float64 = right - found - half @ (found @ half)
    found += _substituted(lower, left)
    return found


@njit(cache=True, nogil=True)
def _substituted(lower: Float64, right: Float64) -> Float64:
    """Return x of L Lᵀ x = b, with both inner loops along the rows of L."""
    found = right.copy()
    for row in range(len(found)):
        total = found[row]
        for column in range(row):
            total -= lower[row, column] * found[column]
        found[row] = total / lower[row, row]
    for row in range(len(found) - 1, -1, -1):
        found[row] /= lower[row, row]
        for column in range(row):
            found[column] -= lower[row, column] * found[row]
    return found
