"""How much every pair of items shares listeners, as sparse rows: the base of neighbours and filters.

Imports numba, so it is imported where something is fitted.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from typing import Any, Final, NamedTuple

import numpy as np
import pyarrow as pa
from numba import njit
from numpy.typing import NDArray
from scipy.sparse import csr_array

from rekomenda.domain.training import HeavyWork
from rekomenda.models.base import Float32, Int32
from rekomenda.models.blocks import run_blocks, slices
from rekomenda.models.linear.rows import SparseRows
from rekomenda.models.lists.picking import BINS, nth_key, to_keys

Int64 = NDArray[np.int64]
MAX_CELLS: Final = 128 << 20
"""Pairs kept when no number of neighbours is given: 1 GB at 8 bytes each."""
COUNTS: Final = pa.schema([("n", pa.int64())])
FILLED: Final = pa.schema([("ends", pa.binary()), ("values", pa.binary())])
ROWS: Final = 128
"""Items computed together by one thread."""
DE_BRUIJN: Final = np.uint64(0x03F79D71B4CB0A89)
"""Its 64 windows of six bits are all different."""
BIT_OF: Final = np.zeros(64, np.int32)
BIT_OF[[((1 << bit) * int(DE_BRUIJN) % 2**64) >> 58 for bit in range(64)]] = np.arange(64)


class Links(NamedTuple):
    """A sparse matrix as compiled code takes it: `indptr`, `indices` and `data` of a CSR array."""

    ptr: Int64
    ends: Int32
    values: Float32

    @classmethod
    def of(cls, matrix: csr_array) -> Links:
        """Take the arrays of a CSR array, with one type whatever SciPy chose."""
        return cls(
            matrix.indptr.astype(np.int64),
            matrix.indices.astype(np.int32, copy=False),
            matrix.data.astype(np.float32, copy=False),
        )


class Norms(NamedTuple):
    """What the sums are divided by: row · column + shrinkage."""

    row: Float32
    column: Float32
    shrinkage: float


def co_listening(
    user_items: csr_array,
    *,
    row_norm: NDArray[np.floating[Any]] | None = None,
    column_norm: NDArray[np.floating[Any]] | None = None,
    shrinkage: float = 0.0,
    n_neighbours: int = 0,
    max_cells: int = MAX_CELLS,
    elsewhere: HeavyWork | None = None,
) -> SparseRows:
    """Return s_hj = Σ_u m_uh m_uj / (r_h c_j + shrinkage) of all pairs h ≠ j that share a listener.

    Parameters
    ----------
    user_items : csr_array of float32, shape (U, I)
        m; without stored zeros.
    row_norm, column_norm : ndarray of float, shape (I,), optional
        r and c; 1 where not given. Must be > 0 for items with listeners, unless `shrinkage` is.
    shrinkage : float
        >= 0.
    n_neighbours : int
        Largest s_hj kept in each row, the smaller item where equal; 0 keeps as many as `max_cells`
        allows: K is the largest number with Σ_h min(pairs of h, K) <= `max_cells`.
    max_cells : int
        See `n_neighbours`; one pair a row is kept whatever it says.
    elsewhere : HeavyWork, optional
        Who does it instead of this process; the bits are the same.

    Notes
    -----
    Time: 2 Σ_u (items of u)². Memory: 8 bytes for each pair kept, and 20 I bytes in each thread.
    Sums run over listeners in order, in float64: the bits do not depend on the number of threads.
    """
    n_items = user_items.shape[1]
    ones = np.ones(n_items, np.float32)
    norms = Norms(
        ones if row_norm is None else row_norm.astype(np.float32),
        ones if column_norm is None else column_norm.astype(np.float32),
        float(shrinkage),
    )
    if elsewhere is not None:
        return _elsewhere(elsewhere, user_items, norms, n_neighbours, max_cells)
    by_user, by_item = Links.of(user_items), Links.of(csr_array(user_items.T))
    blocks = slices(n_items, 1, most=ROWS)
    counts = np.zeros(n_items, np.int64)
    run_blocks(lambda block: _count(block.start, block.stop, by_item, by_user, counts), blocks)
    keep = n_neighbours or _affordable(counts, max_cells)
    indptr = np.concatenate([[0], np.cumsum(np.minimum(counts, keep))]).astype(np.int64)
    found = Links(indptr, np.empty(indptr[-1], np.int32), np.empty(indptr[-1], np.float32))
    run_blocks(
        lambda block: _fill((block.start, block.stop), by_item, by_user, norms, found), blocks
    )
    return SparseRows(*found)


def _elsewhere(
    elsewhere: HeavyWork, user_items: csr_array, norms: Norms, n_neighbours: int, max_cells: int
) -> SparseRows:
    """Let a cluster count and fill, some rows a task."""
    matrices, n_items = (csr_array(user_items.T), user_items), user_items.shape[1]
    counted = elsewhere.rows(count_rows, matrices, n_items, COUNTS)
    counts = np.concatenate([np.zeros(0, np.int64), *(batch["n"].to_numpy() for batch in counted)])
    keep = n_neighbours or _affordable(counts, max_cells)
    indptr = np.concatenate([[0], np.cumsum(np.minimum(counts, keep))]).astype(np.int64)
    found = Links(indptr, np.empty(indptr[-1], np.int32), np.empty(indptr[-1], np.float32))
    at = 0
    for batch in elsewhere.rows(partial(fill_rows, norms, keep), matrices, n_items, FILLED):
        ends = np.frombuffer(b"".join(batch["ends"].to_pylist()), np.int32)
        values = np.frombuffer(b"".join(batch["values"].to_pylist()), np.float32)
        found.ends[at : at + len(ends)], found.values[at : at + len(ends)] = ends, values
        at += len(ends)
    return SparseRows(*found)


def count_rows(matrices: Sequence[csr_array], start: int, stop: int) -> Iterator[pa.RecordBatch]:
    """Yield how many items share a listener with each of some items."""
    by_item, by_user = map(Links.of, matrices)
    counts = np.zeros(matrices[1].shape[1], np.int64)
    _count(start, stop, by_item, by_user, counts)
    yield pa.RecordBatch.from_arrays([pa.array(counts[start:stop])], schema=COUNTS)


def fill_rows(
    norms: Norms, keep: int, matrices: Sequence[csr_array], start: int, stop: int
) -> Iterator[pa.RecordBatch]:
    """Yield some rows of s as bytes: columns of int32 and values of float32."""
    by_item, by_user = map(Links.of, matrices)
    counts = np.zeros(matrices[1].shape[1], np.int64)
    _count(start, stop, by_item, by_user, counts)
    for block in slices(stop - start, 1, most=ROWS):
        rows = (start + block.start, start + block.stop)
        kept = np.zeros_like(counts)
        kept[slice(*rows)] = np.minimum(counts[slice(*rows)], keep)
        indptr = np.concatenate([[0], np.cumsum(kept)]).astype(np.int64)
        found = Links(indptr, np.empty(indptr[-1], np.int32), np.empty(indptr[-1], np.float32))
        _fill(rows, by_item, by_user, norms, found)
        ends = pa.array([found.ends.tobytes()], pa.binary())
        values = pa.array([found.values.tobytes()], pa.binary())
        yield pa.RecordBatch.from_arrays([ends, values], schema=FILLED)


def _affordable(counts: Int64, max_cells: int) -> int:
    """Return the largest K >= 1 with Σ min(counts, K) <= max_cells."""
    ascending = np.sort(counts)
    shorter = np.cumsum(ascending) - ascending  # cells of all shorter rows
    longer = np.arange(len(counts), 0, -1)
    too_many = shorter + ascending * longer > max_cells
    if not too_many.any():
        return max(int(ascending[-1]), 1)
    first = int(np.argmax(too_many))  # K lies below this row's length
    return max(int((max_cells - shorter[first]) // longer[first]), 1)


@njit(nogil=True, cache=True)
def _count(start: int, stop: int, by_item: Links, by_user: Links, counts: Int64) -> None:
    """Count the items that share a listener with each of `start` to `stop`, themselves left out."""
    stamp = np.full(len(counts), -1, np.int32)
    for item in range(start, stop):
        stamp[item] = item
        for cell in range(by_item.ptr[item], by_item.ptr[item + 1]):
            user = by_item.ends[cell]
            for other in by_user.ends[by_user.ptr[user] : by_user.ptr[user + 1]]:
                if stamp[other] != item:
                    stamp[other] = item
                    counts[item] += 1


@njit(nogil=True, cache=True)
def _fill(
    block: tuple[int, int], by_item: Links, by_user: Links, norms: Norms, found: Links
) -> None:
    """Write the rows of one block, columns ascending."""
    n_items = len(norms.row)
    shared = np.zeros(n_items, np.float64)
    stamp = np.full(n_items, -1, np.int32)
    touched = np.empty(n_items, np.int32)
    values = np.empty(n_items, np.float32)
    marks = np.zeros(n_items // 64 + 1, np.uint64)
    for item in range(*block):
        count = 0
        stamp[item] = item
        for cell in range(by_item.ptr[item], by_item.ptr[item + 1]):
            user, weight = by_item.ends[cell], np.float64(by_item.values[cell])
            for other in range(by_user.ptr[user], by_user.ptr[user + 1]):
                column = by_user.ends[other]
                if stamp[column] != item:
                    stamp[column] = item
                    touched[count] = column
                    count += 1
                shared[column] += weight * by_user.values[other]
        shared[item] = 0.0
        in_order(touched[:count], marks)
        for place in range(count):
            column = touched[place]
            divisor = np.float64(norms.row[item]) * norms.column[column] + norms.shrinkage
            values[place] = shared[column] / divisor
            shared[column] = 0.0
        row = slice(found.ptr[item], found.ptr[item + 1])
        keep_largest(touched[:count], values[:count], found.ends[row], found.values[row])


@njit(nogil=True, cache=True)
def in_order(touched: Int32, marks: NDArray[np.uint64]) -> None:
    """Sort distinct columns through one bit each of `marks`, which is 0 before and after.

    Quicker than a sort: the lowest bit of a word is found by a multiplication (C. E.
    Leiserson, H. Prokop, K. H. Randall, "Using de Bruijn Sequences to Index a 1 in a Computer
    Word", MIT 1998).
    """
    one = np.uint64(1)
    for column in touched:
        marks[column >> 6] |= one << np.uint64(column & 63)
    place = 0
    for word in range(len(marks)):
        left = marks[word]
        marks[word] = np.uint64(0)
        while left != np.uint64(0):
            lowest = left & (~left + one)
            touched[place] = word * 64 + BIT_OF[(lowest * DE_BRUIJN) >> np.uint64(58)]
            left ^= lowest
            place += 1


@njit(nogil=True, cache=True)
def keep_largest(columns: Int32, values: Float32, kept: Int32, strengths: Float32) -> None:
    """Copy the largest values, as many as there is room for, the smaller column where equal."""
    if len(kept) == len(columns):
        kept[:] = columns
        strengths[:] = values
        return
    near = _near_largest(values, len(kept))
    bound = np.partition(values[near], len(near) - len(kept))[len(near) - len(kept)]
    equal = len(kept) - np.count_nonzero(values[near] > bound)
    place = 0
    for cell in near:
        if values[cell] > bound or (values[cell] == bound and equal > 0):
            equal -= values[cell] == bound
            kept[place], strengths[place] = columns[cell], values[cell]
            place += 1


@njit(nogil=True, cache=True)
def _near_largest(values: Float32, n: int) -> Int32:
    """Return where the n largest stand, and few more, ascending: found by counting."""
    keys = np.empty(len(values), np.int32)
    to_keys(values.astype(np.float32), keys)  # rounding changes no order
    bound = nth_key(keys, n, np.empty(BINS, np.int32))
    found = np.empty(len(keys) + 1, np.int32)
    size = 0
    for cell in range(len(keys)):
        found[size] = cell
        size += keys[cell] >= bound
    return found[:size]
