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
from collections.abc import Iterable
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

Int64 = NDArray[np.int64]


class Fingerprint(NamedTuple):
    """How many rows, and the sum of their marks."""

    rows: int
    checksum: int


def fingerprint(table: Table, batches: Iterable[pa.RecordBatch]) -> Fingerprint:
    """Return the fingerprint of Arrow batches that hold at least the columns of `table`."""
    rows, checksum = 0, 0
    for batch in batches:
        marks = row_marks(table, batch)
        rows += len(marks)
        checksum += int(marks.sum())  # fewer than 2^32 rows a batch, so below 2^63
    return Fingerprint(rows, checksum)


def row_marks(table: Table, batch: pa.RecordBatch) -> Int64:
    """Return each row's own number, shape (n,), 0 <= mark < P."""
    mark = np.ones(batch.num_rows, np.int64)
    for column in table.columns:
        mark = (mark * A + _codes(column, batch.column(column.name))) % P
    squared: Int64 = mark * mark % P
    return squared


def _codes(column: Column, values: pa.Array) -> Int64:
    if column.kind in {Kind.ID, Kind.TEXT}:
        return _text_codes(values)
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


def _text_codes(values: pa.Array) -> Int64:
    encoded = values if pa.types.is_dictionary(values.type) else values.dictionary_encode()
    places: Int64 = np.asarray(pc.fill_null(encoded.indices.cast(pa.int64()), -1))
    # One digest a value in use, which may be few of a large dictionary; rows only look theirs up.
    used = np.unique(places[places >= 0])
    codes = np.zeros(len(encoded.dictionary) + 1, np.int64)
    codes[used] = [*map(_text_code, encoded.dictionary.take(pa.array(used)).to_pylist())]
    return codes[places]


def _text_code(text: str | None) -> int:
    if text is None:
        return 0
    return 1 + int(hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()[:DIGITS], 16)
