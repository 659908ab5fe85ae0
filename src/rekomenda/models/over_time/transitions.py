"""How near two items are played to each other, as sparse rows. Imports numba: import it to fit."""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from rekomenda.domain.interactions import Histories
from rekomenda.models.base import Float32, Int32
from rekomenda.models.blocks import run_blocks, slices
from rekomenda.models.linear.co_listening import in_order, keep_largest
from rekomenda.models.linear.rows import SparseRows

Float64 = NDArray[np.float64]
Int64 = NDArray[np.int64]
ROWS: Final = 256
"""Items computed together by one thread."""


class Sequences(NamedTuple):
    """Everybody's liked cells in the order of their plays, as compiled code takes them.

    Parameters
    ----------
    ptr : ndarray of int64, shape (U + 1,)
    users, items : ndarray of int32, shape (n,)
    places : ndarray of float64, shape (n,)
        Ascending within a listener: the middle of those that share a place.
    ties : ndarray of float64, shape (n,)
        How far apart two cells of one place are on average, >= 1.
    """

    ptr: Int64
    users: Int32
    items: Int32
    places: Float64
    ties: Float64


class Cells(NamedTuple):
    """Where each item stands in the sequences: `at[ptr[i]:ptr[i + 1]]`."""

    ptr: Int64
    at: Int64


def sequences_of(histories: Histories) -> Sequences:
    """Lay the cells that are liked and have a place in time out in their order."""
    liked = histories.cells((histories.weights > 0) & (histories.order >= 0))
    users = liked.users_of_cells
    order = np.lexsort((liked.items, liked.order, users))
    places, lengths = middles(liked.indptr, users, liked.order[order])
    # Two of m in an unknown order are (m + 1) / 3 places apart, on average over all orders.
    ties = np.maximum((lengths + 1) / 3, 1.0)
    return Sequences(liked.indptr, users, liked.items[order], places, ties)


def middles(indptr: Int64, users: Int32, ascending: Int32) -> tuple[Float64, Float64]:
    """Return the middle place of the cells that share each cell's place, and how many share it.

    Parameters
    ----------
    indptr, users : ndarray
        Rows of a history, and the row of each cell.
    ascending : ndarray of int32, shape (nnz,)
        `Histories.order`, ascending within each row.
    """
    n_cells = len(ascending)
    new = np.append(True, (np.diff(ascending) != 0) | (np.diff(users) != 0))[:n_cells]
    starts = np.flatnonzero(new)
    shared = np.diff(np.append(starts, n_cells))
    of_run = np.cumsum(new) - 1
    first = (starts - indptr[users[starts]])[of_run]
    lengths = shared[of_run].astype(np.float64)
    return first + (lengths - 1) / 2, lengths


def transitions(
    sequences: Sequences,
    n_items: int,
    *,
    span: float,
    asymmetry: float,
    shrinkage: float,
    keep: int,
) -> SparseRows:
    """Return s_hj = Σ exp(-gap / span) / (c_h^α c_j^(1-α) + shrinkage) over listeners of both.

    Parameters
    ----------
    sequences : Sequences
    n_items : int
    span : float
        Places after which a pair counts e times less; pairs more than 4 spans apart do not count.
    asymmetry : float
        α.
    shrinkage : float
    keep : int
        Largest of each row that stay; where equal, those of the smaller item.

    Notes
    -----
    Time: 2 min(L, 8 span) for each cell of a sequence of L. Each row is added up by one thread, in
    the order of the listeners, in float64: the bits do not depend on the number of threads.
    """
    counts = np.bincount(sequences.items, minlength=n_items)
    at = np.argsort(sequences.items, kind="stable")
    cells = Cells(np.concatenate([[0], np.cumsum(counts)]).astype(np.int64), at.astype(np.int64))
    popular = np.maximum(counts, 1).astype(np.float64)
    norms = popular**asymmetry, popular ** (1 - asymmetry), shrinkage
    fading = _fading(span)
    blocks = slices(n_items, 1, most=ROWS)
    found: list[tuple[Int64, Int32, Float32]] = [_NOTHING] * len(blocks)

    def work(block: tuple[int, slice]) -> None:
        place, rows = block
        found[place] = _rows((rows.start, rows.stop), sequences, cells, norms, (span, keep), fading)

    run_blocks(work, list(enumerate(blocks)))
    lengths, items, strengths = (np.concatenate(parts) for parts in zip(*found, strict=True))
    return SparseRows(np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64), items, strengths)


_NOTHING: Final = (np.zeros(0, np.int64), np.zeros(0, np.int32), np.zeros(0, np.float32))


@njit(nogil=True, cache=True)
def _fading(span: float) -> Float64:
    """Return exp(-gap / span) of gaps 0, 1/2, 1, ... up to 4 spans: middles lie on halves of places."""
    found = np.empty(int(8 * span) + 1, np.float64)
    for half in range(len(found)):
        found[half] = np.exp(-(half / 2) / span)
    return found


@njit(nogil=True, cache=True)
def _rows(  # noqa: PLR0917 - compiled code takes arrays one by one
    rows: tuple[int, int],
    sequences: Sequences,
    cells: Cells,
    norms: tuple[Float64, Float64, float],
    limits: tuple[float, int],
    fading: Float64,
) -> tuple[Int64, Int32, Float32]:
    """Make the rows from one item to another: their lengths, columns and values."""
    start, stop = rows
    row_norm, column_norm, shrinkage = norms
    span, keep = limits
    sums = np.zeros(len(row_norm), np.float64)
    near = np.empty(len(row_norm), np.int32)
    marks = np.zeros(len(row_norm) // 64 + 1, np.uint64)
    lengths = np.zeros(stop - start, np.int64)
    items = np.empty(64, np.int32)
    strengths = np.empty(64, np.float32)
    filled = 0
    for item in range(start, stop):
        n_near = _add_up(item, sequences, cells, span, fading, (sums, near))
        columns = near[:n_near]
        in_order(columns, marks)
        values = sums[columns] / (row_norm[item] * column_norm[columns] + shrinkage)
        n_kept = min(n_near, keep)
        while filled + n_kept > len(items):
            items = np.concatenate((items, np.empty_like(items)))
            strengths = np.concatenate((strengths, np.empty_like(strengths)))
        kept = slice(filled, filled + n_kept)
        keep_largest(columns, values, items[kept], strengths[kept])
        filled += n_kept
        lengths[item - start] = n_kept
        sums[near[:n_near]] = 0.0
    return lengths, items[:filled].copy(), strengths[:filled].copy()


@njit(nogil=True, cache=True)
def _add_up(  # noqa: PLR0917 - compiled code takes arrays one by one
    item: int,
    sequences: Sequences,
    cells: Cells,
    span: float,
    fading: Float64,
    gathered: tuple[Float64, Int32],
) -> int:
    """Add to the sums what is played near an item; list which those are and return how many."""
    sums, near = gathered
    n_near = 0
    reach = 4 * span
    for cell in range(cells.ptr[item], cells.ptr[item + 1]):
        middle = cells.at[cell]
        user = sequences.users[middle]
        here = sequences.places[middle]
        for direction in (-1, 1):
            other = middle + direction
            while sequences.ptr[user] <= other < sequences.ptr[user + 1]:
                apart = abs(sequences.places[other] - here)
                if apart > reach:
                    break
                column = sequences.items[other]
                if sums[column] == 0.0:
                    near[n_near] = column
                    n_near += 1
                if apart > 0:
                    sums[column] += fading[int(2 * apart)]
                else:
                    sums[column] += np.exp(-sequences.ties[middle] / span)
                other += direction
    return n_near
