"""Try everything that rekomenda says to Redshift on a real cluster, in a schema of its own.

    python deploy/redshift/verify.py [--config rekomenda.toml]

Reads [warehouse] of the settings (kind = "redshift"). Makes a schema `rekomenda_verify_…`, loads two
made-up runs into it, compares, lets a COPY fail, and removes the schema and its files again, whatever
happens. Leaves with 0 when every step did what it should.
"""

from __future__ import annotations

import argparse
import secrets
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa

from rekomenda.domain.schema import Column, Kind, Table
from rekomenda.domain.warehouse_schema import RUN_ID, WAREHOUSE
from rekomenda.errors import RekomendaError, WarehouseLoadError
from rekomenda.pipeline.bootstrap import open_house
from rekomenda.settings import WarehouseSettings, load_settings
from rekomenda.storage.lease import Holder, hold
from rekomenda.storage.reconcile import reconcile
from rekomenda.storage.warehouse.set_up import set_up

CROOKED: dict[Kind, list[Any]] = {
    Kind.ID: ["São João 🎶", "000123", 'it\'s \\ "quoted"', "x" * 1000],
    Kind.TEXT: ["porque você ouviu forró", "", "two\nlines", None],
    Kind.DAY: [date(1969, 12, 31), date(2024, 2, 29), date(1900, 1, 1), date(2100, 1, 1)],
    Kind.TIME: [datetime(2024, 6, 30, 12, 0, 0, 123456, tzinfo=UTC)] * 4,
    Kind.COUNT: [0, -1, 2**31 - 1, 2**40],
    Kind.NUMBER: [0.1 + 0.2, -3.5, float("nan"), None],
    Kind.FLAG: [True, False, True, False],
    Kind.SCORE: [1.0, 1 / 3, 0.0, -2.5],
}
"""Values of every kind that databases have been seen to change."""


def made_up(table: Table, n: int) -> pa.Table:
    """Return rows of a table that differ in every key, with crooked values elsewhere."""
    fields = [field for field in table.arrow if field.name != RUN_ID.name]
    columns = [column for column in table.columns if column.name != RUN_ID.name]
    values = [_values(column, n, first=place == 0) for place, column in enumerate(columns)]
    return pa.Table.from_arrays(
        [pa.array(v, f.type) for v, f in zip(values, fields, strict=True)], schema=pa.schema(fields)
    )


def _values(column: Column, n: int, *, first: bool) -> list[Any]:
    if column.kind is Kind.RANK:
        return [1] * n  # each row is a list of its own
    crooked = CROOKED[column.kind]
    values = [crooked[row % len(crooked)] for row in range(n)]
    if column.required:
        values = [crooked[0] if value is None else value for value in values]
    if first and column.kind in {Kind.ID, Kind.TEXT}:
        values = [f"{row} {value}" for row, value in enumerate(values)]
    if first and column.kind is Kind.DAY:
        values = [date.fromordinal(700_000 + row) for row in range(n)]
    return values


class Report:
    """What was tried, a line a step."""

    def __init__(self) -> None:
        self.failed = 0

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        """Say whether a step did what it should; go on with the next either way."""
        try:
            yield
            said = "ok"
        except (AssertionError, RekomendaError, OSError) as error:
            self.failed += 1
            said = f"FAILED: {type(error).__name__}: {error}"
        print(f"{name:<62} {said}", flush=True)


def verify(settings: WarehouseSettings, report: Report, home: Path) -> None:
    """Try each thing in turn."""
    own = settings.model_copy(update={"schema_name": f"rekomenda_verify_{secrets.token_hex(4)}"})
    warehouse: Any = open_house(home, own).warehouse
    print(f"{warehouse.place}\n")
    with hold(home, Holder.here("verify", datetime.now(UTC))) as lease:
        try:
            with report.step("database, schema, tables with keys, views, grants; twice"):
                set_up(warehouse, lease)
                set_up(warehouse, lease)
            _try_loads(warehouse, lease, report)
        finally:
            with report.step("the schema and its files are removed"):
                warehouse.bucket.clear()
                warehouse.do(_statement(f"DROP SCHEMA {own.schema_name} CASCADE"))


def _try_loads(warehouse: Any, lease: Any, report: Report) -> None:
    runs = {
        name: {t: made_up(table, n) for t, table in WAREHOUSE.items() if t != "runs"}
        for name, n in (("first", 4), ("second", 3))
    }
    for name, tables in runs.items():
        with report.step(f"COPY of Parquet by manifest, checks, {name} run"):
            counts = warehouse.append(name, tables)
            assert counts == warehouse.counts(name), counts
        with report.step(f"checksums computed there and here agree, {name} run"):
            found = reconcile(name, tables, warehouse)
            differ = {t: one.differences for t, one in found.items() if one.differences}
            assert not differ, f"rows that differ: {differ}"
        with report.step(f"one transaction shows it, {name} run"):
            warehouse.set_current(name, lease)
            assert warehouse.current() == name
    with report.step("an analyst reads the current run, and cannot write"):
        _try_reading(warehouse)
    with report.step("a COPY that fails says file and column"):
        _try_failing(warehouse, runs["first"]["tracks"])
    with report.step("an old run goes by DELETE"):
        warehouse.delete(["first"], lease)
        assert warehouse.runs() == ["second"]


def _try_reading(warehouse: Any) -> None:
    with warehouse.connect_read_only() as connection:
        cursor = connection.cursor()
        cursor.execute("SELECT count(*) FROM current_recommendations")
        assert tuple(cursor.fetchone()) == (3,)
        try:
            cursor.execute("DELETE FROM runs")
        except Exception:  # whatever it is called there
            return
    raise AssertionError("DELETE was let through")


def _try_failing(warehouse: Any, tracks: pa.Table) -> None:
    place = tracks.column_names.index("title")
    long = pa.array(["é" * 16_000] * tracks.num_rows)
    try:
        warehouse.append("broken", {"tracks": tracks.set_column(place, "title", long)})
    except WarehouseLoadError as error:
        print(f"    {error}")
        assert "broken" not in warehouse.runs()
        return
    raise AssertionError("a text that is too long was loaded")


def _statement(text: str) -> Callable[[Any], None]:
    return lambda cursor: cursor.execute(text)


def main() -> int:
    """Run it."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--config", type=Path, help="settings file (default: rekomenda.toml)")
    settings = load_settings(file=parser.parse_args().config).warehouse
    if settings.kind != "redshift":
        print('The settings name no Redshift: [warehouse] kind = "redshift".', file=sys.stderr)
        return 2
    report = Report()
    with tempfile.TemporaryDirectory() as home:
        verify(settings, report, Path(home))
    print(
        f"\n{report.failed} of the steps failed."
        if report.failed
        else "\nEvery step did what it should."
    )
    return 1 if report.failed else 0


if __name__ == "__main__":
    sys.exit(main())
