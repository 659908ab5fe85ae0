"""Text is cut into records as CSV has them, whatever the chunks, and every record knows its line."""

from __future__ import annotations

import csv
import io

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rekomenda.data.reading import records
from rekomenda.data.reading.records import cut
from rekomenda.errors import LineTooLongError


def records_of(text: str, size: int) -> tuple[list[tuple[int, str]], list[tuple[int, str]]]:
    """Return (line, text) of each record, and of each line behind a quote left open."""
    data = text.encode()
    chunks = (data[start : start + size] for start in range(0, len(data), size))
    whole: list[tuple[int, str]] = []
    unclosed: list[tuple[int, str]] = []
    for raw in cut(chunks, name="f", separator=",", first_line=1):
        block = raw.without_blank_lines()
        numbers = np.arange(block.data.count(b"\n") if block.ends is None else len(block.ends))
        found = zip(block.lines_of(numbers).tolist(), block.texts_of(numbers), strict=True)
        (unclosed if block.unclosed else whole).extend(found)
    return whole, unclosed


def read_slowly(text: str) -> list[tuple[int, list[str]]]:
    """Return (line, fields) of each record as Python's own reader sees them."""
    reader = csv.reader(io.StringIO(text, newline=""))
    rows, line = [], 1
    for fields in reader:
        if fields:
            rows.append((line, fields))
        line = reader.line_num + 1
    return rows


def fields_of(record: str) -> list[str]:
    return next(csv.reader(io.StringIO(record, newline="")))


@given(text=st.text(alphabet='ab,"\n', max_size=60), size=st.integers(1, 70))
def test_records_and_lines_are_those_of_a_slow_reader_whatever_the_chunks(text, size):
    whole, unclosed = records_of(text, size)
    expected = read_slowly(text)
    if unclosed:
        line, _ = expected.pop()
        assert line <= unclosed[0][0]
        assert [line for line, _ in unclosed] == [
            number + 1
            for number, words in enumerate(text.split("\n"))
            if number + 1 >= line and words
        ]
    assert [(line, fields_of(record)) for line, record in whole] == expected


@given(text=st.text(alphabet='ab,"\n', max_size=60), size=st.integers(1, 70))
def test_b13_crlf_reads_as_lf_does(text, size):
    assert records_of(text.replace("\n", "\r\n"), size) == records_of(text, 1000)


@given(text=st.text(alphabet="ab,\n", max_size=60), size=st.integers(1, 70))
def test_b13_a_lone_cr_ends_a_line(text, size):
    assert records_of(text.replace("\n", "\r"), size) == records_of(text, 1000)


def test_a_quote_inside_a_field_is_an_ordinary_character():
    assert records_of('a,5" disc\nb,"x\ny"\n', 4) == ([(1, 'a,5" disc'), (2, 'b,"x\ny"')], [])


@pytest.mark.parametrize("size", [7, 64, 10_000])
def test_b15_a_quote_open_for_too_long_was_never_meant_as_one(monkeypatch, size):
    monkeypatch.setattr(records, "MAX_RECORD", 100)
    text = 'a\n"b\n' + "c\n" * 80 + 'd"\ne\n'
    whole, unclosed = records_of(text, size)
    assert whole == [(1, "a")]
    assert [line for line, _ in unclosed] == list(range(2, 85))


def test_b59_text_without_an_end_is_no_table(monkeypatch):
    monkeypatch.setattr(records, "MAX_UNCUT", 50)
    with pytest.raises(LineTooLongError):
        records_of("a" * 200, 10)
