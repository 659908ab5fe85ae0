"""Days as people and spreadsheets write them, one at a time and without guessing.

A year that stands first has one reading. A day and a month in front of the year have two unless
one of them is over 12, so their order is a habit of the whole file (catalogue B37 to B41).
"""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from rekomenda.data.reading.rules import Rule

Order = Literal["ymd", "dmy", "mdy", "excel"]

EPOCH = date(1970, 1, 1)
OLDEST_PLAY = (date(2002, 10, 1) - EPOCH).days
"""The first day a play can be of, as days since 1970-01-01."""
SKEW = timedelta(hours=1)
"""A clock may be ahead of ours by so much."""
_EXCEL_EPOCH = (date(1899, 12, 30) - EPOCH).days

_MIDNIGHT = r"(?:[T ]00:00(?::00(?:\.0+)?)?(?:Z|[+-]00:?00)?)?"
_YEAR_FIRST = re.compile(r"(\d{4})([-/.]?)(\d{2})\2(\d{2})" + _MIDNIGHT)
_YEAR_LAST = re.compile(r"(\d{1,2})([-/.])(\d{1,2})\2(\d{4})" + _MIDNIGHT)
_SERIAL = re.compile(r"(\d{5})(?:[.,]0+)?")
_MOMENT = re.compile(r"\d{1,4}[-/.]?\d{1,2}[-/.]?\d{2,4}[T ]\d{1,2}:\d{2}.*")

MISSING = frozenset({"", "-", "null", "none", "nan", "nat", "n/a", "na", "n/d", "\\n", "<na>"})


def parse_day(text: str, order: Order | None) -> int | Rule | None:
    """Read a day as days since 1970-01-01, None where it is missing, or the rule it breaks.

    Parameters
    ----------
    order : {"ymd", "dmy", "mdy", "excel"} or None
        How the file writes days whose year does not stand first; None while nothing settled it.
        `ymd`: not at all. `excel`: as the serial numbers of a spreadsheet, which have to be
        asked for.
    """
    text = text.strip()
    if text.lower() in MISSING:
        return None
    first, last, serial = (form.fullmatch(text) for form in (_YEAR_FIRST, _YEAR_LAST, _SERIAL))
    day: int | Rule = Rule.DATE_INVALID
    if first:
        day = _day(int(first[1]), int(first[3]), int(first[4]))
    elif last:
        day = _year_last(int(last[1]), int(last[3]), int(last[4]), order)
    elif serial and order == "excel":
        day = _EXCEL_EPOCH + int(serial[1])
    return day


def _year_last(one: int, two: int, year: int, order: Order | None) -> int | Rule:
    if order == "dmy" or (one == two and order is None):
        return _day(year, two, one)
    if order == "mdy":
        return _day(year, one, two)
    possible = order is None and 1 <= one <= 31 and 1 <= two <= 31
    return Rule.DATE_AMBIGUOUS if possible else Rule.DATE_INVALID


def order_shown(text: str) -> Order | None:
    """Return the order that a day gives away, because one of its numbers is over 12."""
    last = _YEAR_LAST.match(text.strip())
    if not last:
        return None
    one, two = int(last[1]), int(last[3])
    if 12 < one <= 31 and 1 <= two <= 12:
        return "dmy"
    if 12 < two <= 31 and 1 <= one <= 12:
        return "mdy"
    return None


def has_time_of_day(text: str) -> bool:
    """Whether a value is a moment and not just a day: it has a time, and not midnight."""
    text = text.strip()
    if not _MOMENT.fullmatch(text):
        return False
    return not (_YEAR_FIRST.fullmatch(text) or _YEAR_LAST.fullmatch(text))


def last_day_of_plays(now: datetime, timezone: str) -> int:
    """Return the last day that is not in the future anywhere a clock may be an hour ahead."""
    return ((now + SKEW).astimezone(ZoneInfo(timezone)).date() - EPOCH).days


def check_play_day(day: int | Rule | None, last: int) -> int | Rule:
    """Say whether plays can be of a day."""
    if day is None:
        return Rule.DATE_MISSING
    if isinstance(day, Rule):
        return day
    if day < OLDEST_PLAY:
        return Rule.DATE_TOO_OLD
    return Rule.DATE_FUTURE if day > last else day


def _day(year: int, month: int, day: int) -> int | Rule:
    try:
        return (date(year, month, day) - EPOCH).days
    except ValueError:
        return Rule.DATE_INVALID
