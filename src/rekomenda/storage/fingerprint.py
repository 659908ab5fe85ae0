"""A checksum of a table that does not mind the order of its rows, the same in SQL and in Arrow.

Each value becomes a whole number below P = 2^31 - 1 (its code), the codes of a row are folded
into one number by Horner's rule, `r = (r * A + code) mod P`, which is then squared mod P; the
table's checksum is the plain sum over rows. Products stay below 2^62, so that any database with
64-bit integers and MD5 computes the same (`fingerprint_sql.py`). The square is what notices two
rows that traded a value: a sum of sums would not.

Codes: null and non-finite numbers 0; text 1 + the first 28 bits of the MD5 of its UTF-8; whole
numbers, flags, days (since 1970-01-01) and times (microseconds) 1 + value mod P; other numbers
the same of floor(value * 10^6 + 1/2), the value held within 9 * 10^12 on either side of 0.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from rekomenda.domain.schema import Column, Kind, Table

P: Final = 2**31 - 1
A: Final = 1_000_003
SCALE: Final = 1_000_000
LARGEST: Final = 9e12
"""Times `SCALE` it still fits into 64 bits."""
DIGITS: Final = 7
"""Hex digits of the MD5 that count."""
BITS: Final = 4 * DIGITS

_TEXT: Final = {Kind.ID, Kind.TEXT}
_TEXTS_KNOWN: Final = 200_000
"""Texts of a column whose codes are remembered: 40 MB."""

Int64 = NDArray[np.int64]


class Fingerprint(NamedTuple):
    """How many rows, and the sum of their marks."""

    rows: int
    checksum: int


def fingerprint(table: Table, batches: Iterable[pa.RecordBatch]) -> Fingerprint:
    """Return the fingerprint of Arrow batches that hold at least the columns of `table`."""
    rows, checksum = 0, 0
    for marks in marks_of_batches(table, batches):
        rows += len(marks)
        checksum += int(marks.sum())  # fewer than 2^32 rows a batch, so below 2^63
    return Fingerprint(rows, checksum)


def marks_of_batches(table: Table, batches: Iterable[pa.RecordBatch]) -> Iterator[Int64]:
    """Yield the own numbers of each batch's rows, shape (n,), 0 <= mark < P."""
    texts = {column.name: _TextCodes() for column in table.columns if column.kind in _TEXT}
    for batch in batches:
        mark = np.ones(batch.num_rows, np.int64)
        for column in table.columns:
            values = batch.column(column.name)
            known = texts.get(column.name)
            mark *= A
            mark += _codes(column, values) if known is None else known.of(values)
            mark %= P
        mark *= mark
        mark %= P
        yield mark


def row_marks(table: Table, batch: pa.RecordBatch) -> Int64:
    """Return each row's own number, shape (n,)."""
    (marks,) = marks_of_batches(table, [batch])
    return marks


def _codes(column: Column, values: pa.Array) -> Int64:
    if column.kind in {Kind.NUMBER, Kind.SCORE}:
        numbers = np.asarray(values.cast(pa.float64()).to_numpy(zero_copy_only=False))
        known = np.isfinite(numbers)
        held = np.clip(np.where(known, numbers, 0.0), -LARGEST, LARGEST)
        whole = np.floor(held * SCALE + 0.5).astype(np.int64)
    else:
        known = np.asarray(values.is_valid())
        plain = values.cast(pa.int32()) if column.kind is Kind.DAY else values
        whole = np.asarray(plain.cast(pa.int64()).fill_null(0))
    return np.where(known, whole % P + 1, 0)


class _TextCodes(dict[str | None, int]):
    """The codes of a column's texts, remembered from batch to batch.

    Each row group of a file brings a dictionary of its own, and most hold the same texts again.
    """

    def __missing__(self, text: str | None) -> int:
        """Work out the code of a text that was not met yet."""
        if text is None:
            return 0
        digest = hashlib.md5(text.encode(), usedforsecurity=False).digest()
        code = 1 + (int.from_bytes(digest[:4], "big") >> 32 - BITS)
        if len(self) == _TEXTS_KNOWN:
            self.clear()
        self[text] = code
        return code

    def of(self, values: pa.Array) -> Int64:
        """Return the code of each value, shape (n,)."""
        encoded = values if pa.types.is_dictionary(values.type) else values.dictionary_encode()
        places = np.asarray(pc.fill_null(encoded.indices.cast(pa.int32()), -1))
        texts = encoded.dictionary
        codes = np.zeros(len(texts) + 1, np.int64)  # the last one: null
        if len(texts) <= len(values):
            codes[:-1] = [*map(self.__getitem__, texts.to_pylist())]
        else:  # few of a large dictionary are in use
            used = np.unique(places[places >= 0])
            codes[used] = [*map(self.__getitem__, texts.take(pa.array(used)).to_pylist())]
        found: Int64 = codes[places]
        return found
