"""Genres as neighbours: which other genres the listeners of a genre play more than anybody does."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from rekomenda.domain.catalogue import Catalogue
from rekomenda.domain.interactions import Histories
from rekomenda.ranking.artist_neighbourhoods import ArtistNeighbourhoods

HABITS: Final = 3
"""Genres that count as a listener's habits: those they play most, by damped plays."""
_SHRINKAGE: Final = 10.0
"""Listeners, as chance would have them, added to each pair of genres."""


@dataclass(frozen=True, eq=False)
class GenreGraph:
    """How often two genres are played by the same people, against chance.

    Where the catalogue has no genres, neighbourhoods of artists stand for them.

    lift(g, h) = (listeners of both + k) / (listeners of g · listeners of h / all + k), whose
    logarithm is the pointwise mutual information of the two (K. W. Church and P. Hanks, "Word
    Association Norms, Mutual Information, and Lexicography", Computational Linguistics 16(1), 1990,
    eq. 1); k draws pairs of rare genres towards 1, which is chance.

    Parameters
    ----------
    lift : ndarray of float32, shape (G, G)
        > 0 and symmetric; 0 on the diagonal, since staying is no step. Only the genres of some
        track are here: a catalogue may list thousands more, such as tags.
    genre_of : ndarray of int32, shape (I,)
        Row in `lift` of each item's genre, -1 unknown.
    genre_ids : ndarray of int32, shape (G,), or None
        Index in the catalogue of each row; None: the same.
    neighbourhoods : ArtistNeighbourhoods or None
        What stands for genres; None where there are genres.
    """

    lift: NDArray[np.float32]
    genre_of: NDArray[np.int32]
    genre_ids: NDArray[np.int32] | None = None
    neighbourhoods: ArtistNeighbourhoods | None = None

    @classmethod
    def of(cls, histories: Histories, catalogue: Catalogue) -> GenreGraph:
        """Count everybody's liked genres: time O(Σ (genres of a listener)²), memory O(cells + G²)."""
        stand_in = None
        genre_ids = np.unique(catalogue.genre_of[catalogue.genre_of >= 0])
        n_genres = len(genre_ids)
        rows = np.searchsorted(genre_ids, catalogue.genre_of)
        genre_of = np.where(catalogue.genre_of < 0, -1, rows).astype(np.int32)
        if not n_genres:
            stand_in = ArtistNeighbourhoods.of(histories, catalogue)
            of_artists = np.append(stand_in.group_of, np.int32(-1))  # the last: artist unknown
            genre_of, n_genres = of_artists[catalogue.artist_of], stand_in.n_groups
        genre = genre_of[histories.items]
        counted = (genre >= 0) & (histories.weights > 0)
        pairs = histories.users_of_cells[counted], genre[counted]
        shape = len(histories), n_genres
        liked = csr_array((np.ones(len(pairs[0]), np.float64), pairs), shape=shape)
        liked.sum_duplicates()
        liked.data[:] = 1.0
        both = (liked.T @ liked).toarray()
        n_listeners = max(int(np.count_nonzero(np.diff(liked.indptr))), 1)
        by_chance = np.outer(np.diag(both), np.diag(both)) / n_listeners
        lift = (both + _SHRINKAGE) / (by_chance + _SHRINKAGE)
        np.fill_diagonal(lift, 0.0)
        return cls(lift.astype(np.float32), genre_of, genre_ids, stand_in)

    def habits(self, histories: Histories) -> tuple[NDArray[np.int32], NDArray[np.float32]]:
        """Return the genres each of B listeners plays most and the part of their plays these have.

        Returns
        -------
        genres : ndarray of int32, shape (B, HABITS)
            Most played first, equal ones by index; -1 where a listener plays fewer.
        shares : ndarray of float32, shape (B, HABITS)
            They sum to 1, or to 0 without any.
        """
        n_genres = len(self.lift)
        if n_genres == 0:
            shape = len(histories), HABITS
            return np.full(shape, -1, np.int32), np.zeros(shape, np.float32)
        genre = self.genre_of[histories.items]
        known = genre >= 0
        cells = histories.users_of_cells[known].astype(np.int64) * n_genres + genre[known]
        flat = np.bincount(cells, histories.weights[known], minlength=len(histories) * n_genres)
        weights = flat.reshape(len(histories), n_genres)
        most = np.argsort(-weights, axis=1, kind="stable")[:, :HABITS]
        most = np.pad(most, ((0, 0), (0, HABITS - most.shape[1])))
        amounts = np.take_along_axis(weights, most, axis=1)
        amounts[:, n_genres:] = 0  # a catalogue of fewer genres than places
        total = np.maximum(amounts.sum(axis=1, keepdims=True), 1e-30)
        genres = np.where(amounts > 0, most, -1).astype(np.int32)
        return genres, (amounts / total).astype(np.float32)

    def pull(
        self, histories: Histories, items: NDArray[np.int32]
    ) -> tuple[NDArray[np.float32], NDArray[np.int32], NDArray[np.float32]]:
        """Return how near each item's genre is to its listener's habits.

        Parameters
        ----------
        histories : Histories, B users
        items : ndarray of int32, shape (B, n)
            -1 for none.

        Returns
        -------
        pull : ndarray of float32, shape (B, n)
            Mean lift from the habits to the item's genre, weighted by their shares; 0 for no item,
            unknown genre and no habits.
        start : ndarray of int32, shape (B, n)
            The habit that this comes from most; -1 where the pull is 0.
        lift : ndarray of float32, shape (B, n)
            Lift from that habit alone.
        """
        genres, shares = self.habits(histories)
        target = np.where(items >= 0, self.genre_of[np.maximum(items, 0)], -1)
        pull = np.zeros(items.shape, np.float32)
        best, lift = np.zeros(items.shape, np.float32), np.zeros(items.shape, np.float32)
        start = np.full(items.shape, -1, np.int32)
        for habit in range(HABITS):
            known = (genres[:, habit, None] >= 0) & (target >= 0)
            one = np.where(known, self._lift(genres[:, habit, None], target), np.float32(0))
            part = shares[:, habit, None] * one
            pull += part
            better = part > best
            start = np.where(better, genres[:, habit, None], start)
            lift, best = np.where(better, one, lift), np.where(better, part, best)
        return pull, start, lift

    def _lift(self, first: NDArray[np.int32], second: NDArray[np.int32]) -> NDArray[np.float32]:
        if not len(self.lift):
            return np.zeros(np.broadcast_shapes(first.shape, second.shape), np.float32)
        return self.lift[np.maximum(first, 0), np.maximum(second, 0)]
