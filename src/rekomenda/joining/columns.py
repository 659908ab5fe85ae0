"""Columns of Arrow tables as NumPy arrays."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from rekomenda.domain.time_order import UNTOLD


def column(table: pa.Table, name: str, dtype: Any) -> NDArray[Any]:
    """Return a column as one array, -1 for null; days count from 1970-01-01."""
    values = table[name]
    if pa.types.is_date32(values.type):
        values = values.cast(pa.int32())
    if values.null_count:
        values = pc.fill_null(values, -1)
    return np.ascontiguousarray(values.to_numpy(), dtype)


def moments(values: pa.ChunkedArray) -> NDArray[np.int64]:
    """Return moments as microseconds since 1970-01-01 UTC, `UNTOLD` for null."""
    if values.null_count == len(values):  # daily totals
        return np.full(len(values), UNTOLD)
    return np.asarray(pc.fill_null(values.cast(pa.int64()), int(UNTOLD)))
