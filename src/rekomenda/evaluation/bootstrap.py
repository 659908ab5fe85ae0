"""Intervals: what the numbers could have been with other listeners.

Percentile bootstrap (B. Efron, R. Tibshirani, "An Introduction to the Bootstrap", 1993, ch. 13).
A resample draws as many listeners as there are, with replacement, and is held as how often each
was drawn; any mean of a resample is then a weighted sum, and a thousand of them are one matrix
product. The same draws serve every metric, task, segment and model, which is what pairs them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from rekomenda.evaluation.segments import Partition

Floats = NDArray[np.float64]

BLOCK_DRAWS = 1_000_000
"""Draws held at once: 8 MB of counts."""


@dataclass(frozen=True)
class Bootstrap:
    """How intervals are made.

    Parameters
    ----------
    n_resamples : int, default 1000
    confidence : float, default 0.95
        Coverage of the intervals, 0 to 1.
    seed : int, default 0
        The same seed and number of listeners give the same draws.
    """

    n_resamples: int = 1000
    confidence: float = 0.95
    seed: int = 0

    def draws(self, n: int) -> Iterator[Floats]:
        """Yield how often each of n was drawn, in blocks of shape (r, n); r sums to R."""
        rng = np.random.default_rng([self.seed, n])
        step = max(1, BLOCK_DRAWS // max(n, 1))
        for start in range(0, self.n_resamples, step):
            r = min(step, self.n_resamples - start)
            drawn = rng.integers(0, n, size=(r, n)) + np.arange(r)[:, None] * n
            yield np.bincount(drawn.ravel(), minlength=r * n).reshape(r, n).astype(np.float64)

    def sums(self, values: Floats, partitions: list[Partition]) -> list[Floats]:
        """Sum each column over the drawn members of each group, in every resample.

        A group's draws are those of everybody that fell into it, so its size varies as it
        would if other people had come.

        Parameters
        ----------
        values : ndarray of float64, shape (n, M)
            Without NaN.
        partitions : list of Partition over the same n

        Returns
        -------
        list of ndarray of float64, shape (R, G, M)
            One for each partition.
        """
        n, n_columns = values.shape
        if n == 0:
            return [np.zeros((self.n_resamples, len(p.names), n_columns)) for p in partitions]
        order, starts, members = _cells(partitions)
        values = values[order]
        parts: list[list[Floats]] = [[] for _ in partitions]
        # Many small products: handing each to several threads costs more than it brings, and on
        # a busy machine very much more.
        with threadpool_limits(1, user_api="blas"):
            for counts in self.draws(n):
                cells = _cell_sums(counts[:, order], values, starts)
                for found, member in zip(parts, members, strict=True):
                    found.append(np.einsum("gc,crm->rgm", member, cells, optimize=True))
        return [np.concatenate(found) for found in parts]

    def interval(self, resampled: Floats) -> tuple[Floats, Floats]:
        """Return the lower and upper end over axis 0, the resamples.

        NaN resamples (a group of which nobody was drawn) are left out; all NaN gives NaN. Ends
        are rounded to 9 decimals, so that how many threads summed them cannot be seen.
        """
        tail = (1 - self.confidence) / 2
        rest = resampled.shape[1:]
        columns = resampled.reshape(len(resampled), -1)
        ends = np.full((2, columns.shape[1]), np.nan)
        missing = np.isnan(columns)
        whole, partly = ~missing.any(axis=0), missing.any(axis=0) & ~missing.all(axis=0)
        ends[:, whole] = np.quantile(columns[:, whole], [tail, 1 - tail], axis=0)
        if partly.any():
            ends[:, partly] = np.nanquantile(columns[:, partly], [tail, 1 - tail], axis=0)
        ends = ends.round(9)
        return ends[0].reshape(rest), ends[1].reshape(rest)

    def interval_of_share(self, count: int, n: int) -> tuple[float, float]:
        """Interval of `count` of n, by resampling the n; NaN where n is 0.

        How many of n drawn with replacement are among `count` is binomial: no need to draw.
        """
        if n == 0:
            return np.nan, np.nan
        rng = np.random.default_rng([self.seed, n, count])
        low, high = self.interval(rng.binomial(n, count / n, size=self.n_resamples) / n)
        return float(low), float(high)

    def interval_of_gini(self, exposures: list[Floats]) -> list[tuple[float, float]]:
        """Interval of `metrics.gini` of each of several exposures, by resampling their n owners."""
        if not exposures or not len(exposures[0]):
            return [(np.nan, np.nan)] * len(exposures)
        # Those with nothing add nothing to either sum; how many were drawn follows from the rest.
        orders = [np.flatnonzero(e)[np.argsort(e[np.flatnonzero(e)])] for e in exposures]
        parts: list[list[Floats]] = [[] for _ in exposures]
        for counts in self.draws(len(exposures[0])):
            for found, order, values in zip(parts, orders, exposures, strict=True):
                found.append(_resampled_gini(counts[:, order], values[order], counts.shape[1]))
        ends = [self.interval(np.concatenate(found)) for found in parts]
        return [(float(low), float(high)) for low, high in ends]


def _cells(
    partitions: list[Partition],
) -> tuple[NDArray[np.int64], NDArray[np.int64], list[Floats]]:
    """Cut the listeners into cells that no partition divides, so that each is summed once.

    Returns the listeners sorted by cell, where each of the C cells starts and the last one ends,
    and for each partition which cells its groups hold, (G, C) of 0 and 1.
    """
    labels = np.stack([partition.labels for partition in partitions])  # (P, n)
    cells, cell_of = np.unique(labels, axis=1, return_inverse=True)
    order = np.argsort(cell_of.ravel(), kind="stable")
    starts = np.searchsorted(cell_of.ravel()[order], np.arange(cells.shape[1] + 1))
    members = [
        (np.arange(len(partition.names))[:, None] == row).astype(np.float64)
        for partition, row in zip(partitions, cells, strict=True)
    ]
    return order, starts, members


def _cell_sums(counts: Floats, values: Floats, starts: NDArray[Any]) -> Floats:
    """(r, n) counts and (n, M) values, both sorted by cell -> (C, r, M)."""
    return np.stack([counts[:, low:high] @ values[low:high] for low, high in pairwise(starts)])


def _resampled_gini(counts: Floats, exposures: Floats, n: int) -> Floats:
    """Gini of each resample of n, given how often each owner of a positive exposure was drawn.

    A block of c equal values at ranks C + 1 to C + c adds c e (2C + c - n) to the sum of
    (2 rank - n - 1) e; `exposures` ascend, and the zeros come first.
    """
    zeros = n - counts.sum(axis=1, keepdims=True)  # (r, 1)
    before = zeros + counts.cumsum(axis=1) - counts  # (r, nonzero)
    weighted = counts * exposures
    total = weighted.sum(axis=1)
    spread = (weighted * (2 * before + counts - n)).sum(axis=1)
    return np.asarray(spread / np.where(total > 0, n * total, np.nan))
