"""The inverse of a large symmetric positive definite matrix, in its own memory.

LAPACK's 32-bit Cholesky (the one SciPy carries) gives up near 41,000 rows and NumPy's inverse
needs three matrices. Sweeping block by block needs one, and counts in 64 bits.

Source: J. H. Goodnight, "A Tutorial on the SWEEP Operator", The American Statistician 33(3), 1979,
with blocks as pivots.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import cho_solve

from rekomenda.models.blocks import one_blas_thread, run_blocks

Float32 = NDArray[np.float32]
PIVOT: Final = 512
"""Rows swept at once: wide enough for BLAS, small enough to be inverted in float64."""


def invert_in_place(matrix: Float32, *, pivot: int = PIVOT) -> Float32:
    """Replace a symmetric positive definite matrix (n, n) by its inverse, and return it.

    Parameters
    ----------
    matrix : ndarray of float32, shape (n, n), C order
        Only its lower triangle and its diagonal blocks are read.
    pivot : int
        Rows swept at once.

    Raises
    ------
    LinAlgError
        If the matrix is not positive definite, or not so in float32.

    Notes
    -----
    n³ multiplications and additions each, as Cholesky and its inverse; 4 n² bytes for the
    matrix and 8 n · `pivot` beside it. The bits do not depend on the number of cores.
    """
    n = len(matrix)
    tiles = [slice(start, min(start + pivot, n)) for start in range(0, n, pivot)]
    with one_blas_thread():
        for tile in tiles:
            _sweep(matrix, tile, tiles)
    run_blocks(lambda rows: _mirror(matrix, rows, tiles), tiles)
    return matrix


def _sweep(matrix: Float32, pivot: slice, tiles: list[slice]) -> None:
    """Sweep one block: A_KK ← −A_KK⁻¹, A_RK ← A_RK A_KK⁻¹, A_RR ← A_RR − A_RK A_KK⁻¹ A_KR."""
    inverse = _small_inverse(matrix[pivot, pivot])
    strip = np.zeros((len(matrix), inverse.shape[0]), np.float32)  # A_RK, and 0 for K itself
    strip[pivot.stop :] = matrix[pivot.stop :, pivot]
    strip[: pivot.start] = matrix[pivot, : pivot.start].T  # above K only the lower half is kept
    scaled = np.empty_like(strip)

    def scale(rows: slice) -> None:
        np.matmul(strip[rows], inverse, out=scaled[rows])

    def update(rows: slice) -> None:
        for columns in tiles[: rows.start // tiles[0].stop + 1]:
            matrix[rows, columns] -= scaled[rows] @ strip[columns].T

    run_blocks(scale, tiles)
    run_blocks(update, tiles[::-1])  # the longest first, so that all cores end together
    matrix[pivot.stop :, pivot] = scaled[pivot.stop :]
    matrix[pivot, : pivot.start] = scaled[: pivot.start].T
    matrix[pivot, pivot] = -inverse


def _small_inverse(block: Float32) -> Float32:
    """Invert one diagonal block in float64."""
    lower = np.linalg.cholesky(block.astype(np.float64))
    inverse = cho_solve((lower, True), np.eye(len(block)), overwrite_b=True, check_finite=False)
    return np.ascontiguousarray((inverse + inverse.T) / 2, dtype=np.float32)


def _mirror(matrix: Float32, rows: slice, tiles: list[slice]) -> None:
    """Turn −A⁻¹ into A⁻¹ in one row of tiles of the lower triangle, and copy it to the upper."""
    for columns in tiles[: rows.start // tiles[0].stop + 1]:
        tile = -matrix[rows, columns]
        matrix[rows, columns] = tile
        if columns != rows:
            matrix[columns, rows] = tile.T
