"""Numbers with one reading are read; those with two are asked about."""

from __future__ import annotations

import pytest

from rekomenda.data.reading.numbers import decimal_mark_shown, parse_count, parse_number
from rekomenda.data.reading.rules import Rule

AMBIGUOUS, INVALID = Rule.NUMBER_AMBIGUOUS, Rule.NUMBER_INVALID


@pytest.mark.parametrize(
    ("text", "auto", "brazil", "english"),
    [
        ("7", 7, 7, 7),
        (" 007 ", 7, 7, 7),
        ("3,0", 3, 3, 3),
        ("3.00", 3, 3, 3),
        ("0.000", 0, 0, 0),
        ("1.234", AMBIGUOUS, 1234, Rule.PLAYS_NOT_WHOLE),
        ("1,234", AMBIGUOUS, Rule.PLAYS_NOT_WHOLE, 1234),
        ("3.000", AMBIGUOUS, 3000, 3),
        ("1.234.567", 1_234_567, 1_234_567, Rule.PLAYS_INVALID),
        ("1.234,0", 1234, 1234, Rule.PLAYS_INVALID),
        ("1,234.0", 1234, Rule.PLAYS_INVALID, 1234),
        ("12.34.567", Rule.PLAYS_INVALID, Rule.PLAYS_INVALID, Rule.PLAYS_INVALID),
        ("3,5", Rule.PLAYS_NOT_WHOLE, Rule.PLAYS_NOT_WHOLE, Rule.PLAYS_NOT_WHOLE),
        ("1e3", Rule.PLAYS_INVALID, Rule.PLAYS_INVALID, Rule.PLAYS_INVALID),
        ("three", Rule.PLAYS_INVALID, Rule.PLAYS_INVALID, Rule.PLAYS_INVALID),
        ("0x1F", Rule.PLAYS_INVALID, Rule.PLAYS_INVALID, Rule.PLAYS_INVALID),
    ],
)
def test_b33_b34_a_count_has_one_reading_or_none(text, auto, brazil, english):
    assert parse_count(text, "auto") == auto
    assert parse_count(text, "pt-BR") == brazil
    assert parse_count(text, "en") == english


@pytest.mark.parametrize("text", ["NaN", "", "NULL", "\\N", "-", "n/d", "N/A", " none "])
def test_b30_a_missing_count_is_never_zero_nor_one(text):
    assert parse_count(text, "auto") is Rule.PLAYS_MISSING


def test_b31_b32_zero_counts_and_less_does_not():
    assert parse_count("-0", "auto") == 0
    assert parse_count("-2", "auto") is Rule.PLAYS_NEGATIVE


@pytest.mark.parametrize("text", ["1000000001", "1" + "0" * 40, "1e308", "-inf", "Infinity"])
def test_b35_a_count_beyond_all_reason_is_out_of_range(text):
    assert parse_count(text, "auto") is Rule.PLAYS_RANGE


def test_the_largest_count_is_read():
    assert parse_count("1000000000", "auto") == 1_000_000_000


@pytest.mark.parametrize(
    ("text", "unsettled", "comma", "point"),
    [
        ("0.5", 0.5, 0.5, 0.5),
        ("0,5", 0.5, 0.5, 0.5),
        ("1.234", AMBIGUOUS, 1234.0, 1.234),
        ("1,234", AMBIGUOUS, 1.234, 1234.0),
        ("-1.5e-3", -0.0015, -0.0015, -0.0015),
        (".5", 0.5, 0.5, 0.5),
        ("n/d", None, None, None),
        ("1e999", INVALID, INVALID, INVALID),
    ],
)
def test_a_measured_number_with_two_readings_follows_its_file(text, unsettled, comma, point):
    assert parse_number(text, None) == unsettled
    assert parse_number(text, ",") == comma
    assert parse_number(text, ".") == point


@pytest.mark.parametrize(
    ("text", "mark"),
    [("0.123", "."), ("12,5", ","), ("1.234", None), ("1.234.567", ","), ("7", None), ("x", None)],
)
def test_a_number_gives_its_mark_away_only_if_it_can_be_no_other(text, mark):
    assert decimal_mark_shown(text) == mark
