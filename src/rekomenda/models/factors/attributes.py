"""What the catalogue says of each track, as numbers a regression can use."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array, hstack

from rekomenda.domain.catalogue import Catalogue

Int32 = NDArray[np.int32]
MOST_GROUPS: Final = 500
"""Genres, and regions, with a column of their own: a regression takes time as the cube of them, and
a tag that few tracks carry teaches nothing. The others count as unknown."""


def attributes_of(catalogue: Catalogue) -> csr_array:
    """Return the attributes of every track, one row each.

    Columns: a constant 1; one for each of the `MOST_GROUPS` genres with the most tracks; one for
    each region, likewise, of the track's artist; the
    artist's features, each centred and divided by its standard deviation over the artists. What
    is not known is 0: no genre, no region, or an average feature. A track of several genres has its
    share of each, and of several artists the mean of theirs.

    Returns
    -------
    csr_array of float64, shape (I, 1 + G + R + F)
    """
    artists = catalogue.artists_of.matrix(len(catalogue.artists))
    regions = one_hot(catalogue.region_of_artist, len(catalogue.regions))
    blocks = [
        csr_array(np.ones((len(catalogue), 1))),
        _largest(catalogue.genres_of.matrix(len(catalogue.genres))),
        _largest(csr_array(artists @ regions)),
        csr_array(artists @ _standardised(catalogue.features)),
    ]
    return csr_array(hstack([block for block in blocks if block.shape[1]], format="csr"))


def one_hot(group_of: NDArray[np.integer[Any]], n_groups: int) -> csr_array:
    """Return 1.0 where a row is of a group, shape (n, n_groups); a row of group -1 is empty."""
    rows = np.flatnonzero(group_of >= 0)
    cells = np.ones(len(rows)), (rows, group_of[rows])
    return csr_array(cells, shape=(len(group_of), n_groups))


def _largest(member: csr_array) -> csr_array:
    """Keep the columns of the largest groups, in the order of the groups."""
    sizes = np.bincount(member.indices, minlength=member.shape[1])
    kept = np.sort(np.argsort(-sizes, kind="stable")[:MOST_GROUPS])
    return csr_array(member[:, kept]) if len(kept) < member.shape[1] else member


def _standardised(features: NDArray[np.float32]) -> NDArray[np.float64]:
    """Return features with mean 0 and deviation 1 over the artists that have them."""
    values = features.astype(np.float64)
    known = ~np.isnan(values)
    count = np.maximum(known.sum(axis=0), 1)
    mean = np.where(known, values, 0).sum(axis=0) / count
    apart = np.where(known, values - mean, 0.0)
    deviation = np.sqrt((apart**2).sum(axis=0) / count)
    return np.asarray(apart / np.where(deviation > 0, deviation, 1.0))
