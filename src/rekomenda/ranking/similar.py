"""Similar tracks and similar artists, none of them resting on a handful of listeners.

Lists of related things change when one person's plays change, and their changes can tell what that
person played (Calandrino, Kilzer, Narayanan, Felten, Shmatikov: "You Might Also Like: Privacy Risks
of Collaborative Filtering", IEEE S&P 2011). So a pair is published only if `min_support` distinct
listeners like both, and only its rank is published: no score, no count.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from scipy.sparse import csr_array

from rekomenda.domain.catalogue import Catalogue
from rekomenda.domain.ids import IdMap
from rekomenda.domain.interactions import Histories, Interactions
from rekomenda.domain.models import FittedModel
from rekomenda.domain.schema import Table
from rekomenda.domain.top_n import top_n
from rekomenda.domain.warehouse_schema import RUN_ID, SIMILAR_ARTISTS, SIMILAR_TRACKS
from rekomenda.ranking.ranked import place
from rekomenda.ranking.rerank import rerank

_PAIRS_IN_MEMORY: Final = 8_000_000
"""Counts of one block of rows: 32 MB."""
_SHRINKAGE: Final = 10.0
"""Added to what two sets of listeners could overlap at most, in listeners."""
_CANDIDATES_PER_PLACE: Final = 5
"""Neighbours asked of the model for each place, since support and versions refuse some."""


def similar_tracks(
    model: FittedModel,
    interactions: Interactions,
    catalogue: Catalogue,
    *,
    n: int,
    max_per_artist: int,
    min_support: int,
    of: NDArray[np.int32] | None = None,
) -> pa.Table:
    """Return the tracks nearest to each track in the eyes of the model.

    Where these are too few, since a model of taste finds tracks alike that hardly anybody plays
    together, the list goes on with those most often played together (`_heard_together`).

    Parameters
    ----------
    model : FittedModel
    interactions : Interactions
        Say how many listeners like both of a pair.
    catalogue : Catalogue
        Hidden tracks have no list and are in none; a list has one version of a song, and never a
        version of the track it belongs to.
    n : int
        At most so many for each track, > 0.
    max_per_artist, min_support : int
        > 0.
    of : ndarray of int32, optional
        Item indices of the tracks whose lists are wanted. Default: all.

    Returns
    -------
    pa.Table: track_id, rank (from 1), similar_id
        Ordered by id and rank; `SIMILAR_TRACKS` without its run.

    Notes
    -----
    Time O(sum over listeners of their tracks squared), and I for each track that `min_support`
    listeners like; memory O(I) for a block of tracks.
    """
    liked = interactions.histories.heard.binary
    likers = np.bincount(liked.indices, minlength=len(catalogue))
    # A track that fewer people like shares too few with any other: most of a long tail.
    listed = ~catalogue.hidden & (likers >= min_support)
    if of is not None:
        listed &= np.isin(np.arange(len(catalogue)), of)
    shown = np.flatnonzero(listed).astype(np.int32)
    depth = n * _CANDIDATES_PER_PLACE
    blocks = []
    for rows, support in _support_by_block(liked, shown):
        found = model.similar_items(rows, depth).items
        known = np.maximum(found, 0)
        refused = (
            (found < 0)
            | catalogue.hidden[known]
            | (catalogue.song_of[known] == catalogue.song_of[rows, None])
            | (np.take_along_axis(support, known, axis=1) < min_support)
        )
        found = np.where(refused, np.int32(-1), found)
        heard_with = _heard_together(
            rows, support, likers, catalogue, n=depth, min_support=min_support
        )
        found = np.concatenate([found, heard_with], axis=1)
        columns = rerank(found, catalogue, n=n, max_per_artist=max_per_artist)
        blocks.append((rows, place(found, columns, -1)))
    return _table(SIMILAR_TRACKS, blocks, catalogue.items)


def similar_artists(
    interactions: Interactions, catalogue: Catalogue, *, n: int, min_support: int
) -> pa.Table:
    """Return the artists whose listeners overlap most with each artist's.

    The similarity is the cosine between the artists' sets of listeners, |A ∩ B| / sqrt(|A| |B|)
    (Ochiai's coefficient): counting listeners and not plays, no fan makes two artists alike alone.

    Parameters
    ----------
    interactions : Interactions
    catalogue : Catalogue
        Artists without a track that may be shown have no list and are in none.
    n, min_support : int
        > 0.

    Returns
    -------
    pa.Table: artist_id, rank (from 1), similar_id
        Ordered by id and rank, ties by id; `SIMILAR_ARTISTS` without its run.
    """
    liked = _liked_artists(interactions.histories.heard, catalogue)
    fans = np.maximum(liked.sum(axis=0), 1)
    artist_of = catalogue.artist_of
    shown = np.unique(artist_of[~catalogue.hidden & (artist_of >= 0)]).astype(np.int32)
    silent = np.ones(len(catalogue.artists), bool)
    silent[shown] = False
    blocks = []
    for rows, support in _support_by_block(liked, shown[fans[shown] >= min_support]):
        cosine = (support / np.sqrt(fans[rows, None] * fans)).astype(np.float32)
        cosine[support < min_support] = -np.inf
        cosine[:, silent] = -np.inf
        cosine[np.arange(len(rows)), rows] = -np.inf
        blocks.append((rows, top_n(cosine, n).items))
    return _table(SIMILAR_ARTISTS, blocks, catalogue.artists)


def _heard_together(
    rows: NDArray[np.int32],
    support: NDArray[np.float32],
    likers: NDArray[np.int64],
    catalogue: Catalogue,
    *,
    n: int,
    min_support: int,
) -> NDArray[np.int32]:
    """Return the n tracks whose listeners overlap most with those of each of m tracks, (m, n).

    By the cosine of their sets of listeners, drawn towards 0 for small ones:
    |A ∩ B| / (sqrt(|A| |B|) + 10).
    """
    chance = np.sqrt(likers[rows, None] * likers) + _SHRINKAGE
    cosine = (support / chance).astype(np.float32)
    cosine[support < min_support] = -np.inf
    cosine[:, catalogue.hidden] = -np.inf
    cosine[catalogue.song_of[rows, None] == catalogue.song_of] = -np.inf
    return top_n(cosine, n).items


def _liked_artists(histories: Histories, catalogue: Catalogue) -> csr_array:
    """Return 1.0 where a listener likes a track of an artist, (U, A)."""
    artists = catalogue.artist_of[histories.items]
    counted = (histories.weights > 0) & (artists >= 0)
    pairs = histories.users_of_cells[counted], artists[counted]
    shape = len(histories), len(catalogue.artists)
    liked = csr_array((np.ones(len(pairs[0]), np.float32), pairs), shape=shape)
    liked.sum_duplicates()
    liked.data[:] = 1.0
    return liked


def _support_by_block(
    liked: csr_array, rows: NDArray[np.int32]
) -> Iterator[tuple[NDArray[np.int32], NDArray[np.float32]]]:
    """Yield some rows and how many listeners like them and each column, (m, J); exact to 2^24."""
    size = max(1, _PAIRS_IN_MEMORY // max(liked.shape[1], 1))
    likers = csr_array(liked.T)
    for start in range(0, len(rows), size):
        block = rows[start : start + size]
        yield block, (likers[block] @ liked).toarray()


def _table(
    table: Table, blocks: list[tuple[NDArray[np.int32], NDArray[np.int32]]], ids: IdMap
) -> pa.Table:
    """Lay lists (m, n) of rows (m,) out as one row for each place taken."""
    schema = pa.schema([field for field in table.arrow if field.name != RUN_ID.name])
    columns: list[list[NDArray[Any]]] = [[np.zeros(0, np.int32)] for _ in schema]
    for rows, similar in blocks:
        taken = similar >= 0
        columns[0].append(np.repeat(rows, taken.sum(axis=1)))
        columns[1].append(np.cumsum(taken, axis=1)[taken])
        columns[2].append(similar[taken])
    of, ranks, similar = (np.concatenate(column) for column in columns)
    arrays = [ids.take(of), pa.array(ranks).cast(schema.field("rank").type), ids.take(similar)]
    return pa.Table.from_arrays(arrays, schema=schema)
