"""A step's text in Spark's dialect: translated, not written a second time."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Final

import sqlglot
from sqlglot import expressions as e

from rekomenda.data.sql import ALLOWED_FUNCTIONS

_READ: Final = "duckdb"
_WRITE: Final = "spark"
_NAMES: Final = {"date_diff": "datediff"}
"""What sqlglot calls a function that the steps name otherwise."""
_SYNTAX: Final = frozenset({"and", "case", "cast", "coalesce", "if", "or", "placeholder"})
"""What sqlglot takes for functions and is none."""
_REFUSED: Final = (e.AtTimeZone, e.Bracket, e.DPipe, e.RegexpLike)
"""Syntax that would be passed on, and mean something else."""


@dataclass(frozen=True)
class Translation:
    """A step as Spark runs it.

    Parameters
    ----------
    text : str
        One SELECT, parameters written `:name`.
    number : str or None
        The column that numbers all rows from 0, where the step makes one. Spark would send every row
        through a single task for it, so it is left out of the text and counted by `numbering`.
    by : str or None
        The column in whose order.
    """

    text: str
    number: str | None = None
    by: str | None = None


@cache
def translate(text: str) -> Translation:
    """Return a step in Spark's dialect.

    Raises
    ------
    ValueError
        If it calls a function that is not known to mean the same there.
    """
    tree = sqlglot.parse_one(text, read=_READ)
    unknown = functions_of(tree) - ALLOWED_FUNCTIONS
    unknown |= {type(node).__name__ for node in tree.find_all(*_REFUSED)}
    if unknown:
        raise ValueError(f"not known to mean the same in Spark: {', '.join(sorted(unknown))}")
    tree = tree.transform(_seconds)
    number, by = _numbering(tree)
    return Translation(tree.sql(_WRITE, pretty=True, comments=False), number, by)


def functions_of(tree: e.Expr) -> set[str]:
    """Return the names of the functions that a parsed text calls, in lower case."""
    names = set()
    for call in tree.find_all(e.Func):
        name = call.name if isinstance(call, e.Anonymous) else call.sql_name()
        names.add(name.lower())
    plain = {"date_diff" if name == _NAMES["date_diff"] else name for name in names}
    return plain - _SYNTAX


def _seconds(node: e.Expr) -> e.Expr:
    """Count the seconds that begin between two moments, as DuckDB does; Spark counts whole ones."""
    if not isinstance(node, e.DateDiff):
        return node
    unit = str(node.args["unit"]).upper()
    if unit != "SECOND":
        raise ValueError(f"not known to mean the same in Spark: date_diff of {unit}")
    later, earlier = (
        e.Anonymous(this="UNIX_SECONDS", expressions=[moment.copy()])
        for moment in (node.this, node.expression)
    )
    return e.Paren(this=e.Sub(this=later, expression=earlier))


def _numbering(tree: e.Expr) -> tuple[str | None, str | None]:
    """Take the column that numbers all rows out of a step: (its name, the column in whose order)."""
    for column in tree.selects if isinstance(tree, e.Select) else ():
        window = column.find(e.Window)
        if window is None or window.args.get("partition_by"):
            continue
        if not isinstance(window.this, e.RowNumber) or not _counts_from_zero(column):
            raise ValueError(
                "only `CAST(ROW_NUMBER() OVER (ORDER BY x) - 1 AS INTEGER)` numbers all rows"
            )
        (ordered,) = window.args["order"].expressions
        order = tree.args.get("order")
        if order is not None:  # a step that returns its rows in the order of the number
            order.pop()
        name, by = column.alias, ordered.this.name
        column.pop()
        return name, by
    return None, None


def _counts_from_zero(column: e.Expr) -> bool:
    cast = column.this
    return (
        isinstance(cast, e.Cast)
        and isinstance(cast.this, e.Sub)
        and isinstance(cast.this.this, e.Window)
        and cast.this.expression.sql() == "1"
    )
