"""Text cut into blocks of whole records, each of which knows its line in the file.

A record is what CSV calls one: a quoted field may hold line ends, so a record can span lines.
As in RFC 4180 a quote opens a field only at its start; anywhere else it is an ordinary character,
which is also how Arrow's parser reads. All line ends (CR, LF, CRLF) become LF.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rekomenda.errors import LineTooLongError

Int64 = NDArray[np.int64]

MAX_RECORD = 1 << 20
"""Bytes a record may have. A quote that stays open for longer was never meant as one."""

MAX_UNCUT = 64 << 20
"""Bytes without a line end after which a file is not taken for a table."""

_QUOTE, _LF, _CR = b'"'[0], b"\n"[0], b"\r"[0]


@dataclass(frozen=True, eq=False)
class RawBlock:
    """Whole records of a file, LF at the end of each; blank lines between them are none.

    Parameters
    ----------
    data : bytes
    first_line : int
        Line of the first record in the file, from 1.
    lines : ndarray of int64, shape (n_records,), or None
        Line on which each record begins; None where they follow one another.
    ends : ndarray of int64, shape (n_records,), or None
        Place in `data` of each record's closing LF; None where every LF is one.
    unclosed : bool
        These are the lines from an opening quote that is never closed to the end of the file,
        one a record.
    """

    data: bytes
    first_line: int
    lines: Int64 | None = None
    ends: Int64 | None = None
    unclosed: bool = False

    def without_blank_lines(self) -> RawBlock:
        """Drop blank lines; the other records keep their line in the file."""
        starts, ends = self._bounds()
        kept = np.flatnonzero(starts < ends)
        if len(kept) == len(ends):
            return self
        texts = [
            self.data[start : end + 1] for start, end in zip(starts[kept], ends[kept], strict=True)
        ]
        lengths = np.array([len(text) for text in texts], np.int64)
        return RawBlock(
            b"".join(texts),
            self.first_line,
            lines=self.lines_of(kept),
            ends=np.cumsum(lengths) - 1,
            unclosed=self.unclosed,
        )

    def lines_of(self, records: Int64) -> Int64:
        """Return the line of each record, by its number in this block."""
        return self.first_line + records if self.lines is None else self.lines[records]

    def texts_of(self, records: Int64) -> list[str]:
        """Return the original text of some records."""
        starts, ends = self._bounds()
        return [
            self.data[start:end].decode(errors="replace")
            for start, end in zip(starts[records], ends[records], strict=True)
        ]

    def _bounds(self) -> tuple[Int64, Int64]:
        """Return where each record begins and ends."""
        ends = self.ends
        if ends is None:
            ends = np.flatnonzero(np.frombuffer(self.data, np.uint8) == _LF)
        return np.concatenate([[0], ends[:-1] + 1]).astype(np.int64), ends


def cut(
    chunks: Iterator[bytes], *, name: str, separator: str, first_line: int
) -> Iterator[RawBlock]:
    """Cut text into blocks of whole records.

    Parameters
    ----------
    chunks : iterator of bytes
        UTF-8 text, cut anywhere.
    name : str
        Of the file, for messages.
    first_line : int
        Line of the first record in the file.

    Raises
    ------
    LineTooLongError
        If text goes on and on without a line end.
    """
    carry, line = b"", first_line
    for chunk in chunks:
        if _is_plain(carry) and _is_plain(chunk) and (stop := chunk.rfind(b"\n") + 1):
            data = b"".join((carry, memoryview(chunk)[:stop]))
            yield RawBlock(data, line)
            carry, line = chunk[stop:], line + data.count(b"\n")
            continue
        text, tail = _one_line_end(carry + chunk)
        scan = _scan(text, separator)
        yield from _records(text, scan, line)
        line += scan.n_lines
        carry = text[scan.stop :] + tail
        if scan.open_at is not None and len(text) - scan.open_at > MAX_RECORD:
            yield from _rest_unclosed(carry, chunks, line)
            return
        if len(carry) > MAX_UNCUT:
            raise LineTooLongError(file=name, line=line, limit=MAX_UNCUT)
    if carry:
        text, _ = _one_line_end(carry + b"\n")
        scan = _scan(text, separator)
        yield from _records(text, scan, line)
        if scan.open_at is not None:
            yield from _rest_unclosed(text[scan.stop :], iter(()), line + scan.n_lines)


def _is_plain(text: bytes) -> bool:
    """Whether each line of a text is a record and ends with LF, as in nearly every file."""
    return b'"' not in text and b"\r" not in text


@dataclass(frozen=True, eq=False)
class _Scan:
    """Where the records of a text end; `ends` and `newlines` are None if it has no quotes.

    `stop` is the end of the last whole record, `n_lines` the lines up to there.
    """

    stop: int
    n_lines: int
    ends: Int64 | None = None
    newlines: Int64 | None = None
    open_at: int | None = None


def _scan(text: bytes, separator: str) -> _Scan:
    if b'"' not in text:
        stop = max(text.rfind(b"\n"), text.rfind(b"\r")) + 1
        return _Scan(stop, text.count(b"\n", 0, stop) + text.count(b"\r", 0, stop))
    spans, open_at = _quoted(text, separator)
    codes = np.frombuffer(text, np.uint8)
    newlines = np.flatnonzero((codes == _LF) | (codes == _CR))
    inside = np.searchsorted(spans[:, 0], newlines) > np.searchsorted(spans[:, 1], newlines)
    limit = len(text) if open_at is None else open_at
    ends = newlines[~inside & (newlines < limit)]
    stop = int(ends[-1]) + 1 if len(ends) else 0
    newlines = newlines[newlines < stop]
    return _Scan(stop, len(newlines), ends, newlines, open_at)


def _quoted(text: bytes, separator: str) -> tuple[Int64, int | None]:
    """Return where quoted fields open and close, shape (n, 2), and where one stays open."""
    codes = np.frombuffer(text, np.uint8)
    quotes = np.flatnonzero(codes == _QUOTE)
    opening, closing = quotes[0::2], quotes[1::2]
    before = np.where(opening > 0, codes[opening - 1], _LF)
    starts = (before == _LF) | (before == _CR) | (before == ord(separator))
    starts[1:] |= opening[1:] == closing[: len(opening) - 1] + 1  # a doubled quote
    if starts.all() and len(opening) == len(closing) and (closing - opening).max() <= MAX_RECORD:
        return np.column_stack([opening, closing]), None
    return _quoted_one_by_one(text, separator)


def _quoted_one_by_one(text: bytes, separator: str) -> tuple[Int64, int | None]:
    """As `_quoted`, for text in which some quotes are ordinary characters or one stays open."""
    spans: list[tuple[int, int]] = []
    open_at = None
    starts = frozenset((_LF, _CR, ord(separator)))
    place = text.find(b'"')
    while place >= 0:
        if place and text[place - 1] not in starts:
            place = text.find(b'"', place + 1)
            continue
        close = text.find(b'"', place + 1)
        while close >= 0 and text[close + 1 : close + 2] == b'"':
            close = text.find(b'"', close + 2)
        if close < 0 or close - place > MAX_RECORD:
            open_at = place
            break
        spans.append((place, close))
        place = text.find(b'"', close + 1)
    return np.array(spans, np.int64).reshape(-1, 2), open_at


def _records(text: bytes, scan: _Scan, line: int) -> Iterator[RawBlock]:
    """Yield the whole records of a scanned text as one block."""
    data = text[: scan.stop]
    if not data:
        return
    if scan.ends is None or scan.newlines is None:
        yield RawBlock(data.replace(b"\r", b"\n"), line)
        return
    starts = np.concatenate([[0], scan.ends[:-1] + 1])
    lines = line + np.searchsorted(scan.newlines, starts)
    if b"\r" in data:
        closed = np.frombuffer(data, np.uint8).copy()
        closed[scan.ends] = _LF  # a CR inside quotes stays what it is
        data = closed.tobytes()
    plain = len(scan.ends) == scan.n_lines
    yield RawBlock(data, line, None if plain else lines, None if plain else scan.ends)


def _rest_unclosed(carry: bytes, chunks: Iterator[bytes], line: int) -> Iterator[RawBlock]:
    """Yield the rest of a file line by line: all of it stands behind an open quote."""
    for chunk in itertools.chain([b""], chunks, [b"\n"]):
        text, tail = _one_line_end(carry + chunk)
        text = text.replace(b"\r", b"\n")
        stop = text.rfind(b"\n") + 1
        if stop:
            yield RawBlock(text[:stop], line, unclosed=True)
        line += text.count(b"\n", 0, stop)
        carry = text[stop:] + tail


def _one_line_end(text: bytes) -> tuple[bytes, bytes]:
    """Make CRLF one LF. A CR at the very end may be half a CRLF: it is held back."""
    text, tail = (text[:-1], b"\r") if text.endswith(b"\r") else (text, b"")
    return (text.replace(b"\r\n", b"\n") if b"\r" in text else text), tail
