"""Moments of plays, a column at a time: text or epoch numbers to instants and local days.

A moment that carries no zone is local to the configured one. Where a clock was put back and an
hour happened twice the first is meant; where it was put forward and an hour never happened, the
offset before the change is used (PEP 495, `fold=0`). Either way the day that was written stays
the day of the play, and two different times stay different (catalogue B42 to B45).
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, Literal
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from rekomenda.data.reading.dates import OLDEST_PLAY, SKEW, Order
from rekomenda.data.reading.rules import Rule

Unit = Literal["s", "ms", "us", "ns"]

MICROSECONDS: dict[Unit, float] = {"s": 1e6, "ms": 1e3, "us": 1, "ns": 1e-3}
DIGITS: dict[int, Unit] = {10: "s", 13: "ms", 16: "us", 19: "ns"}
"""Whole digits of an epoch number between 2001 and 2286."""

_DAY = 86_400_000_000
_GRANULE = 900_000_000
"""Zones change their offset at quarters of an hour only, in this century."""

_LATEST = 250_000_000_000_000_000
"""The year 9892: later numbers are no dates, and calendars end soon after."""

_ISO = r"^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?( ?(Z|[+-]\d{2}(:?\d{2})?))?$"
_ZONED = r"(Z|[+-]\d{2}(:?\d{2})?)$"
_EPOCH = r"^\d{1,19}(\.\d+)?$"
_YEAR_LAST = r"^(\d{2})[-/.](\d{2})[-/.](\d{4})([T ])"

Int64 = NDArray[np.int64]


class Moments:
    """A column of moments read: instants, local days and faults, each of one value a row.

    Parameters
    ----------
    instants : ndarray of int64
        Microseconds since 1970-01-01 UTC; 0 where there is a fault.
    days : ndarray of int32
        Local day, as days since 1970-01-01.
    faults : ndarray of uint8
        `Rule.number`, 0 where nothing is wrong.
    """

    def __init__(self, n_rows: int) -> None:
        self.instants: Int64 = np.zeros(n_rows, np.int64)
        self.days: NDArray[np.int32] = np.zeros(n_rows, np.int32)
        self.faults = np.full(n_rows, Rule.DATE_INVALID.number, np.uint8)


def parse_moments(
    texts: pa.StringArray, *, zone: str, now: datetime, order: Order | None, unit: Unit | None
) -> Moments:
    """Read a column of moments.

    Parameters
    ----------
    order : {"ymd", "dmy", "mdy", "excel"} or None
        How the file writes days whose year stands last; None: such moments are ambiguous.
    unit : {"s", "ms", "us", "ns"} or None
        What its epoch numbers count; None: epoch numbers are ambiguous.
    """
    texts = pc.utf8_trim_whitespace(texts)
    read = Moments(len(texts))
    read.faults[_mask(pc.equal(texts, ""))] = Rule.DATE_MISSING.number
    _read_epoch(texts, read, unit, zone)
    texts = _year_first(texts, read, order)
    is_iso = _mask(pc.match_substring_regex(texts, _ISO))
    is_zoned = is_iso & _mask(pc.match_substring_regex(texts, _ZONED))
    # "2024-02-19 10" would end like an offset; _ISO wants minutes, so it is no moment at all.
    local = np.flatnonzero(is_iso & ~is_zoned)
    written, right = _cast(texts.take(pa.array(local)), zoned=False)
    _fill(read, local[right], written - _offsets(written, zone, local=True), written)
    zoned = np.flatnonzero(is_zoned)
    instants, right = _cast(texts.take(pa.array(zoned)), zoned=True)
    _fill(read, zoned[right], instants, instants + _offsets(instants, zone, local=False))
    return _judge(read, now)


def _read_epoch(texts: pa.StringArray, read: Moments, unit: Unit | None, zone: str) -> None:
    is_epoch = _mask(pc.match_substring_regex(texts, _EPOCH))
    if not is_epoch.any():
        return
    if unit is None:
        read.faults[is_epoch] = Rule.DATE_AMBIGUOUS.number
        return
    rows = np.flatnonzero(is_epoch)
    numbers = texts.take(pa.array(rows))
    whole = pc.cast(pc.replace_substring_regex(numbers, r"\..*$", ""), pa.decimal128(19, 0))
    fraction = pc.cast(pc.replace_substring_regex(numbers, r"^\d+", "0"), pa.float64())
    counts = pc.cast(pc.min_element_wise(whole, pa.scalar(_INT64_MAX, whole.type)), pa.int64())
    scale = MICROSECONDS[unit]
    largest = int(_LATEST / max(scale, 1))
    counts = counts.to_numpy()
    counts = np.minimum(counts, largest) * int(scale) if scale >= 1 else counts // 1000
    instants = np.minimum(counts, _LATEST)
    instants = instants + np.floor(fraction.to_numpy() * scale).astype(np.int64)
    _fill(read, rows, instants, instants + _offsets(instants, zone, local=False))


_INT64_MAX = int(np.iinfo(np.int64).max)


def _year_first(texts: pa.StringArray, read: Moments, order: Order | None) -> pa.StringArray:
    is_last = pc.match_substring_regex(texts, _YEAR_LAST)
    rows = _mask(is_last)
    if not rows.any():
        return texts
    if order not in ("dmy", "mdy"):
        unknown = Rule.DATE_AMBIGUOUS if order is None else Rule.DATE_INVALID
        read.faults[rows] = unknown.number
        return texts
    turned = r"\3-\2-\1\4" if order == "dmy" else r"\3-\1-\2\4"
    return pc.if_else(is_last, pc.replace_substring_regex(texts, _YEAR_LAST, turned), texts)


def _cast(texts: pa.StringArray, *, zoned: bool) -> tuple[Int64, NDArray[np.bool_]]:
    """Return microseconds of what is right, and which rows that is."""
    target = pa.timestamp("ns", "UTC" if zoned else None)
    try:
        values = texts.cast(target)
    except pa.ArrowInvalid:
        # Some value has the shape of a moment but is none (30 February): one at a time.
        return _cast_one_by_one(texts, zoned=zoned)
    microseconds = pc.floor_temporal(values, unit="microsecond").cast(pa.int64())
    return microseconds.to_numpy() // 1000, np.ones(len(texts), bool)


def _cast_one_by_one(texts: pa.StringArray, *, zoned: bool) -> tuple[Int64, NDArray[np.bool_]]:
    instants: list[int] = []
    right = np.zeros(len(texts), bool)
    for place, text in enumerate(texts.to_pylist()):
        try:
            moment = datetime.fromisoformat(text.replace(" +", "+").replace(" Z", "Z"))
        except ValueError:
            continue
        if not 1900 <= moment.year <= 9000:
            continue
        moment = moment.astimezone(UTC) if zoned else moment.replace(tzinfo=UTC)
        right[place] = True
        seconds = int(moment.replace(microsecond=0).timestamp())
        instants.append(seconds * 1_000_000 + moment.microsecond)
    return np.array(instants, np.int64), right


def _offsets(microseconds: Int64, zone: str, *, local: bool) -> Int64:
    """Return the zone's offset at each time, in microseconds; local: times are those of its clocks."""
    granules, place = np.unique(microseconds // _GRANULE, return_inverse=True)
    offset = _offset_of(ZoneInfo(zone), local=local)
    return np.array([offset(int(granule)) for granule in granules], np.int64)[place]


def _offset_of(zone: ZoneInfo, *, local: bool) -> Callable[[int], int]:
    def offset(granule: int) -> int:
        moment = datetime.fromtimestamp(granule * (_GRANULE // 1_000_000), UTC)
        there = moment.replace(tzinfo=zone) if local else moment.astimezone(zone)
        delta = there.utcoffset()
        return 0 if delta is None else int(delta.total_seconds()) * 1_000_000

    return offset


def _fill(read: Moments, rows: NDArray[np.intp], instants: Int64, local: Int64) -> None:
    read.instants[rows] = instants
    read.days[rows] = local // _DAY
    read.faults[rows] = 0


def _judge(read: Moments, now: datetime) -> Moments:
    latest = int((now + SKEW).timestamp() * 1_000_000)
    fine = read.faults == 0
    read.faults[fine & (read.instants > latest)] = Rule.DATE_FUTURE.number
    read.faults[fine & (read.days < OLDEST_PLAY)] = Rule.DATE_TOO_OLD.number
    return read


def unit_shown(text: str) -> Unit | None:
    """Return what an epoch number counts, by its number of digits; None if it does not say."""
    whole, _, fraction = text.strip().partition(".")
    if not whole.isascii() or not whole.isdigit() or (fraction and not fraction.isdigit()):
        return None
    return DIGITS.get(len(whole))


def _mask(values: Any) -> NDArray[np.bool_]:
    return np.asarray(pc.fill_null(values, False), dtype=bool)
