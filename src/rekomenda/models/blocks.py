"""Work in blocks: bounded memory, every core, and the same bits on any number of cores."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import cache
from typing import Any, Final, TypeVar

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import ThreadpoolController

from rekomenda.domain.cores import n_cores
from rekomenda.domain.interactions import Histories
from rekomenda.models.lists.tiles import ROWS

Block = TypeVar("Block")
BLOCK_BYTES: Final = 32 << 20
"""What one block's largest array may take; about four of them live in each thread."""


def slices(n_rows: int, bytes_per_row: int, *, most: int = 4096) -> list[slice]:
    """Cut rows into blocks of at most `BLOCK_BYTES`, `most` rows, and at least one row.

    Where there is room for a tile (`lists.tiles`), blocks are of whole ones: a row more costs as much.
    """
    size = max(1, min(most, BLOCK_BYTES // max(bytes_per_row, 1)))
    size = size - size % ROWS or size
    return [slice(start, min(start + size, n_rows)) for start in range(0, n_rows, size)]


def run_blocks(work: Callable[[Block], None], blocks: Sequence[Block]) -> None:
    """Do the work for each block, on all cores, with one BLAS thread each.

    BLAS rounds differently when it shares a product out between threads. With whole blocks
    shared out instead, results do not depend on the number of cores. NumPy, SciPy's sparse
    products and BLAS let other threads run while they work.
    """
    with one_blas_thread():
        if len(blocks) < 2 or n_cores() < 2:
            for block in blocks:
                work(block)
            return
        with ThreadPoolExecutor(n_cores()) as pool:
            for _ in pool.map(work, blocks):
                pass  # a result is awaited so that its exception is raised here


def one_blas_thread() -> AbstractContextManager[Any]:
    """Hold BLAS to one thread for a while."""
    limit: AbstractContextManager[Any] = _blas().limit(limits=1, user_api="blas")
    return limit


@cache
def _blas() -> ThreadpoolController:
    return ThreadpoolController()


@dataclass(frozen=True, eq=False)
class Padded:
    """The cells of b users whose histories are about as long, side by side.

    Parameters
    ----------
    rows : ndarray of int, shape (b,)
        Which users.
    cells : ndarray of int64, shape (b, L)
        Where each cell stands in the histories; 0 where `filled` is False.
    filled : ndarray of bool, shape (b, L)
    items : ndarray of int32, shape (b, L)
        0 where `filled` is False.
    weights : ndarray of float32, shape (b, L)
        0 where `filled` is False.
    """

    rows: NDArray[np.intp]
    cells: NDArray[np.int64]
    filled: NDArray[np.bool_]
    items: NDArray[np.int32]
    weights: NDArray[np.float32]


def padded_rows(
    histories: Histories, bytes_per_cell: int, bytes_per_user: int = 0
) -> Iterator[tuple[NDArray[np.intp], int]]:
    """Group users with plays by history length: (which rows, padded length L).

    L is the next power of two, so that what is computed for a user depends on their own
    history only, never on who shares the block; at most half of the cells are padding.
    """
    lengths = histories.lengths
    padded = 1 << np.ceil(np.log2(np.maximum(lengths, 1))).astype(np.int64)
    for length in np.unique(padded[lengths > 0]):
        rows = np.flatnonzero((padded == length) & (lengths > 0))
        for block in slices(len(rows), int(length) * bytes_per_cell + bytes_per_user):
            yield rows[block], int(length)


def pad(histories: Histories, rows: NDArray[np.intp], length: int) -> Padded:
    """Lay the cells of some users side by side, L = `length` for each."""
    places = np.arange(length)
    filled = places < histories.lengths[rows][:, None]
    cells = np.where(filled, histories.indptr[rows][:, None] + places, 0)
    return Padded(
        rows=rows,
        cells=cells,
        filled=filled,
        items=np.where(filled, histories.items[cells], 0).astype(np.int32),
        weights=np.where(filled, histories.weights[cells], 0).astype(np.float32),
    )
