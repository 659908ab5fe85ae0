"""Linear item-to-item models whose weights are a sparse matrix plus one of low rank."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from rekomenda.domain.interactions import Histories
from rekomenda.domain.top_n import TopN
from rekomenda.models.additive import without_opinion, without_opinion_at
from rekomenda.models.base import Arrays, Float32, Int32
from rekomenda.models.blocks import Padded
from rekomenda.models.linear.asked import AskedRows
from rekomenda.models.linear.base import Linear, value_matrix
from rekomenda.models.linear.rows import SparseRows
from rekomenda.models.lists.asked import Asked, AskedTwice
from rekomenda.models.lists.rules import Wanted
from rekomenda.models.lists.tiles import ROWS, tiled_product


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
        from rekomenda.models.lists.row_walk import Amounts, add_up  # noqa: PLC0415 - numba takes a while to import

        scores = tiled_product(self.user_factors(histories), self.right)
        sums = np.zeros_like(scores)
        add_up(Amounts.of(value_matrix(histories, self.values)), self.rows.stored, sums)
        scores += sums
        return without_opinion(scores, histories, self.known)

    def _score_at(self, histories: Histories, candidates: Int32) -> Float32:
        from rekomenda.models.lists.candidate_kernels import add_rows_at, products_at  # noqa: PLC0415 - numba takes a while to import
        from rekomenda.models.lists.row_walk import Amounts  # noqa: PLC0415 - as above

        scores = np.empty(candidates.shape, np.float32)
        products_at(self.user_factors(histories), self.right, candidates, scores)
        amounts = Amounts.of(value_matrix(histories, self.values))
        add_rows_at(amounts, self.rows.stored, candidates, scores)
        return without_opinion_at(scores, histories, self.known, candidates)

    def _ranked(self, histories: Histories, wanted: Wanted) -> list[TopN]:
        from rekomenda.models.lists.row_walk import best_by_sum  # noqa: PLC0415 - numba takes a while to import

        amounts = value_matrix(histories, self.values)
        waves = tiled_product(self.user_factors(histories), self.right)
        return best_by_sum(amounts, self.rows.stored, waves, self.known, wanted)

    @property
    def _block_shape(self) -> tuple[int, int]:
        return 4 * self.n_items, ROWS

    def ask(self, histories: Histories) -> Asked:
        """Propose by S alone: what the waves add moves the order of near neighbours a little."""
        from rekomenda.models.lists.candidate_kernels import products_at  # noqa: PLC0415 - numba takes a while to import

        asked = AskedRows(value_matrix(histories, self.values), self.rows, self.known)

        def score(items: Int32) -> Float32:
            scores = np.empty(items.shape, np.float32)
            products_at(self.user_factors(histories), self.right, items, scores)
            asked.add_to(scores, items)
            scores[items < 0] = -np.inf
            return without_opinion_at(scores, histories, self.known, items)

        return AskedTwice(False, asked.propose, score)

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
