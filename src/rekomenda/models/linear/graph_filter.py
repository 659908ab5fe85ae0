"""Graph filter: the co-listening graph smooths each history, its broadest waves are sharpened again.

Sources: Y. Shen and others, "How Powerful is Graph Convolution for Recommendation?", CIKM 2021,
section 4 (GF-CF: one step of smoothing plus an ideal low-pass filter); J. Choi, S. Hong, N. Park,
S.-B. Cho, "Blurring-Sharpening Process Models for Collaborative Filtering", SIGIR 2023, section 3
(sharpening against the flow of heat, here one Euler step); J.-D. Park, Y.-M. Shin, W.-Y. Shin,
"Turbo-CF: Matrix Decomposition-Free Graph Filtering", SIGIR 2024, eq. 4 (normalising the two ends
of an edge differently).
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
from rekomenda.models.linear.base import VALUES, value_matrix
from rekomenda.models.linear.rows import SparseRows
from rekomenda.models.linear.sparse_low_rank import SparsePlusLowRank
from rekomenda.models.linear.spectrum import leading_vectors


@dataclass(frozen=True)
class GraphFilter(Algorithm):
    """Let taste flow from track to track through shared listeners, then take the blur back.

    Parameters
    ----------
    n_vectors : int, default 256
        K, broad waves of the graph that are kept apart.
    ideal : float, default 0.1
        α >= 0, weight of the ideal low-pass filter: the waves themselves, whatever their strength.
    sharpening : float, default 0.5
        τ, 0 to 1: how much of the blur that the broad waves add is taken back.
    tilt : float, default 0.4
        δ: the score is divided by the listeners of the track it comes from to the δ and multiplied
        by those of the track it goes to. 0 is symmetric; more favours tracks that many play.
    n_neighbours : int, default 0
        Strongest edges kept for each track; 0 keeps all, or as many as 128 million pairs allow.
    values : {"weights", "binary"}, default "binary"
        What a play is worth: damped plays, or 1 for whatever was liked.

    Notes
    -----
    With x̃ = D_U^-1/2 x D_I^-1/2, D the sums of rows and columns, F = x̃ᵀ x̃, and V the K leading
    eigenvectors of F with eigenvalues μ, the weights between items are

        D_I^-δ (F + α V Vᵀ) (1 - τ F) D_I^δ,    F² being taken as V diag(μ²) Vᵀ,

    a sparse matrix plus one of rank K. τ = 0 and tilts of 0 and 1/2 for the two terms are GF-CF.

    Time: 2 Σ_u (items of u)² for F and 24 (nnz K + I K²) for V. Memory: 8 bytes for each pair
    kept, 8 I K for the waves and 4 (U + I) K while they are found.
    """

    algorithm: ClassVar[str] = "graph_filter"

    n_vectors: int = knob(256, least=1)
    ideal: float = knob(0.1, least=0)
    sharpening: float = knob(0.5, least=0, most=1)
    tilt: float = knob(0.4, least=-0.5, most=1)
    n_neighbours: int = knob(0, least=0)
    values: str = knob("binary", choices=VALUES)

    def _learn(self, data: TrainingData, seed: int) -> FittedModel:
        from rekomenda.models.linear.co_listening import co_listening  # noqa: PLC0415 - numba takes a while to import

        matrix = value_matrix(data.interactions.histories, self.values)
        of_item, of_user = (np.asarray(matrix.sum(axis=axis), np.float64) for axis in (0, 1))
        known = of_item > 0
        of_item[~known] = 1
        by_user = matrix.data / np.sqrt(np.repeat(of_user, np.diff(matrix.indptr)))
        by_both = by_user / np.sqrt(of_item[matrix.indices])
        vectors, strengths = leading_vectors(_like(matrix, by_both), self.n_vectors, seed=seed)
        squares = strengths**2
        waves = self.ideal - self.sharpening * squares * (squares + self.ideal)
        rows = co_listening(
            _like(matrix, by_user),
            row_norm=of_item ** (0.5 + self.tilt),
            column_norm=of_item ** (0.5 - self.tilt),
            n_neighbours=self.n_neighbours,
        )
        tilt = (of_item**self.tilt)[:, None]
        return SparsePlusLowRank(
            self.algorithm,
            self.values,
            known,
            rows,
            left=(vectors / tilt).astype(np.float32),
            right=(vectors * waves * tilt).astype(np.float32),
        )

    def _cost(self, size: Size) -> Cost:
        from rekomenda.models.linear.co_listening import MAX_CELLS  # noqa: PLC0415 - numba takes a while to import

        kept = min(size.n_linked, size.n_items * self.n_neighbours or MAX_CELLS)
        width = self.n_vectors + 32
        return size.cost(
            narrow=14 * size.n_cells * width,
            dense=14 * size.n_items * width**2,
            scattered=2 * size.n_pairs + 2 * size.n_linked,
            n_bytes=8 * kept + 4 * width * (size.n_users + 4 * size.n_items),
        )

    def restore(self, arrays: Arrays) -> FittedModel:
        """Make the fitted model again from its arrays."""
        return SparsePlusLowRank(
            self.algorithm,
            self.values,
            arrays["known"],
            SparseRows.restore(arrays),
            arrays["left"],
            arrays["right"],
        )


def _like(matrix: csr_array, values: np.ndarray) -> csr_array:
    """Return a matrix with the same cells and other values."""
    return csr_array((values.astype(np.float32), matrix.indices, matrix.indptr), shape=matrix.shape)
