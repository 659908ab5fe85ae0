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
from rekomenda.domain.top_n import top_n
from rekomenda.domain.training import TrainingData
from rekomenda.models.base import Algorithm, Arrays, Float32, Int32, knob
from rekomenda.models.blocks import run_blocks, slices
from rekomenda.models.linear import VALUES, SparseLinear, value_matrix


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
    Time: Σ_u (items of u)², then a selection in I rows of I. Memory: 8 bytes for each item and
    neighbour; never more than a few blocks of the I x I products.
    """

    algorithm: ClassVar[str] = "item_knn"

    n_neighbours: int = knob(200, least=1)
    weighting: str = knob("cosine", choices=("cosine", "bm25"))
    shrinkage: float = knob(10.0, least=0)
    k1: float = knob(1.2, least=0)
    b: float = knob(0.75, least=0, most=1)
    values: str = knob("binary", choices=VALUES)

    def _learn(self, data: TrainingData, seed: int) -> FittedModel:  # noqa: ARG002 - nothing is random
        matrix = value_matrix(data.interactions.histories, self.values)
        n_items = matrix.shape[1]
        known = np.bincount(matrix.indices, minlength=n_items) > 0
        weighted = self._bm25(matrix) if self.weighting == "bm25" else matrix
        norms = np.sqrt(np.asarray(matrix.power(2).sum(axis=0), np.float32))
        width = min(self.n_neighbours, n_items)
        neighbours = np.full((n_items, width), -1, np.int32)
        strengths = np.zeros((n_items, width), np.float32)
        item_users = csr_array(weighted.T)

        def work(rows: slice) -> None:
            near = csr_array(item_users[rows] @ weighted)  # (m, I), sparse: most share nobody
            item = np.repeat(np.arange(rows.start, rows.stop), np.diff(near.indptr))
            if self.weighting == "cosine":
                near.data /= norms[item] * norms[near.indices] + np.float32(self.shrinkage)
            near.data[near.indices == item] = 0
            neighbours[rows], strengths[rows] = _strongest(near, width)

        run_blocks(work, slices(n_items, 12 * n_items, most=512))
        return SparseLinear.of(self.algorithm, self.values, known, neighbours, strengths)

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
        return SparseLinear.of(
            self.algorithm, self.values, arrays["known"], arrays["neighbours"], arrays["strengths"]
        )


def _strongest(near: csr_array, width: int) -> tuple[Int32, Float32]:
    """Return the `width` largest positive cells of each row: columns, -1 padded, and values.

    Rows are taken together by length, so that long ones do not make short ones wide.
    """
    near.sort_indices()  # equal values: the smaller item first
    neighbours = np.full((near.shape[0], width), -1, np.int32)
    strengths = np.zeros((near.shape[0], width), np.float32)
    lengths = np.diff(near.indptr)
    widths = 1 << np.ceil(np.log2(np.maximum(lengths, 1))).astype(np.int64)
    for padded in np.unique(widths[lengths > 0]):
        rows = np.flatnonzero((widths == padded) & (lengths > 0))
        places = np.arange(padded)
        filled = places < lengths[rows][:, None]
        cells = np.where(filled, near.indptr[rows][:, None] + places, 0)
        values = np.where(filled & (near.data[cells] > 0), near.data[cells], -np.inf)
        best = top_n(values.astype(np.float32), width)
        chosen = np.take_along_axis(cells, np.maximum(best.items, 0), axis=1)
        neighbours[rows] = np.where(best.items >= 0, near.indices[chosen], -1)
        strengths[rows] = np.where(best.items >= 0, best.scores, 0)
    return neighbours, strengths
