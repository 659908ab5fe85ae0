"""Set-aside rows as a file that a person corrects: written for a spreadsheet, and read again.

Each row carries where it is from, `<input>:<line>`, and the rule it broke; its own columns follow as
they stood. What a spreadsheet would take for a formula is written behind a `'`, which goes when the
row is read again (catalogue B54).
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from rekomenda.data.layout import Source
from rekomenda.data.reading.mapping import plain
from rekomenda.data.reading.one_record import as_record, fields_of
from rekomenda.data.reading.options import ReadOptions
from rekomenda.data.reading.rules import Rule
from rekomenda.data.reading.sniff import sniff
from rekomenda.data.reading.streams import read_text
from rekomenda.errors import FixesUnreadableError

LEADING = ("quarantine_row", "quarantine_rule", "quarantine_column")
"""Columns in front of the file's own."""
KEY_LENGTH = 8
"""Hex digits of the input's id that a row carries."""

_FORMULA = re.compile(r"'*[=+\-@\t\r]")
_ESCAPED = re.compile(r"''*[=+\-@\t\r]")
_NUMBER = re.compile(r"[+-]?[\d.,]*")
_CHUNK = 1 << 20


def text_of_fixes(
    rows: Iterable[Mapping[str, Any]], *, header: Sequence[str], separator: str, input_id: str
) -> bytes:
    """Return the file that a person corrects; with a mark that Excel knows UTF-8 by, where needed."""
    records = [as_record([*LEADING, *header], separator)]
    for row in rows:
        key = f"{input_id[:KEY_LENGTH]}:{row['line']}"
        fields = fields_shown(row, separator)
        records.append(as_record([key, row["rule"], row["column"], *fields], separator))
    text = "".join(f"{record}\n" for record in records)
    return text.encode("utf-8" if text.isascii() else "utf-8-sig")


def read_fixes(path: Path, input_id: str) -> dict[int, list[str]]:
    """Return what a person made of the rows of one input: fields by line.

    Raises
    ------
    FixesUnreadableError
        If it is no such file, or none of its rows is of this input.
    InputRejectedError
        If it cannot be read at all.
    """
    source = Source(path.name, path)
    sniffed = sniff(source, ReadOptions(now=datetime.min.replace(tzinfo=UTC)))
    leading = tuple(plain(name) for name in sniffed.header[: len(LEADING)])
    if sniffed.container != "csv" or leading != tuple(map(plain, LEADING)):
        raise FixesUnreadableError(file=path.name)
    chunks = read_text(path, path.name, sniffed.compression, sniffed.encoding, _CHUNK)
    text = b"".join(chunks)[sniffed.skip :].decode("utf-8", errors="replace")
    fixes = {}
    for record in csv.reader(io.StringIO(text, newline=""), delimiter=sniffed.separator):
        key, _, line = (record or [""])[0].strip().partition(":")
        if key == input_id[:KEY_LENGTH] and line.isdecimal():
            fixes[int(line)] = [_plain_value(field) for field in record[len(LEADING) :]]
    if not fixes:
        raise FixesUnreadableError(file=path.name)
    return fixes


def fields_shown(row: Mapping[str, Any], separator: str) -> list[str]:
    """Return the fields of a set-aside row as they are written for a person."""
    return [_shown(field) for field in _fields(row, separator)]


def fields_kept(row: Mapping[str, Any], separator: str) -> list[str]:
    """Return the fields of a set-aside row that a person left as they were."""
    return [_plain_value(field) for field in fields_shown(row, separator)]


def _fields(row: Mapping[str, Any], separator: str) -> list[str]:
    if row["rule"] == Rule.QUOTE_UNCLOSED:  # the quote is what is wrong with it: let it be seen
        return str(row["text"]).split(separator)
    return fields_of(row["text"], separator)


def _shown(value: str) -> str:
    formula = _FORMULA.match(value) and not _NUMBER.fullmatch(value)
    return f"'{value}" if formula else value


def _plain_value(value: str) -> str:
    return value[1:] if _ESCAPED.match(value) else value
