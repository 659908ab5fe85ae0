"""EASE: a linear item-to-item model with a closed-form solution.

Source: H. Steck, "Embarrassingly Shallow Autoencoders for Sparse Data", WWW 2019, eq. 8.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import ClassVar, Final

import numpy as np
import pyarrow as pa
from scipy.sparse import csr_array

from rekomenda.domain.models import FittedModel
from rekomenda.domain.training import HeavyWork, TrainingData
from rekomenda.errors import FitError
from rekomenda.language import Text
from rekomenda.models.base import Algorithm, Arrays, Float32, knob
from rekomenda.models.blocks import run_blocks, slices
from rekomenda.models.cost import Cost, Size
from rekomenda.models.linear.base import VALUES, DenseLinear, value_matrix
from rekomenda.models.linear.inverse import invert_in_place

_GRAM: Final = pa.schema([("row", pa.binary())])


@dataclass(frozen=True)
class EASE(Algorithm):
    """Learn how much playing item h says about liking item j, all other plays being known.

    Parameters
    ----------
    regularization : float, default 200.0
        L2 penalty λ > 0, in squared values of x summed over listeners. Larger trusts the data less.
    values : {"weights", "binary"}, default "binary"
        What x is: damped plays, or 1 for whatever was liked.

    Notes
    -----
    Time: Σ_u (items of u)² for the Gram matrix and I³ for its inverse. Memory: 4 I² bytes, in
    float32 and in place, and about 8 KB an item beside it.
    """

    algorithm: ClassVar[str] = "ease"

    regularization: float = knob(200.0, above=0)
    values: str = knob("binary", choices=VALUES)

    def _learn(self, data: TrainingData, seed: int) -> FittedModel:  # noqa: ARG002 - nothing is random
        user_items = value_matrix(data.interactions.histories, self.values)
        gram = _gram(user_items, data.work)
        gram[np.diag_indices_from(gram)] += np.float32(self.regularization)
        try:
            precision = invert_in_place(gram)
        except np.linalg.LinAlgError as error:
            raise FitError(
                algorithm=self.algorithm,
                detail=Text(
                    en=f"regularization = {self.regularization:g} is too small for these plays",
                    pt=f"regularization = {self.regularization:g} é pequeno demais para estes plays",
                ),
            ) from error
        known = np.bincount(user_items.indices, minlength=len(gram)) > 0
        return DenseLinear(self.algorithm, self.values, known, _weights(precision))

    def _cost(self, size: Size) -> Cost:
        n_items = float(size.n_items)
        return size.cost(
            dense=n_items**3, scattered=size.n_pairs, n_bytes=4 * n_items**2 + 8192 * n_items
        )

    def restore(self, arrays: Arrays) -> FittedModel:
        """Make the fitted model again from its arrays."""
        return DenseLinear(self.algorithm, self.values, arrays["known"], arrays["item_weights"])


def _gram(user_items: csr_array, elsewhere: HeavyWork | None) -> Float32:
    """Return XᵀX, (I, I) float32."""
    item_users = csr_array(user_items.T)
    n_items = user_items.shape[1]
    gram = np.empty((n_items, n_items), np.float32)
    if elsewhere is not None:
        at = 0
        for batch in elsewhere.rows(gram_rows, (item_users, user_items), n_items, _GRAM):
            for row in batch["row"]:
                gram[at] = np.frombuffer(row.as_buffer(), np.float32)
                at += 1
        return gram

    def work(rows: slice) -> None:
        gram[rows] = (item_users[rows] @ user_items).toarray()

    run_blocks(work, slices(n_items, 8 * n_items, most=256))
    return gram


def gram_rows(matrices: Sequence[csr_array], start: int, stop: int) -> Iterator[pa.RecordBatch]:
    """Yield some rows of XᵀX, of Xᵀ and X, as bytes of float32."""
    item_users, user_items = matrices
    for block in slices(stop - start, 8 * user_items.shape[1], most=256):
        rows = (item_users[start + block.start : start + block.stop] @ user_items).toarray()
        yield pa.RecordBatch.from_arrays([pa.array([row.tobytes() for row in rows])], schema=_GRAM)


def _weights(precision: Float32) -> Float32:
    """Turn P into the weights −P_hj / P_jj with a zero diagonal (eq. 8), in place."""
    scale = -1 / np.diag(precision)

    def work(rows: slice) -> None:
        precision[rows] *= scale

    run_blocks(work, slices(len(precision), precision[:1].nbytes))
    np.fill_diagonal(precision, 0)  # an item must not recommend itself
    return precision
