"""From ranked candidates to a list: at most so many tracks of an artist, one version of a song."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from rekomenda.domain.catalogue import Catalogue

Int32 = NDArray[np.int32]
Int64 = NDArray[np.int64]


def rerank(items: Int32, catalogue: Catalogue, *, n: int, max_per_artist: int) -> Int64:
    """Walk down each row of candidates and keep what the list can still take.

    A candidate is kept if its song is not in the list yet and its artist has fewer than
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
    artists = np.where(known, catalogue.artist_of[items], -1).T.copy()  # (M, B): a step is a row
    songs = np.where(known, catalogue.song_of[items], -1).T.copy()
    everyone = np.arange(n_users)
    length = np.zeros(n_users, np.int64)
    # One row more than the list: what is refused is written behind the end and overwritten.
    columns = np.full((n + 1, n_users), -1, np.int64)
    listed_artists = np.full((n + 1, n_users), -2, np.int32)
    listed_songs = np.full((n + 1, n_users), -2, np.int32)
    for step in range(n_candidates):
        artist, song = artists[step], songs[step]
        longest = min(step, n)
        same_artist = np.count_nonzero(listed_artists[:longest] == artist, axis=0)
        heard = (listed_songs[:longest] == song).any(axis=0)
        kept = (song >= 0) & ~heard & ((artist < 0) | (same_artist < max_per_artist)) & (length < n)
        place = np.where(kept, length, n)
        columns[place, everyone] = step
        listed_artists[place, everyone] = artist
        listed_songs[place, everyone] = song
        length += kept
        if length.min(initial=n) == n:
            break
    return np.ascontiguousarray(columns[:n].T)
