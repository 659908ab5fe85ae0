"""Integrated Arrow tables become the nouns that models work on."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from rekomenda.domain.catalogue import Catalogue
from rekomenda.domain.ids import IdMap
from rekomenda.domain.interactions import Histories, Interactions
from rekomenda.domain.schema import N_FEATURES, WEIGHT_SCALE
from rekomenda.domain.tastes import Liked, Likes
from rekomenda.domain.time_order import UNTOLD, places_in_time

PASSED_ON = ("duration_ms", "cover_url", "play_url")
"""Columns of `tracks` that nothing is learned from."""


def assemble_interactions(cells: pa.Table, *, users: pa.Table, items: IdMap) -> Interactions:
    """Make the matrix of `interactions.sql` over the listeners of `user_ids.sql`.

    Parameters
    ----------
    cells : pa.Table
        Ordered by user_index and item_index, each pair once; not checked again, there may be 10⁸.
    users : pa.Table, U rows
        Ordered by user_index.
    items : IdMap, length I
    """
    n_cells = np.bincount(column(cells, "user_index", np.int32), minlength=users.num_rows)
    weights = column(cells, "weight", np.int64) / WEIGHT_SCALE
    indptr = np.concatenate([[0], np.cumsum(n_cells)]).astype(np.int64)
    last_day = column(cells, "last_day", np.int32)
    histories = Histories(
        indptr=indptr,
        items=column(cells, "item_index", np.int32),
        weights=weights.astype(np.float32),
        plays=column(cells, "plays", np.int64),
        first_day=column(cells, "first_day", np.int32),
        last_day=last_day,
        n_items=len(items),
        region=column(users, "region_index", np.int32),
        order=places_in_time(indptr, last_day, _moments(cells["last_at"])),
    )
    return Interactions(ids(users, "user_id"), items, histories)


def assemble_likes(liked: pa.Table, users: IdMap) -> Likes:
    """Make the likes of the rows of `liked.sql`; a bot's are left out.

    Parameters
    ----------
    liked : pa.Table
        `user_id, kind, subject_index`, each triple once.
    users : IdMap
        The listeners of `user_ids.sql`.
    """
    row = users.index_of(liked["user_id"])
    kind = pc.index_in(liked["kind"], value_set=pa.array([kind.name.lower() for kind in Liked]))
    kept = row >= 0
    return Likes(
        users=row[kept],
        kinds=np.asarray(kind, np.uint8)[kept],
        subjects=column(liked, "subject_index", np.int32)[kept],
    )


def assemble_dials(dialled: pa.Table, users: IdMap) -> NDArray[np.float64]:
    """Return each listener's dial, (U,), of the rows of `dialled.sql`; NaN for who turned none."""
    dials = np.full(len(users), np.nan)
    row = users.index_of(dialled["user_id"])
    dials[row[row >= 0]] = column(dialled, "dial", np.float64)[row >= 0]
    return dials


def assemble_catalogue(
    tracks: pa.Table, *, artists: pa.Table, genres: pa.Table, regions: pa.Table
) -> Catalogue:
    """Make the catalogue from the tables of the steps of these names, all in order of number.

    Feature columns without a single value are left out. Where nobody gave a catalogue at all every
    track counts as listed: there is nothing that a played track could be missing from.
    """
    items = ids(tracks, "track_id")
    listed = column(tracks, "listed", np.bool_)
    return Catalogue(
        items=items,
        artists=ids(artists, "artist_id"),
        genres=ids(genres, "genre_id"),
        regions=ids(regions, "region"),
        artist_of=column(tracks, "artist_index", np.int32),
        genre_of=column(tracks, "genre_index", np.int32),
        song_of=songs(items, tracks["version_of"]),
        released_day=column(tracks, "released_on", np.int32),
        region_of_artist=column(artists, "region_index", np.int32),
        features=_features(artists),
        blocked=column(tracks, "blocked", np.bool_),
        listed=listed if listed.any() else np.ones(len(items), np.bool_),
        titles=_array(tracks, "title"),
        artist_names=_array(artists, "name"),
        genre_names=_array(genres, "name"),
        details=tracks.select(PASSED_ON),
    )


def songs(items: IdMap, version_of: pa.ChunkedArray) -> NDArray[np.int32]:
    """Return the item index of the recording that each track goes back to.

    A version of a version goes back to the first of them. Where the first is no known track, or
    versions name each other in a circle, the smallest index of the whole group stands for it.

    Parameters
    ----------
    items : IdMap, length I
    version_of : pa.ChunkedArray of string, length I
        Null, or the track's own id, for a track that is a version of nothing.
    """
    n_items = len(items)
    absent = pc.drop_null(pc.unique(version_of))
    absent = absent.filter(pc.invert(pc.is_in(absent, value_set=items.ids)))
    names = pa.concat_arrays([items.ids, absent])
    found = pc.index_in(version_of.combine_chunks(), value_set=names)
    tracks = np.arange(n_items, dtype=np.int32)
    original = np.where(found.is_valid(), np.asarray(found.fill_null(0)), tracks).astype(np.int32)
    links = coo_array((np.ones(n_items, np.int8), (tracks, original)), shape=(len(names),) * 2)
    n_groups, group = connected_components(links, directed=False)
    root = np.full(n_groups, n_items, np.int32)
    np.minimum.at(root, group[:n_items], tracks)
    firsts = tracks[original == tracks]  # at most one a group: each track has one original
    root[group[firsts]] = firsts
    return root[group[:n_items]]


def ids(table: pa.Table, name: str) -> IdMap:
    """Return an id column that is already distinct and in the order of its bytes."""
    return IdMap(_array(table, name))


def column(table: pa.Table, name: str, dtype: Any) -> NDArray[Any]:
    """Return a column as one array, -1 for null; days count from 1970-01-01."""
    values = table[name]
    if pa.types.is_date32(values.type):
        values = values.cast(pa.int32())
    if values.null_count:
        values = pc.fill_null(values, -1)
    return np.ascontiguousarray(values.to_numpy(), dtype)


def _moments(values: pa.ChunkedArray) -> NDArray[np.int64] | None:
    """Return moments as numbers, `UNTOLD` for null; None where all are null: daily totals."""
    if values.null_count == len(values):
        return None
    return np.asarray(pc.fill_null(values.cast(pa.int64()), int(UNTOLD)))


def _array(table: pa.Table, name: str) -> pa.StringArray:
    chunks = table[name].combine_chunks()
    return chunks if isinstance(chunks, pa.Array) else pa.concat_arrays(chunks.chunks)


def _features(artists: pa.Table) -> NDArray[np.float32]:
    """Return the (A, F) feature columns that hold at least one value."""
    names = [f"feature_{number}" for number in range(1, N_FEATURES + 1)]
    given = [artists[name] for name in names if artists[name].null_count < artists.num_rows]
    features = np.empty((artists.num_rows, len(given)), np.float32)
    for place, values in enumerate(given):
        features[:, place] = values.to_numpy()  # null comes as NaN
    return features
