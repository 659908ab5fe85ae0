"""What was played, by whom, how much and when: the matrix every model learns from."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from rekomenda.domain.ids import IdMap

Float32 = NDArray[np.float32]
Int32 = NDArray[np.int32]
Int64 = NDArray[np.int64]
Bools = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Histories:
    """The histories of a batch of B users over I items, several values for each played cell.

    The cells of user b are `slice(indptr[b], indptr[b + 1])` of the other arrays; within a user
    they ascend by item. A user without plays has an empty slice.

    Parameters
    ----------
    indptr : ndarray of int64, shape (B + 1,)
    items : ndarray of int32, shape (nnz,)
        Item index of each cell, distinct within a user.
    weights : ndarray of float32, shape (nnz,)
        Damped and decayed plays, >= 0: what models see (`joining/cells.py`). A cell of
        weight 0 was seen but does not count as liked.
    plays : ndarray of int64, shape (nnz,)
        Plain sum of plays, >= 0.
    first_day, last_day : ndarray of int32, shape (nnz,)
        Days since 1970-01-01 of the first and last play; -1 where the data has no time.
    n_items : int
        I.
    region : ndarray of int32, shape (B,)
        Region index of each user in `Catalogue.regions`, -1 unknown.
    known : ndarray of bool, shape (nnz,), optional
        False for a taste that is only implied, by an artist or a genre somebody says they like:
        models learn from the cell, but nobody heard the track, so lists may hold it. Default:
        every cell was heard.
    order : ndarray of int32, shape (nnz,), optional
        How many cells of the listener are known to have been played last before this one was
        (`time_order.places_in_time`): 0 = oldest, equal where nothing tells which came first. A
        history of which some cells were taken keeps their places. Default: -1, not known.
    """

    indptr: Int64
    items: Int32
    weights: Float32
    plays: Int64
    first_day: Int32
    last_day: Int32
    n_items: int
    region: Int32
    known: Bools = field(default_factory=lambda: np.zeros(0, bool))
    order: Int32 = field(default_factory=lambda: np.zeros(0, np.int32))

    def __post_init__(self) -> None:
        """Count every cell as heard, in no known order, where nothing else is said."""
        if len(self.known) == 0:
            object.__setattr__(self, "known", np.broadcast_to(np.True_, self.items.shape))
        if len(self.order) != len(self.items):
            object.__setattr__(self, "order", np.broadcast_to(np.int32(-1), self.items.shape))

    def __len__(self) -> int:
        return len(self.indptr) - 1

    @property
    def user_items(self) -> csr_array:
        """The weights as a float32 matrix, shape (B, I). Shares memory with `weights`."""
        return self._matrix(self.weights)

    @property
    def binary(self) -> csr_array:
        """1.0 where the weight is positive, shape (B, I)."""
        matrix = self._matrix((self.weights > 0).astype(np.float32)).copy()
        matrix.eliminate_zeros()  # in place, so never on the arrays of this history
        return matrix

    def _matrix(self, values: Float32) -> csr_array:
        return csr_array(
            (values, self.items, self.indptr), shape=(len(self), self.n_items), copy=False
        )

    @property
    def lengths(self) -> Int64:
        """Number of distinct items of each user, shape (B,)."""
        return np.diff(self.indptr)

    @property
    def users_of_cells(self) -> Int32:
        """The batch row of each cell, shape (nnz,)."""
        return np.repeat(np.arange(len(self), dtype=np.int32), self.lengths)

    def rows(self, rows: slice | NDArray[np.integer[Any]]) -> Histories:
        """Return the histories of some users, in the order asked for (repeats allowed)."""
        if isinstance(rows, slice):
            rows = np.arange(len(self), dtype=np.int64)[rows]
        starts, stops = self.indptr[rows], self.indptr[np.asarray(rows) + 1]
        lengths = stops - starts
        indptr = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)
        cells = np.arange(indptr[-1]) + np.repeat(starts - indptr[:-1], lengths)
        return Histories(
            indptr=indptr,
            items=self.items[cells],
            weights=self.weights[cells],
            plays=self.plays[cells],
            first_day=self.first_day[cells],
            last_day=self.last_day[cells],
            n_items=self.n_items,
            region=self.region[rows],
            known=self.known[cells],
            order=self.order[cells],
        )

    def cells(self, kept: Bools) -> Histories:
        """Return the same users with only some of their cells, `kept` of shape (nnz,)."""
        return Histories(
            indptr=np.concatenate([[0], np.cumsum(kept)])[self.indptr].astype(np.int64),
            items=self.items[kept],
            weights=self.weights[kept],
            plays=self.plays[kept],
            first_day=self.first_day[kept],
            last_day=self.last_day[kept],
            n_items=self.n_items,
            region=self.region,
            known=self.known[kept],
            order=self.order[kept],
        )

    @property
    def heard(self) -> Histories:
        """The same users with what they heard only, without implied tastes."""
        return self if self.known.all() else self.cells(self.known)

    def batches(self, size: int) -> Iterator[tuple[slice, Histories]]:
        """Walk through the users in order, `size` at a time: (which rows, their histories)."""
        for start in range(0, len(self), size):
            rows = slice(start, min(start + size, len(self)))
            yield rows, self.rows(rows)

    @classmethod
    def from_cells(
        cls,
        users: NDArray[np.integer[Any]],
        items: NDArray[np.integer[Any]],
        *,
        n_users: int,
        n_items: int,
        weights: NDArray[Any] | None = None,
        plays: NDArray[Any] | None = None,
        first_day: NDArray[Any] | None = None,
        last_day: NDArray[Any] | None = None,
        region: NDArray[Any] | None = None,
        known: NDArray[Any] | None = None,
        order: NDArray[Any] | None = None,
    ) -> Histories:
        """Build from one row a cell, in any order; (user, item) pairs must be distinct.

        Weights default to the plays and plays to 1; days and regions default to -1; every cell
        counts as heard unless `known` says otherwise; the order defaults to not known.

        Raises
        ------
        ValueError
            If a pair is there twice or an index is out of range.
        """
        users, items = np.asarray(users), np.asarray(items)
        sorting = np.lexsort((items, users))
        users, items = users[sorting], items[sorting]
        if len(users) and (
            users[0] < 0 or users[-1] >= n_users or items.min() < 0 or items.max() >= n_items
        ):
            raise ValueError("a user or item index is out of range")
        if np.any((users[1:] == users[:-1]) & (items[1:] == items[:-1])):
            raise ValueError("a (user, item) pair stands twice")

        def column(values: NDArray[Any] | None, default: int, dtype: Any) -> NDArray[Any]:
            if values is None:
                return np.full(len(sorting), default, dtype)
            return np.ascontiguousarray(np.asarray(values)[sorting], dtype)

        counts = column(plays, 1, np.int64)
        return cls(
            indptr=np.searchsorted(users, np.arange(n_users + 1)).astype(np.int64),
            items=items.astype(np.int32),
            weights=column(weights, 1, np.float32)
            if weights is not None
            else counts.astype(np.float32),
            plays=counts,
            first_day=column(first_day, -1, np.int32),
            last_day=column(last_day, -1, np.int32),
            n_items=n_items,
            region=np.full(n_users, -1, np.int32)
            if region is None
            else np.asarray(region, np.int32),
            known=column(known, 1, np.bool_),
            order=column(order, -1, np.int32),
        )


@dataclass(frozen=True, eq=False)
class Interactions:
    """Everybody's histories together with the ids of their rows and columns.

    Parameters
    ----------
    users : IdMap, length U
    items : IdMap, length I
    histories : Histories
        One row for each user of `users`, columns as `items`.
    """

    users: IdMap
    items: IdMap
    histories: Histories

    @property
    def user_items(self) -> csr_array:
        """The weights, shape (U, I)."""
        return self.histories.user_items
