"""The checksum of `fingerprint.py`, computed by a database: one query, in three dialects."""

from __future__ import annotations

from rekomenda.domain.schema import Column, Kind, Table
from rekomenda.storage.fingerprint import DIGITS, LARGEST, SCALE, A, P
from rekomenda.storage.warehouse.ddl import Dialect, quoted

_LARGEST_DOUBLE = "CAST('1.7976931348623157e308' AS DOUBLE PRECISION)"
_TEXT: dict[Dialect, str] = {
    "duckdb": "('0x' || {hex})::BIGINT",
    "postgres": "('x' || lpad({hex}, 16, '0'))::bit(64)::bigint",
    "redshift": "strtol({hex}, 16)",
}
"""A number from its hex digits."""
_DAY: dict[Dialect, str] = {
    "duckdb": "({name} - DATE '1970-01-01')::BIGINT",
    "postgres": "({name} - DATE '1970-01-01')::BIGINT",
    "redshift": "DATEDIFF(day, DATE '1970-01-01', {name})",
}
_TIME: dict[Dialect, str] = {
    "duckdb": "epoch_us({name})",
    "postgres": "(extract(epoch FROM {name}) * 1000000)::BIGINT",
    "redshift": "DATEDIFF(microsecond, TIMESTAMP '1970-01-01 00:00:00', {name})",
}


def marks_sql(table: Table, source: str, dialect: Dialect = "duckdb") -> str:
    """Return a query for each row's number, as `mark`; `source` is what follows FROM.

    `mod` is written as a function, for `%` is a placeholder to drivers.
    """
    # Codes first, in a query of their own: DuckDB then computes those of text once a dictionary.
    codes = ", ".join(
        f"{_code(column, dialect)} AS {_code_name(column)}" for column in table.columns
    )
    folded = "CAST(1 AS BIGINT)"
    for column in table.columns:
        folded = f"mod({folded} * {A} + {_code_name(column)}, {P})"
    rows = f"SELECT {folded} AS folded FROM (SELECT {codes} FROM {source}) AS coded"
    return f"SELECT mod(folded * folded, {P}) AS mark FROM ({rows}) AS one"


def _code_name(column: Column) -> str:
    return quoted(f"code of {column.name}")


def _code(column: Column, dialect: Dialect) -> str:
    name = quoted(column.name)
    if column.kind in {Kind.ID, Kind.TEXT}:
        number = _TEXT[dialect].format(hex=f"left(md5({name}), {DIGITS})")
        return f"coalesce({number} + 1, 0)"
    if column.kind in {Kind.NUMBER, Kind.SCORE}:
        return _number(name)
    if column.kind is Kind.DAY:
        whole = _DAY[dialect].format(name=name)
    elif column.kind is Kind.TIME:
        whole = _TIME[dialect].format(name=name)
    elif column.kind is Kind.FLAG:
        whole = f"CAST(CASE WHEN {name} THEN 1 WHEN NOT {name} THEN 0 END AS BIGINT)"
    else:
        whole = f"CAST({name} AS BIGINT)"
    return f"coalesce({_below_p(whole)}, 0)"


def _number(name: str) -> str:
    """Return the code of a number; what is not finite never reaches the arithmetic."""
    finite = f"abs(CAST({name} AS DOUBLE PRECISION)) <= {_LARGEST_DOUBLE}"
    known = f"CASE WHEN {finite} THEN CAST({name} AS DOUBLE PRECISION) ELSE 0 END"
    held = f"least(greatest({known}, -{LARGEST:.0f}), {LARGEST:.0f})"
    half = "CAST(0.5 AS DOUBLE PRECISION)"
    whole = f"CAST(floor({held} * {SCALE} + {half}) AS BIGINT)"
    return f"CASE WHEN {finite} THEN {_below_p(whole)} ELSE 0 END"


def _below_p(whole: str) -> str:
    return f"mod(mod({whole}, {P}) + {P}, {P}) + 1"
