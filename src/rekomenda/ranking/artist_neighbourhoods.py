"""Neighbourhoods of artists: who is played by the same people, where no genre says who is alike."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array, diags_array
from threadpoolctl import threadpool_limits

from rekomenda.domain.catalogue import Catalogue
from rekomenda.domain.interactions import Histories

MIN_LISTENERS: Final = 5
"""Artists with fewer are in no neighbourhood: nobody can tell where they belong."""
_DIMENSIONS: Final = 16
_SWEEPS: Final = 12
_ROUNDS: Final = 25
_AT_LEAST: Final = 6
"""Neighbourhoods, so that some remain beside a listener's habits."""
_AT_MOST: Final = 24
_SHRINKAGE: Final = 10.0
"""Listeners, as chance would have them, added to each pair of artists."""
_PAIRS_IN_MEMORY: Final = 8_000_000

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class ArtistNeighbourhoods:
    """Artists divided by who plays them.

    The artists are placed by the leading singular vectors of the matrix of listeners and artists,
    each row and column divided by the root of its degree, and divided by k-means there
    (I. S. Dhillon, "Co-clustering documents and words using Bipartite Spectral Graph Partitioning",
    KDD 2001, section 4). The mean degree is added to each, so that a handful of people who play
    nothing else make no neighbourhood (T. Qin and K. Rohe, "Regularized Spectral Clustering under
    the Degree-Corrected Stochastic Blockmodel", NIPS 2013, section 2).

    Parameters
    ----------
    group_of : ndarray of int32, shape (A,)
        -1 for artists with fewer than `MIN_LISTENERS`.
    n_groups : int
    artist_of : ndarray of int32, shape (I,)
    liked : csr_array, (A, U)
        1.0 where a listener likes a track of the artist.
    """

    group_of: NDArray[np.int32]
    n_groups: int
    artist_of: NDArray[np.int32]
    liked: csr_array

    @classmethod
    def of(cls, histories: Histories, catalogue: Catalogue) -> ArtistNeighbourhoods:
        """Divide the artists: time O(12 · 16 · cells), memory O(16 · (users + artists))."""
        liked = _liked(histories, catalogue)
        fans = np.diff(liked.indptr)
        kept = np.flatnonzero(fans >= MIN_LISTENERS)
        group_of = np.full(len(catalogue.artists), -1, np.int32)
        n_groups = min(len(kept), max(_AT_LEAST, min(_AT_MOST, round(np.sqrt(len(kept))))))
        if n_groups:
            with threadpool_limits(1, "blas"):  # several threads round otherwise than one
                group_of[kept] = _divided(
                    _placed(liked[kept], min(_DIMENSIONS, n_groups)), np.sqrt(fans[kept]), n_groups
                )
        return cls(group_of, n_groups, catalogue.artist_of, liked)

    def leading(self, histories: Histories, groups: NDArray[np.int32]) -> NDArray[np.int32]:
        """Return the artist that each of B listeners plays most in some neighbourhoods.

        Parameters
        ----------
        histories : Histories, B users
        groups : ndarray of int32, shape (B, n)
            -1 for none.

        Returns
        -------
        artist : ndarray of int32, shape (B, n)
            Equally played ones by index; -1 for none.
        """
        artist = self.artist_of[histories.items]
        group = np.append(self.group_of, np.int32(-1))[artist]  # -1 is the last place
        known = (group >= 0) & histories.known & (histories.weights > 0)
        users, n_artists = histories.users_of_cells, max(len(self.group_of), 1)
        pairs, place = np.unique(
            users[known].astype(np.int64) * n_artists + artist[known], return_inverse=True
        )
        weight = np.bincount(place, histories.weights[known], minlength=len(pairs))
        user, of = np.divmod(pairs, n_artists)
        keys = user * self.n_groups + self.group_of[of]
        order = np.lexsort((of, -weight, keys))
        keys, of = np.append(keys[order], np.iinfo(np.int64).max), np.append(of[order], -1)
        wanted = np.arange(len(groups), dtype=np.int64)[:, None] * self.n_groups + groups
        places = np.searchsorted(keys, wanted)  # the first of equal keys: the one played most
        return np.where((groups >= 0) & (keys[places] == wanted), of[places], -1).astype(np.int32)

    def lift(self, first: NDArray[np.int32], second: NDArray[np.int32]) -> NDArray[np.float32]:
        """Return how much more often than chance the same people play both of pairs of artists.

        (listeners of both + 10) / (listeners of one · listeners of the other / all + 10), any one
        shape; 0 where either is -1.
        """
        result = np.zeros(first.shape, np.float32)
        known = (first >= 0) & (second >= 0)
        if not known.any():
            return result
        rows, row = np.unique(first[known], return_inverse=True)
        columns, column = np.unique(second[known], return_inverse=True)
        other = csr_array(self.liked[columns].T)
        both = np.zeros(len(row), np.float64)
        size = max(1, _PAIRS_IN_MEMORY // len(columns))
        for start in range(0, len(rows), size):
            block = (self.liked[rows[start : start + size]] @ other).toarray()
            here = (row >= start) & (row < start + size)
            both[here] = block[row[here] - start, column[here]]
        fans = np.diff(self.liked.indptr).astype(np.float64)
        chance = fans[first[known]] * fans[second[known]] / max(self.liked.shape[1], 1)
        result[known] = (both + _SHRINKAGE) / (chance + _SHRINKAGE)
        return result


def _liked(histories: Histories, catalogue: Catalogue) -> csr_array:
    """Return 1.0 where a listener likes a track of an artist, (A, U); empty listeners left out."""
    artist = catalogue.artist_of[histories.items]
    counted = (histories.weights > 0) & (artist >= 0)
    users = np.unique(histories.users_of_cells[counted], return_inverse=True)[1]
    shape = len(catalogue.artists), int(users.max(initial=-1)) + 1
    liked = csr_array((np.ones(len(users), np.float64), (artist[counted], users)), shape=shape)
    liked.sum_duplicates()
    liked.data[:] = 1.0
    return liked


def _placed(liked: csr_array, n_dimensions: int) -> Floats:
    """Return a direction for each artist, rows of length 1, by subspace iteration."""

    def scale(degrees: NDArray[Any]) -> Any:
        return diags_array(1 / np.sqrt(degrees + degrees.mean()))

    matrix = csr_array(scale(liked.sum(axis=1)) @ liked @ scale(liked.sum(axis=0)))
    width = min(n_dimensions + 1, *matrix.shape)
    basis = np.random.default_rng(0).standard_normal((matrix.shape[0], width))
    for _ in range(_SWEEPS):
        basis, _ = np.linalg.qr(matrix @ (matrix.T @ basis))
    small = basis.T @ (matrix @ (matrix.T @ basis))
    values, turn = np.linalg.eigh((small + small.T) / 2)
    directions = basis @ turn[:, np.argsort(-values)]
    directions = directions[:, 1:] if width > 1 else directions  # the first is who is played much
    lengths = np.linalg.norm(directions, axis=1, keepdims=True)
    return np.asarray(directions / np.maximum(lengths, 1e-12), np.float64)


def _divided(points: Floats, weights: NDArray[Any], n_groups: int) -> NDArray[np.int32]:
    """Divide directions by spherical k-means that starts from known artists far from each other."""
    centres = points[[int(np.argmax(weights))]]
    for _ in range(n_groups - 1):
        nearest = (points @ centres.T).max(axis=1)
        centres = np.vstack([centres, points[int(np.argmax(weights * (1 - nearest)))]])
    groups = np.full(len(points), -1)
    for _ in range(_ROUNDS):
        found = (points @ centres.T).argmax(axis=1)
        if (found == groups).all():
            break
        groups = found
        shape = (n_groups, len(points))
        members = csr_array((weights.astype(np.float64), (groups, np.arange(len(points)))), shape)
        sums = members @ points
        lengths = np.linalg.norm(sums, axis=1, keepdims=True)
        centres = np.where(lengths > 0, sums / np.maximum(lengths, 1e-12), centres)
    return groups.astype(np.int32)
