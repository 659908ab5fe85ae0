"""Sparse rows asked for a block of listeners: each one's rows are added up once."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
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


@dataclass(frozen=True, eq=False)
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

    def propose(self, wanted: Wanted) -> list[TopN]:
        """Rank known items that something speaks for."""
        from rekomenda.models.lists.row_walk import best_by_rows, best_of_sums  # noqa: PLC0415 - numba takes a while to import

        if self._sums is None:
            return best_by_rows(self.amounts, self.rows.stored, self.known, wanted)
        return best_of_sums(self._sums, self.known, wanted)

    def add_to(self, found: Float32, items: Int32) -> None:
        """Add the sums at `items` (B, C) to `found` (B, C), in place; nothing at -1."""
        from rekomenda.models.lists.candidate_kernels import add_rows_at, add_sums_at  # noqa: PLC0415 - numba takes a while to import
        from rekomenda.models.lists.row_walk import Amounts  # noqa: PLC0415 - as above

        if self._sums is None:
            add_rows_at(Amounts.of(self.amounts), self.rows.stored, items, found)
        else:
            add_sums_at(self._sums, items, found)

    @cached_property
    def _sums(self) -> Float32 | None:
        """Every item's sum, (B, I), unless that is too large."""
        from rekomenda.models.lists.row_walk import Amounts, add_up  # noqa: PLC0415 - numba takes a while to import

        shape = self.amounts.shape
        if 4 * shape[0] * shape[1] > KEPT_BYTES:
            return None
        sums = np.zeros(shape, np.float32)
        add_up(Amounts.of(self.amounts), self.rows.stored, sums)
        return sums
