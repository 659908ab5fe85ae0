"""Who asked to be forgotten: their ids must not stand in any release that is made afterwards."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import pyarrow as pa
import pyarrow.parquet as pq

FILE: Final = "tombstones.parquet"
"""In the home: one column, `user_id`."""


def erased_ids(home: Path) -> pa.Array:
    """Return their ids; none where nobody has asked."""
    path = home / FILE
    if not path.is_file():
        return pa.array([], pa.string())
    return pq.read_table(path, columns=["user_id"])["user_id"].combine_chunks().cast(pa.string())
