"""How tables of lists are laid out in Parquet: what is read from them stays the same."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import pyarrow as pa


def layout(schema: pa.Schema, found_by: Collection[str]) -> dict[str, Any]:
    """Return the options of a `pq.ParquetWriter` for rows of a schema.

    Scores hardly ever repeat, so a dictionary of them is larger than they are. Of text, the least
    and the greatest of a row group are only written where they help to pass it over.

    Parameters
    ----------
    schema : pa.Schema
    found_by : collection of str
        Columns by whose text rows are looked up.
    """
    repeated = [field.name for field in schema if not pa.types.is_floating(field.type)]
    text = {field.name for field in schema if pa.types.is_dictionary(field.type)}
    bounded = [name for name in schema.names if name not in text or name in found_by]
    return {"compression": "zstd", "use_dictionary": repeated, "write_statistics": bounded}
