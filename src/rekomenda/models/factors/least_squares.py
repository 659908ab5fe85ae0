"""One side of ALS: every row's factors from the other side's, by a few conjugate gradients.

Source: G. Takács, I. Pilászy, D. Tikk, "Applications of the Conjugate Gradient Method for Implicit
Feedback Collaborative Filtering", RecSys 2011, section 3: the system of a row,

    (YᵀY + Y_uᵀ D Y_u + λ_u 1) x = Y_uᵀ c        with D = C - 1,

is only ever multiplied by a vector, in K² and K for each of the row's cells. Imports numba, so it is
imported where it is called.
"""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from rekomenda.models.lists.rules import Int32, Int64

Float32 = NDArray[np.float32]

N_STEPS: Final = 3
"""Of conjugate gradients. Each row starts from where the round before left it."""
SOLVED: Final = 1e-20
"""A squared residual below which nothing is left to improve."""


class Confidences(NamedTuple):
    """The cells of one side, row by row: columns and their confidence c > 1."""

    indptr: Int64
    columns: Int32
    values: Float32


class Side(NamedTuple):
    """What is looked for: X (M, K), and λ > 0 of each of its rows, (M,)."""

    factors: Float32
    penalties: Float32


@njit(cache=True, nogil=True, fastmath={"reassoc", "contract"})
def improve(
    block: tuple[int, int], cells: Confidences, other: Float32, gram: Float32, found: Side
) -> None:
    """Bring the factors of the rows of a block closer to their solution; 0 for a row without cells.

    Parameters
    ----------
    block : first row, and the one behind the last
    cells : Confidences
    other : ndarray of float32, shape (N, K)
        Y, the factors of the columns.
    gram : ndarray of float32, shape (K, K)
        YᵀY.
    found : Side
        Changed.
    """
    for row in range(block[0], block[1]):
        own = slice(cells.indptr[row], cells.indptr[row + 1])
        columns, confidence = cells.columns[own], cells.values[own]
        if not len(columns):
            found.factors[row] = 0
            continue
        _descend(columns, confidence, other, gram, found.penalties[row], found.factors[row])


@njit(cache=True, nogil=True, fastmath={"reassoc", "contract"})
def _descend(  # noqa: PLR0917 - compiled code takes arrays one by one
    columns: Int32, confidence: Float32, other: Float32, gram: Float32, penalty: float, x: Float32
) -> None:
    """Take `N_STEPS` conjugate gradients from x (K,), which is changed."""
    firmness = np.float32(penalty)
    residual = np.empty_like(x)
    residual[:] = -(gram @ x) - firmness * x
    for cell in range(len(columns)):
        y = other[columns[cell]]
        weight = confidence[cell] - (confidence[cell] - 1) * _dot(y, x)
        for factor in range(len(x)):
            residual[factor] += weight * y[factor]
    direction = residual.copy()
    left = _dot(residual, residual)
    for _ in range(N_STEPS):
        if left < SOLVED:
            break
        image = gram @ direction + firmness * direction
        for cell in range(len(columns)):
            y = other[columns[cell]]
            weight = (confidence[cell] - 1) * _dot(y, direction)
            for factor in range(len(x)):
                image[factor] += weight * y[factor]
        length = left / _dot(direction, image)
        for factor in range(len(x)):
            x[factor] += length * direction[factor]
            residual[factor] -= length * image[factor]
        before, left = left, _dot(residual, residual)
        for factor in range(len(x)):
            direction[factor] = residual[factor] + left / before * direction[factor]


@njit(cache=True, nogil=True, fastmath={"reassoc", "contract"})
def _dot(left: Float32, right: Float32) -> np.float32:
    total = np.float32(0)
    for factor in range(len(left)):
        total += left[factor] * right[factor]
    return total
