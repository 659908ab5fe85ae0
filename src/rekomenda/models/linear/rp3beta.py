"""RP3beta: walks of three steps from a listener to a track, popular ends held back.

Sources: C. Cooper, S. H. Lee, T. Radzik, Y. Siantos, "Random Walks in Recommender Systems: Exact
Computation and Simulations", WWW 2014 companion, section 2 (P³α); B. Paudel, F. Christoffel,
C. Newell, A. Bernstein, "Updatable, Accurate, Diverse, and Scalable Recommendations for Interactive
Applications", ACM TiiS 7(1), 2016, eq. 7 (RP³β).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from scipy.sparse import csr_array

from rekomenda.domain.models import FittedModel
from rekomenda.domain.training import TrainingData
from rekomenda.models.base import Algorithm, Arrays, knob
from rekomenda.models.cost import Cost, Size
from rekomenda.models.linear.base import VALUES, SparseLinear, value_matrix
from rekomenda.models.linear.rows import SparseRows


@dataclass(frozen=True)
class RP3Beta(Algorithm):
    """Walk from each play to whoever else plays it and on to what they play, at random.

    Parameters
    ----------
    alpha : float, default 0.8
        Power of the steps' probabilities, >= 0: below 1 the long shares of busy listeners and
        tracks count more.
    beta : float, default 0.25
        How much a popular end is held back, >= 0: the score is divided by its listeners to the β.
    n_neighbours : int, default 0
        Strongest ends kept for each track; 0 keeps all, or as many as 128 million pairs allow.
        Cutting to a few hundred costs several percent.
    values : {"weights", "binary"}, default "binary"
        What a play is worth: damped plays, or 1 for whatever was liked.

    Notes
    -----
    Playing h says for j:  Σ_u (x_uh / Σ_v x_vh)^α (x_uj / Σ_i x_ui)^α / (Σ_u x_uj)^β. The first
    of the three steps, from the listener, has one length for all that they played and is left out.

    Nothing is learned but counts. Time: 2 Σ_u (items of u)². Memory: 8 bytes for each pair kept.
    """

    algorithm: ClassVar[str] = "rp3beta"

    alpha: float = knob(0.8, least=0)
    beta: float = knob(0.25, least=0)
    n_neighbours: int = knob(0, least=0)
    values: str = knob("binary", choices=VALUES)

    def _learn(self, data: TrainingData, seed: int) -> FittedModel:  # noqa: ARG002 - nothing is random
        from rekomenda.models.linear.co_listening import co_listening  # noqa: PLC0415 - numba takes a while to import

        matrix = value_matrix(data.interactions.histories, self.values)
        of_item, of_user = (np.asarray(matrix.sum(axis=axis), np.float64) for axis in (0, 1))
        known = of_item > 0
        of_item[~known] = 1
        busy = np.repeat(of_user, np.diff(matrix.indptr))
        # Half of a listener's part on each side, so that one matrix makes both steps.
        steps = (matrix.data.astype(np.float64) ** self.alpha / busy ** (self.alpha / 2)).astype(
            np.float32
        )
        rows = co_listening(
            csr_array((steps, matrix.indices, matrix.indptr), shape=matrix.shape),
            row_norm=of_item**self.alpha,
            column_norm=of_item**self.beta,
            n_neighbours=self.n_neighbours,
        )
        return SparseLinear(self.algorithm, self.values, known, rows)

    def _cost(self, size: Size) -> Cost:
        from rekomenda.models.linear.co_listening import MAX_CELLS  # noqa: PLC0415 - numba takes a while to import

        most = size.n_items * self.n_neighbours or MAX_CELLS
        return size.cost(
            scattered=2 * size.n_pairs + 2 * size.n_linked, n_bytes=8 * min(size.n_linked, most)
        )

    def restore(self, arrays: Arrays) -> FittedModel:
        """Make the fitted model again from its arrays."""
        rows = SparseRows.restore(arrays)
        return SparseLinear(self.algorithm, self.values, arrays["known"], rows)
