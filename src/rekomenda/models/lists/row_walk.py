"""The best items by sparse linear weights, one listener at a time, without a matrix of scores.

A listener's scores are added up in one row of I numbers, which stays in the second-level cache
for catalogues of up to a quarter of a million items, and their lists are picked from there.
Imports numba, so it is imported where it is called.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray
from scipy.sparse import csr_array

from rekomenda.domain.top_n import TopN
from rekomenda.models.lists.picking import Desk, pick
from rekomenda.models.lists.row_kernels import Stored, add_row
from rekomenda.models.lists.rules import Heaps, Int32, Int64, Rules, Wanted, in_order

Float32 = NDArray[np.float32]


class Amounts(NamedTuple):
    """x of B users, compressed by rows."""

    indptr: Int64
    items: Int32
    values: Float32

    @classmethod
    def of(cls, matrix: csr_array) -> Amounts:
        """Take the arrays of a SciPy matrix; shares memory where the types are these."""
        return cls(
            matrix.indptr.astype(np.int64, copy=False),
            matrix.indices.astype(np.int32, copy=False),
            matrix.data.astype(np.float32, copy=False),
        )


def best_by_rows(
    amounts: csr_array,
    rows: Stored,
    known: NDArray[np.bool_],
    wanted: Wanted,
    *,
    sums: Float32 | None = None,
) -> list[TopN]:
    """Rank items by x · W for each row x (B, I) of `amounts`.

    An item that nothing speaks for, or that is not known, is never listed. Products are added up
    in the order of the cells, so scores have the bits of SciPy's sparse product. If they are given,
    `sums` (B, I) is overwritten with every product.

    Time: the weights of the listener's items, and I / 16. Memory: 4 I bytes.
    """
    rules = Rules.as_given(wanted, *amounts.shape)
    best = rules.heaps(amounts.shape[0])
    kept = np.empty((0, 0), np.float32) if sums is None else sums
    _walk(Amounts.of(amounts), rows, _shut(known), rules, best, kept, Desk.of(len(known)))
    return in_order(rules.lengths, best)


def best_by_sum(
    amounts: csr_array, rows: Stored, others: Float32, known: NDArray[np.bool_], wanted: Wanted
) -> list[TopN]:
    """Rank known items by o + x · W for each row x of `amounts` and o of `others`, both (B, I).

    Whoever has no cell gets empty lists. Otherwise as `best_by_rows`.
    """
    rules = Rules.as_given(wanted, *amounts.shape)
    best = rules.heaps(amounts.shape[0])
    _walk_sum(Amounts.of(amounts), rows, others, _shut(known), rules, best, Desk.of(len(known)))
    return in_order(rules.lengths, best)


def best_by_weights(
    amounts: csr_array, weights: Float32, known: NDArray[np.bool_], wanted: Wanted
) -> list[TopN]:
    """Rank known items by x · W for each row x (B, I) of `amounts` and dense W (I, I).

    Whoever has no cell gets empty lists. Otherwise as `best_by_rows`.
    """
    rules = Rules.as_given(wanted, *amounts.shape)
    best = rules.heaps(amounts.shape[0])
    _walk_weights(Amounts.of(amounts), weights, _shut(known), rules, best, Desk.of(len(known)))
    return in_order(rules.lengths, best)


def _shut(known: NDArray[np.bool_]) -> Float32:
    """Return what is added to each item's score: 0, or -inf for what is not known."""
    return np.where(known, np.float32(0), np.float32(-np.inf))


@njit(cache=True, nogil=True)
def add_up(amounts: Amounts, rows: Stored, sums: Float32) -> None:
    """Add x · W to `sums` (B, I), for each row x (B, I) of `amounts`, in the order of the cells."""
    for user in range(len(sums)):
        for cell in range(amounts.indptr[user], amounts.indptr[user + 1]):
            add_row(rows, amounts.items[cell], amounts.values[cell], sums[user])


@njit(cache=True, nogil=True)
def _walk(  # noqa: PLR0917 - compiled code takes arrays one by one
    amounts: Amounts,
    rows: Stored,
    shut: Float32,
    rules: Rules,
    best: Heaps,
    kept: Float32,
    desk: Desk,
) -> None:
    """Offer every sum, found in one row that stays in the cache, and keep a copy if there is room."""
    total = np.zeros(rules.allowed.shape[1], np.float32)
    scores = np.empty(len(total), np.float32)
    for user in range(len(amounts.indptr) - 1):
        total[:] = 0
        for cell in range(amounts.indptr[user], amounts.indptr[user + 1]):
            add_row(rows, amounts.items[cell], amounts.values[cell], total)
        if len(kept):
            kept[user] = total
        for item in range(len(total)):
            scores[item] = total[item] + shut[item] if total[item] != 0 else -np.inf
        pick(scores, user, rules, best, desk)


@njit(cache=True, nogil=True)
def _walk_sum(  # noqa: PLR0917 - compiled code takes arrays one by one
    amounts: Amounts,
    rows: Stored,
    others: Float32,
    shut: Float32,
    rules: Rules,
    best: Heaps,
    desk: Desk,
) -> None:
    total = np.zeros(rules.allowed.shape[1], np.float32)
    scores = np.empty(len(total), np.float32)
    for user in range(len(amounts.indptr) - 1):
        if amounts.indptr[user] == amounts.indptr[user + 1]:
            continue
        total[:] = 0
        for cell in range(amounts.indptr[user], amounts.indptr[user + 1]):
            add_row(rows, amounts.items[cell], amounts.values[cell], total)
        for item in range(len(total)):
            scores[item] = others[user, item] + total[item] + shut[item]
        pick(scores, user, rules, best, desk)


@njit(cache=True, nogil=True)
def _walk_weights(  # noqa: PLR0917 - compiled code takes arrays one by one
    amounts: Amounts, weights: Float32, shut: Float32, rules: Rules, best: Heaps, desk: Desk
) -> None:
    total = np.zeros(rules.allowed.shape[1], np.float32)
    scores = np.empty(len(total), np.float32)
    for user in range(len(amounts.indptr) - 1):
        if amounts.indptr[user] == amounts.indptr[user + 1]:
            continue
        total[:] = 0
        for cell in range(amounts.indptr[user], amounts.indptr[user + 1]):
            value, row = amounts.values[cell], weights[amounts.items[cell]]
            for item in range(len(total)):
                total[item] += value * row[item]
        for item in range(len(total)):
            scores[item] = total[item] + shut[item]
        pick(scores, user, rules, best, desk)
