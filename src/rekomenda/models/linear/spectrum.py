"""The leading singular vectors of a large sparse matrix, the same bits on any number of cores.

Source: N. Halko, P. G. Martinsson, J. A. Tropp, "Finding Structure with Randomness", SIAM Review
53(2), 2011, algorithms 4.4 (subspace iteration from random vectors) and 5.1 (what to make of the
subspace), with orthonormal columns by Cholesky in float64.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from rekomenda.models.base import Float32
from rekomenda.models.blocks import one_blas_thread, run_blocks, slices

Float64 = NDArray[np.float64]
ROWS: Final = 2048
"""Rows of each product: fixed, so that no rounding depends on the number of threads."""


def leading_vectors(
    matrix: csr_array, rank: int, *, seed: int, n_iterations: int = 6, spare: int = 32
) -> tuple[Float32, Float64]:
    """Return the right singular vectors (I, K) of a (U, I) matrix and its singular values (K,).

    Parameters
    ----------
    matrix : csr_array of float32, shape (U, I)
    rank : int
        K asked for, >= 1; fewer are returned where the matrix has fewer columns, rows, or
        singular values that float32 can tell from 0.
    seed : int
        Of the random vectors the iteration starts from.
    n_iterations : int
        Times the vectors are sent through the matrix and back. After 6 the last of some hundred
        vectors are turned a little; what they span hardly changes.
    spare : int
        Vectors iterated beside those asked for, so that the last of these are found as well.

    Notes
    -----
    Time: 4 `n_iterations` (nnz K + I K²). Memory: 4 (U + 2 I) (K + spare) bytes.
    """
    width = min(rank + spare, *matrix.shape)
    across = csr_array(matrix.T)
    vectors = np.random.default_rng(seed).standard_normal((matrix.shape[1], width), np.float32)
    for _ in range(n_iterations):
        vectors = _orthonormal(_product(across, _product(matrix, vectors)))
    squares, turn = _eigen(_gram(_product(matrix, vectors)))
    kept = squares > squares[0] * 1e-9
    kept[rank:] = False
    return _times(vectors, turn[:, kept]), np.sqrt(squares[kept])


def _orthonormal(vectors: Float32) -> Float32:
    """Return an orthonormal basis of the columns; directions lost to float32 are left out."""
    squares, turn = _eigen(_gram(vectors))
    kept = squares > squares[0] * 1e-12
    return _times(vectors, turn[:, kept] / np.sqrt(squares[kept]))


def _eigen(gram: Float64) -> tuple[Float64, Float64]:
    """Return eigenvalues, largest first, and the eigenvectors."""
    with one_blas_thread():
        values, vectors = np.linalg.eigh(gram)
    return values[::-1], vectors[:, ::-1]


def _product(matrix: csr_array, vectors: Float32) -> Float32:
    product = np.empty((matrix.shape[0], vectors.shape[1]), np.float32)

    def work(rows: slice) -> None:
        product[rows] = matrix[rows] @ vectors

    run_blocks(work, slices(len(product), 1, most=ROWS))
    return product


def _gram(vectors: Float32) -> Float64:
    """Return vectorsᵀ vectors, added up block by block in their order."""
    blocks = slices(len(vectors), 1, most=ROWS)
    parts = np.empty((len(blocks), vectors.shape[1], vectors.shape[1]), np.float32)

    def work(place: int) -> None:
        block = vectors[blocks[place]]
        np.matmul(block.T, block, out=parts[place])

    run_blocks(work, range(len(blocks)))
    gram: Float64 = parts.sum(axis=0, dtype=np.float64)
    return gram


def _times(vectors: Float32, turn: Float64) -> Float32:
    small = np.ascontiguousarray(turn, dtype=np.float32)
    product = np.empty((len(vectors), small.shape[1]), np.float32)

    def work(rows: slice) -> None:
        np.matmul(vectors[rows], small, out=product[rows])

    run_blocks(work, slices(len(vectors), 1, most=ROWS))
    return product
