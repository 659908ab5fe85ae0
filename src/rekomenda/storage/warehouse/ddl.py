"""Statements that define the warehouse, made from the one schema."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Literal

from rekomenda.domain.schema import Column, Kind, Table

Dialect = Literal["duckdb", "postgres", "redshift"]

TYPES: Final[Mapping[Dialect, Mapping[Kind, str]]] = {
    "duckdb": {
        Kind.ID: "VARCHAR",
        Kind.TEXT: "VARCHAR",
        Kind.DAY: "DATE",
        Kind.TIME: "TIMESTAMP",
        Kind.COUNT: "BIGINT",
        Kind.NUMBER: "DOUBLE",
        Kind.FLAG: "BOOLEAN",
        Kind.RANK: "SMALLINT",
        Kind.SCORE: "REAL",
    },
    "postgres": {
        Kind.ID: "TEXT",
        Kind.TEXT: "TEXT",
        Kind.DAY: "DATE",
        Kind.TIME: "TIMESTAMP",
        Kind.COUNT: "BIGINT",
        Kind.NUMBER: "DOUBLE PRECISION",
        Kind.FLAG: "BOOLEAN",
        Kind.RANK: "SMALLINT",
        Kind.SCORE: "REAL",
    },
    # Bytes, not characters: a name of 1,000 characters (the longest that is loaded) fits an id of
    # 4,000 bytes, and a reason, which names two, fits a text.
    "redshift": {
        Kind.ID: "VARCHAR(4000)",
        Kind.TEXT: "VARCHAR(16000)",
        Kind.DAY: "DATE",
        Kind.TIME: "TIMESTAMP",
        Kind.COUNT: "BIGINT",
        Kind.NUMBER: "DOUBLE PRECISION",
        Kind.FLAG: "BOOLEAN",
        Kind.RANK: "SMALLINT",
        Kind.SCORE: "REAL",
    },
}
"""How each dialect spells a kind. Times are UTC."""


def quoted(name: str) -> str:
    """Return an identifier in double quotes."""
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    """Return a string literal."""
    return "'" + text.replace("'", "''") + "'"


def listed(table: Table) -> str:
    """Return a table's columns, as they stand in a select list."""
    return ", ".join(quoted(column.name) for column in table.columns)


def typed_columns(table: Table, dialect: Dialect) -> str:
    """Return the select list that gives each column its name and type."""
    return ", ".join(_typed(column, dialect) for column in table.columns)


def no_rows(table: Table, dialect: Dialect) -> str:
    """Return a table's columns without a row, as what follows FROM."""
    nulls = ", ".join(
        f"CAST(NULL AS {TYPES[dialect][column.kind]}) AS {quoted(column.name)}"
        for column in table.columns
    )
    return f"(SELECT {nulls} WHERE FALSE)"


def declared_columns(table: Table, dialect: Dialect) -> str:
    """Return a table's columns, as they stand in CREATE TABLE.

    Nothing is declared NOT NULL: the checks of a load say better what was wrong, and where.
    """
    return ", ".join(f"{quoted(c.name)} {TYPES[dialect][c.kind]}" for c in table.columns)


def create_view(name: str, table: Table, source: str, dialect: Dialect) -> str:
    """Return the statement that makes a view with a table's columns over a source of rows."""
    columns = typed_columns(table, dialect)
    return f"CREATE VIEW {quoted(name)} AS SELECT {columns} FROM {source}"


def _typed(column: Column, dialect: Dialect) -> str:
    name = quoted(column.name)
    return f"CAST({name} AS {TYPES[dialect][column.kind]}) AS {name}"
