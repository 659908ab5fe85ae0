"""Columns of text made into values: every row is right, or it has one fault and it is known where.

Whatever repeats is checked once for each distinct value, so the cost of days and counts hardly
grows with the file.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from rekomenda.data.reading.dates import check_play_day, last_day_of_plays, parse_day
from rekomenda.data.reading.habits import KINDS, Habits, UnsettledError
from rekomenda.data.reading.mapping import ColumnMap
from rekomenda.data.reading.moments import parse_moments
from rekomenda.data.reading.numbers import parse_count, parse_number
from rekomenda.data.reading.options import ReadOptions
from rekomenda.data.reading.rules import Rule
from rekomenda.data.reading.texts import Faults, clean_ids, clean_kinds, clean_texts
from rekomenda.data.reading.twice_encoded import NEVER, TwiceEncoded, mended, rows_of
from rekomenda.domain.schema import INPUTS, LISTENERS, Kind

MAX_KNOWN = 200_000
"""Distinct values of a column that are remembered: days and counts stay far below."""

SPANS = {
    column.name: column.span
    for table in INPUTS.values()
    for column in table.columns
    if column.span is not None
}
"""By column, the smallest and the largest number it may hold."""

_UNSETTLED = (Rule.DATE_AMBIGUOUS.number, Rule.NUMBER_AMBIGUOUS.number)


@dataclass(frozen=True, eq=False)
class Checked:
    """The rows of a block after their checks.

    Parameters
    ----------
    columns : mapping
        Canonical columns, one value a row; what a row with a fault holds means nothing.
    faults : ndarray of uint8, shape (n_rows,)
        `Rule.number` of the first rule each row breaks, 0 for none.
    places : ndarray of int16, shape (n_rows,)
        Place in the file's header of the column at fault.
    twice_encoded : TwiceEncoded
        Rows with letters that were encoded twice, mended or not.
    """

    columns: Mapping[str, pa.Array]
    faults: Faults
    places: NDArray[np.int16]
    twice_encoded: TwiceEncoded = NEVER


class Checker:
    """The checks of one file.

    Parameters
    ----------
    column_map : ColumnMap
    habits : Habits
    options : ReadOptions
    """

    def __init__(self, column_map: ColumnMap, habits: Habits, options: ReadOptions) -> None:
        self._map = column_map
        self._habits = habits
        self._options = options
        main = INPUTS[column_map.tables[0]]
        self._required = {column.name for column in main.columns if column.required}
        self._last_day = last_day_of_plays(options.now, options.timezone)
        self._known: dict[str, dict[str, Any]] = {name: {} for name in column_map.places}

    def check(self, texts: Mapping[str, pa.Array], n_rows: int) -> Checked:
        """Check the columns of a block, given as text by their canonical names.

        Raises
        ------
        UnsettledError
            If a value shows a habit that the start of the file did not.
        """
        faults = np.zeros(n_rows, np.uint8)
        places = np.zeros(n_rows, np.int16)
        columns: dict[str, pa.Array] = {}
        texts, twice_encoded = self._without_twice_encoded(texts, n_rows)
        for name, column in texts.items():
            wrong = self._check_column(name, column, columns)
            if wrong is not None:
                self._ask_again(wrong, KINDS[name])
                first = (faults == 0) & (wrong != 0)
                faults[first] = wrong[first]
                places[first] = self._map.places[name]
        return Checked(columns, faults, places, twice_encoded)

    def _without_twice_encoded(
        self, texts: Mapping[str, pa.Array], n_rows: int
    ) -> tuple[Mapping[str, pa.Array], TwiceEncoded]:
        """Count the rows with letters that were encoded twice, and mend them where that is asked."""
        rows, example = np.zeros(n_rows, bool), ""
        read = dict(texts)
        for name, column in texts.items():
            found = rows_of(column) if KINDS[name] in (Kind.ID, Kind.TEXT) else None
            if found is not None:
                if name not in LISTENERS:  # examples are kept, and a listener may be forgotten
                    example = example or column[int(found.argmax())].as_py()
                rows |= found
                if self._options.repair_encoding:
                    read[name] = mended(column)
        return read, TwiceEncoded(int(rows.sum()), example)

    def _check_column(
        self, name: str, column: pa.Array, columns: dict[str, pa.Array]
    ) -> Faults | None:
        """Put the values of a column, and what follows from them, among the columns."""
        kind, required = KINDS[name], name in self._required
        wrong: Faults | None
        if kind is Kind.ID:
            columns[name], wrong = clean_ids(column, required=required)
        elif name == "kind":
            columns[name], wrong = clean_kinds(column)
        elif kind is Kind.TEXT:
            columns[name], wrong = clean_texts(column, required=required)
        elif kind is Kind.TIME:
            wrong = self._check_moments(name, column, columns)
        elif kind is Kind.NUMBER and self._habits.decimal in (None, "."):
            columns[name], wrong = self._numbers(name, column)
        else:
            columns[name], wrong = self._by_value(name, column, self._reader(name, kind))
        return _within(columns[name], SPANS[name], wrong) if name in SPANS else wrong

    def _check_moments(
        self, name: str, column: pa.Array, columns: dict[str, pa.Array]
    ) -> Faults | None:
        read = parse_moments(
            column,
            zone=self._options.timezone,
            now=self._options.now,
            order=self._habits.order,
            unit=self._habits.unit,
        )
        columns[name] = pa.array(read.instants).cast(pa.timestamp("us", "UTC"))
        columns["day"] = pa.array(read.days).view(pa.date32())
        return read.faults if read.faults.any() else None

    def _numbers(self, name: str, column: pa.Array) -> tuple[pa.Array, Faults | None]:
        """Read measured numbers as machines write them; if that fails, one value after another."""
        try:
            values = column.dictionary.cast(pa.float64())
            if pc.all(pc.is_finite(values)).as_py() and self._habits.decimal == ".":
                return values.take(column.indices), None
        except pa.ArrowInvalid:
            pass
        return self._by_value(name, column, self._reader(name, Kind.NUMBER))

    def _by_value(
        self, name: str, column: pa.DictionaryArray, read: Callable[[str], Any]
    ) -> tuple[pa.Array, Faults | None]:
        """Read each distinct value once in the whole file, and spread it over the rows."""
        known = self._known[name]
        if len(known) > MAX_KNOWN:
            known = self._known[name] = {}
        values = []
        for text in column.dictionary.to_pylist():
            value = known.get(text, known)
            if value is known:  # not there; None is a value
                value = known[text] = read(text)
            values.append(value)
        kind = KINDS[name]
        wrong = np.array([v.number if isinstance(v, Rule) else 0 for v in values], np.uint8)
        right = [None if isinstance(v, Rule) else v for v in values]
        if kind is Kind.DAY:
            array = pa.array(right, pa.int32()).view(pa.date32())
        else:
            array = pa.array(right, pa.float64() if kind is Kind.NUMBER else pa.int64())
        faults = wrong[column.indices.to_numpy()] if wrong.any() else None
        return array.take(column.indices), faults

    def _reader(self, name: str, kind: Kind) -> Callable[[str], Any]:
        """Return what makes a value of one text."""
        habits, options = self._habits, self._options
        if name == "day":
            return lambda text: check_play_day(parse_day(text, habits.order), self._last_day)
        if kind is Kind.DAY:
            return lambda text: parse_day(text, habits.order)
        if kind is Kind.NUMBER:
            return lambda text: parse_number(text, habits.decimal)
        if name == "plays":
            return lambda text: parse_count(text, options.locale)
        return lambda text: _optional_count(parse_count(text, options.locale))

    def _ask_again(self, wrong: Faults, kind: Kind) -> None:
        """Stop where a look at the whole file may settle a value. Counts are never guessed."""
        may_settle = kind is not Kind.COUNT and not self._habits.final
        if may_settle and np.isin(wrong, _UNSETTLED).any():
            raise UnsettledError


def _within(values: pa.Array, span: tuple[float, float], wrong: Faults | None) -> Faults | None:
    """Add to the faults of a column the numbers below or above its span; a missing one is in it."""
    low, high = span
    outside = pc.or_(pc.less(values, low), pc.greater(values, high)).fill_null(False)
    if not pc.any(outside).as_py():
        return wrong
    wrong = np.zeros(len(values), np.uint8) if wrong is None else wrong
    return np.where(outside.to_numpy(zero_copy_only=False), Rule.NUMBER_RANGE.number, wrong).astype(
        np.uint8
    )


def _optional_count(value: int | Rule) -> int | Rule | None:
    if value is Rule.PLAYS_MISSING:
        return None
    if isinstance(value, Rule) and value is not Rule.NUMBER_AMBIGUOUS:
        return Rule.NUMBER_INVALID
    return value
