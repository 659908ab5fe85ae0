"""Lists of full length: look further down the candidates where a list is short."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from rekomenda.domain.catalogue import Catalogue
from rekomenda.ranking.ranked import Value, place
from rekomenda.ranking.rerank import rerank

Items: TypeAlias = NDArray[np.int32]
Find: TypeAlias = Callable[[NDArray[np.int64], int], tuple[Items, NDArray[Value]]]
"""(rows (b,), depth) -> the first `depth` or more candidates of those rows, best first, with a value
of each; the last column is -1 for a row that has no more."""


@dataclass(frozen=True, eq=False)
class Filler:
    """Turns candidates into lists.

    Parameters
    ----------
    catalogue : Catalogue
    max_per_artist : int
        Tracks of one artist that a list may hold, > 0.
    n_candidates : int
        How far down to look at first, > 0.
    """

    catalogue: Catalogue
    max_per_artist: int
    n_candidates: int

    def fill(
        self, find: Find[Value], shape: tuple[int, int], missing: Value
    ) -> tuple[Items, NDArray[Value]]:
        """Re-rank candidates into B lists of n.

        Four times as many candidates are looked at where artist cap and versions leave a list
        short, until it is full or there are no more. The lists are those of looking at all
        candidates at once.

        Parameters
        ----------
        find : Find
        shape : (B, n)
        missing : scalar
            Value of an empty place.

        Returns
        -------
        items : ndarray of int32, shape (B, n)
            -1 behind the end of a list.
        values : ndarray, shape (B, n)
        """
        n_rows, n = shape
        items = np.full(shape, -1, np.int32)
        values = np.full(shape, missing)
        short = np.arange(n_rows)
        depth = max(self.n_candidates, n)
        while len(short):
            found, of_found = find(short, depth)
            columns = rerank(found, self.catalogue, n=n, max_per_artist=self.max_per_artist)
            items[short] = place(found, columns, -1)
            values[short] = place(of_found, columns, missing.item())
            may_have_more = found[:, -1] >= 0
            short = short[(columns[:, -1] < 0) & may_have_more]
            depth *= 4
        return items, values
