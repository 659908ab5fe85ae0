"""Linear item-to-item models: score(u, j) = Σ_h x_uh · weight_hj over the listener's plays h."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from rekomenda.domain.interactions import Histories
from rekomenda.domain.top_n import TopN
from rekomenda.models.additive import Additive, without_opinion, without_opinion_at
from rekomenda.models.base import Arrays, Float32, Int32
from rekomenda.models.blocks import Padded
from rekomenda.models.linear.asked import AskedRows
from rekomenda.models.linear.rows import SparseRows
from rekomenda.models.lists.asked import Asked, AskedTwice
from rekomenda.models.lists.rules import Wanted

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

    @property
    def placed(self) -> NDArray[np.bool_]:
        """Tracks that somebody liked at training, (I,)."""
        return self.known

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

    def _score_at(self, histories: Histories, candidates: Int32) -> Float32:
        from rekomenda.models.lists.candidate_kernels import add_weights_at  # noqa: PLC0415 - numba takes a while to import
        from rekomenda.models.lists.row_walk import Amounts  # noqa: PLC0415 - as above

        scores = np.zeros(candidates.shape, np.float32)
        amounts = Amounts.of(value_matrix(histories, self.values))
        add_weights_at(amounts, self.item_weights, candidates, scores)
        return without_opinion_at(scores, histories, self.known, candidates)

    def _ranked(self, histories: Histories, wanted: Wanted) -> list[TopN]:
        from rekomenda.models.lists.row_walk import best_by_weights  # noqa: PLC0415 - numba takes a while to import

        amounts = value_matrix(histories, self.values)
        return best_by_weights(amounts, self.item_weights, self.known, wanted)

    @property
    def _block_shape(self) -> tuple[int, int]:
        return 0, 1024

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
    """Each item speaks only for some others.

    An item that no play of the listener speaks for gets -inf: nothing is known for it.

    Parameters
    ----------
    rows : SparseRows
        Row h: the items that playing h speaks for, itself left out.
    """

    rows: SparseRows

    def _score(self, histories: Histories) -> Float32:
        from rekomenda.models.lists.row_walk import Amounts, add_up  # noqa: PLC0415 - numba takes a while to import

        scores = np.zeros((len(histories), self.n_items), np.float32)
        add_up(Amounts.of(value_matrix(histories, self.values)), self.rows.stored, scores)
        np.copyto(scores, np.float32(-np.inf), where=scores == 0)
        return without_opinion(scores, histories, self.known)

    def _score_at(self, histories: Histories, candidates: Int32) -> Float32:
        from rekomenda.models.lists.candidate_kernels import add_rows_at  # noqa: PLC0415 - numba takes a while to import
        from rekomenda.models.lists.row_walk import Amounts  # noqa: PLC0415 - as above

        scores = np.zeros(candidates.shape, np.float32)
        amounts = Amounts.of(value_matrix(histories, self.values))
        add_rows_at(amounts, self.rows.stored, candidates, scores)
        scores[scores == 0] = -np.inf
        return without_opinion_at(scores, histories, self.known, candidates)

    def _ranked(self, histories: Histories, wanted: Wanted) -> list[TopN]:
        from rekomenda.models.lists.row_walk import best_by_rows  # noqa: PLC0415 - numba takes a while to import

        amounts = value_matrix(histories, self.values)
        return best_by_rows(amounts, self.rows.stored, self.known, wanted)

    def ask(self, histories: Histories) -> Asked:
        """Add a block of users' rows up once: proposals are exact, as nothing is quicker."""
        asked = AskedRows(value_matrix(histories, self.values), self.rows, self.known)

        def score(items: Int32) -> Float32:
            scores = np.zeros(items.shape, np.float32)
            asked.add_to(scores, items)
            scores[scores == 0] = -np.inf
            return without_opinion_at(scores, histories, self.known, items)

        return AskedTwice(True, asked.propose, score)

    @property
    def _block_shape(self) -> tuple[int, int]:
        return 0, 1024

    def _contributions(self, users: Padded, items: Int32) -> Float32:
        parts = self.rows.at(users.items, items)
        parts *= self._amounts(users)[:, :, None]
        return parts

    @property
    def _bytes_per_cell(self) -> int:
        return 8

    def _similarities(self, items: Int32) -> Float32:
        near = self.rows.matrix[items].toarray()
        return np.where(near > 0, near, np.float32(-np.inf))

    def arrays(self) -> Arrays:
        """Return the arrays of the rows and `known` (I,) bool."""
        return {**self.rows.arrays(), "known": self.known}
