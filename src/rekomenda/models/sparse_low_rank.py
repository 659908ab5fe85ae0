"""Linear item-to-item models whose weights are a sparse matrix plus one of low rank."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from rekomenda.domain.interactions import Histories
from rekomenda.models.additive import without_opinion
from rekomenda.models.base import Arrays, Float32, Int32
from rekomenda.models.blocks import Padded
from rekomenda.models.linear import Linear, value_matrix
from rekomenda.models.rows import SparseRows
from rekomenda.models.tiles import tiled_product


@dataclass(frozen=True, eq=False)
class SparsePlusLowRank(Linear):
    """Weights S + L Rᵀ: near neighbours one by one, and what a few directions say of all items.

    Every item that somebody liked has a score; nothing I x I is ever dense.

    Parameters
    ----------
    rows : SparseRows
        S, without a diagonal.
    left, right : ndarray of float32, shape (I, K)
        L and R. Their product has a diagonal: it is felt by tracks heard before only.
    """

    rows: SparseRows
    left: Float32
    right: Float32

    def user_factors(self, histories: Histories) -> Float32:
        """Return x L, (B, K)."""
        factors: Float32 = value_matrix(histories, self.values) @ self.left
        return factors

    def _score(self, histories: Histories) -> Float32:
        scores = tiled_product(self.user_factors(histories), self.right)
        scores += (value_matrix(histories, self.values) @ self.rows.matrix).toarray()
        return without_opinion(scores, histories, self.known)

    def _contributions(self, users: Padded, items: Int32) -> Float32:
        parts = self.left[users.items] @ self.right[items].swapaxes(1, 2)
        parts += self.rows.at(users.items, items)
        parts *= self._amounts(users)[:, :, None]
        return parts

    @property
    def _bytes_per_cell(self) -> int:
        return 8 + 4 * int(self.left.shape[1])

    def _similarities(self, items: Int32) -> Float32:
        near = tiled_product(self.left[items], self.right)
        near += self.rows.matrix[items].toarray()
        return np.where((near > 0) & self.known, near, np.float32(-np.inf))

    def arrays(self) -> Arrays:
        """Return the arrays of the rows, `left` and `right` (I, K) float32, and `known` (I,) bool."""
        return {
            **self.rows.arrays(),
            "left": self.left,
            "right": self.right,
            "known": self.known,
        }
