"""Sparse rows asked for a block of listeners: each one's rows are added up once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from rekomenda.domain.top_n import TopN
from rekomenda.models.base import Float32, Int32
from rekomenda.models.linear.rows import SparseRows
from rekomenda.models.lists.rules import Wanted

KEPT_BYTES: Final = 64 << 20
"""Up to here the sums of a block are kept; of larger catalogues they are added up twice."""


@dataclass(eq=False)
class AskedRows:
    """x · S of B listeners.

    Parameters
    ----------
    amounts : csr_array, shape (B, I)
        x.
    rows : SparseRows
        S.
    known : ndarray of bool, shape (I,)
        Others are not proposed.
    """

    amounts: csr_array
    rows: SparseRows
    known: NDArray[np.bool_]
    _sums: Float32 | None = None
    """Every item's sum, (B, I), once something was proposed and if they are not too large."""

    def propose(self, wanted: Wanted) -> list[TopN]:
        """Rank known items that something speaks for."""
        from rekomenda.models.lists.row_walk import best_by_rows  # noqa: PLC0415 - numba takes a while to import

        shape = self.amounts.shape
        if self._sums is None and 4 * shape[0] * shape[1] <= KEPT_BYTES:
            self._sums = np.empty(shape, np.float32)
        return best_by_rows(self.amounts, self.rows.stored, self.known, wanted, sums=self._sums)

    def add_to(self, found: Float32, items: Int32) -> None:
        """Add the sums at `items` (B, C) to `found` (B, C), in place; nothing at -1."""
        from rekomenda.models.lists.candidate_kernels import add_rows_at, add_sums_at  # noqa: PLC0415 - numba takes a while to import
        from rekomenda.models.lists.row_walk import Amounts  # noqa: PLC0415 - as above

        if self._sums is None:
            add_rows_at(Amounts.of(self.amounts), self.rows.stored, items, found)
        else:
            add_sums_at(self._sums, items, found)
