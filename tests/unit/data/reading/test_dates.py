"""Days and moments are read as they were written, in the order and unit of their file."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import numpy as np
import pyarrow as pa
import pytest

from rekomenda.data.reading.dates import (
    EPOCH,
    check_play_day,
    last_day_of_plays,
    order_shown,
    parse_day,
)
from rekomenda.data.reading.moments import parse_moments
from rekomenda.data.reading.rules import Rule

NOW = datetime(2026, 3, 12, 15, tzinfo=UTC)


def day(text: str) -> int:
    return (date.fromisoformat(text) - EPOCH).days


@pytest.mark.parametrize(
    "text", ["2024-02-05", "2024/02/05", "20240205", "2024.02.05", "2024-02-05 00:00:00"]
)
@pytest.mark.parametrize("order", [None, "dmy", "mdy", "ymd"])
def test_a_year_in_front_has_one_reading(text, order):
    assert parse_day(text, order) == day("2024-02-05")


def test_b37_b38_a_year_behind_is_read_in_the_order_of_its_file():
    assert parse_day("05/02/2024", "dmy") == day("2024-02-05")
    assert parse_day("05/02/2024", "mdy") == day("2024-05-02")
    assert parse_day("05/02/2024", None) is Rule.DATE_AMBIGUOUS
    assert parse_day("05/02/2024", "ymd") is Rule.DATE_INVALID
    assert parse_day("05-05-2024", None) == day("2024-05-05")


@pytest.mark.parametrize(
    ("text", "order"),
    [("13/02/2024", "dmy"), ("02/13/2024", "mdy"), ("02/12/2024", None), ("32/02/2024", None)],
)
def test_b37_a_day_over_twelve_gives_the_order_away(text, order):
    assert order_shown(text) == order


@pytest.mark.parametrize("text", ["2024-02-30", "24-02-19", "19/2/24", "45342", "2024-13-01", "x"])
def test_b39_what_is_no_day_is_not_made_one(text):
    assert parse_day(text, "dmy") is Rule.DATE_INVALID


def test_b39_serial_numbers_of_a_spreadsheet_must_be_asked_for():
    assert parse_day("45342", "excel") == day("2024-02-20")


def test_b40_b41_plays_are_of_days_that_can_have_been():
    last = last_day_of_plays(NOW, "America/Fortaleza")
    assert last == day("2026-03-12")
    assert check_play_day(day("2002-10-01"), last) == day("2002-10-01")
    assert check_play_day(day("2002-09-30"), last) is Rule.DATE_TOO_OLD
    assert check_play_day(last + 1, last) is Rule.DATE_FUTURE
    assert check_play_day(None, last) is Rule.DATE_MISSING


def test_b41_a_clock_may_be_an_hour_ahead():
    late = datetime(2026, 3, 13, 2, 30, tzinfo=UTC)  # 23:30 in Fortaleza
    assert last_day_of_plays(late, "America/Fortaleza") == day("2026-03-13")


def read(
    *texts: str, zone: str = "America/Fortaleza", **habits: str
) -> list[tuple[str, str] | Rule]:
    """Return (instant, local day) of each text, or the rule it breaks."""
    order, unit = habits.get("order"), habits.get("unit")
    moments = parse_moments(pa.array(texts), zone=zone, now=NOW, order=order, unit=unit)
    rules = {rule.number: rule for rule in Rule}
    return [
        rules[fault]
        if fault
        else (str(np.datetime64(int(instant), "us")), str(EPOCH + timedelta(days=int(local))))
        for instant, local, fault in zip(
            moments.instants, moments.days, moments.faults, strict=True
        )
    ]


def test_b43_a_time_without_zone_is_local():
    assert read("2024-02-19 22:30") == [("2024-02-20T01:30:00.000000", "2024-02-19")]


def test_b45_zones_may_be_mixed_in_a_file():
    assert read("2024-02-19T22:30:00-03:00", "2024-02-20T01:30:00.5Z", "2024-02-19 22:30:00") == [
        ("2024-02-20T01:30:00.000000", "2024-02-19"),
        ("2024-02-20T01:30:00.500000", "2024-02-19"),
        ("2024-02-20T01:30:00.000000", "2024-02-19"),
    ]


def test_b44_hours_that_never_were_or_were_twice_keep_the_day_that_was_written():
    skipped, twice = "2018-11-04 00:30:00", "2018-02-17 23:30:00"
    assert read(skipped, "2018-11-04 00:10:00", twice, zone="America/Sao_Paulo") == [
        ("2018-11-04T03:30:00.000000", "2018-11-04"),
        ("2018-11-04T03:10:00.000000", "2018-11-04"),
        ("2018-02-18T01:30:00.000000", "2018-02-17"),
    ]


def test_b44_around_a_change_each_time_has_the_offset_of_its_own_side():
    texts = ("2018-11-04T02:30:00Z", "2018-11-04 02:30:00")
    assert read(*texts, zone="America/Sao_Paulo") == [
        ("2018-11-04T02:30:00.000000", "2018-11-03"),
        ("2018-11-04T04:30:00.000000", "2018-11-04"),
    ]


def test_b42_epoch_numbers_count_what_their_file_counts():
    instant = ("2024-02-18T23:46:40.000000", "2024-02-18")
    assert read("1708300000", unit="s") == [instant]
    assert read("1708300000000", unit="ms") == [instant]
    assert read("1708300000000000", unit="us") == [instant]
    assert read("1708300000000000000", unit="ns") == [instant]
    assert read("1708300000.25", unit="s") == [("2024-02-18T23:46:40.250000", "2024-02-18")]
    assert read("1708300000", unit="ms") == [Rule.DATE_TOO_OLD]
    assert read("1708300000000", unit="s") == [Rule.DATE_FUTURE]
    assert read("1708300000") == [Rule.DATE_AMBIGUOUS]


def test_moments_that_are_none_are_told_from_those_that_are():
    right = ("2024-02-19T13:00:00.000000", "2024-02-19")
    texts = ("2024-02-30 10:00:00", "2024-02-19 10:00:00", "", "2024-02-19", "0001-01-01T00:00:00Z")
    assert read(*texts) == [
        Rule.DATE_INVALID,
        right,
        Rule.DATE_MISSING,
        Rule.DATE_INVALID,
        Rule.DATE_INVALID,
    ]
    assert read("19/02/2024 10:00:00", "02/19/2024 10:00:00", order="dmy") == [
        right,
        Rule.DATE_INVALID,
    ]
    assert read("19/02/2024 10:00:00") == [Rule.DATE_AMBIGUOUS]


def test_b41_a_moment_may_be_an_hour_ahead_and_no_more():
    assert read("2026-03-12T15:59:59Z") == [("2026-03-12T15:59:59.000000", "2026-03-12")]
    assert read("2026-03-12T16:00:01Z") == [Rule.DATE_FUTURE]
