"""What a model may learn from."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from scipy.sparse import csr_array

from rekomenda.domain.catalogue import Catalogue
from rekomenda.domain.interactions import Interactions

RowKernel = Callable[[Sequence[csr_array], int, int], Iterator[pa.RecordBatch]]
"""What is done for the rows from one to before another of some matrices; a function of a module, or a
`partial` of one, so that other processes know it."""


class HeavyWork(Protocol):
    """What models let a cluster do for them, where there is one."""

    def rows(
        self, kernel: RowKernel, matrices: Sequence[csr_array], n: int, schema: pa.Schema
    ) -> Iterator[pa.RecordBatch]:
        """Yield what a kernel makes of rows 0 to n, in their order; the same bits as in one process."""

    def factorise(
        self,
        weights: csr_array,
        *,
        n_factors: int,
        n_iterations: int,
        regularization: float,
        alpha: float,
        seed: int,
    ) -> NDArray[np.float32]:
        """Return item factors, (I, K), by implicit alternating least squares; 0 for columns without cells.

        Confidence is 1 + α w, and the penalty on a listener's factors about `regularization`.
        """


@dataclass(frozen=True, eq=False)
class TrainingData:
    """Everything known up to one day, and nothing after it.

    Parameters
    ----------
    interactions : Interactions
        Columns are those of `catalogue.items`.
    catalogue : Catalogue
    as_of_day : int
        The last day in the interactions, as days since 1970-01-01; -1 where data has no time.
    work : HeavyWork, optional
        Who does for a model what a cluster does better; without one, models do it themselves.
    """

    interactions: Interactions
    catalogue: Catalogue
    as_of_day: int
    work: HeavyWork | None = None
