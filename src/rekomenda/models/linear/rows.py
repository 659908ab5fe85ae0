"""Weights between items as sparse rows of any length."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from rekomenda.models.base import Arrays, Float32, Int32

if TYPE_CHECKING:
    from rekomenda.models.lists.row_kernels import Stored


@dataclass(frozen=True, eq=False)
class SparseRows:
    """A sparse matrix of I x I weights, compressed by rows.

    Parameters
    ----------
    indptr : ndarray of int64, shape (I + 1,)
        Row h is `slice(indptr[h], indptr[h + 1])` of the other two.
    items : ndarray of int32, shape (nnz,)
        Columns, ascending within a row.
    strengths : ndarray of float32, shape (nnz,)
    """

    indptr: NDArray[np.int64]
    items: Int32
    strengths: Float32

    def __len__(self) -> int:
        return len(self.indptr) - 1

    @cached_property
    def matrix(self) -> csr_array:
        """The same as a SciPy matrix, (I, I); shares memory."""
        return csr_array((self.strengths, self.items, self.indptr), shape=(len(self), len(self)))

    @property
    def stored(self) -> Stored:
        """The same as compiled code takes it; shares memory."""
        from rekomenda.models.lists.row_kernels import Stored  # noqa: PLC0415 - numba takes a while to import

        return Stored(self.indptr, self.items, self.strengths)

    def at(self, rows: Int32, columns: Int32) -> Float32:
        """Return the weights at (b, L) rows and (b, n) columns, (b, L, n); 0 where none is stored."""
        from rekomenda.models.lists.row_kernels import look_up  # noqa: PLC0415 - numba takes a while to import

        found = np.zeros((*rows.shape, columns.shape[1]), np.float32)
        look_up(
            self.stored,
            np.ascontiguousarray(rows, np.int32),
            np.ascontiguousarray(columns, np.int32),
            found,
        )
        return found

    def arrays(self) -> dict[str, NDArray[Any]]:
        """Return `indptr` (I + 1,) int64, `items` (nnz,) int32 and `strengths` (nnz,) float32."""
        return {"indptr": self.indptr, "items": self.items, "strengths": self.strengths}

    @classmethod
    def restore(cls, arrays: Arrays) -> SparseRows:
        """Make the rows again from their arrays.

        Releases of before these rows had `neighbours` and `strengths`, (I, K), strongest first and
        padded with -1; they are read as well.
        """
        if "neighbours" in arrays:
            return cls._of_padded(arrays)
        return cls(arrays["indptr"], arrays["items"], arrays["strengths"])

    @classmethod
    def _of_padded(cls, arrays: Mapping[str, NDArray[Any]]) -> SparseRows:
        neighbours, strengths = arrays["neighbours"], arrays["strengths"]
        filled = neighbours >= 0
        row = np.nonzero(filled)[0]
        order = np.lexsort((neighbours[filled], row))
        indptr = np.concatenate([[0], np.cumsum(filled.sum(axis=1))]).astype(np.int64)
        return cls(indptr, neighbours[filled][order], strengths[filled][order])
