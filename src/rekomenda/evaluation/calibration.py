"""Whether a list holds what the listener plays, in the proportions in which they play it."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

ALPHA: Final = 0.01
"""How much of p is mixed into q, so that a genre the list lacks costs much and not infinitely."""


def distributions(
    rows: NDArray[Any], groups: NDArray[Any], weights: NDArray[Any], shape: tuple[int, int]
) -> Floats:
    """Return the share of each group in each row, (B, G); NaN for a row without weight.

    Parameters
    ----------
    rows, groups : ndarray of int, shape (n,)
        What belongs to whom and to which group; -1 for no group, which counts in no share.
    weights : ndarray of number, shape (n,)
    shape : (B, G)
    """
    n_rows, n_groups = shape
    known = (groups >= 0) & (weights > 0)
    keys = rows[known].astype(np.int64) * n_groups + groups[known]
    sums = np.bincount(keys, weights[known], n_rows * n_groups).reshape(shape)
    totals = sums.sum(axis=1, keepdims=True)
    return np.asarray(sums / np.where(totals > 0, totals, np.nan))


def miscalibration(p: Floats, q: Floats, alpha: float = ALPHA) -> Floats:
    """Kullback-Leibler divergence of each list from the listener's own distribution.

    C_KL(p, q) = sum_g p(g) log(p(g) / q'(g)), q' = (1 - alpha) q + alpha p, natural logarithm
    (H. Steck, "Calibrated Recommendations", RecSys 2018, eq. 5 and 6).

    Parameters
    ----------
    p, q : ndarray of float, shape (B, G)
        Of what was played, and of the list; rows sum to 1 or are NaN.
    alpha : float
        0 to 1.

    Returns
    -------
    ndarray of float64, shape (B,)
        0 (alike) to log(1 / alpha); NaN where one of them is NaN.
    """
    mixed = (1 - alpha) * q + alpha * p
    ratio = np.divide(p, mixed, out=np.ones_like(p), where=p > 0)
    divergence = (p * np.log(ratio)).sum(axis=1)
    unknown = np.isnan(p).any(axis=1) | np.isnan(q).any(axis=1)
    # Rounding may leave -1e-17 where the two are alike.
    return np.where(unknown, np.nan, np.maximum(divergence, 0.0))
