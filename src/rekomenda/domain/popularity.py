"""Who is popular: three bands by plays, and what lies outside the head."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

HEAD, MIDDLE, TAIL = range(3)
BANDS: Final = ("head", "middle", "tail")
HEAD_SHARE: Final = 0.2
"""The head: the fewest tracks (or artists) that together have a fifth of all plays."""
TAIL_FROM: Final = 0.8
"""The long tail: what is outside the fewest tracks that together have four fifths of all plays."""


def popularity_bands(plays: NDArray[Any]) -> NDArray[np.int8]:
    """Say of each track whether it is of the head, the middle or the long tail.

    As H. Abdollahpouri et al., "User-centered Evaluation of Popularity Bias in Recommender
    Systems" (UMAP 2021) cut them, by plays: the head has the first fifth of them, head and middle
    together four fifths.

    Parameters
    ----------
    plays : ndarray of number, shape (n,)
        Of each track, or of each artist; >= 0.

    Returns
    -------
    ndarray of int8, shape (n,)
        `HEAD`, `MIDDLE` or `TAIL`; where nothing was played at all, everything is tail.
    """
    total = float(plays.sum())
    if total <= 0:
        return np.full(len(plays), TAIL, np.int8)
    order = np.argsort(-plays, kind="stable")  # equal ones by index
    ahead = np.empty(len(plays))
    ahead[order] = (np.cumsum(plays[order]) - plays[order]) / total
    bands = (ahead >= HEAD_SHARE).astype(np.int8) + (ahead >= TAIL_FROM)
    return np.where(plays > 0, bands, TAIL).astype(np.int8)


def long_tail(plays: NDArray[Any]) -> NDArray[np.bool_]:
    """Mark what is outside the smallest set that has four fifths of the plays, shape (n,)."""
    return np.asarray(popularity_bands(plays) == TAIL)
