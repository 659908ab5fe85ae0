"""Neighbours of items: who plays this also plays that.

Sources: G. Linden, B. Smith, J. York, "Amazon.com Recommendations: Item-to-Item Collaborative
Filtering", IEEE Internet Computing 7(1), 2003 (cosine of the item columns); S. Robertson and
H. Zaragoza, "The Probabilistic Relevance Framework: BM25 and Beyond", Foundations and Trends in
Information Retrieval 3(4), 2009, section 3.4 (BM25), with items as documents and listeners as terms.
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
class ItemKNN(Algorithm):
    """Let each play speak for the nearest neighbours of what was played.

    Parameters
    ----------
    n_neighbours : int, default 200
        Neighbours kept for each item.
    weighting : {"cosine", "bm25"}, default "cosine"
        What nearness is: the cosine of two item columns, or the product of their BM25 weights.
    shrinkage : float, default 10.0
        Added to the product of the two column norms of the cosine: pairs that few listeners
        share count less. In squared values of x, >= 0.
    k1 : float, default 1.2
        BM25: how fast repeated plays stop counting, >= 0.
    b : float, default 0.75
        BM25: how much a popular item is held back, 0 to 1.
    values : {"weights", "binary"}, default "binary"
        What x is: damped plays, or 1 for whatever was liked.

    Notes
    -----
    Time: 2 Σ_u (items of u)². Memory: 8 bytes for each item and neighbour.
    """

    algorithm: ClassVar[str] = "item_knn"

    n_neighbours: int = knob(200, least=1)
    weighting: str = knob("cosine", choices=("cosine", "bm25"))
    shrinkage: float = knob(10.0, least=0)
    k1: float = knob(1.2, least=0)
    b: float = knob(0.75, least=0, most=1)
    values: str = knob("binary", choices=VALUES)

    def _learn(self, data: TrainingData, seed: int) -> FittedModel:  # noqa: ARG002 - nothing is random
        from rekomenda.models.linear.co_listening import co_listening  # noqa: PLC0415 - numba takes a while to import

        matrix = value_matrix(data.interactions.histories, self.values)
        known = np.bincount(matrix.indices, minlength=matrix.shape[1]) > 0
        if self.weighting == "bm25":
            rows = co_listening(
                self._bm25(matrix), n_neighbours=self.n_neighbours, elsewhere=data.work
            )
        else:
            norms = np.sqrt(np.asarray(matrix.power(2).sum(axis=0), np.float32))
            rows = co_listening(
                matrix,
                row_norm=norms,
                column_norm=norms,
                shrinkage=self.shrinkage,
                n_neighbours=self.n_neighbours,
                elsewhere=data.work,
            )
        return SparseLinear(self.algorithm, self.values, known, rows)

    def _cost(self, size: Size) -> Cost:
        kept = min(size.n_linked, size.n_items * self.n_neighbours)
        return size.cost(scattered=2 * size.n_pairs + 2 * size.n_linked, n_bytes=8 * kept)

    def _bm25(self, matrix: csr_array) -> csr_array:
        """Return idf(u) · x (k1 + 1) / (x + k1 (1 - b + b · length of i / mean length))."""
        n_users, n_items = matrix.shape
        length = np.asarray(matrix.sum(axis=0), np.float64)
        mean = length.sum() / max(np.count_nonzero(length), 1)
        spread = self.k1 * (1 - self.b + self.b * length / mean)  # (I,)
        liked = np.diff(matrix.indptr)
        # A listener who plays nearly everything says little about any of it; never below zero.
        idf = np.log1p((n_items - liked + 0.5) / (liked + 0.5))  # (U,)
        x = matrix.data.astype(np.float64)
        saturated = x * (self.k1 + 1) / np.maximum(x + spread[matrix.indices], 1e-30)
        values = (np.repeat(idf, liked) * saturated).astype(np.float32)
        return csr_array((values, matrix.indices, matrix.indptr), shape=(n_users, n_items))

    def restore(self, arrays: Arrays) -> FittedModel:
        """Make the fitted model again from its arrays."""
        rows = SparseRows.restore(arrays)
        return SparseLinear(self.algorithm, self.values, arrays["known"], rows)
