"""Parquet files as columns of text, so that one set of checks serves every kind of file."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from rekomenda.data.layout import Source
from rekomenda.data.reading.habits import HAVE_HABITS, KINDS
from rekomenda.data.reading.mapping import ColumnMap
from rekomenda.data.reading.one_record import as_record
from rekomenda.data.reading.streams import MAX_EXPANSION, expanded_limit
from rekomenda.data.reading.text_blocks import Int64, Rejects, TextBlock
from rekomenda.data.reading.texts import MAX_LENGTH
from rekomenda.domain.schema import Kind
from rekomenda.errors import ColumnTypeError, FileCorruptError, TooLargeExpandedError

BATCH_ROWS = 1 << 18
_UNREADABLE = (pa.ArrowException, OSError, UnicodeDecodeError)
"""What Arrow raises at damage; names and texts that are no UTF-8 are found late."""
MAX_BYTES = 4 * MAX_LENGTH
"""A text of more bytes has more characters than any may have."""


@dataclass(frozen=True, eq=False)
class Batch:
    """Some rows of a Parquet file; `first_row` is the number of the first, from 1."""

    rows: pa.RecordBatch
    first_row: int


def parquet_header(source: Source) -> tuple[str, ...]:
    """Return the column names.

    Raises
    ------
    FileCorruptError
        If the file cannot be opened.
    TooLargeExpandedError
        If it would unfold to far more than its size.
    """
    try:
        file = pq.ParquetFile(source.path)
        names = tuple(file.schema_arrow.names)
    except _UNREADABLE as error:
        raise _corrupt(source, error) from error
    _refuse_bomb(source, file.metadata)
    return names


def _refuse_bomb(source: Source, metadata: pq.FileMetaData) -> None:
    """Refuse a file that promises far more than its size can hold, before any of it is read.

    A value takes a byte at least once it is unfolded, however little of it is written.
    """
    groups = [metadata.row_group(number) for number in range(metadata.num_row_groups)]
    unpacked = sum(group.total_byte_size for group in groups)
    expanded = max(unpacked, metadata.num_rows * metadata.num_columns)
    if expanded > expanded_limit(source.path):
        raise TooLargeExpandedError(file=source.name, ratio=MAX_EXPANSION, bytes=expanded)


def row_count(source: Source) -> int:
    """Return how many rows its footer promises."""
    try:
        return int(pq.ParquetFile(source.path).metadata.num_rows)
    except _UNREADABLE as error:
        raise _corrupt(source, error) from error


def read_batches(source: Source, column_map: ColumnMap, names: Sequence[str]) -> Iterator[Batch]:
    """Read some columns, a batch at a time.

    Raises
    ------
    FileCorruptError
        If it is damaged.
    """
    row = 1
    columns = [column_map.header[column_map.places[name]] for name in names]
    try:
        file = _open(source, columns)
        for rows in file.iter_batches(BATCH_ROWS, columns=columns):
            _require_values(rows)
            yield Batch(_shortened(rows), row)
            row += rows.num_rows
        if row - 1 != file.metadata.num_rows:  # a damaged page header can end a column in silence
            raise pa.ArrowInvalid(f"{row - 1} of {file.metadata.num_rows} rows are there")
    except _UNREADABLE as error:
        raise _corrupt(source, error) from error


def _open(source: Source, columns: Sequence[str]) -> pq.ParquetFile:
    """Open a file so that text which repeats is held once: of a long one there may be a million.

    Pages that carry checksums are compared with them.
    """
    schema = pq.read_schema(source.path)
    texts = [name for name in columns if _is_text(schema.field(name).type)]
    return pq.ParquetFile(source.path, read_dictionary=texts, page_checksum_verification=True)


def _require_values(rows: pa.RecordBatch) -> None:
    """Raise `ArrowInvalid` where a row points at a text that the file does not hold."""
    for column in rows.columns:
        if pa.types.is_dictionary(column.type):
            column.validate(full=True)


def _shortened(rows: pa.RecordBatch) -> pa.RecordBatch:
    """Cut off what is far too long anyway before it is spread over the rows."""
    columns = []
    for column in rows.columns:
        if pa.types.is_dictionary(column.type) and _is_text(column.type.value_type):
            values = column.dictionary
            if (pc.max(pc.binary_length(values)).as_py() or 0) > MAX_BYTES:
                values = pc.utf8_slice_codeunits(values, 0, MAX_LENGTH + 1)
                column = pa.DictionaryArray.from_arrays(column.indices, values)  # noqa: PLW2901
        columns.append(column)
    return pa.RecordBatch.from_arrays(columns, names=rows.schema.names)


def _is_text(kind: pa.DataType) -> bool:
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind))


def parse_parquet(
    batch: Batch, source: Source, column_map: ColumnMap, names: Sequence[str]
) -> TextBlock:
    """Turn a batch into text.

    Null becomes empty text, a whole number its digits, a day and a moment ISO 8601 (one without
    a zone keeps none).

    Raises
    ------
    ColumnTypeError
        If a column holds lists or the like.
    """
    columns = {}
    for name in names:
        column = column_map.header[column_map.places[name]]
        text = _as_text(source, column, batch.rows.column(column))
        repeats = KINDS[name] in HAVE_HABITS - {Kind.TIME} or KINDS[name] is Kind.COUNT
        columns[name] = text.dictionary_encode() if repeats else text

    def original(rows: Int64) -> list[str]:
        texts = batch.rows.take(pa.array(rows)).to_pylist()
        return [as_record("" if v is None else str(v) for v in row.values()) for row in texts]

    lines = np.arange(batch.first_row, batch.first_row + batch.rows.num_rows)
    return TextBlock(columns, lines, original, Rejects())


def _as_text(source: Source, name: str, column: pa.Array) -> pa.StringArray:
    kind = column.type
    if pa.types.is_dictionary(kind):
        return _as_text(source, name, column.dictionary_decode())
    if pa.types.is_nested(kind):
        raise ColumnTypeError(file=source.name, column=name, type=kind)
    if pa.types.is_timestamp(kind):
        column = column.cast(pa.timestamp("us", "UTC" if kind.tz else None), safe=False)
    elif pa.types.is_floating(kind):
        column = _floats_as_text(column.cast(pa.float64()))
    try:
        return pc.fill_null(column.cast(pa.string()), "")
    except (pa.ArrowNotImplementedError, pa.ArrowInvalid) as error:
        raise ColumnTypeError(file=source.name, column=name, type=kind) from error


def _floats_as_text(column: pa.DoubleArray) -> pa.StringArray:
    """Keep the mark of whole floats: `123.0` in an id column says that ids went through numbers."""
    whole = pc.and_(pc.equal(pc.floor(column), column), pc.less(pc.abs(column), 1e15))
    digits = pc.if_else(whole, column, 0.0).cast(pa.int64()).cast(pa.string())
    digits = pc.binary_join_element_wise(digits, ".0", "")
    return pc.if_else(whole, digits, column.cast(pa.string()))


def _corrupt(source: Source, error: Exception) -> Exception:
    if isinstance(error, OSError) and error.errno is not None:
        return error  # the disk, not the file
    size = source.path.stat().st_size
    detail = str(error).splitlines()[0] if str(error) else type(error).__name__
    return FileCorruptError(file=source.name, position=size, detail=detail)
