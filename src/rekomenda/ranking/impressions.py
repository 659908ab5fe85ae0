"""What was shown to whom, on which shelf, since when; and what rests for having been passed over."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from rekomenda.domain.eligible import ItemSets
from rekomenda.domain.ids import IdMap
from rekomenda.domain.interactions import Histories
from rekomenda.domain.recommendations import Shelf
from rekomenda.domain.warehouse_schema import IMPRESSIONS, RUN_ID

Int32 = NDArray[np.int32]
Int64 = NDArray[np.int64]

_SHELVES: Final = tuple(Shelf)
_WEEK: Final = 7
_PARTS: Final = 4
"""One in so many tracks of a list may go to rest at a time."""
_AT_ONCE: Final = 2_000_000
"""Stretches that are looked at together, as they are written."""
_MIX: Final = np.uint64(0x9E3779B97F4A7C15)
"""Fibonacci hashing: the golden ratio times 2^64."""


@dataclass(frozen=True)
class RestRule:
    """When a track that is shown and not played has to rest, and for how long.

    A track that has stood on a listener's shelf for `after_weeks` weekly releases, and was not
    played since the first of them, rests there: for `weeks` weeks it comes last. Then it may be
    shown anew. Lists are never shorter for it, and change by a quarter at a time: of what could go
    to rest the tracks that have stood longest go first.

    Parameters
    ----------
    after_weeks : int
        > 0.
    weeks : int
        > 0.
    """

    after_weeks: int
    weeks: int


@dataclass(frozen=True, eq=False)
class Impressions:
    """Stretches of days in which a track stood on a listener's shelf, N of them.

    Parameters
    ----------
    users : IdMap, length U
    items : IdMap, length I
    keys : ndarray of int64, shape (N,)
        (user index · number of shelves + shelf) · I + item index; distinct, ascending.
    first_day, last_day : ndarray of int32, shape (N,)
        As-of day of the first and of the last release that showed it.
    times : ndarray of int32, shape (N,)
        Releases that did, > 0.
    """

    users: IdMap
    items: IdMap
    keys: Int64
    first_day: Int32
    last_day: Int32
    times: Int32

    @classmethod
    def none(cls, users: IdMap, items: IdMap) -> Impressions:
        """Return that nothing was shown to anybody yet."""
        nothing = np.zeros(0, np.int32)
        return cls(users, items, np.zeros(0, np.int64), nothing, nothing, nothing)

    @classmethod
    def of_lists(cls, keys: Iterable[Int64], users: IdMap, items: IdMap, day: int) -> Impressions:
        """Return what lists show that serve from a day on.

        Parameters
        ----------
        keys : iterable of ndarray
            `keys_of` each batch.
        users, items : IdMap
        day : int
            As-of day of the release, days since 1970-01-01.
        """
        keys = np.sort(np.concatenate([np.zeros(0, np.int64), *keys]))
        days = np.full(len(keys), day, np.int32)
        return cls(users, items, keys, days, days, np.ones(len(keys), np.int32))

    @classmethod
    def from_table(cls, table: pa.Table, users: IdMap, items: IdMap) -> Impressions:
        """Read what `to_table` wrote, over other ids; what those do not know is forgotten."""
        user, item = _indices(table["user_id"], users), _indices(table["track_id"], items)
        shelf = _SHELF_CODES[_indices(table["shelf"], _SHELF_IDS)]
        known = (user >= 0) & (shelf >= 0) & (item >= 0)
        keys = np.where(known, (user * len(_SHELVES) + shelf) * len(items) + item, -1)
        order = np.argsort(keys, kind="stable")
        order = order[keys[order] >= 0]
        return cls(
            users,
            items,
            keys[order],
            *(
                np.asarray(table[name].cast(pa.int32()), np.int32)[order]
                for name in ("first_day", "last_day", "times")
            ),
        )

    def to_table(self) -> pa.Table:
        """Return one row a stretch, by user, shelf (in the order of `Shelf`) and track."""
        user_shelf, item = np.divmod(self.keys, max(len(self.items), 1))
        user, shelf = np.divmod(user_shelf, len(_SHELVES))
        names = pa.array([name.value for name in _SHELVES])
        schema = pa.schema([field for field in IMPRESSIONS.arrow if field.name != RUN_ID.name])
        columns = [
            pa.DictionaryArray.from_arrays(pa.array(user.astype(np.int32)), self.users.ids),
            pa.DictionaryArray.from_arrays(pa.array(shelf.astype(np.int8)), names),
            pa.DictionaryArray.from_arrays(pa.array(item.astype(np.int32)), self.items.ids),
            pa.array(self.first_day).cast(pa.date32()),
            pa.array(self.last_day).cast(pa.date32()),
            pa.array(self.times.astype(np.int64)),
        ]
        return pa.table(dict(zip(schema.names, columns, strict=True)))

    def until(self, day: int, rule: RestRule) -> Impressions:
        """Return what still counts on a day: what was shown in the weeks that a rest lasts."""
        return self._where(day - self.last_day <= _WEEK * rule.weeks)

    def then(self, shown: Impressions) -> Impressions:
        """Return these stretches and what a later release shows: gone on, or begun."""
        keys = np.concatenate([self.keys, shown.keys])
        order = np.argsort(keys, kind="stable")  # of equal keys the earlier stretch first
        keys = keys[order]
        begins = np.diff(keys, prepend=-1) != 0
        starts = np.flatnonzero(begins)

        def gathered(name: str, how: np.ufunc) -> Int32:
            values = np.concatenate([getattr(self, name), getattr(shown, name)])[order]
            return how.reduceat(values, starts).astype(np.int32) if len(starts) else values

        return Impressions(
            self.users,
            self.items,
            keys[begins],
            gathered("first_day", np.minimum),
            gathered("last_day", np.maximum),
            gathered("times", np.add),
        )

    def then_each(self, keys: Sequence[Int64], day: int) -> Iterator[Impressions]:
        """Yield what `then` returns for lists that serve from a day on, some listeners at a time.

        Parameters
        ----------
        keys : sequence of ndarray
            `keys_of` each batch; the listeners of a batch follow those of the one before.
        day : int
            As in `of_lists`.
        """
        begun = 0
        for some in _gathered(keys):
            a_user = len(_SHELVES) * max(len(self.items), 1)
            end = int(np.searchsorted(self.keys, (some.max() // a_user + 1) * a_user))
            shown = Impressions.of_lists([some], self.users, self.items, day)
            yield self._where(slice(begun, end)).then(shown)
            begun = end
        if begun < len(self.keys):
            yield self._where(slice(begun, None))

    def resting(
        self, histories: Histories, song_of: Int32, day: int, rule: RestRule
    ) -> dict[Shelf, ItemSets]:
        """Return what rests on each shelf on a day, for each of the U listeners.

        Parameters
        ----------
        histories : Histories
            Everybody's: whoever played a track, or another version of it, since it was first shown
            did not pass it over.
        song_of : ndarray of int32, shape (I,)
        day : int
            As-of day of the lists to be made.
        rule : RestRule
        """
        shown_for = self.last_day - self.first_day
        passed = (shown_for >= _WEEK * (rule.after_weeks - 1)) & (self.first_day < day)
        passed &= day - self.last_day <= _WEEK * rule.weeks
        user_shelf, item = np.divmod(self.keys, max(len(self.items), 1))
        user, shelf = np.divmod(user_shelf, len(_SHELVES))
        found = np.flatnonzero(passed)
        played = _last_play(histories, song_of, user[found], song_of[item[found]])
        found = found[played <= self.first_day[found]]
        # What stood there until now goes a few at a time; what was gone already rests on.
        stands = self.last_day == self.last_day.max(initial=0)
        found = found[~stands[found] | self._goes(found[stands[found]], user_shelf, stands)[found]]
        user, shelf, item = user[found], shelf[found], item[found].astype(np.int32)
        return {
            name: _sets(user[shelf == code], item[shelf == code], len(self.users))
            for code, name in enumerate(_SHELVES)
            if (shelf == code).any()
        }

    def _goes(
        self, found: Int64, user_shelf: Int64, stands: NDArray[np.bool_]
    ) -> NDArray[np.bool_]:
        """Tell which of what could go to rest goes first: a quarter of each list, shape (N,)."""
        mixed = self.keys[found].astype(np.uint64) * _MIX  # of equal age, in no particular order
        order = found[np.lexsort((mixed, self.first_day[found], user_shelf[found]))]
        lists, start, count = np.unique(user_shelf[order], return_index=True, return_counts=True)
        place = np.arange(len(order)) - np.repeat(start, count)
        lengths = np.searchsorted(user_shelf[stands], lists, side="right")
        lengths -= np.searchsorted(user_shelf[stands], lists)
        goes = np.zeros(len(self.keys), bool)
        goes[order[place < np.repeat(-(-lengths // _PARTS), count)]] = True
        return goes

    def _where(self, kept: NDArray[np.bool_] | slice) -> Impressions:
        return replace(
            self,
            keys=self.keys[kept],
            first_day=self.first_day[kept],
            last_day=self.last_day[kept],
            times=self.times[kept],
        )


def _gathered(keys: Iterable[Int64]) -> Iterator[Int64]:
    """Join neighbouring arrays to about `_AT_ONCE` keys each, which is at least one."""
    waiting: list[Int64] = []
    for some in keys:
        waiting.append(some)
        if sum(map(len, waiting)) >= _AT_ONCE:
            yield np.concatenate(waiting)
            waiting = []
    if any(map(len, waiting)):
        yield np.concatenate(waiting)


def keys_of(batch: pa.RecordBatch) -> Int64:
    """Return the key of each row of a listener's own lists; those of nobody are shown to nobody.

    Parameters
    ----------
    batch : pa.RecordBatch with `LIST_SCHEMA`
        Its dictionaries have to be the id maps themselves, as in `ListMaker.batches`.
    """
    own = batch["user_id"].is_valid()
    user, shelf, item = (
        np.asarray(batch[name].indices.filter(own), np.int64)
        for name in ("user_id", "shelf", "track_id")
    )
    keys: Int64 = (user * len(_SHELVES) + shelf) * len(batch["track_id"].dictionary) + item
    return keys


_SHELF_IDS: Final = IdMap.of([shelf.value for shelf in _SHELVES])
_SHELF_CODES: Final = np.array(
    [*(_SHELVES.index(Shelf(name)) for name in _SHELF_IDS.ids.to_pylist()), -1]
)


def _indices(column: pa.Array | pa.ChunkedArray, ids: IdMap) -> Int64:
    """Return the row number in an id map of each id, which is looked up once for each distinct one."""
    if not pa.types.is_dictionary(column.type):
        column = column.dictionary_encode()
    if isinstance(column, pa.ChunkedArray):
        column = column.unify_dictionaries().combine_chunks()
    if column.dictionary is ids.ids or column.dictionary.equals(ids.ids):
        places = np.arange(len(ids), dtype=np.int64)
    else:
        places = ids.index_of(column.dictionary).astype(np.int64)
    codes = np.asarray(column.indices.cast(pa.int64()).fill_null(len(places)))
    found: Int64 = np.append(places, -1)[codes]
    return found


def _last_play(histories: Histories, song_of: Int32, users: Int64, songs: Int32) -> Int64:
    """Return the last day each of N listeners heard each of N songs, -1 for never or unknown."""
    n_items = max(len(song_of), 1)
    heard = histories.heard
    keys = heard.users_of_cells.astype(np.int64) * n_items + song_of[heard.items]
    order = np.lexsort((-heard.last_day, keys))  # of a song's versions the one heard last first
    keys = np.append(keys[order], np.iinfo(np.int64).max)
    days = np.append(heard.last_day[order], -1)
    wanted = users * n_items + songs
    places = np.searchsorted(keys, wanted)
    return np.where(keys[places] == wanted, days[places], -1).astype(np.int64)


def _sets(users: Int64, items: Int32, n_users: int) -> ItemSets:
    """Make sets of (user, item) pairs that ascend by user."""
    counts: NDArray[Any] = np.bincount(users, minlength=n_users)
    return ItemSets(np.concatenate([[0], np.cumsum(counts)]).astype(np.int64), items)
