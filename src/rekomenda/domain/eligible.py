"""Which items may be shown to whom."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, eq=False)
class ItemSets:
    """A set of items for each user of a batch: user b has `items[indptr[b]:indptr[b + 1]]`.

    Parameters
    ----------
    indptr : ndarray of int64, shape (B + 1,)
    items : ndarray of int32, shape (nnz,)
        Repeats and any order are allowed.
    """

    indptr: NDArray[np.int64]
    items: NDArray[np.int32]

    def __len__(self) -> int:
        return len(self.indptr) - 1

    @property
    def users_of_cells(self) -> NDArray[np.int32]:
        """The batch row of each member, shape (nnz,)."""
        return np.repeat(np.arange(len(self), dtype=np.int32), np.diff(self.indptr))

    def rows(self, rows: slice) -> ItemSets:
        """Return the sets of some neighbouring users (a slice without a step); shares memory."""
        start, stop, _ = rows.indices(len(self))
        indptr = self.indptr[start : max(start, stop) + 1]
        return ItemSets(indptr - indptr[0], self.items[indptr[0] : indptr[-1]])

    def of_users(self, rows: NDArray[np.integer[Any]]) -> ItemSets:
        """Return the sets of some users, in the order asked for (repeats allowed)."""
        starts, lengths = self.indptr[rows], self.indptr[rows + 1] - self.indptr[rows]
        indptr = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)
        members = np.arange(indptr[-1]) + np.repeat(starts - indptr[:-1], lengths)
        return ItemSets(indptr, self.items[members])

    def union(self, other: ItemSets) -> ItemSets:
        """Return for each user what is in either set; a member of both stands there twice."""
        return ItemSets.joined([self, other])

    @classmethod
    def joined(cls, sets: Sequence[ItemSets]) -> ItemSets:
        """Return for each user what is in any of the sets, in their order; repeats stay.

        Every member is moved once: nothing is sorted, for there may be 10⁴ for each user.
        """
        indptr = np.sum([each.indptr for each in sets], axis=0)
        items = np.empty(indptr[-1], np.int32)
        free = indptr[:-1].copy()
        for each in sets:
            lengths = np.diff(each.indptr)
            place = np.repeat(free - each.indptr[:-1], lengths)
            place += np.arange(len(each.items))
            items[place] = each.items
            free += lengths
        return cls(indptr, items)


@dataclass(frozen=True, eq=False)
class Eligible:
    """What a list may hold, for a batch of B users over I items.

    Parameters
    ----------
    excluded : ItemSets or None
        Items each user must not get; None: no such items.
    only : ItemSets or None
        When given, a user can get nothing outside this set.
    hidden : ndarray of bool, shape (I,), or None
        Items nobody gets (taken down, not in the catalogue).
    """

    excluded: ItemSets | None = None
    only: ItemSets | None = None
    hidden: NDArray[np.bool_] | None = None

    def rows(self, rows: slice) -> Eligible:
        """Return what the lists of some neighbouring users may hold (a slice without a step)."""
        return Eligible(
            excluded=None if self.excluded is None else self.excluded.rows(rows),
            only=None if self.only is None else self.only.rows(rows),
            hidden=self.hidden,
        )

    def apply(self, scores: NDArray[np.float32]) -> NDArray[np.float32]:
        """Set the score of everything not eligible to -inf; changes (B, I) `scores` in place."""
        if self.only is not None:
            kept = self.only.users_of_cells, self.only.items
            values = scores[kept]
            scores.fill(-np.inf)
            scores[kept] = values
        if self.excluded is not None:
            scores[self.excluded.users_of_cells, self.excluded.items] = -np.inf
        if self.hidden is not None:
            scores[:, self.hidden] = -np.inf
        return scores
