"""How tables of lists are laid out in Parquet, and read a piece at a time: what is read stays the same."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
import pyarrow.parquet as pq

_ROW_GROUPS: Final = 8
"""Read together: about a million rows of lists."""


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


def compacted(table: pa.Table) -> pa.Table:
    """Return the same rows with dictionaries that hold what these rows use, and nothing else.

    A dictionary is written whole with each row group, and may be the ids of everything.
    """
    plain = [
        field.with_type(field.type.value_type) if pa.types.is_dictionary(field.type) else field
        for field in table.schema
    ]
    return table.cast(pa.schema(plain)).combine_chunks().cast(table.schema)


def pieces(path: Path, columns: Sequence[str]) -> Iterator[pa.Table]:
    """Yield some columns of a file, about a million rows at a time: there may be 10⁸.

    Ids are looked up once for each piece: the more pieces, the oftener among all there are.
    """
    with pq.ParquetFile(path) as file:
        groups = list(range(file.num_row_groups))
        for start in range(0, len(groups), _ROW_GROUPS):
            yield file.read_row_groups(groups[start : start + _ROW_GROUPS], columns=list(columns))
