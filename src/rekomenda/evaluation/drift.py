"""How much lists changed from one release to the next."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.integer[Any]]

PERSISTENCE: Final = 0.9
"""p of RBO: the first ten places then have 86 % of the weight."""


def jaccard(first: Ints, second: Ints) -> Floats:
    """Share of what two lists hold together that both hold, whatever the order.

    Parameters
    ----------
    first, second : ndarray of int, shape (B, k)
        Distinct within a row; -1 behind the end of a list.

    Returns
    -------
    ndarray of float64, shape (B,)
        0 (nothing in common) to 1; NaN where both are empty.
    """
    together = _common(first, second)[:, -1]
    union = (first >= 0).sum(axis=1) + (second >= 0).sum(axis=1) - together
    return np.asarray(together / np.where(union > 0, union, np.nan))


def rank_biased_overlap(first: Ints, second: Ints, p: float = PERSISTENCE) -> Floats:
    """Overlap of two rankings, the top counting most: RBO, extrapolated from depth k.

    RBO_ext = (X_k / k) p^k + (1 - p) / p · sum_d (X_d / d) p^d, X_d the items common to both
    first d (W. Webber, A. Moffat, J. Zobel, "A Similarity Measure for Indefinite Rankings", TOIS
    2010, eq. 23).

    Parameters
    ----------
    first, second : ndarray of int, shape (B, k)
        Distinct within a row; -1 behind the end of a list.
    p : float
        0 to 1: how likely a reader goes on to the next place.

    Returns
    -------
    ndarray of float64, shape (B,)
        0 to 1 (the same list); NaN where both are empty.
    """
    depths = np.arange(1, first.shape[1] + 1)
    longest = np.maximum((first >= 0).sum(axis=1), (second >= 0).sum(axis=1))
    within = np.minimum(depths, np.maximum(longest, 1)[:, None])  # lists that ended go on alike
    agreement = _common(first, second) / within
    overlap = agreement[:, -1] * p ** depths[-1] + (1 - p) / p * (agreement @ p**depths)
    return np.where(longest > 0, overlap, np.nan)


def _common(first: Ints, second: Ints) -> NDArray[np.int64]:
    """Count what the first d places of both hold in common, for each d: (B, k)."""
    n_rows, k = first.shape
    same = (first[:, :, None] == second[:, None, :]) & (first >= 0)[:, :, None]  # (B, k, k)
    row, here, there = np.nonzero(same)
    in_sight = np.maximum(here, there)  # from which depth both places are seen
    counts = np.bincount(row * k + in_sight, minlength=n_rows * k).reshape(n_rows, k)
    return np.asarray(counts.cumsum(axis=1))
