"""Which tracks are considered for a list, before they are ranked and thinned."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rekomenda.domain.eligible import Eligible
from rekomenda.domain.interactions import Histories
from rekomenda.domain.top_n import TopN, top_n


@dataclass(frozen=True, eq=False)
class PlayedTracks:
    """The cells of each history, best first, to be read to any depth.

    Parameters
    ----------
    indptr : ndarray of int64, shape (B + 1,)
    cells : ndarray of int64, shape (nnz,)
        User b's cells are `cells[indptr[b]:indptr[b + 1]]`, those that are no candidates last.
    counts : ndarray of int64, shape (B,)
        Candidates of each user.
    """

    indptr: NDArray[np.int64]
    cells: NDArray[np.int64]
    counts: NDArray[np.int64]

    @classmethod
    def by_value(
        cls, histories: Histories, values: NDArray[np.float32], *, last: NDArray[np.bool_]
    ) -> PlayedTracks:
        """Order cells by descending value, shape (nnz,), ties by item index; -inf is no candidate.

        Candidates that are `last`, shape (nnz,), come behind all others.

        O(nnz log nnz) for the batch.
        """
        users = histories.users_of_cells
        behind = last | (values == -np.inf)
        # Each user's slice stays in place.
        order = np.lexsort((histories.items, -values, behind, users))
        counts = np.bincount(users[values > -np.inf], minlength=len(histories))
        return cls(indptr=histories.indptr, cells=order.astype(np.int64), counts=counts)

    def first(self, n: int, rows: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return the n best cells of some users, -1 behind their last: (b,) -> (b, n)."""
        depth = np.arange(n)
        there = depth < self.counts[rows, None]
        cells = np.full(there.shape, -1, np.int64)
        cells[there] = self.cells[(self.indptr[rows, None] + depth)[there]]
        return cells


def by_model(scores: NDArray[np.float32], eligible: Eligible, n: int) -> TopN:
    """Return the n eligible items that a model scores highest, ties by item index.

    Parameters
    ----------
    scores : ndarray of float32, shape (B, I)
        Overwritten.
    eligible : Eligible
    n : int
        Candidates for each user, > 0.
    """
    return top_n(eligible.apply(scores), n)
