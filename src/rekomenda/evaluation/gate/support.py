"""How many listeners stand behind a published similarity, counted again."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from rekomenda.domain.catalogue import Catalogue
from rekomenda.domain.interactions import Histories

_PAIRS_AT_ONCE = 10_000


def liked_tracks(histories: Histories) -> csr_array:
    """Return 1 where a track (row) is liked by a listener (column), (I, U)."""
    return csr_array(histories.binary.T)


def liked_artists(histories: Histories, catalogue: Catalogue) -> csr_array:
    """Return 1 where a track of an artist (row) is liked by a listener (column), (A, U)."""
    artists = catalogue.artist_of[histories.items]
    kept = (histories.weights > 0) & (artists >= 0)
    shape = len(catalogue.artists), len(histories)
    places = artists[kept], histories.users_of_cells[kept]
    liked = csr_array((np.ones(np.count_nonzero(kept), np.float32), places), shape=shape)
    liked.sum_duplicates()
    liked.data[:] = 1.0
    return liked


def support(liked: csr_array, ones: NDArray[Any], others: NDArray[Any]) -> NDArray[np.int64]:
    """Count the listeners who like both of each pair of rows, shape (m,)."""
    counts = [np.zeros(0, np.int64)]
    for start in range(0, len(ones), _PAIRS_AT_ONCE):
        pairs = slice(start, start + _PAIRS_AT_ONCE)
        both = liked[ones[pairs]].multiply(liked[others[pairs]])
        counts.append(np.asarray(both.sum(axis=1)).ravel().astype(np.int64))
    return np.concatenate(counts)
