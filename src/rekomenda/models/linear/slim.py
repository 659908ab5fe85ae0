"""SLIM over neighbours: what EASE learns, for catalogues whose pairs of items do not fit in memory.

Sources: X. Ning, G. Karypis, "SLIM: Sparse Linear Methods for Top-N Recommender Systems", ICDM 2011,
section 4.3 (fsSLIM: each item is regressed on its nearest neighbours only), here with the L2 penalty
alone; H. Steck, "Autoencoders that don't overfit towards the Identity", NeurIPS 2020, eq. 6 (a
penalty that grows with the plays of an item, as if plays were dropped at random).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from scipy.sparse import csc_array, csr_array

from rekomenda.domain.models import FittedModel
from rekomenda.domain.training import TrainingData
from rekomenda.models.base import Algorithm, Arrays, knob
from rekomenda.models.blocks import run_blocks, slices
from rekomenda.models.cost import Cost, Size
from rekomenda.models.linear.base import VALUES, SparseLinear, value_matrix
from rekomenda.models.linear.rows import SparseRows


@dataclass(frozen=True)
class SLIM(Algorithm):
    """Learn how much each neighbour of an item says about liking it, the others being known.

    Parameters
    ----------
    n_neighbours : int, default 200
        K, nearest items by cosine that each item is explained by.
    regularization : float, default 50.0
        L2 penalty λ > 0, in squared values of x summed over listeners.
    dropout : float, default 0.5
        p, 0 to 0.9: plays are learned from as if this share of them were missing each time. Adds
        p / (1 - p) Σ_u x_uh² to the penalty of h, so popular items do not explain everything.
    values : {"weights", "binary"}, default "binary"
        What x is: damped plays, or 1 for whatever was liked.

    Notes
    -----
    Column j of the weights solves (G_NN + Λ) w = G_Nj, G = xᵀx, N the neighbours of j. With all
    items for neighbours and no dropout it is EASE.

    Time: 4 Σ_u (items of u)², then I (K² log L / 2 + K³). Memory: 8 bytes for each pair that shares
    a listener, of at most 128 million the strongest of each item, and 24 I K.
    """

    algorithm: ClassVar[str] = "slim"

    n_neighbours: int = knob(200, least=1, most=2000)
    regularization: float = knob(50.0, above=0)
    dropout: float = knob(0.5, least=0, most=0.9)
    values: str = knob("binary", choices=VALUES)

    def _learn(self, data: TrainingData, seed: int) -> FittedModel:  # noqa: ARG002 - nothing is random
        from rekomenda.models.linear.co_listening import co_listening  # noqa: PLC0415 - numba takes a while to import
        from rekomenda.models.linear.ridge_kernels import regress  # noqa: PLC0415

        matrix = value_matrix(data.interactions.histories, self.values)
        squares = np.asarray(matrix.power(2).sum(axis=0), np.float64)
        norms = np.sqrt(np.where(squares > 0, squares, 1))
        near = co_listening(
            matrix,
            row_norm=norms,
            column_norm=norms,
            n_neighbours=self.n_neighbours,
            elsewhere=data.work,
        )
        gram = co_listening(matrix, elsewhere=data.work)
        penalised = squares / (1 - self.dropout) + self.regularization
        weights = np.empty(len(near.items), np.float32)
        neighbours, pairs = near.stored, gram.stored

        def work(items: slice) -> None:
            regress((items.start, items.stop), neighbours, pairs, penalised, weights)

        run_blocks(work, slices(len(near), 1, most=64))
        rows = _transposed(SparseRows(near.indptr, near.items, weights))
        return SparseLinear(self.algorithm, self.values, squares > 0, rows)

    def _cost(self, size: Size) -> Cost:
        from rekomenda.models.linear.co_listening import MAX_CELLS  # noqa: PLC0415 - numba takes a while to import

        near = min(size.n_linked / max(size.n_items, 1), self.n_neighbours)
        return size.cost(
            narrow=size.n_items * near**3,
            scattered=4 * size.n_pairs + 4 * size.n_linked + size.n_items * near**2,
            n_bytes=8 * min(size.n_linked, MAX_CELLS) + 24 * size.n_items * near,
        )

    def restore(self, arrays: Arrays) -> FittedModel:
        """Make the fitted model again from its arrays."""
        rows = SparseRows.restore(arrays)
        return SparseLinear(self.algorithm, self.values, arrays["known"], rows)


def _transposed(columns: SparseRows) -> SparseRows:
    """Turn what explains each item into what each item speaks for."""
    n_items = len(columns)
    by_column = csc_array(
        (columns.strengths, columns.items, columns.indptr), shape=(n_items, n_items)
    )
    rows = csr_array(by_column)
    return SparseRows(
        rows.indptr.astype(np.int64), rows.indices.astype(np.int32, copy=False), rows.data
    )
