"""Intervals: what the numbers could have been with other listeners.

Percentile bootstrap (B. Efron, R. Tibshirani, "An Introduction to the Bootstrap", 1993, ch. 13).
A resample draws as many listeners as there are, with replacement, and is held as how often each
was drawn; any mean of a resample is then a weighted sum, and a thousand of them are one matrix
product. The same draws serve every metric, task, segment and model, which is what pairs them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Final

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from rekomenda.evaluation.segments import Partition

Floats = NDArray[np.float64]
Counts = NDArray[np.uint8]
"""How often each was drawn: 256 times the same of n > 255 has a chance below n^-255."""

BLOCK_DRAWS: Final = 1_000_000
"""Draws counted at once: 8 MB."""
KEPT_DRAWS: Final = 50_000_000
"""Draws that are kept for the next question about as many: 50 MB. More are drawn again each time."""
_KEPT_SIZES: Final = 3
_ROWS: Final = 1024
"""Listeners of a product: 8 MB of their counts."""


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
        for counts in self._counts(n):
            step = max(1, BLOCK_DRAWS // max(n, 1))
            for start in range(0, counts.shape[1], step):
                yield counts[:, start : start + step].T.astype(np.float64)

    def _counts(self, n: int) -> Iterator[Counts]:
        """Yield the same counts, a listener a row, (n, r): all at once if they may be kept."""
        if n * self.n_resamples <= KEPT_DRAWS:
            yield _kept(self.n_resamples, self.seed, n)
        else:
            yield from _drawn(self.n_resamples, self.seed, n)

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
        order, starts, groups = _cells(partitions)
        values = values[order].T
        shape = n_columns, self.n_resamples
        found = [np.zeros((len(partition.names), *shape)) for partition in partitions]
        first = 0
        # Many small products: handing each to several threads costs more than it brings, and on
        # a busy machine very much more.
        with threadpool_limits(1, user_api="blas"):
            for counts in self._counts(n):
                draws = slice(first, first + counts.shape[1])
                for cell, (low, high) in enumerate(pairwise(starts)):
                    drawn = counts[order[low:high]].astype(np.float64)
                    cell_sums = values[:, low:high] @ drawn  # (M, r)
                    for sums, group_of in zip(found, groups, strict=True):
                        if 0 <= group_of[cell] < len(sums):
                            sums[group_of[cell], :, draws] += cell_sums
                first = draws.stop
        return [np.moveaxis(sums, -1, 0) for sums in found]

    def interval(self, resampled: Floats) -> tuple[Floats, Floats]:
        """Return the lower and upper end over axis 0, the resamples.

        NaN resamples (a group of which nobody was drawn) are left out; all NaN gives NaN. Ends
        are rounded to 9 decimals, so that how many threads summed them cannot be seen.
        """
        tail = (1 - self.confidence) / 2
        rest = resampled.shape[1:]
        columns = np.moveaxis(resampled, 0, -1).reshape(-1, len(resampled))
        ends = np.full((2, len(columns)), np.nan)
        missing = np.isnan(columns)
        whole, partly = ~missing.any(axis=1), missing.any(axis=1) & ~missing.all(axis=1)
        ends[:, whole] = np.quantile(columns[whole], [tail, 1 - tail], axis=1)
        ends[:, partly] = _quantiles_of_known(columns[partly], [tail, 1 - tail])
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


def _drawn(n_resamples: int, seed: int, n: int) -> Iterator[Counts]:
    """Draw, and yield how often each of n was drawn, in blocks of shape (n, r)."""
    rng = np.random.default_rng([seed, n])
    step = max(1, BLOCK_DRAWS // max(n, 1))
    for start in range(0, n_resamples, step):
        r = min(step, n_resamples - start)
        drawn = rng.integers(0, n, size=(r, n)) + np.arange(r)[:, None] * n
        counts = np.bincount(drawn.ravel(), minlength=r * n).reshape(r, n)
        yield np.ascontiguousarray(counts.T, np.uint8)


@lru_cache(maxsize=_KEPT_SIZES)
def _kept(n_resamples: int, seed: int, n: int) -> Counts:
    """Draw once for every model, task and shelf with as many listeners: (n, R)."""
    counts = np.concatenate(list(_drawn(n_resamples, seed, n)), axis=1)
    counts.setflags(write=False)
    return counts


def _cells(
    partitions: list[Partition],
) -> tuple[NDArray[np.int64], NDArray[np.int64], list[NDArray[np.int32]]]:
    """Cut the listeners into cells that no partition divides, so that each is summed once.

    Returns the listeners sorted by cell; where each of the C cells, none of more than `_ROWS`,
    starts and the last one ends; and for each partition the group that holds each cell, -1 for
    none, (C,).
    """
    labels = np.stack([partition.labels for partition in partitions])  # (P, n)
    cells, cell_of = np.unique(labels, axis=1, return_inverse=True)
    order = np.argsort(cell_of.ravel(), kind="stable")
    ends = np.searchsorted(cell_of.ravel()[order], np.arange(cells.shape[1] + 1))
    starts = np.union1d(ends, np.arange(0, labels.shape[1], _ROWS))
    within = np.searchsorted(ends, starts[:-1], side="right") - 1
    return order, starts, list(cells[:, within])


def _quantiles_of_known(columns: Floats, levels: list[float]) -> Floats:
    """Return quantiles of what is not NaN in each row, (levels, rows): linear, as `np.quantile`."""
    ordered = np.sort(columns, axis=1)  # NaN to the end
    known = np.count_nonzero(~np.isnan(columns), axis=1)
    at = np.array(levels)[:, None] * (known - 1)
    below = np.floor(at).astype(np.int64)
    above = np.minimum(below + 1, known - 1)
    every = np.arange(len(columns))
    low, high = ordered[every, below], ordered[every, above]
    return np.asarray(low + (high - low) * (at - below))


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
