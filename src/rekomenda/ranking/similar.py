"""Similar tracks and similar artists: played by the same people, clearly more often than by chance.

Two things are alike in so far as more listeners like both than chance explains. Of N listeners who
like n_1, ..., n_N things, a and b of whom like one and the other,

    E = κ a b / N,   κ = N Σ n_u² / (Σ n_u)²

would like both if everybody chose by popularity alone: κ, 1 or more, is there because who plays
much meets everything (the chance that a random graph with these degrees has for an edge: F. Chung
and L. Lu, "Connected components in random graphs with given expected degree sequences", Annals of
Combinatorics 6, 2002). With S who do like both, things are ordered by the Pearson residual

    z = (S - E) / sqrt(E),

in standard deviations of chance, and a pair below 4 is not listed: among thousands of pairs some
reach 3 by luck. What everybody plays is thus near to nothing in particular, while the cosine of the
two sets puts it on many lists (measured: docs/explanation/lists.md).

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
from rekomenda.domain.schema import Table
from rekomenda.domain.top_n import top_n
from rekomenda.domain.warehouse_schema import RUN_ID, SIMILAR_ARTISTS, SIMILAR_TRACKS
from rekomenda.ranking.ranked import place
from rekomenda.ranking.rerank import rerank

MIN_RESIDUAL: Final = 4.0
"""Standard deviations above chance from which on a pair is listed."""
_PAIRS_IN_MEMORY: Final = 8_000_000
"""Counts of one block of rows: 32 MB."""
_CANDIDATES_PER_PLACE: Final = 5
"""Neighbours looked at for each place, since the artist cap and versions refuse some."""


def similar_tracks(
    interactions: Interactions,
    catalogue: Catalogue,
    *,
    n: int,
    max_per_artist: int,
    min_support: int,
    min_residual: float | None = None,
    of: NDArray[np.int32] | None = None,
) -> pa.Table:
    """Return the tracks that the listeners of each track play most beyond chance.

    Parameters
    ----------
    interactions : Interactions
    catalogue : Catalogue
        Hidden tracks have no list and are in none; a list has one version of a song, and never a
        version of the track it belongs to.
    n : int
        At most so many for each track, > 0.
    max_per_artist, min_support : int
        > 0.
    min_residual : float, optional
        Default: `MIN_RESIDUAL`; -inf lists all pairs with the support, as for whoever holds the plays anyway.
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
    fans = np.bincount(liked.indices, minlength=len(catalogue))
    # A track that fewer people like shares too few with any other: most of a long tail.
    listed = ~catalogue.hidden & (fans >= min_support)
    if of is not None:
        listed &= np.isin(np.arange(len(catalogue)), of)
    shown = np.flatnonzero(listed).astype(np.int32)
    least = MIN_RESIDUAL if min_residual is None else min_residual
    blocks = []
    for rows, support in _support_by_block(liked, shown):
        near = _beyond_chance(liked, rows, support, min_support, least)
        near[:, catalogue.hidden] = -np.inf
        near[catalogue.song_of[rows, None] == catalogue.song_of] = -np.inf
        found = top_n(near, n * _CANDIDATES_PER_PLACE).items
        columns = rerank(found, catalogue, n=n, max_per_artist=max_per_artist)
        blocks.append((rows, place(found, columns, -1)))
    return _table(SIMILAR_TRACKS, blocks, catalogue.items)


def similar_artists(
    interactions: Interactions, catalogue: Catalogue, *, n: int, min_support: int
) -> pa.Table:
    """Return the artists whom the listeners of each artist play most beyond chance.

    Counting listeners and not plays, no fan makes two artists alike alone.

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
    fans = np.bincount(liked.indices, minlength=len(catalogue.artists))
    artist_of = catalogue.artist_of
    shown = np.unique(artist_of[~catalogue.hidden & (artist_of >= 0)]).astype(np.int32)
    silent = np.ones(len(catalogue.artists), bool)
    silent[shown] = False
    blocks = []
    for rows, support in _support_by_block(liked, shown[fans[shown] >= min_support]):
        near = _beyond_chance(liked, rows, support, min_support, MIN_RESIDUAL)
        near[:, silent] = -np.inf
        near[np.arange(len(rows)), rows] = -np.inf
        blocks.append((rows, top_n(near, n).items))
    return _table(SIMILAR_ARTISTS, blocks, catalogue.artists)


def _beyond_chance(
    liked: csr_array,
    rows: NDArray[np.int32],
    support: NDArray[np.float32],
    min_support: int,
    min_residual: float,
) -> NDArray[np.float32]:
    """Return z of some rows and all columns, (m, J); -inf where a pair is not to be listed."""
    lengths = np.diff(liked.indptr).astype(np.float64)
    fans = np.bincount(liked.indices, minlength=liked.shape[1]).astype(np.float64)
    total = max(lengths.sum(), 1.0)
    expected = fans[rows, None] * fans * ((lengths**2).sum() / total**2)  # κ / N
    z: NDArray[np.float32] = np.asarray(
        (support - expected) / np.sqrt(np.maximum(expected, 1e-12)), np.float32
    )
    z[(support < min_support) | (z < min_residual)] = -np.inf
    return z


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
