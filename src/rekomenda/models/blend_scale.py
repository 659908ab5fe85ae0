"""The common scale of a blend: how far apart one member's scores lie, for each listener."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from rekomenda.domain.interactions import Histories
from rekomenda.models.base import Float32, Int32

DEPTH: Final = 200
"""How many of a listener's best unheard tracks tell a member's scale for them."""


@dataclass(frozen=True, eq=False)
class Scale:
    """Mean and standard deviation of one member's scores, for each of B listeners.

    Parameters
    ----------
    mean, spread : ndarray of float32, shape (B,)
        `spread` > 0; where the scores do not differ it is their size, or 1.
    """

    mean: Float32
    spread: Float32

    @classmethod
    def empty(cls, n_users: int) -> Scale:
        """Make room for the scales of some listeners."""
        return cls(np.zeros(n_users, np.float32), np.ones(n_users, np.float32))

    def put(self, rows: slice, scale: Scale) -> None:
        """Fill in those of some listeners."""
        self.mean[rows], self.spread[rows] = scale.mean, scale.spread


def scale_of(unheard: Float32) -> Scale:
    """Measure the `DEPTH` best of each row of scores (B, I); -inf is no opinion."""
    width = min(DEPTH, unheard.shape[1])
    best = -np.partition(-unheard, width - 1, axis=1)[:, :width]
    best.sort(axis=1)  # so that the sum does not depend on how they were found
    said = best > -np.inf
    counts = np.maximum(said.sum(axis=1), 1)
    values = np.where(said, best, 0).astype(np.float64)
    mean = values.sum(axis=1) / counts
    variance = np.where(said, (values - mean[:, None]) ** 2, 0).sum(axis=1) / counts
    return _scale(mean, variance)


def _scale(mean: NDArray[np.float64], variance: NDArray[np.float64]) -> Scale:
    spread, size = np.sqrt(variance), np.abs(mean)
    same = spread <= 1e-6 * size
    spread = np.where(same, np.where(size > 0, size, 1.0), spread)
    return Scale(mean.astype(np.float32), np.maximum(spread, 1e-30).astype(np.float32))


@dataclass(frozen=True, eq=False)
class Heard:
    """What B listeners have heard, cell by cell.

    Parameters
    ----------
    users, items : ndarray of int32, shape (h,)
        Ascending by listener, then by item.
    n_users, n_items : int
    """

    users: Int32
    items: Int32
    n_users: int
    n_items: int

    @classmethod
    def of(cls, histories: Histories) -> Heard:
        """Take the cells that were heard and not only implied."""
        known = histories.known
        return cls(
            histories.users_of_cells[known],
            histories.items[known],
            len(histories),
            histories.n_items,
        )

    def take_out(self, scores: Float32) -> Float32:
        """Return the scores (h,) of these cells and leave -inf in their place."""
        found: Float32 = scores[self.users, self.items]
        scores[self.users, self.items] = -np.inf
        return found

    def holds(self, items: Int32) -> NDArray[np.bool_]:
        """Return which of `items` (B, n) their listener has heard; False for -1."""
        keys = self.users.astype(np.int64) * self.n_items + self.items
        wanted = np.arange(self.n_users, dtype=np.int64)[:, None] * self.n_items + items
        if not len(keys):
            return np.zeros(items.shape, np.bool_)
        places = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
        return np.asarray((keys[places] == wanted) & (items >= 0))

    def scale(self, scores: Float32) -> Scale:
        """Measure the scores (h,) of these cells; -inf is no opinion."""
        said = scores > -np.inf
        users, values = self.users[said], scores[said].astype(np.float64)
        counts = np.maximum(np.bincount(users, minlength=self.n_users), 1)
        mean = np.bincount(users, values, self.n_users) / counts
        variance = np.bincount(users, (values - mean[users]) ** 2, self.n_users) / counts
        return _scale(mean, variance)


def heard_parts(scores: Float32, heard: Heard) -> Float32:
    """Return (s - μ') / σ' of each heard cell, (h,); no opinion counts as the listener's least."""
    scale = heard.scale(scores)
    least = np.full(heard.n_users, np.inf, np.float32)
    said = scores > -np.inf
    np.minimum.at(least, heard.users[said], scores[said])
    least = np.where(np.isfinite(least), least, scale.mean)
    filled = np.where(said, scores, least[heard.users])
    parts: Float32 = (filled - scale.mean[heard.users]) / scale.spread[heard.users]
    return parts
