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

from typing import Any, Final

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from scipy.sparse import csr_array

from rekomenda.domain.catalogue import Catalogue
from rekomenda.domain.ids import IdMap
from rekomenda.domain.interactions import Histories, Interactions
from rekomenda.domain.schema import Table
from rekomenda.domain.warehouse_schema import RUN_ID, SIMILAR_ARTISTS, SIMILAR_TRACKS
from rekomenda.ranking.beyond_chance import BeyondChance, Pairs
from rekomenda.ranking.ranked import place
from rekomenda.ranking.rerank import rerank

Int32 = NDArray[np.int32]
Lists = tuple[Int32, Int32]
"""Some things, (m,), and what is similar to each, best first, (m, n), -1 behind the last."""

MIN_RESIDUAL: Final = 4.0
"""Standard deviations above chance from which on a pair is listed."""
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
    Time O(sum over listeners of their tracks squared), shared out among the cores; memory for what
    is liked twice (by listener, by track) and for the pairs of a few blocks of tracks.
    """
    least = MIN_RESIDUAL if min_residual is None else min_residual
    shared = BeyondChance(interactions.histories.heard.binary, min_support, least)
    # A track that fewer people like shares too few with any other: most of a long tail.
    listed = ~catalogue.hidden & (shared.fans >= min_support)
    if of is not None:
        listed &= np.isin(np.arange(len(catalogue)), of)
    songs = catalogue.song_of

    def lists(rows: Int32, pairs: Pairs) -> Lists:
        other_song = songs[rows][pairs.row] != songs[pairs.other]
        near = pairs.where(other_song & ~catalogue.hidden[pairs.other])
        found = near.best(len(rows), n * _CANDIDATES_PER_PLACE)
        return rows, place(found, rerank(found, catalogue, n=n, max_per_artist=max_per_artist), -1)

    shown = np.flatnonzero(listed).astype(np.int32)
    return _table(SIMILAR_TRACKS, shared.each_block(shown, lists), catalogue.items)


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
    shared = BeyondChance(liked, min_support, MIN_RESIDUAL)
    artist_of = catalogue.artist_of
    shown = np.unique(artist_of[~catalogue.hidden & (artist_of >= 0)]).astype(np.int32)
    silent = np.ones(len(catalogue.artists), bool)
    silent[shown] = False

    def lists(rows: Int32, pairs: Pairs) -> Lists:
        near = pairs.where((rows[pairs.row] != pairs.other) & ~silent[pairs.other])
        return rows, near.best(len(rows), n)

    listed = shown[shared.fans[shown] >= min_support]
    return _table(SIMILAR_ARTISTS, shared.each_block(listed, lists), catalogue.artists)


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


def _table(table: Table, blocks: list[Lists], ids: IdMap) -> pa.Table:
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
