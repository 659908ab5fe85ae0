"""Plays as small integers: ids encoded, rows ordered by day, so that sorting millions is cheap."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

Int32 = NDArray[np.int32]
Int64 = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Encoded:
    """A batch of plays, ordered by day.

    Parameters
    ----------
    days : ndarray of int32, shape (D,)
        The days it holds, ascending, as days since 1970-01-01.
    bounds : ndarray of int64, shape (D + 1,)
        Rows of day d are `bounds[d]` to `bounds[d + 1]`.
    users, tracks : ndarray of int32, shape (n_rows,)
        Places in `user_ids` and `track_ids`.
    plays : ndarray of int32 or int64, shape (n_rows,)
        The wider type only where a total asks for it.
    moments : ndarray of int64, shape (n_rows,), or None
        Microseconds since 1970-01-01 UTC; None for daily totals.
    user_ids, track_ids : pa.StringArray
        Distinct, in any order.
    """

    days: Int32
    bounds: Int64
    users: Int32
    tracks: Int32
    plays: Int32 | Int64
    moments: Int64 | None
    user_ids: pa.StringArray
    track_ids: pa.StringArray

    @property
    def nbytes(self) -> int:
        """Memory it takes."""
        arrays = (self.users, self.tracks, self.plays, self.moments)
        held = sum(array.nbytes for array in arrays if array is not None)
        return held + int(self.user_ids.nbytes + self.track_ids.nbytes)

    @property
    def by_track(self) -> pa.Table:
        """Plays of each track: `track_id`, `plays`."""
        plays = np.bincount(self.tracks, self.plays, len(self.track_ids))
        return pa.table({"track_id": self.track_ids, "plays": plays.astype(np.int64)})

    def rows_of(self, day: int) -> slice:
        """Return the rows of a day; none if it is not there."""
        place = int(np.searchsorted(self.days, day))
        if place == len(self.days) or self.days[place] != day:
            return slice(0, 0)
        return slice(int(self.bounds[place]), int(self.bounds[place + 1]))


def columns_of_plays(*, timed: bool) -> list[str]:
    """Return what is kept of plays on their way to the lake."""
    return ["day", "user_id", "track_id", "plays", *(["played_at"] if timed else [])]


def encode(tables: Sequence[pa.Table], *, timed: bool) -> Encoded:
    """Encode checked plays: `day`, `user_id`, `track_id`, `plays`, and `played_at` if timed."""
    table = pa.concat_tables([t.select(columns_of_plays(timed=timed)) for t in tables])
    days = _numpy(table["day"].cast(pa.int32()))
    users, user_ids = _codes(table["user_id"])
    tracks, track_ids = _codes(table["track_id"])
    plays = _narrowed(_numpy(table["plays"]))
    moments = _numpy(table["played_at"].cast(pa.int64())) if timed else None
    if np.any(days[1:] < days[:-1]):
        # 16 bits without a sign hold 179 years, and NumPy sorts them stably by radix.
        order = np.argsort((days - days.min()).astype(np.uint16), kind="stable")
        days, users, tracks, plays = days[order], users[order], tracks[order], plays[order]
        moments = None if moments is None else moments[order]
    starts = np.flatnonzero(np.diff(days, prepend=np.int32(-1)))
    bounds = np.append(starts, len(days)).astype(np.int64)
    return Encoded(days[starts], bounds, users, tracks, plays, moments, user_ids, track_ids)


def in_byte_order(dictionaries: Sequence[pa.StringArray]) -> tuple[pa.StringArray, list[Int32]]:
    """Unite dictionaries: distinct ids by their UTF-8 bytes, and each one's places there."""
    united = pa.chunked_array(dictionaries, pa.string()).dictionary_encode()
    if united.num_chunks == 0:
        return pa.array([], pa.string()), []
    distinct = united.chunk(0).dictionary
    order = pc.array_sort_indices(distinct)
    ranks = np.empty(len(distinct), np.int32)
    ranks[order.to_numpy()] = np.arange(len(distinct), dtype=np.int32)
    return distinct.take(order), [ranks[chunk.indices.to_numpy()] for chunk in united.chunks]


@dataclass(frozen=True, eq=False)
class DayRows:
    """The plays of one day, by listener and track; ids are places in byte order.

    Parameters
    ----------
    users, tracks : ndarray of int32, shape (n_rows,)
    plays : ndarray of int64, shape (n_rows,)
    moments : ndarray of int64, shape (n_rows,), or None
    """

    users: Int32
    tracks: Int32
    plays: Int64
    moments: Int64 | None

    def __len__(self) -> int:
        return len(self.users)

    @classmethod
    def of(
        cls,
        day: int,
        batches: Sequence[Encoded],
        user_ranks: Sequence[Int32],
        track_ranks: Sequence[Int32],
    ) -> DayRows:
        """Collect a day from some batches, in no order yet."""
        rows = [batch.rows_of(day) for batch in batches]
        moments = [
            b.moments[r] for b, r in zip(batches, rows, strict=True) if b.moments is not None
        ]
        parts = list(zip(batches, rows, user_ranks, track_ranks, strict=True))
        return cls(
            users=np.concatenate([ranks[b.users[r]] for b, r, ranks, _ in parts]),
            tracks=np.concatenate([ranks[b.tracks[r]] for b, r, _, ranks in parts]),
            plays=np.concatenate([b.plays[r] for b, r, _, _ in parts]).astype(np.int64),
            moments=np.concatenate(moments) if moments else None,
        )

    def added_up(self) -> DayRows:
        """Sort daily totals, and add up those of one listener and track."""
        keys = self._keys()
        order = np.argsort(keys)
        keys = keys[order]
        firsts = np.flatnonzero(np.diff(keys, prepend=-1))
        plays = np.add.reduceat(self.plays[order], firsts) if len(firsts) else self.plays
        order = order[firsts]
        return DayRows(self.users[order], self.tracks[order], plays, None)

    def kept_once(self) -> DayRows:
        """Sort timed plays, and keep each of them once."""
        assert self.moments is not None
        keys = self._keys()
        order = np.lexsort((self.plays, self.moments, keys))
        columns = (keys[order], self.moments[order], self.plays[order])
        new = np.ones(len(order), bool)
        new[1:] = np.logical_or.reduce([np.diff(column) != 0 for column in columns])
        order = order[new]
        return DayRows(
            self.users[order], self.tracks[order], self.plays[order], self.moments[order]
        )

    def _keys(self) -> Int64:
        """One number for listener and track together, in the order of both."""
        n_tracks = int(self.tracks.max(initial=0)) + 1
        return self.users.astype(np.int64) * n_tracks + self.tracks

    def to_arrow(self, users: pa.StringArray, tracks: pa.StringArray, day: int) -> pa.Table:
        """Return them with their ids, in the columns of the lake's plays."""
        n_rows = len(self)
        moments = (
            pa.nulls(n_rows, _MOMENT)
            if self.moments is None
            else pa.array(self.moments).cast(_MOMENT)
        )
        return pa.table(
            {
                "day": pa.array(np.full(n_rows, day, np.int32)).view(pa.date32()),
                "user_id": _decoded(self.users, users),
                "track_id": _decoded(self.tracks, tracks),
                "plays": self.plays,
                "played_at": moments,
            }
        )


_MOMENT = pa.timestamp("us", "UTC")


def _codes(ids: pa.ChunkedArray) -> tuple[Int32, pa.StringArray]:
    # The chunks of an encoded column share one dictionary.
    chunks = ids.unify_dictionaries() if pa.types.is_dictionary(ids.type) else ids
    encoded = chunks.dictionary_encode().chunks
    if not encoded:
        return np.zeros(0, np.int32), pa.array([], pa.string())
    return np.concatenate([c.indices.to_numpy() for c in encoded]), encoded[0].dictionary


def _decoded(places: Int32, ids: pa.StringArray) -> pa.DictionaryArray:
    """Return ids as a dictionary column that holds just those that occur, in byte order."""
    used = np.zeros(len(ids), bool)
    used[places] = True
    codes = np.cumsum(used, dtype=np.int32)[places] - 1
    return pa.DictionaryArray.from_arrays(codes, ids.take(pa.array(np.flatnonzero(used))))


def _narrowed(plays: Int64) -> Int32 | Int64:
    """Halve the memory of counts that allow it; what was added up and spilled may not."""
    fits = plays.max(initial=0) <= np.iinfo(np.int32).max
    return plays.astype(np.int32) if fits else plays


def _numpy(column: Any) -> NDArray[Any]:
    return np.asarray(column.to_numpy())
