"""Linear item-to-item models: score(u, j) = Σ_h x_uh · weight_hj over the listener's plays h."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from rekomenda.domain.interactions import Histories
from rekomenda.models.additive import Additive, without_opinion
from rekomenda.models.base import Arrays, Float32, Int32
from rekomenda.models.blocks import Padded

VALUES: Final = ("weights", "binary")
"""What x_uh is: the weight of the cell, or 1 where it is positive."""


def value_matrix(histories: Histories, values: str) -> csr_array:
    """Return x as a sparse matrix, shape (B, I), where only what is liked is stored."""
    if values == "binary":
        return histories.binary
    matrix = histories.user_items
    if not matrix.data.all():
        matrix = matrix.copy()
        matrix.eliminate_zeros()  # in place, so never on the history's own arrays
    return matrix


@dataclass(frozen=True, eq=False)
class Linear(Additive):
    """Base of linear item-to-item models.

    Parameters
    ----------
    values : {"weights", "binary"}
        What x is, at training and here.
    known : ndarray of bool, shape (I,)
        Items that somebody liked at training; the model has no opinion of others.
    """

    values: str
    known: NDArray[np.bool_]

    @property
    def n_items(self) -> int:
        """I, the number of items it scores."""
        return len(self.known)

    def _amounts(self, users: Padded) -> Float32:
        """Return x of each cell, (b, L)."""
        return (users.weights > 0).astype(np.float32) if self.values == "binary" else users.weights


@dataclass(frozen=True, eq=False)
class DenseLinear(Linear):
    """Weights between all pairs of items.

    Parameters
    ----------
    item_weights : ndarray of float32, shape (I, I)
        [h, j]: how much playing h says for j; the diagonal is 0.
    """

    item_weights: Float32

    def _score(self, histories: Histories) -> Float32:
        scores: Float32 = value_matrix(histories, self.values) @ self.item_weights
        return without_opinion(scores, histories, self.known)

    def _contributions(self, users: Padded, items: Int32) -> Float32:
        pairs = self.item_weights[users.items[:, :, None], items[:, None, :]]
        pairs *= self._amounts(users)[:, :, None]
        return pairs

    @property
    def _bytes_per_cell(self) -> int:
        return 8

    def _similarities(self, items: Int32) -> Float32:
        weights = self.item_weights[items]
        return np.where((weights > 0) & self.known, weights, np.float32(-np.inf))

    def arrays(self) -> Arrays:
        """Return `item_weights` (I, I) float32 and `known` (I,) bool."""
        return {"item_weights": self.item_weights, "known": self.known}


@dataclass(frozen=True, eq=False)
class SparseLinear(Linear):
    """Each item speaks only for its nearest neighbours.

    An item that no play of the listener speaks for gets -inf: nothing is known for it.

    Parameters
    ----------
    neighbours : ndarray of int32, shape (I, K)
        [h]: the items that playing h speaks for, strongest first, padded with -1.
    strengths : ndarray of float32, shape (I, K)
        Their weights, > 0; 0 where padded.
    """

    neighbours: Int32
    strengths: Float32
    _matrix: csr_array

    @classmethod
    def of(
        cls,
        algorithm: str,
        values: str,
        known: NDArray[np.bool_],
        neighbours: Int32,
        strengths: Float32,
    ) -> SparseLinear:
        """Make the model; the sparse matrix that scores is built once, here."""
        filled = neighbours >= 0
        indptr = np.concatenate([[0], np.cumsum(filled.sum(axis=1))])
        matrix = csr_array(
            (strengths[filled], neighbours[filled], indptr), shape=(len(known), len(known))
        )
        return cls(algorithm, values, known, neighbours, strengths, matrix)

    def _score(self, histories: Histories) -> Float32:
        scores: Float32 = (value_matrix(histories, self.values) @ self._matrix).toarray()
        scores[scores == 0] = -np.inf
        return without_opinion(scores, histories, self.known)

    def _contributions(self, users: Padded, items: Int32) -> Float32:
        (b, n_cells), n, width = users.items.shape, items.shape[1], self.n_items + 1
        # Which column an item has; n for those not asked for, and behind the last item, so that
        # the -1 of a missing neighbour, taken from the row before, finds n as well.
        column_of = np.full((b, width), n, np.int32)
        np.put_along_axis(column_of, items.astype(np.intp), np.arange(n, dtype=np.int32), axis=1)
        found = self.neighbours[users.items] + (np.arange(b) * width)[:, None, None]  # (b, L, K)
        cells = np.arange(b * n_cells).reshape(b, n_cells, 1) * (n + 1)
        spoken = np.zeros(b * n_cells * (n + 1), np.float32)
        spoken[column_of.ravel()[found] + cells] = self.strengths[users.items]
        stands = np.take_along_axis(column_of, items.astype(np.intp), axis=1)  # of repeats the last
        parts = np.take_along_axis(spoken.reshape(b, n_cells, n + 1), stands[:, None, :], axis=2)
        parts *= self._amounts(users)[:, :, None]
        return parts

    @property
    def _bytes_per_cell(self) -> int:
        return 24 * int(self.neighbours.shape[1])

    @property
    def _bytes_per_user(self) -> int:
        return 4 * self.n_items

    def _similarities(self, items: Int32) -> Float32:
        near = self._matrix[items].toarray()
        return np.where(near > 0, near, np.float32(-np.inf))

    def arrays(self) -> Arrays:
        """Return `neighbours` (I, K) int32, `strengths` (I, K) float32 and `known` (I,) bool."""
        return {"neighbours": self.neighbours, "strengths": self.strengths, "known": self.known}
