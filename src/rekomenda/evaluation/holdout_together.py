"""Held out together what goes together: for data without time whose plays did come in some order.

Where a split follows time, what is heard in one sitting, one trip, one phase is on one side of it.
Drawn track by track, half of such a group is left to learn from, and whoever knows the closest
neighbours of each track looks better than they will be.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csc_array

from rekomenda.domain.interactions import Histories
from rekomenda.evaluation.holdout import RANDOM_LEAKS, Split

GROUP: Final = 4
"""Tracks of a group: one drawn at random, and its nearest in the same history."""


def holdout_together(
    histories: Histories, share: float, seed: int, *, n_users: int, group: int = GROUP
) -> Split:
    """Hold out groups of tracks of some listeners, until a share of each one's is held out.

    Parameters
    ----------
    histories : Histories
    share : float, 0 to 1
        Of n tracks heard, `share` n are held out, rounded (half up), but never all of them.
    seed : int
        The same seed and histories give the same split.
    n_users : int
        Of how many listeners, drawn at random; nothing of the others is held out.
    group : int

    Notes
    -----
    Nearness is the cosine of the two tracks' listeners. Time and memory for each of `n_users`: n²
    pairs of tracks, a walk over their listeners.
    """
    rng = np.random.default_rng(seed)
    columns = csc_array(histories.binary)
    listeners = np.maximum(np.diff(columns.indptr), 1)
    held = np.zeros(len(histories.items), np.bool_)
    for user in np.sort(rng.permutation(len(histories))[:n_users]):
        cells = np.arange(histories.indptr[user], histories.indptr[user + 1])
        cells = cells[histories.known[cells]]
        wanted = min(int(share * len(cells) + 0.5), len(cells) - 1)
        if wanted > 0:
            items = histories.items[cells]
            near = _cosines(columns[:, items], listeners[items])
            held[cells[_groups(near, wanted, group, rng)]] = True
    return Split(histories.cells(~held), histories.cells(held), RANDOM_LEAKS)


def _cosines(columns: Any, listeners: NDArray[np.integer[Any]]) -> NDArray[np.float64]:
    """Return the cosine of each pair of columns, (n, n)."""
    together = np.asarray((columns.T @ columns).toarray(), np.float64)
    return np.asarray(together / np.sqrt(np.outer(listeners, listeners)))


def _groups(
    near: NDArray[np.float64], wanted: int, group: int, rng: np.random.Generator
) -> NDArray[np.intp]:
    """Return which `wanted` of n tracks are held out: one at random, its nearest, and so on."""
    held = np.zeros(len(near), np.bool_)
    left = wanted
    while left:
        start = rng.choice(np.flatnonzero(~held))
        order = np.argsort(-np.where(held, -1.0, near[start]), kind="stable")
        order = np.concatenate([[start], order[order != start]])[: min(group, left)]
        held[order] = True
        left -= len(order)
    return np.flatnonzero(held)
