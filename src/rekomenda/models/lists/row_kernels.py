"""Compiled walks over sparse rows. Imports numba, so it is imported where it is called."""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from rekomenda.models.lists.rules import Int32

Float32 = NDArray[np.float32]
WORTH_BISECTING: Final = 24
"""Cells of a row, for each column that is asked for, from which on walking through them all takes longer."""


class Stored(NamedTuple):
    """The arrays of `SparseRows`, as compiled code takes them."""

    indptr: NDArray[np.int64]
    items: Int32
    strengths: Float32


@njit(nogil=True, cache=True)
def look_up(stored: Stored, rows: Int32, columns: Int32, found: Float32) -> None:
    """Write to `found` (b, L, n), 0 before, what stands at `rows` (b, L) and `columns` (b, n)."""
    n_columns = columns.shape[1]
    marks = np.zeros((len(stored.indptr) + 63) // 64, np.uint64)
    first = np.full(len(stored.indptr), -1, np.int32)
    following = np.empty(n_columns, np.int32)
    for user in range(rows.shape[0]):
        for place in range(n_columns):
            column = columns[user, place]
            marks[column >> 6] |= np.uint64(1) << np.uint64(column & 63)
            following[place], first[column] = first[column], place
        for cell in range(rows.shape[1]):
            row = rows[user, cell]
            own = slice(stored.indptr[row], stored.indptr[row + 1])
            if own.stop - own.start > WORTH_BISECTING * n_columns:
                for place in range(n_columns):
                    found[user, cell, place] = weight_at(stored, row, columns[user, place])
            else:
                items, strengths = stored.items[own], stored.strengths[own]
                _walk_through(items, strengths, (marks, first, following), found[user, cell])
        for column in columns[user]:
            marks[column >> 6], first[column] = 0, -1


@njit(nogil=True, cache=True)
def _walk_through(
    items: Int32,
    strengths: Float32,
    wanted: tuple[NDArray[np.uint64], Int32, Int32],
    found: Float32,
) -> None:
    """Write what a row says of the columns that are marked: each to every place that asks for it."""
    marks, first, following = wanted
    for index in range(len(items)):
        column = items[index]
        if (marks[column >> 6] >> np.uint64(column & 63)) & np.uint64(1):
            place = first[column]
            while place >= 0:
                found[place] = strengths[index]
                place = following[place]


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
