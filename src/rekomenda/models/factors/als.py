"""ALS: implicit-feedback matrix factorisation, fitted by the `implicit` library.

Sources: Y. Hu, Y. Koren, C. Volinsky, "Collaborative Filtering for Implicit Feedback Datasets",
ICDM 2008, eq. 3 to 5; G. Takács, I. Pilászy, D. Tikk, "Applications of the Conjugate Gradient
Method for Implicit Feedback Collaborative Filtering", RecSys 2011 (the solver while it fits).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from scipy.sparse import csr_array, csr_matrix

from rekomenda.domain.models import FittedModel
from rekomenda.domain.training import TrainingData
from rekomenda.errors import FitError
from rekomenda.language import Text
from rekomenda.models.base import Algorithm, Arrays, Float32, knob
from rekomenda.models.blocks import one_blas_thread
from rekomenda.models.cost import Cost, Size, factorising
from rekomenda.models.factors.base import Factors
from rekomenda.models.linear.base import value_matrix


@dataclass(frozen=True)
class ALS(Algorithm):
    """Find a few factors behind everybody's plays; weights say how sure we are of a like.

    Parameters
    ----------
    n_factors : int, default 64
        K, dimensions of the space.
    n_iterations : int, default 8
        Rounds over listeners and items. More is not better: the fit starts to overfit.
    regularization : float, default 50.0
        L2 penalty λ > 0 on the factors, in units of confidence.
    alpha : float, default 40.0
        Confidence in a like of typical weight is 1 + α (section 4 of Hu et al.); 0: all alike.
        Smaller suits music with long histories; 10 gave more on Last.fm artists.

    Notes
    -----
    Weights count relative to w̄, their root mean square at training: confidence is 1 + α w / w̄.
    Counts of a lifetime on one day, and plays that decayed for a year, are in very different
    units; without this the same α would mean a different model for each. (Against the plain mean
    it holds a few very large weights back.)

    Time: each round O(nnz K + (U + I) K²). Memory: 4 (U + I) K bytes and twice the plays.
    """

    algorithm: ClassVar[str] = "als"

    n_factors: int = knob(64, least=1)
    n_iterations: int = knob(8, least=1)
    regularization: float = knob(50.0, above=0)
    alpha: float = knob(40.0, least=0)

    def _learn(self, data: TrainingData, seed: int) -> FittedModel:
        confidence = value_matrix(data.interactions.histories, "weights").copy()
        typical = np.sqrt(np.square(confidence.data, dtype=np.float64).mean())
        alpha = self.alpha / float(typical)
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

    def _factorise(self, confidence: csr_array, seed: int) -> Float32:
        """Return the item factors, (I, K)."""
        from implicit.cpu.als import AlternatingLeastSquares  # noqa: PLC0415 - slow to import, and only fitting needs it

        # Two BLAS threads inside the library's own threads wait for each other most of the time.
        with one_blas_thread():
            library = AlternatingLeastSquares(
                factors=self.n_factors,
                regularization=self.regularization,
                alpha=1.0,  # the confidences are given
                iterations=self.n_iterations,
                random_state=seed,
                dtype=np.float32,
            )
            library.fit(csr_matrix(confidence), show_progress=False)
        return np.ascontiguousarray(library.item_factors, dtype=np.float32)

    def _cost(self, size: Size) -> Cost:
        return factorising(size, self.n_factors, self.n_iterations)

    def restore(self, arrays: Arrays) -> FittedModel:
        """Make the fitted model again from its arrays."""
        alpha = float(arrays["alpha"][0])
        return Factors(self.algorithm, arrays["item_factors"], arrays["whitened"], alpha)
