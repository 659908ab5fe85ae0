"""Compiled walks over sparse rows. Imports numba, so it is imported where it is called."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from rekomenda.models.lists.rules import Int32

Float32 = NDArray[np.float32]


class Stored(NamedTuple):
    """The arrays of `SparseRows`, as compiled code takes them."""

    indptr: NDArray[np.int64]
    items: Int32
    strengths: Float32


@njit(nogil=True, cache=True)
def look_up(stored: Stored, rows: Int32, columns: Int32, found: Float32) -> None:
    """Write to `found` (b, L, n) what stands at `rows` (b, L) and `columns` (b, n)."""
    for user in range(rows.shape[0]):
        for cell in range(rows.shape[1]):
            for place in range(columns.shape[1]):
                found[user, cell, place] = weight_at(stored, rows[user, cell], columns[user, place])


@njit(nogil=True, cache=True)
def weight_at(stored: Stored, row: int, column: int) -> float:
    """Return what stands at one place, 0 where nothing is stored; by bisection."""
    low, stop = stored.indptr[row], stored.indptr[row + 1]
    high = stop
    while low < high:
        middle = (low + high) // 2
        if stored.items[middle] < column:
            low = middle + 1
        else:
            high = middle
    if low < stop and stored.items[low] == column:
        return float(stored.strengths[low])
    return 0.0


@njit(cache=True, nogil=True)
def add_row(rows: Stored, row: int, value: float, total: NDArray[np.float32]) -> None:
    """Add `value` times a row to `total` (I,).

    Of its own slices the compiler knows that they do not change: by a third quicker than places in
    the whole.
    """
    own = slice(rows.indptr[row], rows.indptr[row + 1])
    items, strengths = rows.items[own], rows.strengths[own]
    for place in range(len(items)):
        total[items[place]] += value * strengths[place]
