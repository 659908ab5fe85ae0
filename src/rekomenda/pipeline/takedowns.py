"""What may not be shown: read from the lake, for a run as of its day and for answers as of today."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from numpy.typing import NDArray

from rekomenda.domain.catalogue import Catalogue
from rekomenda.domain.models import ReasonKind
from rekomenda.domain.schema import BLOCKED
from rekomenda.pipeline.bootstrap import House
from rekomenda.ranking.reason_words import OTHERS
from rekomenda.storage.mirroring import at_hand
from rekomenda.storage.snapshots import Snapshot

_UNSAID = OTHERS[ReasonKind.NONE, 0]
_NAMED_BY = {"track": ("played", "again"), "artist": ("artist_listeners", "liked")}


@dataclass(frozen=True)
class Takedowns:
    """Tracks, artists and genres that are taken down, by id.

    Parameters
    ----------
    tracks, artists, genres : pa.Array of string
    """

    tracks: pa.Array
    artists: pa.Array
    genres: pa.Array

    @classmethod
    def of(cls, rows: pa.Table) -> Takedowns:
        """Sort the rows of `taken_down` by their kind."""
        kinds = ("track", "artist", "genre")
        return cls(*(rows.filter(pc.equal(rows["kind"], k))["id"].combine_chunks() for k in kinds))

    def __bool__(self) -> bool:
        return bool(len(self.tracks) or len(self.artists) or len(self.genres))

    def hidden_tracks(self, track_artists: pa.Table, track_genres: pa.Table) -> pa.Array:
        """Return the ids of the tracks that may not be shown, taken down or by whom or what is.

        Parameters
        ----------
        track_artists, track_genres : pa.Table
            `track_id, artist_id` and `track_id, genre_id`, a row for each that a track has.
        """
        by_artist = pc.is_in(track_artists["artist_id"], value_set=self.artists)
        by_genre = pc.is_in(track_genres["genre_id"], value_set=self.genres)
        found = [
            self.tracks,
            *track_artists.filter(by_artist)["track_id"].chunks,
            *track_genres.filter(by_genre)["track_id"].chunks,
        ]
        return pa.concat_arrays([ids.cast(pa.string()) for ids in found]).unique()

    def hide_in(self, catalogue: Catalogue) -> Catalogue:
        """Return a catalogue that knows of these takedowns too."""
        if not self:
            return catalogue
        down = catalogue.blocked.copy()
        index = catalogue.items.index_of(self.tracks)
        down[index[index >= 0]] = True
        for ids, shares, gone in (
            (catalogue.artists, catalogue.artists_of, self.artists),
            (catalogue.genres, catalogue.genres_of, self.genres),
        ):
            rows = ids.index_of(gone)
            marked = np.zeros(len(ids), bool)
            marked[rows[rows >= 0]] = True
            down |= shares.touched_by(marked)
        return replace(catalogue, blocked=down)


class ShownLists:
    """Takes what is taken down out of a release's lists as they are read, in their order.

    Parameters
    ----------
    takedowns : Takedowns
    track_artists, track_genres : pa.Table
        Of the release's catalogue: `track_id, artist_id` and `track_id, genre_id`.
    """

    def __init__(
        self, takedowns: Takedowns, track_artists: pa.Table, track_genres: pa.Table
    ) -> None:
        self._hidden = (
            takedowns.hidden_tracks(track_artists, track_genres)
            if takedowns
            else pa.array([], pa.string())
        )
        self._subjects = {"track": self._hidden, "artist": takedowns.artists}
        self._anything = bool(takedowns)
        self._gone_before = 0

    def of(self, rows: pa.Table) -> pa.Table:
        """Return the rows of a next piece that may be shown; the places behind move up.

        A list begins where the rank is 1, in this piece or in the one before it.
        """
        if not self._anything or not rows.num_rows:
            return rows
        gone = _mask(pc.is_in(rows["track_id"].cast(pa.string()), value_set=self._hidden))
        rank = np.asarray(rows["rank"].to_numpy(), np.int64)
        rows = self._named(rows).set_column(
            rows.column_names.index("rank"),
            rows.schema.field("rank"),
            pa.array(rank - self._gone_ahead(rank, gone), pa.int16()),
        )
        return rows.filter(pa.array(~gone))

    def _gone_ahead(self, rank: NDArray[np.int64], gone: NDArray[np.bool_]) -> NDArray[np.int64]:
        """Count the rows of the same list, further up, that are not shown."""
        starts = rank == 1
        ahead: NDArray[np.int64] = np.cumsum(gone) - gone
        list_of_row = np.cumsum(starts)
        at_start = np.concatenate([[-self._gone_before], ahead[starts]])
        within = ahead - at_start[list_of_row]
        self._gone_before = int(within[-1] + gone[-1])
        return np.asarray(within, np.int64)

    def _named(self, rows: pa.Table) -> pa.Table:
        """Say nothing of a track or artist in a reason that is itself taken down."""
        if "reason_id" not in rows.column_names:
            return rows
        kind, subject = (rows[name].cast(pa.string()) for name in ("reason_kind", "reason_id"))
        unsaid = np.zeros(rows.num_rows, bool)
        for what, kinds in _NAMED_BY.items():
            named = _mask(pc.is_in(kind, value_set=pa.array(kinds)))
            unsaid |= named & _mask(pc.is_in(subject, value_set=self._subjects[what]))
        if not unsaid.any():
            return rows
        words = {"reason_kind": "none", "reason_pt": _UNSAID.pt, "reason_en": _UNSAID.en}
        for name, word in {**words, "reason_id": None, "reason_share": None}.items():
            if name in rows.column_names:
                rows = _where(rows, name, unsaid, word)
        return rows


def taken_down(parts: Sequence[Path], as_of: date) -> pa.Table:
    """Read what is taken down on a day, from the files as they came: `kind, id`.

    Of what several files name, the newest holds, and in it the first line.
    """
    newest: dict[tuple[str, str], date | None] = {}
    for path in reversed(parts):
        for row in pq.read_table(path).sort_by("line").to_pylist():
            newest.setdefault((row["kind"], row["id"]), row["until"])
    down = [key for key, until in newest.items() if until is None or until >= as_of]
    kinds, ids = zip(*down, strict=True) if down else ((), ())
    return pa.table({"kind": pa.array(kinds, pa.string()), "id": pa.array(ids, pa.string())})


def takedowns_of(house: House, today: date) -> Takedowns:
    """Return what may not be shown today, whatever the release in service was made of."""
    return Takedowns.of(taken_down(blocked_parts(house.lake.snapshot()), today))


def blocked_parts(snapshot: Snapshot) -> list[Path]:
    """Return the lake's files of `blocked`, in the order they came."""
    arrival = {record.input_id: place for place, record in enumerate(snapshot.inputs)}
    parts = sorted(snapshot.parts_of(BLOCKED.name), key=lambda p: arrival.get(p.input_id, -1))
    return [at_hand(part.path) for part in parts]


def _mask(values: Any) -> NDArray[np.bool_]:
    return np.asarray(pc.fill_null(values, False), dtype=bool)


def _where(rows: pa.Table, name: str, mask: NDArray[np.bool_], value: str | None) -> pa.Table:
    field = rows.schema.field(name)
    dictionary = pa.types.is_dictionary(field.type)
    plain = rows[name].cast(field.type.value_type) if dictionary else rows[name]
    changed = pc.if_else(pa.array(mask), pa.scalar(value, plain.type), plain)
    return rows.set_column(rows.column_names.index(name), field, changed.cast(field.type))
