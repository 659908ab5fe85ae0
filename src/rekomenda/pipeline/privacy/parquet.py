"""Parquet files searched for listeners, and written again without them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from rekomenda.data.parts import WRITE
from rekomenda.pipeline.privacy.sought import Sought
from rekomenda.refusals import guard


def count_rows(path: Path, sought: Sought) -> int:
    """Return how many rows of a file name one of the listeners."""
    with pq.ParquetFile(path) as file:
        columns = sought.columns_of(file.schema_arrow)
        if not columns:
            return 0
        pieces = (file.read_row_group(n, columns=columns) for n in range(file.num_row_groups))
        return sum(int(np.count_nonzero(sought.rows_of(piece))) for piece in pieces)


def write_without(source: Path, target: Path, sought: Sought) -> int:
    """Write a file's other rows to another, and return how many there are.

    Row groups, types, encodings and compression stay. Text is spelled out and encoded anew, since a
    dictionary would keep the ids that nothing points to any more.
    """
    written = 0
    with pq.ParquetFile(source) as file:
        schema = file.schema_arrow
        with guard(target), pq.ParquetWriter(target, schema, **_options(file)) as writer:
            for number in range(file.num_row_groups):
                rows = _plain(file.read_row_group(number))
                rest = rows.filter(pa.array(~sought.rows_of(rows)))
                if rest.num_rows:
                    rest = rest.combine_chunks().cast(schema)
                    writer.write_table(rest, row_group_size=rest.num_rows)
                    written += rest.num_rows
    return written


def _plain(rows: pa.Table) -> pa.Table:
    """Return the same rows without dictionaries."""
    fields = [
        field.with_type(field.type.value_type) if pa.types.is_dictionary(field.type) else field
        for field in rows.schema
    ]
    return rows.cast(pa.schema(fields, metadata=rows.schema.metadata))


def _options(file: pq.ParquetFile) -> dict[str, object]:
    """Return how a file was written, as far as it shows."""
    metadata = file.metadata
    if b"ARROW:schema" not in (metadata.metadata or {}):  # a part of the lake
        return {key: value for key, value in WRITE.items() if key != "row_group_size"}
    if not metadata.num_row_groups:
        return {}
    first = metadata.row_group(0)
    columns = [first.column(number) for number in range(first.num_columns)]
    return {
        "compression": columns[0].compression.lower(),
        "use_dictionary": [c.path_in_schema for c in columns if c.has_dictionary_page],
        "write_statistics": [c.path_in_schema for c in columns if c.is_stats_set],
    }
