"""The common scale of a blend: how large one member's scores are, for each listener."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from rekomenda.domain.eligible import ItemSets
from rekomenda.domain.interactions import Histories
from rekomenda.domain.top_n import top_n
from rekomenda.models.base import Float32, Int32

DEPTH: Final = 20
"""How many of a listener's best unheard tracks tell a member's scale for them. On validation and
test alike the mean of 20 served better than the best alone, and than standard deviations."""


def scale_of(unheard: Float32) -> Float32:
    """Return the mean of the `DEPTH` best of each row of scores (B, I), (B,) and > 0.

    Rows whose mean is not above 0 are measured by its size; 1 where nothing is said. -inf is no
    opinion.
    """
    best = top_n(unheard, DEPTH).scores
    said = best > -np.inf
    total = np.where(said, best, 0).sum(axis=1, dtype=np.float64)
    size = np.abs(total) / np.maximum(said.sum(axis=1), 1)
    return np.where(size > 1e-30, size, 1.0).astype(np.float32)


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

    @property
    def sets(self) -> ItemSets:
        """The same, as sets."""
        return ItemSets(np.searchsorted(self.users, np.arange(self.n_users + 1)), self.items)

    def take_out(self, scores: Float32) -> Float32:
        """Return the scores (h,) of these cells and leave -inf in their place."""
        found: Float32 = scores[self.users, self.items]
        scores[self.users, self.items] = -np.inf
        return found

    def holds(self, items: Int32) -> NDArray[np.bool_]:
        """Return which of `items` (B, n) their listener has heard; False for -1."""
        return self.cells_of(items) >= 0

    def cells_of(self, items: Int32) -> NDArray[np.int64]:
        """Return the cell of each of `items` (B, n); -1 where it was not heard, and for -1."""
        keys = self.users.astype(np.int64) * self.n_items + self.items
        wanted = np.arange(self.n_users, dtype=np.int64)[:, None] * self.n_items + items
        if not len(keys):
            return np.full(items.shape, -1, np.int64)
        places = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
        return np.where((keys[places] == wanted) & (items >= 0), places, -1)

    def spread(self, scores: Float32) -> tuple[Float32, Float32]:
        """Return mean and standard deviation of each listener's scores (h,), (B,) each.

        Without -inf, no opinion. Where they do not differ it is their size, or 1.
        """
        said = scores > -np.inf
        users, values = self.users[said], scores[said].astype(np.float64)
        counts = np.maximum(np.bincount(users, minlength=self.n_users), 1)
        mean = np.bincount(users, values, self.n_users) / counts
        variance = np.bincount(users, (values - mean[users]) ** 2, self.n_users) / counts
        spread, size = np.sqrt(variance), np.abs(mean)
        same = spread <= 1e-6 * size
        spread = np.where(same, np.where(size > 0, size, 1.0), spread)
        return mean.astype(np.float32), np.maximum(spread, 1e-30).astype(np.float32)


def heard_parts(scores: Float32, heard: Heard) -> Float32:
    """Return (s - μ) / σ of each heard cell, (h,); no opinion counts as the listener's least."""
    mean, spread = heard.spread(scores)
    least = np.full(heard.n_users, np.inf, np.float32)
    said = scores > -np.inf
    np.minimum.at(least, heard.users[said], scores[said])
    least = np.where(np.isfinite(least), least, mean)
    filled = np.where(said, scores, least[heard.users])
    parts: Float32 = (filled - mean[heard.users]) / spread[heard.users]
    return parts
