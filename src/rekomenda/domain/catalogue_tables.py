"""A catalogue as tables and back, without loss: how a release keeps it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from rekomenda.domain.catalogue import Catalogue
from rekomenda.domain.ids import IdMap
from rekomenda.domain.shares import Shares

Tables = Mapping[str, pa.Table]


def to_tables(catalogue: Catalogue) -> dict[str, pa.Table]:
    """Return the catalogue as `tracks`, `artists`, `genres` and `regions`, and who has which.

    `tracks` has one row a track in the order of its index, the others likewise; `version_of` is
    the first recording of a version, null for originals. `track_artists` and `track_genres` have a
    row for each that a track has, the first ahead; the weights of a track sum to 1.
    """
    tracks = {
        "track_id": catalogue.items.ids,
        "title": catalogue.titles,
        "artist_id": catalogue.artists.take(catalogue.artist_of),
        "genre_id": catalogue.genres.take(catalogue.genre_of),
        "version_of": catalogue.items.take(_original(catalogue.song_of)),
        "released_on": _days(catalogue.released_day),
        "blocked": pa.array(catalogue.blocked),
        "listed": pa.array(catalogue.listed),
    }
    if catalogue.details is not None:
        tracks |= {name: catalogue.details[name] for name in catalogue.details.column_names}
    features = {
        f"feature_{number + 1}": pa.array(column, pa.float32(), mask=np.isnan(column))
        for number, column in enumerate(catalogue.features.T)
    }
    return {
        "tracks": pa.table(tracks),
        "artists": pa.table(
            {
                "artist_id": catalogue.artists.ids,
                "name": catalogue.artist_names,
                "region": catalogue.regions.take(catalogue.region_of_artist),
                **features,
            }
        ),
        "genres": pa.table({"genre_id": catalogue.genres.ids, "name": catalogue.genre_names}),
        "regions": pa.table({"region": catalogue.regions.ids}),
        "track_artists": _pairs(
            catalogue.artists_of, catalogue.items, catalogue.artists, "artist_id"
        ),
        "track_genres": _pairs(catalogue.genres_of, catalogue.items, catalogue.genres, "genre_id"),
    }


def from_tables(tables: Tables) -> Catalogue:
    """Return the catalogue that `to_tables` wrote.

    Older ones have neither `track_artists` nor `track_genres`: a track had one of each.
    """
    tracks, artists, genres = tables["tracks"], tables["artists"], tables["genres"]
    items, artist_ids = IdMap(_text(tracks, "track_id")), IdMap(_text(artists, "artist_id"))
    genre_ids = IdMap(_text(genres, "genre_id"))
    regions = IdMap(_text(tables["regions"], "region"))
    original = items.index_of(tracks["version_of"])
    details = [name for name in tracks.column_names if name not in _TRACK_COLUMNS]
    features = [
        np.asarray(artists[name].cast(pa.float32()).fill_null(np.nan), np.float32)
        for name in artists.column_names
        if name.startswith("feature_")
    ]
    return Catalogue(
        items=items,
        artists=artist_ids,
        genres=genre_ids,
        regions=regions,
        artist_of=artist_ids.index_of(tracks["artist_id"]),
        genre_of=genre_ids.index_of(tracks["genre_id"]),
        song_of=np.where(original < 0, np.arange(len(items), dtype=np.int32), original),
        released_day=_day_numbers(tracks["released_on"]),
        region_of_artist=regions.index_of(artists["region"]),
        features=np.column_stack(features) if features else np.zeros((len(artists), 0), np.float32),
        blocked=np.asarray(tracks["blocked"], bool),
        listed=np.asarray(tracks["listed"], bool),
        titles=_text(tracks, "title"),
        artist_names=_text(artists, "name"),
        genre_names=_text(genres, "name"),
        details=tracks.select(details) if details else None,
        shared_artists=_shares(tables.get("track_artists"), items, artist_ids, "artist_id"),
        shared_genres=_shares(tables.get("track_genres"), items, genre_ids, "genre_id"),
    )


_TRACK_COLUMNS = frozenset(
    ("track_id", "title", "artist_id", "genre_id", "version_of", "released_on", "blocked", "listed")
)


def _pairs(shares: Shares, items: IdMap, groups: IdMap, name: str) -> pa.Table:
    return pa.table(
        {
            "track_id": items.take(shares.items),
            name: groups.take(shares.groups),
            "weight": pa.array(shares.weights, pa.float64()),
        }
    )


def _shares(pairs: pa.Table | None, items: IdMap, groups: IdMap, name: str) -> Shares | None:
    """Return the relation where some track has more than one; None says the same without it."""
    if pairs is None:
        return None
    found = Shares.of_pairs(
        items.index_of(pairs["track_id"]), groups.index_of(pairs[name]), len(items)
    )
    return found if found.several else None


def _original(song_of: NDArray[np.int32]) -> NDArray[np.int32]:
    """Return the first recording of each version, -1 for originals."""
    return np.where(song_of == np.arange(len(song_of)), np.int32(-1), song_of)


def _text(table: pa.Table, name: str) -> pa.StringArray:
    return table[name].cast(pa.string()).combine_chunks()


def _days(days: NDArray[np.int32]) -> pa.Array:
    return pa.array(days, pa.int32(), mask=days < 0).cast(pa.date32())


def _day_numbers(days: Any) -> NDArray[np.int32]:
    return np.asarray(pc.fill_null(days.cast(pa.int32()), -1), np.int32)
