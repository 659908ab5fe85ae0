"""Pairs of things that more people like both of than chance explains, and the best of each.

Whoever likes n things makes n² pairs, and most things share nobody with most others: the work goes
by the pairs that exist, block by block of things, and never by all that could.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final, TypeVar

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from rekomenda.domain.cores import n_cores

Int32 = NDArray[np.int32]
Float32 = NDArray[np.float32]
Bools = NDArray[np.bool_]
Value = TypeVar("Value")

_PAIRS_OF_BLOCK: Final = 4_000_000
"""Pairs that the things of a block may have at most: 8 bytes each."""
_ROOM_OF_LIST: Final = 500
"""Pairs that take as much room as what a thing's list is chosen from."""


@dataclass(frozen=True, eq=False)
class Pairs:
    """Some pairs of m things of a block with others, in any order.

    Parameters
    ----------
    row : ndarray of int, shape (k,)
        Place in the block of the one.
    other : ndarray of int32, shape (k,)
        The other.
    z : ndarray of float32, shape (k,)
        How far beyond chance, in standard deviations.
    """

    row: NDArray[np.intp]
    other: Int32
    z: Float32

    def where(self, kept: Bools) -> Pairs:
        """Return only some."""
        return Pairs(self.row[kept], self.other[kept], self.z[kept])

    def best(self, m: int, n: int) -> Int32:
        """Return the n others of largest z of each row, equal ones by index; -1 behind the last.

        The result, (m, w), is as wide as the fullest row, at least 1 and at most n.
        """
        order = np.lexsort((self.other, -self.z, self.row))
        row = self.row[order]
        counts = np.bincount(row, minlength=m)
        place = np.arange(len(row)) - np.repeat(np.cumsum(counts) - counts, counts)
        listed = place < n
        found = np.full((m, max(1, min(n, int(counts.max(initial=0))))), -1, np.int32)
        found[row[listed], place[listed]] = self.other[order[listed]]
        return found


@dataclass(frozen=True, eq=False)
class BeyondChance:
    """What N people like, (N, J), and which pairs of the J things count.

    Parameters
    ----------
    liked : csr_array of float32
        1.0 where somebody likes a thing. Counts are exact to 2^24 people.
    min_support : int
        People who like both, > 0.
    min_residual : float
        Least z.
    """

    liked: csr_array
    min_support: int
    min_residual: float

    @cached_property
    def fans(self) -> NDArray[np.int64]:
        """How many people like each thing, (J,)."""
        return np.bincount(self.liked.indices, minlength=self.liked.shape[1])

    def each_block(self, things: Int32, work: Callable[[Int32, Pairs], Value]) -> list[Value]:
        """Return what `work` makes of each block of things and its pairs, on all cores, in order."""
        likers = csr_array(self.liked.T)
        lengths = np.diff(self.liked.indptr).astype(np.float64)
        total = max(lengths.sum(), 1.0)
        ratio = (lengths**2).sum() / total**2  # κ / N

        def done(block: Int32) -> Value:
            return work(block, self._pairs(block, csr_array(likers[block]), ratio))

        blocks = self._blocks(things, likers, lengths)
        with ThreadPoolExecutor(n_cores()) as pool:  # SciPy lets other threads work meanwhile
            return list(pool.map(done, blocks))

    def _blocks(self, things: Int32, likers: csr_array, lengths: NDArray[Any]) -> list[Int32]:
        """Cut things where the pairs they may have at most would no longer fit a block."""
        # A thing has a pair with each thing of each of its likers, and with no more than there are.
        met = likers @ lengths.astype(np.float32)  # of the matrix's type, or all of it is copied
        room = np.minimum(met, likers.shape[0])[things] + _ROOM_OF_LIST
        place = np.cumsum(room, dtype=np.float64) // _PAIRS_OF_BLOCK
        return np.split(things, np.flatnonzero(np.diff(place)) + 1) if len(things) else []

    def _pairs(self, block: Int32, likers: csr_array, ratio: float) -> Pairs:
        """Return the pairs of some things, the rows of `likers`, that count."""
        both = csr_array(likers @ self.liked)
        enough = np.flatnonzero(both.data >= self.min_support)
        row = np.searchsorted(both.indptr, enough, side="right") - 1
        other, support = both.indices[enough].astype(np.int32), both.data[enough]
        fans = self.fans.astype(np.float64)
        expected = fans[block][row] * fans[other] * ratio
        z = ((support - expected) / np.sqrt(np.maximum(expected, 1e-12))).astype(np.float32)
        return Pairs(row, other, z).where(~(z < self.min_residual))
