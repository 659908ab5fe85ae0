"""Blocks of CSV text parsed into columns by Arrow, without losing count of the file's lines."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv

from rekomenda.data.layout import Source
from rekomenda.data.reading.habits import KINDS, UnsettledError
from rekomenda.data.reading.mapping import ColumnMap
from rekomenda.data.reading.records import RawBlock, cut
from rekomenda.data.reading.rules import Rule
from rekomenda.data.reading.sniff import Sniffed, is_utf8
from rekomenda.data.reading.streams import read_text
from rekomenda.data.reading.text_blocks import Int64, Rejects, TextBlock
from rekomenda.domain.schema import Kind
from rekomenda.errors import EncodingError

REPEATING = frozenset((Kind.DAY, Kind.COUNT, Kind.NUMBER))
"""Kinds whose values are checked once for each distinct text."""


def raw_blocks(source: Source, sniffed: Sniffed, block_bytes: int) -> Iterator[RawBlock]:
    """Cut a file, behind its header, into blocks of whole records."""
    try:
        chunks = read_text(
            source.path, source.name, sniffed.compression, sniffed.encoding, block_bytes
        )
        yield from cut(
            _skip(chunks, sniffed.skip),
            name=source.name,
            separator=sniffed.separator,
            first_line=sniffed.first_line,
        )
    except UnicodeError as error:
        raise EncodingError(file=source.name, encoding=sniffed.encoding, detail=error) from error


def sampled(source: Source, sniffed: Sniffed) -> Iterator[RawBlock]:
    """Cut the sample of a file likewise; a record that the sample's end splits is left out."""
    sample = sniffed.sample
    if not sniffed.whole:
        sample = sample[: max(sample.rfind(b"\n"), sample.rfind(b"\r")) + 1]
    blocks = cut(
        iter([sample]),
        name=source.name,
        separator=sniffed.separator,
        first_line=sniffed.first_line,
    )
    yield from (block for block in blocks if not block.unclosed)


def parse_csv(
    block: RawBlock, sniffed: Sniffed, column_map: ColumnMap, names: Sequence[str]
) -> TextBlock:
    """Parse one block into the canonical columns `names`.

    Raises
    ------
    UnsettledError
        If it is not UTF-8 although the start of the file was.
    EncodingError
        If it is not UTF-8 although that was declared.
    """
    if sniffed.encoding == "utf-8" and not is_utf8(block.data):
        if sniffed.declared:
            detail = f"line {block.first_line} or later"
            raise EncodingError(file=column_map.file, encoding="utf-8", detail=detail)
        raise UnsettledError(not_utf8=True)
    if block.unclosed:
        return _unclosed(block.without_blank_lines(), names)
    if not block.data.strip(b"\n"):
        return _nothing(block, names, Rejects())
    misfits: list[int] = []
    table = _parse(block.data, sniffed.separator, column_map, names, misfits)
    if _has_empty(table):
        block = block.without_blank_lines()
        misfits.clear()
        table = _parse(block.data, sniffed.separator, column_map, names, misfits)
    records = np.arange(table.num_rows + len(misfits))
    rejects = Rejects()
    if misfits:
        wrong = np.array(misfits) - 1
        records = np.delete(records, wrong)
        _reject_misfits(block, wrong, rejects)
    columns = {name: _one_chunk(table.column(name)) for name in names}
    return TextBlock(
        columns=columns,
        lines=block.lines_of(records),
        original=lambda rows: block.texts_of(records[rows]),
        rejects=rejects,
    )


def _has_empty(table: pa.Table) -> bool:
    """Whether the first column has empty values: Arrow makes a row of nothing of a blank line."""
    for chunk in table.column(0).chunks:
        values = chunk.dictionary if isinstance(chunk, pa.DictionaryArray) else chunk
        if pc.any(pc.equal(pc.binary_length(values), 0)).as_py():
            return True
    return False


def _parse(
    data: bytes,
    separator: str,
    column_map: ColumnMap,
    names: Sequence[str],
    misfits: list[int],
) -> pa.Table:
    """Let Arrow parse records; the numbers of those with a wrong field count go into `misfits`."""

    def skip(row: Any) -> str:
        misfits.append(row.number)
        return "skip"

    # Columns are called by their canonical name where they have one: a header may repeat the rest.
    header = [f"#{place}" for place in range(len(column_map.header))]
    for name, place in column_map.places.items():
        header[place] = name
    return pa_csv.read_csv(
        pa.BufferReader(data),
        read_options=pa_csv.ReadOptions(
            use_threads=False, block_size=len(data) + 1, column_names=header
        ),
        parse_options=pa_csv.ParseOptions(
            delimiter=separator,
            ignore_empty_lines=False,
            newlines_in_values=b'"' in data,
            invalid_row_handler=skip,
        ),
        convert_options=pa_csv.ConvertOptions(
            check_utf8=False,
            include_columns=list(names),
            column_types={name: _arrow_type(name) for name in names},
        ),
    )


def _arrow_type(name: str) -> pa.DataType:
    text = pa.string()
    return pa.dictionary(pa.int32(), text) if KINDS[name] in REPEATING else text


def _reject_misfits(block: RawBlock, records: Int64, rejects: Rejects) -> None:
    """Set records with a wrong field count aside.

    One that spans lines does so because of a quote that was not closed where it should be, so
    each of its lines counts for itself.
    """
    for line, text in zip(block.lines_of(records), block.texts_of(records), strict=True):
        parts = text.split("\n")
        rule = Rule.FIELD_COUNT if len(parts) == 1 else Rule.QUOTE_UNCLOSED
        rejects.add(range(line, line + len(parts)), [""] * len(parts), [rule] * len(parts), parts)


def _unclosed(block: RawBlock, names: Sequence[str]) -> TextBlock:
    """Set every line behind a quote that is never closed aside."""
    texts = block.data.decode().splitlines()
    lines = block.lines_of(np.arange(len(texts)))
    rejects = Rejects()
    rejects.add(lines, [""] * len(texts), [Rule.QUOTE_UNCLOSED] * len(texts), texts)
    return _nothing(block, names, rejects)


def _nothing(block: RawBlock, names: Sequence[str], rejects: Rejects) -> TextBlock:
    """Return a block without rows; there may be rejects."""
    empty = {name: pa.array([], _arrow_type(name)) for name in names}
    return TextBlock(empty, block.lines_of(np.arange(0)), lambda _: [], rejects)


def _one_chunk(column: pa.ChunkedArray) -> pa.Array:
    return column.chunk(0) if column.num_chunks == 1 else column.combine_chunks()


def _skip(chunks: Iterator[bytes], size: int) -> Iterator[bytes]:
    """Leave out the first bytes of a text."""
    for chunk in chunks:
        if size < len(chunk):
            yield chunk[size:]
        size = max(0, size - len(chunk))
