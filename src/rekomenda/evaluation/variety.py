"""What a list brings: variety within it, things not known before, and near music."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Bools = NDArray[np.bool_]
Floats = NDArray[np.float64]
Ints = NDArray[np.integer[Any]]


def share_of_list(marked: Bools, listed: Bools) -> Floats:
    """Share of each list that is marked, (B, k) -> (B,); NaN for an empty list."""
    return np.asarray((marked & listed).sum(axis=1) / _or_nan(listed.sum(axis=1)))


def different_pairs(groups: Ints) -> Floats:
    """Intra-list diversity: share of the pairs of a list that are of different groups.

    C.-N. Ziegler et al., "Improving Recommendation Lists Through Topic Diversification", WWW 2005,
    with the distance 0 for two of the same genre (or artist) and 1 otherwise.

    Parameters
    ----------
    groups : ndarray of int, shape (B, k)
        -1 where the group is unknown or the list has ended: those are in no pair.

    Returns
    -------
    ndarray of float64, shape (B,)
        0 (all of one group) to 1 (no two alike); NaN where fewer than two are known.
    """
    ordered = np.sort(groups, axis=1)
    known = ordered >= 0
    place = np.arange(groups.shape[1])
    opens = np.ones(groups.shape, bool)
    opens[:, 1:] = ordered[:, 1:] != ordered[:, :-1]
    first = np.maximum.accumulate(np.where(opens, place, 0), axis=1)
    alike = np.where(known, place - first, 0).sum(axis=1)  # pairs: each with those before it
    n = known.sum(axis=1)
    return np.asarray(1 - alike / _or_nan(n * (n - 1) // 2))


def distinct(groups: Ints) -> Floats:
    """Count the different groups of each list, (B, k) -> (B,); -1 is none; NaN for an empty list."""
    ordered = np.sort(groups, axis=1)
    new = ordered >= 0
    new[:, 1:] &= ordered[:, 1:] != ordered[:, :-1]
    return _or_nan(new.sum(axis=1))


def serendipity(items: Ints, hits: Bools, popularity_rank: Ints) -> Floats:
    """Relevant and not what popularity would have shown: the mean of max(p - pu, 0) · rel.

    p(i) = (n + 1 - rank) / n and pu(i) = (n + 1 - popularity rank) / n over n tracks, as RecTools
    defines it (after M. Ge, C. Delgado-Battenfeld, D. Jannach, RecSys 2010).

    Parameters
    ----------
    items : ndarray of int, shape (B, k)
        -1 behind the end of a list, which counts as no hit.
    hits : ndarray of bool, shape (B, k)
    popularity_rank : ndarray of int, shape (I,)
        1 for the most popular of the I tracks.
    """
    n, k = len(popularity_rank), items.shape[1]
    listed = (n - np.arange(k)) / n
    popular = (n + 1 - popularity_rank[np.maximum(items, 0)]) / n
    surprise = np.maximum(listed - popular, 0.0)
    return np.asarray(np.where(hits & (items >= 0), surprise, 0.0).mean(axis=1))


def first_position(marked: Bools) -> Floats:
    """Rank of the first marked track of each list, (B, k) -> (B,); NaN where there is none."""
    return np.where(marked.any(axis=1), marked.argmax(axis=1) + 1.0, np.nan)


def _or_nan(counts: NDArray[Any]) -> Floats:
    return np.where(counts > 0, counts, np.nan)
