"""What is known of tracks and artists, as arrays beside the item index."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from rekomenda.domain.ids import IdMap
from rekomenda.domain.shares import Shares

Int32 = NDArray[np.int32]


@dataclass(frozen=True, eq=False)
class Catalogue:
    """The tracks that can be recommended, one place for each item index.

    Parameters
    ----------
    items : IdMap, length I
        Track ids: every track that the catalogue or the plays name.
    artists, genres, regions : IdMap, lengths A, G, R
    artist_of : ndarray of int32, shape (I,)
        Artist index of each track, -1 while its artist is unknown; of several the first.
    genre_of : ndarray of int32, shape (I,)
        Genre index, -1 unknown; of several the first.
    song_of : ndarray of int32, shape (I,)
        Item index of the recording that this track is a version of; its own index otherwise.
        Two tracks with the same value never stand in one list.
    released_day : ndarray of int32, shape (I,)
        Days since 1970-01-01, -1 unknown.
    region_of_artist : ndarray of int32, shape (A,)
        Region index, -1 unknown.
    features : ndarray of float32, shape (A, F)
        Artist features, NaN where missing; F may be 0.
    blocked : ndarray of bool, shape (I,)
        Taken down: never shown, still learned from.
    listed : ndarray of bool, shape (I,)
        False for tracks that only the plays know (no catalogue row); learned from, not shown.
    titles : pa.StringArray, length I
        Null where there is none.
    artist_names : pa.StringArray, length A
    genre_names : pa.StringArray, length G
    details : pa.Table, I rows, or None
        Columns that are only passed on: `duration_ms`, `cover_url`, `play_url`.
    shared_artists, shared_genres : Shares of I items, or None
        Where some track has more than one: everybody who takes part in it, all its genres. The
        first of each is that of `artist_of` and `genre_of`.
    """

    items: IdMap
    artists: IdMap
    genres: IdMap
    regions: IdMap
    artist_of: Int32
    genre_of: Int32
    song_of: Int32
    released_day: Int32
    region_of_artist: Int32
    features: NDArray[np.float32]
    blocked: NDArray[np.bool_]
    listed: NDArray[np.bool_]
    titles: pa.StringArray
    artist_names: pa.StringArray
    genre_names: pa.StringArray
    details: pa.Table | None = None
    shared_artists: Shares | None = None
    shared_genres: Shares | None = None

    def __len__(self) -> int:
        return len(self.items)

    @property
    def hidden(self) -> NDArray[np.bool_]:
        """Tracks that no list may hold, shape (I,)."""
        return self.blocked | ~self.listed

    @property
    def artists_of(self) -> Shares:
        """Everybody who takes part in each track."""
        return self.shared_artists or Shares.of_one(self.artist_of)

    @property
    def genres_of(self) -> Shares:
        """Every genre of each track."""
        return self.shared_genres or Shares.of_one(self.genre_of)

    @classmethod
    def bare(cls, items: IdMap, **arrays: Any) -> Catalogue:
        """Make a catalogue where nothing but the ids is known; `arrays` replace parts of it.

        For data sets without artists or genres, and for tests.
        """
        n_items = len(items)
        n_artists = len(arrays.get("artists", ()))
        n_genres = len(arrays.get("genres", ()))
        empty = IdMap.of([])
        parts: dict[str, Any] = {
            "artists": empty,
            "genres": empty,
            "regions": empty,
            "artist_of": np.full(n_items, -1, np.int32),
            "genre_of": np.full(n_items, -1, np.int32),
            "song_of": np.arange(n_items, dtype=np.int32),
            "released_day": np.full(n_items, -1, np.int32),
            "region_of_artist": np.full(n_artists, -1, np.int32),
            "features": np.zeros((n_artists, 0), np.float32),
            "blocked": np.zeros(n_items, bool),
            "listed": np.ones(n_items, bool),
            "titles": pa.nulls(n_items, pa.string()),
            "artist_names": pa.nulls(n_artists, pa.string()),
            "genre_names": pa.nulls(n_genres, pa.string()),
        }
        return cls(items=items, **{**parts, **arrays})
