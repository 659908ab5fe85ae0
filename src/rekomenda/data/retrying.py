"""Set-aside rows checked once more, in the way their file was read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from rekomenda.data.layout import Source
from rekomenda.data.reading import reader
from rekomenda.data.reading.habits import Evidence, Habits
from rekomenda.data.reading.mapping import ColumnMap, detect
from rekomenda.data.reading.one_record import as_record
from rekomenda.data.reading.options import ReadOptions
from rekomenda.data.reading.reader import Plan
from rekomenda.data.reading.sniff import Sniffed


@dataclass(frozen=True, eq=False)
class Retried:
    """What the checks say now.

    Parameters
    ----------
    rows : pa.Table
        The right ones, with their line in their file.
    rejects : pa.Table
        The wrong ones: `line`, `column`, `rule`, `text`.
    """

    rows: pa.Table
    rejects: pa.Table


@dataclass(frozen=True)
class WayOfReading:
    """How a file was read when it was loaded.

    Parameters
    ----------
    name : str
        Of the file, for messages.
    header : tuple of str
    columns : mapping
        Canonical column to its name in the header.
    habits : Habits
    """

    name: str
    header: tuple[str, ...]
    columns: Mapping[str, str]
    habits: Habits

    @property
    def column_map(self) -> ColumnMap:
        """Which tables it feeds, from which columns."""
        return detect(self.name, self.header, self.columns)

    def check(
        self, rows: Sequence[tuple[int, Sequence[str]]], folder: Path, options: ReadOptions
    ) -> Retried:
        """Check some rows, given as line and fields.

        What the options declare (order of dates, locale) wins over what the file once showed.

        Parameters
        ----------
        folder : Path
            Where the rows are written for the time being.
        """
        records = [as_record(fields) + "\n" for _, fields in rows]
        path = folder / "retried.csv"
        path.write_text("".join(records), encoding="utf-8", newline="")
        first_lines = np.cumsum([1, *(_n_lines(record) for record in records)])[:-1]
        lines = np.array([line for line, _ in rows], np.int64)
        plan = Plan(
            Sniffed("csv", self.header, declared=True, first_line=1),
            self.column_map,
            self._habits(options),
        )
        blocks = list(reader.read(Source(self.name, path), plan, options))

        def in_file(table: pa.Table) -> pa.Table:
            places = np.searchsorted(first_lines, table["line"].to_numpy(), side="right") - 1
            column = table.column_names.index("line")
            return table.set_column(column, "line", pa.array(lines[places]))

        return Retried(
            in_file(pa.concat_tables([block.rows for block in blocks])).sort_by("line"),
            in_file(pa.concat_tables([block.rejects for block in blocks])).sort_by("line"),
        )

    def _habits(self, options: ReadOptions) -> Habits:
        declared = Evidence(options).habits(final=True)
        return replace(
            self.habits,
            order=declared.order or self.habits.order,
            decimal=declared.decimal or self.habits.decimal,
            final=True,
        )


def way_of_reading(name: str, facts: Mapping[str, Any]) -> WayOfReading:
    """Return how a file was read, from the facts that were kept of it."""
    columns = facts.get("columns", {})
    return WayOfReading(
        name=name,
        header=tuple(facts.get("header") or columns.values()),
        columns=columns,
        habits=Habits(
            order=facts.get("order"),
            decimal=facts.get("decimal"),
            unit=facts.get("unit"),
            final=True,
        ),
    )


def _n_lines(record: str) -> int:
    """Count the line ends of a record as the reader does: CR LF is one."""
    return record.replace("\r\n", "\n").replace("\r", "\n").count("\n")
