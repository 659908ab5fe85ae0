"""What several lists may hold, laid out for the kernels that fill them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Final, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from rekomenda.domain.eligible import Eligible, ItemSets
from rekomenda.domain.top_n import TopN

Int32: TypeAlias = NDArray[np.int32]
Int64: TypeAlias = NDArray[np.int64]
Wanted: TypeAlias = Sequence[tuple[int, Eligible]]
FEW: Final = 2048
"""Items, at most, that a list is said to be made of where all others are hidden."""


@dataclass(frozen=True, eq=False)
class Places:
    """In which order a kernel walks through the items it can list.

    Parameters
    ----------
    items : ndarray of int32, shape (P,)
        The item at each place, every item at most once; what has no place is never listed.
    place_of : ndarray of int32, shape (I,)
        Where each item stands, -1 for nowhere.
    """

    items: Int32
    place_of: Int32

    @classmethod
    def of(cls, items: Int32, n_items: int) -> Places:
        """Turn an order around."""
        place_of = np.full(n_items, -1, np.int32)
        place_of[items] = np.arange(len(items), dtype=np.int32)
        return cls(items, place_of)

    @classmethod
    def all(cls, n_items: int) -> Places:
        """Walk through every item as they are numbered."""
        items = np.arange(n_items, dtype=np.int32)
        return cls(items, items)


class Rules(NamedTuple):
    """R rules for the lists of B users, as kernels take them.

    Sets are of places, ascending within a user unless they were laid out `as_given`.

    Parameters
    ----------
    lengths : ndarray of int64, shape (R + 1,)
        Rule r's list is `lengths[r]:lengths[r + 1]` of a user's row of `Heaps`.
    allowed : ndarray of bool, shape (R, P)
        False for what nobody gets.
    excluded_ptr, only_ptr : ndarray of int64, shape (R, B + 1)
        Where each user's set begins in `excluded` and in `only`.
    excluded, only : ndarray of int32
    has_only : ndarray of bool, shape (R,)
        Whether a rule lists nothing outside `only`.
    """

    lengths: Int64
    allowed: NDArray[np.bool_]
    excluded_ptr: Int64
    excluded: Int32
    only_ptr: Int64
    only: Int32
    has_only: NDArray[np.bool_]

    @classmethod
    def as_given(cls, wanted: Wanted, n_users: int, n_items: int) -> Rules:
        """Lay out what is wanted where every item has its own place and sets come in any order."""
        return cls.of(wanted, n_users, Places.all(n_items), ascending=False)

    @classmethod
    def of(cls, wanted: Wanted, n_users: int, places: Places, *, ascending: bool = True) -> Rules:
        """Lay out what is wanted for B users: O(size of their sets, sorted)."""

        def lay_out(sets: Sequence[ItemSets | None]) -> tuple[Int64, Int32]:
            return _laid_out(sets, n_users, places) if ascending else _as_given(sets, n_users)

        eligible = [_narrowed(each, n_users) for _, each in wanted]
        allowed = np.ones((len(wanted), len(places.items)), np.bool_)
        for row, each in zip(allowed, eligible, strict=True):
            if each.hidden is not None:
                np.logical_not(each.hidden[places.items], out=row)
        excluded_ptr, excluded = lay_out([e.excluded for e in eligible])
        only_ptr, only = lay_out([e.only for e in eligible])
        return cls(
            lengths=lengths_of(wanted),
            allowed=allowed,
            excluded_ptr=excluded_ptr,
            excluded=excluded,
            only_ptr=only_ptr,
            only=only,
            has_only=np.array([each.only is not None for each in eligible], np.bool_),
        )

    def heaps(self, n_users: int) -> Heaps:
        """Make the lists, empty so far."""
        return Heaps.empty(n_users, len(self.has_only), int(self.lengths[-1]))


class Heaps(NamedTuple):
    """The best items found so far of B users by R rules: heaps with the worst on top.

    Parameters
    ----------
    scores : ndarray of float32, shape (B, N)
        N is the length of a user's lists together.
    items : ndarray of int32, shape (B, N)
    sizes : ndarray of int64, shape (B, R)
    """

    scores: NDArray[np.float32]
    items: Int32
    sizes: Int64

    @classmethod
    def empty(cls, n_users: int, n_rules: int, width: int) -> Heaps:
        """Make lists without a single item."""
        empty = TopN.empty(n_users, width)
        return cls(empty.scores, empty.items, np.zeros((n_users, n_rules), np.int64))


def lengths_of(wanted: Wanted) -> Int64:
    """Return where each list begins in a row of `Heaps`, and where the last ends, (R + 1,)."""
    return np.cumsum([0, *(n for n, _ in wanted)], dtype=np.int64)


def in_order(lengths: Int64, best: Heaps) -> list[TopN]:
    """Return lists whose best stand first rule by rule (views)."""
    return [
        TopN(best.items[:, start:stop], best.scores[:, start:stop])
        for start, stop in pairwise(lengths)
    ]


def _narrowed(eligible: Eligible, n_users: int) -> Eligible:
    """Say of a list that few items may enter (new ones) which those are: nothing else is looked at."""
    if eligible.only is not None or eligible.hidden is None:
        return eligible
    left = len(eligible.hidden) - int(np.count_nonzero(eligible.hidden))
    if left > min(FEW, len(eligible.hidden) // 16):
        return eligible
    items = np.flatnonzero(~eligible.hidden).astype(np.int32)
    indptr = np.arange(n_users + 1, dtype=np.int64) * left
    return replace(eligible, only=ItemSets(indptr, np.tile(items, n_users)))


def _laid_out(sets: Sequence[ItemSets | None], n_users: int, places: Places) -> tuple[Int64, Int32]:
    """Concatenate sets as places, ascending within each user: (R, B + 1) and the places."""
    lengths = np.zeros((len(sets), n_users), np.int64)
    found = [np.zeros(0, np.int32)]
    for row, each in zip(lengths, sets, strict=True):
        if each is not None:
            users, of_users = each.users_of_cells, places.place_of[each.items]
            there = of_users >= 0
            users, of_users = _ascending(users[there], of_users[there], len(places.items))
            found.append(of_users)
            row[:] = np.bincount(users, minlength=n_users)
    stops = lengths.cumsum().reshape(lengths.shape)
    return np.concatenate([stops[:, :1] - lengths[:, :1], stops], axis=1), np.concatenate(found)


def _as_given(sets: Sequence[ItemSets | None], n_users: int) -> tuple[Int64, Int32]:
    """Concatenate sets as they are: (R, B + 1) and the items."""
    found, starts = [np.zeros(0, np.int32)], []
    begun = 0
    for each in sets:
        indptr = np.zeros(n_users + 1, np.int64) if each is None else each.indptr
        starts.append(indptr - indptr[0] + begun)
        begun = int(starts[-1][-1])
        if each is not None:
            found.append(each.items[indptr[0] : indptr[-1]])
    return np.array(starts).reshape(len(sets), n_users + 1), np.concatenate(found)


def _ascending(users: Int32, places: Int32, n_places: int) -> tuple[Int32, Int32]:
    """Sort the cells of each user by place; most sets come sorted."""
    keys = users.astype(np.int64) * n_places + places
    if (keys[1:] >= keys[:-1]).all():
        return users, places
    keys.sort()
    return users, (keys - users.astype(np.int64) * n_places).astype(np.int32)
