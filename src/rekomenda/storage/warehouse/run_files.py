"""A run's rows as Parquet files, one a table: what a warehouse copies or reads in place."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from rekomenda.domain.schema import ARROW_TYPES, Column, Kind, Table
from rekomenda.domain.warehouse_schema import RUN_ID, WAREHOUSE
from rekomenda.storage.parquet_layout import layout
from rekomenda.storage.warehouse.base import Rows

ROWS_AT_ONCE = 1_000_000
"""Rows of a row group, which is also what is held in memory."""

_TEXT = {Kind.ID, Kind.TEXT}


def write_run(folder: Path, run_id: str, tables: Mapping[str, Rows]) -> dict[str, int]:
    """Write every table of a run into a staged folder and return the rows of each.

    The same rows give the same bytes.

    Raises
    ------
    ValueError
        If a table is unknown, or a required column is missing or holds nulls.
    """
    check_names(tables)
    return {
        name: _write(folder / f"{name}.parquet", table, run_id, tables.get(name))
        for name, table in WAREHOUSE.items()
    }


def check_names(tables: Mapping[str, Rows]) -> None:
    """Refuse tables that no warehouse has.

    Raises
    ------
    ValueError
    """
    unknown = sorted(set(tables) - set(WAREHOUSE))
    if unknown:
        raise ValueError(f"the warehouse has no table {', '.join(unknown)}")


def conformed(run_id: str, table: Table, rows: Rows | None) -> Iterator[pa.RecordBatch]:
    """Read rows as a warehouse should have them; None: no rows.

    Raises
    ------
    ValueError
        If a required column is missing or holds nulls.
    """
    for batch in () if rows is None else batches(table, rows):
        yield conform(table, batch, run_id)


def batches(table: Table, rows: Rows) -> Iterator[pa.RecordBatch]:
    """Read rows in order, text as dictionaries, only the columns that `table` and they share."""
    found = rows.column_names if isinstance(rows, pa.Table) else pq.read_schema(rows).names
    shared = [column for column in table.columns if column.name in found]
    names = [column.name for column in shared]
    if isinstance(rows, pa.Table):
        yield from rows.select(names).combine_chunks().to_batches(max_chunksize=ROWS_AT_ONCE)
        return
    text = [column.name for column in shared if column.kind in _TEXT]
    with pq.ParquetFile(rows, read_dictionary=text) as file:
        yield from file.iter_batches(batch_size=ROWS_AT_ONCE, columns=names)


def conform(table: Table, batch: pa.RecordBatch, run_id: str) -> pa.RecordBatch:
    """Return a batch with exactly the columns and types of a warehouse table.

    Raises
    ------
    ValueError
        If a required column is missing or holds nulls.
    """
    columns = [_conformed(table, column, batch, run_id) for column in table.columns]
    return pa.RecordBatch.from_arrays(columns, schema=_schema(table))


def _write(path: Path, table: Table, run_id: str, rows: Rows | None) -> int:
    count = 0
    schema = _schema(table)
    options = layout(schema, table.key)
    with pq.ParquetWriter(path, schema, store_schema=False, **options) as writer:
        for batch in conformed(run_id, table, rows):
            writer.write_batch(batch, row_group_size=ROWS_AT_ONCE)
            count += batch.num_rows
    return count


def _schema(table: Table) -> pa.Schema:
    return pa.schema([pa.field(column.name, _type(column)) for column in table.columns])


def _type(column: Column) -> pa.DataType:
    if column.kind in _TEXT:
        return pa.dictionary(pa.int32(), pa.string())  # a matter of memory; the file has strings
    if column.kind is Kind.TIME:
        return pa.timestamp("us")  # UTC, without a zone: what every warehouse takes
    return ARROW_TYPES[column.kind]


def _conformed(table: Table, column: Column, batch: pa.RecordBatch, run_id: str) -> pa.Array:
    if column.name == RUN_ID.name:
        zeros = pa.repeat(pa.scalar(0, pa.int32()), batch.num_rows)
        return pa.DictionaryArray.from_arrays(zeros, pa.array([run_id], pa.string()))
    place = batch.schema.get_field_index(column.name)
    if place < 0:
        values = pa.nulls(batch.num_rows, _type(column))
    else:
        values = batch.column(place).cast(_type(column))
    if column.required and values.null_count:
        raise ValueError(f"{table.name}.{column.name} must not be null")
    return values
