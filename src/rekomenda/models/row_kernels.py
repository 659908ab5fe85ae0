"""Compiled walks over sparse rows. Imports numba, so it is imported where it is called."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from rekomenda.models.base import Float32, Int32


class Stored(NamedTuple):
    """The arrays of `SparseRows`, as compiled code takes them."""

    indptr: NDArray[np.int64]
    items: Int32
    strengths: Float32


@njit(nogil=True, cache=True)
def look_up(
    stored: Stored,
    rows: Int32,
    columns: Int32,
    found: Float32,
) -> None:
    """Write to `found` (b, L, n) what stands at `rows` (b, L) and `columns` (b, n), by bisection."""
    for user in range(rows.shape[0]):
        for cell in range(rows.shape[1]):
            row = rows[user, cell]
            start, stop = stored.indptr[row], stored.indptr[row + 1]
            for place in range(columns.shape[1]):
                column = columns[user, place]
                low, high = start, stop
                while low < high:
                    middle = (low + high) // 2
                    if stored.items[middle] < column:
                        low = middle + 1
                    else:
                        high = middle
                if low < stop and stored.items[low] == column:
                    found[user, cell, place] = stored.strengths[low]
