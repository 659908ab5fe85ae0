"""Items as points in a space of K factors; a listener is found in it from their history alone.

Source: Y. Hu, Y. Koren, C. Volinsky, "Collaborative Filtering for Implicit Feedback Datasets",
ICDM 2008: eq. 4 (the listener's factors) and section 5 (what each play adds to a score).

Written out, with Y (I, K) the item factors, Y_u the rows this listener played, C their
confidences c = 1 + α w and D = C - 1, eq. 4 is

    x = (G + Y_uᵀ D Y_u)⁻¹ Y_uᵀ c        with G = YᵀY + λ 1.

G is the same for everybody. In the basis V = Y L⁻ᵀ, where G = L Lᵀ, it becomes 1, and scores
Y x = V z keep their values:

    z = (1 + V_uᵀ D V_u)⁻¹ V_uᵀ c  =  V_uᵀ (1 + D V_u V_uᵀ)⁻¹ c.

The second form needs no K x K system for the many listeners who played fewer than K items.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import solve_triangular

from rekomenda.domain.interactions import Histories
from rekomenda.domain.top_n import TopN
from rekomenda.models.additive import Additive, liking
from rekomenda.models.base import Arrays, Float32, Int32
from rekomenda.models.blocks import Padded, one_blas_thread
from rekomenda.models.lists.asked import Asked, AskedTwice
from rekomenda.models.lists.rules import Wanted
from rekomenda.models.lists.tiles import ROWS, filled_up, tiled_product

if TYPE_CHECKING:
    from rekomenda.models.lists.factor_walk import FactorWalk

Float64 = NDArray[np.float64]
LEADING: Final = 64
"""Directions that are enough to find what is worth an exact score."""


@dataclass(frozen=True, eq=False)
class Factors(Additive):
    """Item factors, and fold-in for whoever has a history.

    Parameters
    ----------
    item_factors : ndarray of float32, shape (I, K)
        Y; a row of zeros for items that nobody liked.
    whitened : ndarray of float32, shape (I, K)
        V.
    alpha : float
        Confidence is 1 + α w for a weight w > 0; cells of weight 0 count as not played.
    """

    item_factors: Float32
    whitened: Float32
    alpha: float

    @classmethod
    def of(
        cls, algorithm: str, item_factors: Float32, *, regularization: float, alpha: float
    ) -> Factors:
        """Make the model of Y, wherever Y was learned.

        Raises
        ------
        LinAlgError
            If λ is so small that G cannot be inverted.
        """
        exact = item_factors.astype(np.float64)
        with one_blas_thread():
            gram = exact.T @ exact
            gram[np.diag_indices_from(gram)] += regularization
            lower = np.linalg.cholesky(gram)
            whitened = solve_triangular(lower, exact.T, lower=True).T
        return cls(algorithm, item_factors, np.ascontiguousarray(whitened, dtype=np.float32), alpha)

    @property
    def n_items(self) -> int:
        """I, the number of items it scores."""
        return len(self.item_factors)

    def user_factors(self, histories: Histories) -> Float32:
        """Return z of each listener (eq. 4), shape (B, K); 0 without a liked cell."""
        from rekomenda.models.factors.fold_in import Cells, fold_in  # noqa: PLC0415 - numba takes a while to import

        factors = np.empty((len(histories), self.whitened.shape[1]), np.float32)
        cells = Cells(histories.indptr, histories.items, histories.weights)
        fold_in(self.whitened, cells, self.alpha, factors)
        return factors

    def _speaks(self, histories: Histories) -> NDArray[np.bool_]:
        """Tell of whom something is known, (B,): who has a liked cell."""
        return liking(histories)

    def _score(self, histories: Histories) -> Float32:
        scores = tiled_product(self.user_factors(histories), self.whitened)
        scores[~self._speaks(histories)] = -np.inf
        if not self.known.all():
            scores[:, ~self.known] = -np.inf
        return scores

    def _score_at(self, histories: Histories, candidates: Int32) -> Float32:
        from rekomenda.models.lists.candidate_kernels import products_at  # noqa: PLC0415 - numba takes a while to import

        scores = np.empty(candidates.shape, np.float32)
        products_at(self.user_factors(histories), self.whitened, candidates, scores)
        return self._without_opinion_at(scores, histories, candidates)

    def _without_opinion_at(
        self, scores: Float32, histories: Histories, candidates: Int32
    ) -> Float32:
        scores[~self._speaks(histories)] = -np.inf
        if not self.known.all():
            scores[~self.known[candidates]] = -np.inf
        return scores

    def ask(self, histories: Histories) -> Asked:
        """Find a block of users' factors once, and propose by the `LEADING` directions of them."""
        from rekomenda.models.lists.candidate_kernels import products_at  # noqa: PLC0415 - numba takes a while to import

        users = self.user_factors(histories)

        def propose(wanted: Wanted) -> list[TopN]:
            turned, walk = self._leading
            leading = np.empty((len(users), turned.shape[1]), np.float32)
            for start in range(0, len(users), ROWS):
                rows = filled_up(users[start : start + ROWS], ROWS)
                leading[start : start + ROWS] = (rows @ turned)[: len(users) - start]
            return walk.best(leading, self._speaks(histories), wanted)

        def score(items: Int32) -> Float32:
            scores = np.empty(items.shape, np.float32)
            products_at(users, self.whitened, items, scores)
            scores[items < 0] = -np.inf
            return self._without_opinion_at(scores, histories, items)

        return AskedTwice(False, propose, score)

    @cached_property
    def _leading(self) -> tuple[Float32, FactorWalk]:
        """The `LEADING` directions R (K, L), and the walk through V R.

        At the optimum of ALS listeners and items vary alike, XᵀX = YᵀY = Q D Qᵀ, so scores vary
        by d_k² along the k-th eigenvector. Those are the left singular vectors of VᵀY in the
        basis of V. (FEXIPRO turns its items the same way: H. Li, T. N. Chan, M. L. Yiu, N.
        Mamoulis, SIGMOD 2017, section 3.1.)
        """
        from rekomenda.models.lists.factor_walk import FactorWalk  # noqa: PLC0415 - numba takes a while to import

        with one_blas_thread():
            directions = np.linalg.svd((self.whitened.T @ self.item_factors).astype(np.float64))[0]
            turned = np.ascontiguousarray(directions[:, :LEADING], np.float32)
            return turned, FactorWalk.of(self.whitened @ turned, self.known)

    def _ranked(self, histories: Histories, wanted: Wanted) -> list[TopN]:
        return self._walk.best(self.user_factors(histories), self._speaks(histories), wanted)

    @cached_property
    def _walk(self) -> FactorWalk:
        from rekomenda.models.lists.factor_walk import FactorWalk  # noqa: PLC0415 - numba takes a while to import

        return FactorWalk.of(self.whitened, self.known)

    @property
    def _block_shape(self) -> tuple[int, int]:
        return 8 * int(self.whitened.shape[1]), 2048

    def _contributions(self, users: Padded, items: Int32) -> Float32:
        """Split v_i · z by section 5 of the paper: Σ_h  v_iᵀ (1 + V_uᵀ D V_u)⁻¹ v_h · c_h."""
        played = self._played(users)
        confidence, extra = self._confidence(users)
        if users.items.shape[1] <= played.shape[2]:
            kernel = played @ played.swapaxes(1, 2)
            seen = np.linalg.solve(_plus_one(kernel * extra[:, None, :]), played)
        else:
            seen = np.linalg.solve(_system(played, extra), played.swapaxes(1, 2)).swapaxes(1, 2)
        seen *= confidence[:, :, None]  # (b, L, K)
        parts: Float32 = seen.astype(np.float32) @ self.whitened[items].swapaxes(1, 2)
        return parts

    def _played(self, users: Padded) -> Float64:
        """Return V_u, (b, L, K)."""
        return self.whitened[users.items].astype(np.float64)

    def _confidence(self, users: Padded) -> tuple[Float64, Float64]:
        """Return c and c - 1 of each cell, (b, L); both 0 where nothing is liked."""
        extra = self.alpha * users.weights.astype(np.float64)
        return np.where(users.weights > 0, 1 + extra, 0), extra

    @property
    def _bytes_per_cell(self) -> int:
        return 24 * int(self.whitened.shape[1])

    @cached_property
    def known(self) -> NDArray[np.bool_]:
        """Items that somebody liked at training, (I,)."""
        known: NDArray[np.bool_] = (self.item_factors != 0).any(axis=1)
        return known

    @property
    def placed(self) -> NDArray[np.bool_]:
        """Tracks that have factors, (I,)."""
        return self.known

    def _similarities(self, items: Int32) -> Float32:
        """Cosine of the item factors."""
        norms = np.sqrt(np.einsum("ik,ik->i", self.item_factors, self.item_factors))
        unit = self.item_factors / np.maximum(norms, 1e-30)[:, None]
        near = tiled_product(unit[items], unit)
        near[:, norms == 0] = -np.inf
        near[norms[items] == 0] = -np.inf
        return near

    def arrays(self) -> Arrays:
        """Return `item_factors` and `whitened`, both (I, K) float32, and `alpha`, (1,) float64."""
        return {
            "item_factors": self.item_factors,
            "whitened": self.whitened,
            "alpha": np.array([self.alpha]),
        }


def _system(played: Float64, extra: Float64) -> Float64:
    """Return 1 + V_uᵀ D V_u, (b, K, K)."""
    return _plus_one(played.swapaxes(1, 2) @ (played * extra[:, :, None]))


def _plus_one(matrices: Float64) -> Float64:
    """Add the identity to each matrix, in place."""
    places = np.arange(matrices.shape[1])
    matrices[:, places, places] += 1
    return matrices
