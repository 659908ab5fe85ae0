"""Who takes part in each track, or of which genres it is: a relation whose shares sum to 1 a track."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

Int32 = NDArray[np.int32]
Int64 = NDArray[np.int64]
Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Shares:
    """The groups of each item: item i has `groups[indptr[i]:indptr[i + 1]]`, its first one ahead.

    Parameters
    ----------
    indptr : ndarray of int64, shape (I + 1,)
    groups : ndarray of int32, shape (nnz,)
        Each at most once an item. An item of unknown groups has none.
    """

    indptr: Int64
    groups: Int32

    @classmethod
    def of_one(cls, group_of: Int32) -> Shares:
        """Make it of the only group of each item, shape (I,); -1 unknown."""
        known = group_of >= 0
        return cls(np.concatenate([[0], np.cumsum(known)]).astype(np.int64), group_of[known])

    @classmethod
    def of_pairs(cls, items: NDArray[np.integer[Any]], groups: Int32, n_items: int) -> Shares:
        """Make it of (item, group) pairs ascending by item, the first group of each ahead."""
        return cls(np.searchsorted(items, np.arange(n_items + 1)).astype(np.int64), groups)

    def __len__(self) -> int:
        return len(self.indptr) - 1

    @property
    def counts(self) -> Int64:
        """How many groups each item has, shape (I,)."""
        return np.diff(self.indptr)

    @property
    def width(self) -> int:
        """The most groups that an item has."""
        return int(self.counts.max(initial=0))

    @property
    def several(self) -> bool:
        """Whether any item has more than one."""
        return self.width > 1

    @property
    def first(self) -> Int32:
        """Return the first group of each item, -1 where it has none, shape (I,)."""
        first = np.full(len(self), -1, np.int32)
        known = self.counts > 0
        first[known] = self.groups[self.indptr[:-1][known]]
        return first

    @property
    def items(self) -> Int32:
        """The item of each pair, shape (nnz,)."""
        return np.repeat(np.arange(len(self), dtype=np.int32), self.counts)

    @property
    def weights(self) -> Floats:
        """What part of its item each pair is, shape (nnz,): all of an item's are equal, sum 1."""
        counts = self.counts
        return np.asarray(1.0 / np.repeat(counts, counts))

    def matrix(self, n_groups: int) -> csr_array:
        """Return the weights as a matrix, (I, n_groups)."""
        return csr_array((self.weights, self.groups, self.indptr), shape=(len(self), n_groups))

    def sums(self, values: NDArray[Any], n_groups: int) -> Floats:
        """Share values of items, (I,), out over their groups: (n_groups,)."""
        shared = np.asarray(values, np.float64)[self.items] * self.weights
        return np.bincount(self.groups, shared, n_groups).astype(np.float64)

    def touched_by(self, groups: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """Return the items that have any of the groups marked in (n_groups,): (I,)."""
        found = np.bincount(self.items, groups[self.groups], len(self))
        return np.asarray(found > 0)

    def expand(self, items: NDArray[np.integer[Any]]) -> tuple[Int64, Int32]:
        """Return (place in `items`, group) for each group of each of some items, in their order."""
        counts = self.counts[items]
        stops = np.cumsum(counts)
        within = np.arange(stops[-1] if len(stops) else 0) - np.repeat(stops - counts, counts)
        cells = np.repeat(self.indptr[:-1][items], counts) + within
        return np.repeat(np.arange(len(items)), counts), self.groups[cells]

    def table(self) -> Int32:
        """Return the groups of each item side by side, -1 behind its last: (I, width)."""
        table = np.full((len(self), self.width), -1, np.int32)
        place = np.arange(len(self.groups)) - np.repeat(self.indptr[:-1], self.counts)
        table[self.items, place] = self.groups
        return table
