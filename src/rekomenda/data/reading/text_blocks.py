"""Parsed but unchecked rows of a file: columns of text, and the rows that could not be parsed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from rekomenda.data.reading.rules import Rule

Int64 = NDArray[np.int64]

REJECTS = pa.schema(
    [("line", pa.int64()), ("column", pa.string()), ("rule", pa.string()), ("text", pa.string())]
)


@dataclass
class Rejects:
    """Rows that are set aside: line, the file's name of the column at fault, rule, original text.

    The column is empty where the row as a whole is at fault.
    """

    lines: list[int] = field(default_factory=list)
    columns: list[str] = field(default_factory=list)
    rules: list[Rule] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)

    def add(
        self,
        lines: Iterable[int],
        columns: Iterable[str],
        rules: Iterable[Rule],
        texts: Iterable[str],
    ) -> None:
        """Add some rows."""
        self.lines.extend(int(line) for line in lines)
        self.columns.extend(columns)
        self.rules.extend(rules)
        self.texts.extend(texts)

    def to_arrow(self) -> pa.Table:
        """Return them in the order of the file."""
        rows = [self.lines, self.columns, [str(rule) for rule in self.rules], self.texts]
        table = pa.table(rows, schema=REJECTS)
        return table.sort_by("line") if len(table) else table


@dataclass(frozen=True, eq=False)
class TextBlock:
    """Some rows of a file in its order.

    Parameters
    ----------
    columns : mapping
        Text by canonical column; days, counts and numbers are dictionary-encoded.
    lines : ndarray of int64, shape (n_rows,)
        Line of each row in the file; the row's number for Parquet.
    original : callable
        From row numbers in this block to their original texts.
    rejects : Rejects
        Rows that are not among the columns.
    """

    columns: Mapping[str, pa.Array]
    lines: Int64
    original: Callable[[Int64], list[str]]
    rejects: Rejects
