"""Whether the plays of a day have come."""

from __future__ import annotations

from datetime import date, timedelta

from rekomenda.domain.schema import PLAYS
from rekomenda.errors import StaleError
from rekomenda.language import Text
from rekomenda.pipeline.bootstrap import House

_NONE = Text(en="no day at all", pt="dia nenhum")


def freshness_of(house: House, day: date, *, max_age: int) -> tuple[date, date]:
    """Return the last day with plays up to a day, and the earliest that would do.

    Raises
    ------
    StaleError
        If more than `max_age` days before `day` are missing.
    """
    parts = house.lake.snapshot().parts_of(PLAYS.name)
    days = [part.day for part in parts if part.day is not None and part.day <= day]
    last, wanted = max(days, default=None), day - timedelta(days=max_age)
    if last is None or last < wanted:
        raise StaleError(home=house.home, last=last or _NONE, wanted=wanted)
    return last, wanted
