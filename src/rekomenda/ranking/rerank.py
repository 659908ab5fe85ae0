"""From ranked candidates to a list: at most so many tracks of an artist, one version of a song."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from rekomenda.domain.catalogue import Catalogue

Int32 = NDArray[np.int32]
Int64 = NDArray[np.int64]


class _ArtistsListed:
    """Which artists stand in the lists of a batch so far.

    Parameters
    ----------
    artists : ndarray of int32, shape (M, P, B)
        Who takes part in each candidate, -1 for nobody; P is the most that take part in one.
    n : int
        Length of the lists.
    most : int
        Tracks that a list may hold of one artist.
    """

    def __init__(self, artists: Int32, *, n: int, most: int) -> None:
        self._artists = artists
        self._listed = np.full((n + 1, *artists.shape[1:]), -2, np.int32)
        self._most = most
        self._everyone = np.arange(artists.shape[2])

    @classmethod
    def of(cls, items: Int32, catalogue: Catalogue, *, n: int, most: int) -> _ArtistsListed:
        """Look up who takes part in each candidate (B, M)."""
        known = items >= 0
        if catalogue.shared_artists is None:
            artists = np.where(known, catalogue.artist_of[items], -1)[..., None]
        else:
            artists = np.where(known[..., None], catalogue.shared_artists.table()[items], -1)
        return cls(artists.transpose(1, 2, 0).copy(), n=n, most=most)  # a step is a row

    def may_take(self, step: int, longest: int) -> NDArray[np.bool_]:
        """Whether every artist of a step's candidates has room in lists of at most `longest`."""
        free = np.ones(len(self._everyone), bool)
        for artist in self._artists[step]:
            same = self._listed[:longest] == artist
            free &= (artist < 0) | (np.count_nonzero(same, axis=(0, 1)) < self._most)
        return free

    def take(self, step: int, place: Int64) -> None:
        """Note the artists of a step's candidates at their places in the lists."""
        self._listed[place, :, self._everyone] = self._artists[step].T


def rerank(items: Int32, catalogue: Catalogue, *, n: int, max_per_artist: int) -> Int64:
    """Walk down each row of candidates and keep what the list can still take.

    A candidate is kept if its song is not in the list yet and each of its artists has fewer than
    `max_per_artist` tracks there. What is refused leaves no trace: a version refused for its
    artist does not keep another artist's version out. Since a decision depends only on what stands
    above, more candidates never change the list that fewer had filled.

    Parameters
    ----------
    items : ndarray of int32, shape (B, M)
        Candidates, best first; -1 for none. The same item may stand there twice.
    catalogue : Catalogue
        Gives artist (-1, unknown, is not limited) and song of each item.
    n : int
        Length of the lists, > 0.
    max_per_artist : int
        > 0.

    Returns
    -------
    ndarray of int64, shape (B, n)
        Columns of `items` in the order of the list; -1 behind its end.

    Notes
    -----
    M steps over the whole batch, each O(B n) comparisons of bytes in cache; it ends as soon as all
    lists are full.
    """
    n_users, n_candidates = items.shape
    known = items >= 0
    limited = _ArtistsListed.of(items, catalogue, n=n, most=max_per_artist)
    songs = np.where(known, catalogue.song_of[items], -1).T.copy()
    everyone = np.arange(n_users)
    length = np.zeros(n_users, np.int64)
    # One row more than the list: what is refused is written behind the end and overwritten.
    columns = np.full((n + 1, n_users), -1, np.int64)
    listed_songs = np.full((n + 1, n_users), -2, np.int32)
    for step in range(n_candidates):
        song = songs[step]
        longest = min(step, n)
        heard = (listed_songs[:longest] == song).any(axis=0)
        kept = (song >= 0) & ~heard & limited.may_take(step, longest) & (length < n)
        place = np.where(kept, length, n)
        columns[place, everyone] = step
        limited.take(step, place)
        listed_songs[place, everyone] = song
        length += kept
        if length.min(initial=n) == n:
            break
    return np.ascontiguousarray(columns[:n].T)
