"""Scores of candidates only, one listener at a time, and the best of what several models propose.

A sum over a listener's rows is added up in one row of I numbers, which the second-level cache
holds, and read off at the candidates; a product of factors is computed pair by pair. Imports
numba, so it is imported where it is called.
"""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

from rekomenda.models.lists.row_kernels import Stored, add_row
from rekomenda.models.lists.row_walk import Amounts
from rekomenda.models.lists.rules import Heaps, Int32, Int64
from rekomenda.models.lists.selecting import _rise, _sink, _worse

Float32 = NDArray[np.float32]


@njit(cache=True, nogil=True)
def add_rows_at(amounts: Amounts, rows: Stored, candidates: Int32, found: Float32) -> None:
    """Add x · W to `found` (B, C) at `candidates` (B, C), for each row x (B, I) of `amounts`.

    Products are added up in the order of the cells, so sums have the bits of SciPy's sparse
    product. -1 is passed over. Time: the weights of the listener's items, and I / 16.
    """
    total = np.zeros(len(rows.indptr) - 1, np.float32)
    for user in range(len(candidates)):
        total[:] = 0
        for cell in range(amounts.indptr[user], amounts.indptr[user + 1]):
            add_row(rows, amounts.items[cell], amounts.values[cell], total)
        for column in range(candidates.shape[1]):
            if candidates[user, column] >= 0:
                found[user, column] += total[candidates[user, column]]


@njit(cache=True, nogil=True)
def add_sums_at(sums: Float32, candidates: Int32, found: Float32) -> None:
    """Add what stands in `sums` (B, I) at `candidates` (B, C) to `found` (B, C); -1 is passed over."""
    for user in range(len(candidates)):
        for column in range(candidates.shape[1]):
            if candidates[user, column] >= 0:
                found[user, column] += sums[user, candidates[user, column]]


@njit(cache=True, nogil=True)
def add_weights_at(amounts: Amounts, weights: Float32, candidates: Int32, found: Float32) -> None:
    """Add x · W to `found` (B, C) at `candidates` (B, C) for dense W (I, I), in the order of the cells."""
    for user in range(len(candidates)):
        for cell in range(amounts.indptr[user], amounts.indptr[user + 1]):
            value, row = amounts.values[cell], weights[amounts.items[cell]]
            for column in range(candidates.shape[1]):
                if candidates[user, column] >= 0:
                    found[user, column] += value * row[candidates[user, column]]


@njit(cache=True, nogil=True, fastmath={"reassoc", "contract"})
def products_at(users: Float32, items: Float32, candidates: Int32, found: Float32) -> None:
    """Write z · v of each listener and candidate to `found` (B, C); 0 for -1.

    Sums are taken in several parts, in an order that depends on K and the processor alone: they
    differ from those of `tile_product` by rounding.
    """
    for user in range(len(candidates)):
        for column in range(candidates.shape[1]):
            total = np.float32(0)
            item = candidates[user, column]
            if item >= 0:
                for factor in range(users.shape[1]):
                    total += users[user, factor] * items[item, factor]
            found[user, column] = total


@njit(cache=True, nogil=True)
def mark_members(  # noqa: PLR0917 - compiled code takes arrays one by one
    starts: Int64,
    items: Int32,
    set_starts: Int64,
    set_items: Int32,
    n_items: int,
    found: NDArray[np.bool_],
) -> None:
    """Mark in `found` (n,) which `items` (n,) are in their user's set.

    User b's are `items[starts[b]:starts[b + 1]]`, the set is cut alike.
    """
    last_user = np.full(n_items, -1, np.int32)
    for user in range(len(starts) - 1):
        for index in range(set_starts[user], set_starts[user + 1]):
            last_user[set_items[index]] = user
        for cell in range(starts[user], starts[user + 1]):
            found[cell] = last_user[items[cell]] == user


@njit(cache=True, nogil=True)
def unite(
    proposed: Int32, lists: Int64, n_items: int, items: Int32, member: NDArray[np.bool_]
) -> int:
    """Collect each user's proposals without repeats; return the most that one of them has.

    Parameters
    ----------
    proposed : ndarray of int32, shape (B, W)
        -1 for none.
    lists : ndarray of int64, shape (W,)
        To which list, 0 to R - 1, each column belongs.
    n_items : int
    items : ndarray of int32, shape (B, W)
        Written: each item once, in the order it was met; what stands behind them is not touched.
    member : ndarray of bool, shape (R, B, W)
        Written: whether an item was proposed for a list; all False before.
    """
    place_of = np.full(n_items, -1, np.int32)
    most = 0
    for user in range(len(proposed)):
        size = 0
        for column in range(proposed.shape[1]):
            item = proposed[user, column]
            if item < 0:
                continue
            if place_of[item] < 0:
                place_of[item] = size
                items[user, size] = item
                size += 1
            member[lists[column], user, place_of[item]] = True
        for place in range(size):
            place_of[items[user, place]] = -1
        most = max(most, size)
    return most


@njit(cache=True, nogil=True)
def offer_cells(  # noqa: PLR0917 - compiled code takes arrays one by one
    starts: Int64,
    items: Int32,
    scores: Float32,
    member: NDArray[np.bool_],
    lengths: Int64,
    best: Heaps,
) -> None:
    """Offer each user's cells to the lists they are meant for; changes `best`.

    Parameters
    ----------
    starts : ndarray of int64, shape (B + 1,)
        The cells of user b are `starts[b]:starts[b + 1]` of the others.
    items : ndarray of int32, shape (n,)
        Distinct within a user.
    scores : ndarray of float32, shape (n,)
        What is -inf enters no list.
    member : ndarray of bool, shape (R, n)
        For which lists each cell is.
    lengths : ndarray of int64, shape (R + 1,)
        As in `Rules`.
    """
    for rule in range(len(member)):
        for user in range(len(starts) - 1):
            heap = best.scores[user, lengths[rule] : lengths[rule + 1]]
            names = best.items[user, lengths[rule] : lengths[rule + 1]]
            size = best.sizes[user, rule]
            for cell in range(starts[user], starts[user + 1]):
                if not (member[rule, cell] and scores[cell] > -np.inf):
                    continue
                if size < len(heap):
                    _rise(heap, names, size, scores[cell], items[cell])
                    size += 1
                elif _worse(heap[0], names[0], scores[cell], items[cell]):
                    _sink(heap, names, size, scores[cell], items[cell])
            best.sizes[user, rule] = size
