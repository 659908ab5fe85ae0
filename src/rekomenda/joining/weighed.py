"""Cells weighed and added up where the plays lie: what an engine with tasks makes of `in_order.sql`.

The driver then reads a row for each listener and track, however many days and plays stand behind it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import pairwise
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from rekomenda.joining.cells import Cells, PlaysInOrder
from rekomenda.joining.columns import column
from rekomenda.settings import IntegrateSettings

Span = tuple[int, int]
"""After which day, and up to which, counted since 1970-01-01."""

BEGINNING: Final = -1_000_000
"""Before every day, counted since 1970-01-01."""

WEIGHED: Final = pa.schema(
    [
        ("span", pa.int32()),
        ("listeners", pa.int32()),
        ("items", pa.int32()),
        ("plays", pa.int64()),
        ("weights", pa.float32()),
        ("first_day", pa.int32()),
        ("last_day", pa.int32()),
        ("last_at", pa.int64()),
    ]
)


@dataclass(frozen=True)
class Weighing:
    """What becomes of the sorted plays, piece by piece; see `engines.base.Making`.

    Parameters
    ----------
    spans : sequence of Span
    options : IntegrateSettings
    """

    spans: Sequence[Span]
    options: IntegrateSettings
    schema: pa.Schema = WEIGHED

    def __call__(self, found: Mapping[str, pa.Table]) -> Callable[[pa.Table], pa.Table]:
        """Return what a task does, knowing the flagged days."""
        return partial(weigh, tuple(self.spans), self.options, found["flagged_days"])


def weigh(
    spans: Sequence[Span], options: IntegrateSettings, flagged: pa.Table, rows: pa.Table
) -> pa.Table:
    """Add up some cells' plays for every span; all days of a cell are among the rows."""
    if not rows.num_rows:
        return WEIGHED.empty_table()
    one_thread = options.model_copy(update={"threads": 1})
    plays = PlaysInOrder.of(rows, flagged, one_thread)
    return pa.concat_tables(_table(number, plays.cells(*span)) for number, span in enumerate(spans))


def _table(span: int, cells: Cells) -> pa.Table:
    columns = {"span": np.full(len(cells.listeners), span, np.int32), **cells._asdict()}
    return pa.table({name: columns[name] for name in WEIGHED.names}, schema=WEIGHED)


@dataclass(frozen=True)
class WeighedPlays:
    """The cells of some spans, as they came back; asked like `PlaysInOrder`."""

    table: pa.Table
    spans: Sequence[Span]

    def cells(self, after: int, until: int) -> Cells:
        """Return the cells of one of the spans."""
        number = self.spans.index((after, until))
        rows = self.table.filter(pc.equal(self.table["span"], number))
        types = {name: WEIGHED.field(name).type.to_pandas_dtype() for name in Cells._fields}
        return Cells._make(column(rows, name, types[name]) for name in Cells._fields)


def spans_of(last: int, cuts: Sequence[int]) -> list[Span]:
    """Return the spans of days that are asked for: all up to the last, and both sides of every cut."""
    spans = [(BEGINNING, last)]
    for cut, until in pairwise((*cuts, last)):
        spans += [(BEGINNING, cut), (cut, until)]
    return spans


def plays_of(
    found: dict[str, pa.Table], weighing: Weighing | None, options: IntegrateSettings
) -> PlaysInOrder | WeighedPlays:
    """Take the sorted plays, or what was made of them, out of what the steps found."""
    in_order, flagged = found.pop("in_order"), found.pop("flagged_days")
    if weighing is None:
        return PlaysInOrder.of(in_order, flagged, options)
    return WeighedPlays(in_order, weighing.spans)
