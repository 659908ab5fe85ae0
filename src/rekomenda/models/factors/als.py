"""ALS: implicit-feedback matrix factorisation, alternating between listeners and items.

Sources: Y. Hu, Y. Koren, C. Volinsky, "Collaborative Filtering for Implicit Feedback Datasets",
ICDM 2008, eq. 3 to 5; S. Rendle, W. Krichene, L. Zhang, Y. Koren, "Revisiting the Performance of
iALS on Item Recommendation Benchmarks", RecSys 2022, section 3.2 (a penalty scaled by frequency to
the power ν, and the start); Y. Zhou, D. Wilkinson, R. Schreiber, R. Pan, "Large-Scale Parallel
Collaborative Filtering for the Netflix Prize", AAIM 2008 (the same with ν = 1).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Final

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from rekomenda.domain.models import FittedModel
from rekomenda.domain.training import HeavyWork, TrainingData
from rekomenda.errors import FitError
from rekomenda.language import Text
from rekomenda.models.base import Algorithm, Arrays, Float32, knob
from rekomenda.models.blocks import one_blas_thread, run_blocks, slices
from rekomenda.models.cost import Cost, Size, factorising
from rekomenda.models.factors.base import Factors
from rekomenda.models.linear.base import value_matrix

if TYPE_CHECKING:
    from rekomenda.models.factors.least_squares import Side

START: Final = 0.1
"""Length of a row of factors before the first round, about."""
ROWS: Final = 256
"""Rows that one thread solves for at a time."""


@dataclass(frozen=True)
class ALS(Algorithm):
    """Find a few factors behind everybody's plays; weights say how sure we are of a like.

    Parameters
    ----------
    n_factors : int, default 64
        K, dimensions of the space.
    n_iterations : int, default 8
        Rounds over listeners and items. More is not better: the fit starts to overfit.
    regularization : float, default 100.0
        L2 penalty λ > 0 on the factors, in units of confidence.
    frequency_scaling : float, default 0.5
        ν, 0 to 1: the penalty of an item with m listeners is λ (m / m̄)^ν, m̄ their mean, so that
        items that many play are held as firmly as the others. Listeners all have λ.
    alpha : float, default 40.0
        Confidence in a like of typical weight is 1 + α (section 4 of Hu et al.); 0: all alike.
        Smaller suits music with long histories; 10 gave more on Last.fm artists.

    Notes
    -----
    Weights count relative to w̄, their root mean square at training: confidence is 1 + α w / w̄.
    Counts of a lifetime on one day, and plays that decayed for a year, are in very different
    units; without this the same α would mean a different model for each. (Against the plain mean
    it holds a few very large weights back.)

    Equations are solved by conjugate gradients in float32 (`least_squares`). Time: each round
    O(nnz K + (U + I) K²). Memory: 4 (U + I) K bytes and twice the plays.
    """

    algorithm: ClassVar[str] = "als"

    n_factors: int = knob(64, least=1)
    n_iterations: int = knob(8, least=1)
    regularization: float = knob(100.0, above=0)
    frequency_scaling: float = knob(0.5, least=0, most=1)
    alpha: float = knob(40.0, least=0)

    def _learn(self, data: TrainingData, seed: int) -> FittedModel:
        confidence = value_matrix(data.interactions.histories, "weights").copy()
        typical = np.sqrt(np.square(confidence.data, dtype=np.float64).mean())
        alpha = self.alpha / float(typical)
        if data.work is not None:
            factors = self._elsewhere(data.work, confidence, alpha, seed)
        else:
            confidence.data = (1 + alpha * confidence.data).astype(np.float32)
            factors = self._factorise(confidence, seed)
        liked = np.bincount(confidence.indices, minlength=len(factors)) > 0
        factors[~liked] = 0
        try:
            return Factors.of(
                self.algorithm, factors, regularization=self.regularization, alpha=alpha
            )
        except np.linalg.LinAlgError as error:
            raise FitError(
                algorithm=self.algorithm,
                detail=Text(
                    en=f"regularization = {self.regularization:g} is too small for these plays",
                    pt=f"regularization = {self.regularization:g} é pequeno demais para estes plays",
                ),
            ) from error

    def _elsewhere(
        self, elsewhere: HeavyWork, weights: csr_array, alpha: float, seed: int
    ) -> Float32:
        """Let a cluster find the item factors, (I, K)."""
        return elsewhere.factorise(
            weights,
            n_factors=self.n_factors,
            n_iterations=self.n_iterations,
            regularization=self.regularization,
            alpha=alpha,
            seed=seed,
        )

    def _factorise(self, confidence: csr_array, seed: int) -> Float32:
        """Return the item factors, (I, K)."""
        from rekomenda.models.factors.least_squares import Side  # noqa: PLC0415 - numba takes a while to import

        n_users, n_items = confidence.shape
        rng = np.random.default_rng(seed)
        scale = START / np.sqrt(self.n_factors)
        users, items = (
            np.asarray(scale * rng.standard_normal((count, self.n_factors)), np.float32)
            for count in (n_users, n_items)
        )
        by_item = csr_array(confidence.T)
        listeners = np.diff(by_item.indptr)
        often = np.maximum(listeners, 1) / listeners[listeners > 0].mean()
        penalties = self.regularization * often**self.frequency_scaling
        for_users = Side(users, np.full(n_users, self.regularization, np.float32))
        for_items = Side(items, penalties.astype(np.float32))
        for _ in range(self.n_iterations):
            _half_a_round(confidence, items, for_users)
            _half_a_round(by_item, users, for_items)
        return items

    def _cost(self, size: Size) -> Cost:
        return factorising(size, self.n_factors, self.n_iterations)

    def restore(self, arrays: Arrays) -> FittedModel:
        """Make the fitted model again from its arrays."""
        alpha = float(arrays["alpha"][0])
        return Factors(self.algorithm, arrays["item_factors"], arrays["whitened"], alpha)


def _half_a_round(confidence: csr_array, other: Float32, found: Side) -> None:
    """Improve one side, in place, from the factors of the other."""
    from rekomenda.models.factors.least_squares import Confidences, improve  # noqa: PLC0415 - numba takes a while to import

    with one_blas_thread():
        gram: NDArray[np.float32] = other.T @ other
    cells = Confidences(
        confidence.indptr.astype(np.int64), confidence.indices.astype(np.int32), confidence.data
    )

    def work(rows: slice) -> None:
        improve((rows.start, rows.stop), cells, other, gram, found)

    run_blocks(work, slices(len(found.factors), 1, most=ROWS))
