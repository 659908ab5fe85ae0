"""Integrated Arrow tables become the nouns that models work on."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from rekomenda.domain.catalogue import Catalogue
from rekomenda.domain.ids import IdMap
from rekomenda.domain.interactions import Histories, Interactions
from rekomenda.domain.schema import N_FEATURES
from rekomenda.domain.tastes import Liked, Likes
from rekomenda.domain.time_order import places_in_time
from rekomenda.joining.cells import Cells
from rekomenda.joining.columns import column

PASSED_ON = ("duration_ms", "cover_url", "play_url")
"""Columns of `tracks` that nothing is learned from."""


def assemble_interactions(cells: Cells, *, users: pa.Table, items: IdMap) -> Interactions:
    """Make the matrix of the cells over the listeners of `user_ids.sql`; bots' cells are left out.

    Parameters
    ----------
    cells : Cells
        Not checked again, there may be 10⁸.
    users : pa.Table, U rows
        Ordered by user_index, and so by listener_index, which is in the order of the same ids.
    items : IdMap, length I
    """
    listener_of = column(users, "listener_index", np.int64)
    played = listener_of >= 0
    n_of_listener = np.bincount(cells.listeners, minlength=int(listener_of.max(initial=-1)) + 1)
    n_cells = np.zeros(users.num_rows, np.int64)
    n_cells[played] = n_of_listener[listener_of[played]]
    if n_cells.sum() < len(cells.items):
        person = np.zeros(len(n_of_listener), bool)
        person[listener_of[played]] = True
        kept = person[cells.listeners]
        cells = Cells._make(values[kept] for values in cells)
    indptr = np.concatenate([[0], np.cumsum(n_cells)]).astype(np.int64)
    histories = Histories(
        indptr=indptr,
        items=cells.items,
        weights=cells.weights,
        plays=cells.plays,
        first_day=cells.first_day,
        last_day=cells.last_day,
        n_items=len(items),
        region=column(users, "region_index", np.int32),
        order=places_in_time(indptr, cells.last_day, cells.last_at),
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
