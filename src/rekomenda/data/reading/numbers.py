"""Numbers as people and spreadsheets write them, read without guessing.

`1.234` is 1234 in Brazil and a little more than one elsewhere: a wrong guess is a factor of 1000.
Whatever has one reading only (`3`, `3,0`, `1.234,5`, `1.234.567`) is read; whatever has two is
read if the locale was declared and called ambiguous otherwise (catalogue B30 to B35).
"""

from __future__ import annotations

import re
from typing import Literal

from rekomenda.data.reading.options import Locale
from rekomenda.data.reading.rules import Rule

Mark = Literal[".", ","]

MAX_COUNT = 1_000_000_000
"""Above this a count is a mistake, not a number of plays."""

MISSING = frozenset(
    {"", "-", "--", "nan", "null", "none", "na", "n/a", "n/d", "nd", "\\n", "<na>", "#n/a"}
)
"""What stands where a number is missing, in lower case."""

_PLAIN = re.compile(r"([+-]?)(\d+)")
_MARKED = re.compile(r"([+-]?)(\d*(?:[.,]\d+)+)")
_SCIENTIFIC = re.compile(r"[+-]?(?:\d+(?:[.,]\d*)?|[.,]\d+)[eE][+-]?\d+")
_INFINITE = re.compile(r"[+-]?inf(?:inity)?", re.IGNORECASE)
_GROUPS = re.compile(r"[1-9]\d{0,2}(?:[.,]\d{3})+")

DECIMAL_MARK: dict[Locale, Mark | None] = {"auto": None, "pt-BR": ",", "en": "."}


def parse_count(text: str, locale: Locale) -> int | Rule:
    """Read a count of plays: whole, 0 to `MAX_COUNT`, or the rule it breaks.

    Examples
    --------
    >>> parse_count("3,0", "auto"), parse_count("1.234", "pt-BR"), str(parse_count("1.234", "auto"))
    (3, 1234, 'E_NUMBER_AMBIGUOUS')
    """
    text = text.strip()
    if text.lower() in MISSING:
        return Rule.PLAYS_MISSING
    plain, marked = _PLAIN.fullmatch(text), _MARKED.fullmatch(text)
    if plain:
        return _in_range(plain[1], plain[2])
    return _marked_count(marked[1], marked[2], locale) if marked else _beyond(text)


def _marked_count(sign: str, digits: str, locale: Locale) -> int | Rule:
    parts = _split(digits, DECIMAL_MARK[locale])
    if isinstance(parts, Rule):
        return Rule.PLAYS_INVALID if parts is Rule.NUMBER_INVALID else parts
    whole, fraction = parts
    return Rule.PLAYS_NOT_WHOLE if fraction.strip("0") else _in_range(sign, whole or "0")


def _beyond(text: str) -> Rule:
    """Say what is wrong with a text that is no plain number."""
    if _SCIENTIFIC.fullmatch(text):
        large = abs(float(text.replace(",", "."))) > MAX_COUNT
    else:
        large = _INFINITE.fullmatch(text) is not None
    return Rule.PLAYS_RANGE if large else Rule.PLAYS_INVALID


def parse_number(text: str, decimal: Mark | None) -> float | Rule | None:
    """Read any finite number, None where it is missing, or the rule it breaks.

    Parameters
    ----------
    decimal : {".", ","} or None
        The file's decimal mark; None while nothing has settled it.
    """
    text = text.strip()
    if text.lower() in MISSING:
        return None
    if _SCIENTIFIC.fullmatch(text) or _PLAIN.fullmatch(text):
        value = float(text.replace(",", "."))
        return value if abs(value) <= 1e300 else Rule.NUMBER_INVALID
    marked = _MARKED.fullmatch(text)
    if not marked:
        return Rule.NUMBER_INVALID
    parts = _split(marked[2], decimal)
    if isinstance(parts, Rule):
        return parts
    return float(f"{marked[1]}{parts[0] or '0'}.{parts[1] or '0'}")


def decimal_mark_shown(text: str) -> Mark | None:
    """Return the decimal mark that a number gives away; None if it has none or two readings.

    Examples
    --------
    >>> decimal_mark_shown("0,5"), decimal_mark_shown("1.234,5"), decimal_mark_shown("1.234")
    (',', ',', None)
    """
    marked = _MARKED.fullmatch(text.strip())
    if not marked:
        return None
    digits = marked[2]
    marks = [mark for mark in digits if mark in ".,"]
    if len(marks) == 1:
        return None if _GROUPS.fullmatch(digits) else _mark(marks[0])
    if len(set(marks)) == 1:
        return "," if marks[0] == "." else "."
    return _mark(marks[-1])


def _split(digits: str, decimal: Mark | None) -> tuple[str, str] | Rule:
    """Split digits with marks into whole and fraction: each mark is a decimal or a grouping one."""
    marks = [mark for mark in digits if mark in ".,"]
    if len(marks) == 1:
        grouped = _GROUPS.fullmatch(digits) is not None
        if grouped and decimal is None:
            return Rule.NUMBER_AMBIGUOUS
        if grouped and marks[0] != decimal:
            return digits.replace(marks[0], ""), ""
        whole, fraction = digits.split(marks[0])
        return whole, fraction
    if len(set(marks)) == 1:
        right = marks[0] != decimal and _GROUPS.fullmatch(digits)
        return (digits.replace(marks[0], ""), "") if right else Rule.NUMBER_INVALID
    whole, _, fraction = digits.rpartition(marks[-1])
    consistent = len(set(marks[:-1])) == 1 and decimal in (None, marks[-1])
    if not consistent or not _GROUPS.fullmatch(whole):
        return Rule.NUMBER_INVALID
    return whole.replace(marks[0], ""), fraction


def _mark(mark: str) -> Mark:
    return "." if mark == "." else ","


def _in_range(sign: str, digits: str) -> int | Rule:
    digits = digits.lstrip("0") or "0"
    if len(digits) > 10 or int(digits) > MAX_COUNT:
        return Rule.PLAYS_RANGE
    if sign == "-" and digits != "0":
        return Rule.PLAYS_NEGATIVE
    return int(digits)
