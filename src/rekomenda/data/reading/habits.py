"""How one file writes days, numbers and moments: decided for the file as a whole, never by row.

The start of a file settles its habits where its values leave no doubt. Where the reader meets a
value that they do not cover it says so (`UnsettledError`), every value of the file is looked at, and
what is in doubt then stays in doubt: the file is held, and the person is asked.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from rekomenda.data.reading.dates import Order, has_time_of_day, order_shown
from rekomenda.data.reading.moments import Unit, unit_shown
from rekomenda.data.reading.numbers import DECIMAL_MARK, Mark, decimal_mark_shown
from rekomenda.data.reading.options import ReadOptions
from rekomenda.domain.schema import INPUTS, Kind

OUTVOTED = 20
"""So many times more values must speak for one habit than for the other to settle it."""


class UnsettledError(Exception):
    """The start of a file has misled us about the rest; never leaves the room.

    Parameters
    ----------
    not_utf8 : bool
        Whether it is the encoding; otherwise a value that the habits do not cover.
    """

    def __init__(self, *, not_utf8: bool = False) -> None:
        self.not_utf8 = not_utf8
        super().__init__()


@dataclass(frozen=True)
class Habits:
    """How a file writes values that could be read in two ways.

    Parameters
    ----------
    order : {"dmy", "mdy", "ymd", "excel"} or None
        Of day and month in front of the year; None: nothing has settled it. `ymd`: no such days
        are expected.
    decimal : {".", ","} or None
        Decimal mark of measured numbers (features). Counts are never guessed: see `numbers`.
    unit : {"s", "ms", "us", "ns"} or None
        What epoch numbers count.
    day_has_time : bool
        Whether its day column holds moments.
    final : bool
        Whether all there is to know has been looked at.
    """

    order: Order | None = None
    decimal: Mark | None = None
    unit: Unit | None = None
    day_has_time: bool = False
    final: bool = False


@dataclass
class Evidence:
    """What the values of a file say about its habits.

    Parameters
    ----------
    options : ReadOptions
        What was declared needs no evidence.
    """

    options: ReadOptions
    orders: Counter[Any] = field(default_factory=Counter)
    marks: Counter[Any] = field(default_factory=Counter)
    units: Counter[Any] = field(default_factory=Counter)
    n_days: int = 0
    n_with_time: int = 0

    def add(self, name: str, values: Mapping[str, int]) -> None:
        """Look at the distinct values of a column, by canonical name, and their rows."""
        kind = KINDS[name]
        for value, rows in values.items():
            if kind is Kind.NUMBER:
                self.marks[decimal_mark_shown(value)] += rows
                continue
            self.orders[order_shown(value)] += rows
            if kind is Kind.TIME or name == "day":
                unit = unit_shown(value)
                self.units[unit] += rows
                self.n_days += rows
                self.n_with_time += rows * (unit is not None or has_time_of_day(value))

    def habits(self, *, final: bool) -> Habits:
        """Return what is settled."""
        return Habits(
            order=self._order(),
            decimal=DECIMAL_MARK[self.options.locale] or _settled(self.marks),
            unit=_settled(self.units),
            day_has_time=2 * self.n_with_time > self.n_days,
            final=final,
        )

    def _order(self) -> Order | None:
        if self.options.date_format != "auto":
            return self.options.date_format
        return "dmy" if self.options.locale == "pt-BR" else _settled(self.orders)


KINDS: dict[str, Kind] = {
    column.name: column.kind for table in INPUTS.values() for column in table.columns
}
HAVE_HABITS = frozenset((Kind.DAY, Kind.TIME, Kind.NUMBER))


def _settled(votes: Counter[Any]) -> Any:
    """Return the habit that the votes settle; None where there are none or they contradict."""
    ranked = [(vote, count) for vote, count in votes.most_common() if vote is not None]
    if not ranked:
        return None
    runner_up = ranked[1][1] if len(ranked) > 1 else 0
    return ranked[0][0] if ranked[0][1] >= OUTVOTED * runner_up else None
