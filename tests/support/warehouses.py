"""Warehouses of every kind for tests: DuckDB in the home, the others on servers of the tests' own."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from rekomenda.storage.warehouse.address import Server
from rekomenda.storage.warehouse.base import Warehouse
from rekomenda.storage.warehouse.duckdb import DuckDBWarehouse
from rekomenda.storage.warehouse.patience import Patience
from rekomenda.storage.warehouse.postgres import PostgresWarehouse
from rekomenda.storage.warehouse.redshift import Cluster, RedshiftWarehouse
from rekomenda.storage.warehouse.server import ServerWarehouse
from rekomenda.storage.warehouse.set_up import set_up
from support.homes import holding
from support.postgres import USER, PostgresServer, running_postgres
from support.redshift_alike.files import ROLE
from support.redshift_alike.server import BUCKET, RedshiftAlike, running_redshift_alike
from support.wire import RAISE

DATABASE = "rekomenda"
AT_ONCE = Patience(pause=lambda seconds: None)
"""Retries that do not wait."""

Make = Callable[[Path], Warehouse]


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    """Run a PostgreSQL for the whole session."""
    with running_postgres() as server:
        with server.connect() as connection:
            connection.execute(f"CREATE DATABASE {DATABASE}")
        with server.connect(DATABASE) as connection:
            connection.execute(RAISE)
        yield server


@pytest.fixture(scope="session")
def redshift_alike(postgres: PostgresServer) -> Iterator[RedshiftAlike]:
    """Run the emulation of Redshift, which is not Redshift, for the whole session."""
    with running_redshift_alike(postgres, DATABASE) as alike:
        yield alike


def schema_of(home: Path) -> str:
    """Return a schema of a home's own."""
    return f"home_{hashlib.sha256(str(home).encode()).hexdigest()[:12]}"


def on_postgres(
    server: PostgresServer, home: Path, *, port: int = 0, patience: Patience = AT_ONCE
) -> PostgresWarehouse:
    """Return a home's warehouse, not set up yet; another port is that of something in between."""
    place = Server("127.0.0.1", port or server.port, DATABASE, schema_of(home), USER, "disable")
    return PostgresWarehouse(home, place, patience)


def on_redshift_alike(
    alike: RedshiftAlike, home: Path, *, patience: Patience = AT_ONCE, **cluster: str
) -> RedshiftWarehouse:
    """Return a home's warehouse on the emulation of Redshift, not set up yet."""
    place = Server("127.0.0.1", alike.port, DATABASE, schema_of(home), USER, "disable")
    facts = {"iam_role": ROLE, "staging": f"s3://{BUCKET}/releases", **cluster}
    return RedshiftWarehouse(home, place, Cluster(**facts), patience)


def ready(warehouse: ServerWarehouse) -> ServerWarehouse:
    """Set a warehouse up."""
    with holding(warehouse.home) as lease:
        set_up(warehouse, lease)
    return warehouse


@pytest.fixture(
    params=[
        "duckdb",
        pytest.param("postgres", marks=pytest.mark.needs_postgres),
        pytest.param("redshift-alike", marks=pytest.mark.needs_postgres),
    ]
)
def make(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Make:
    """Return what makes the warehouse of a home, ready to use, of each kind in turn."""
    if request.param == "duckdb":
        return DuckDBWarehouse
    if request.param == "redshift-alike":
        alike = request.getfixturevalue("redshift_alike")
        for name, value in alike.environment.items():
            monkeypatch.setenv(name, value)
        return lambda home: ready(on_redshift_alike(alike, home))
    server = request.getfixturevalue("postgres")
    return lambda home: ready(on_postgres(server, home))


@pytest.fixture
def warehouse(make: Make, tmp_path: Path) -> Warehouse:
    """Return the warehouse of one home."""
    return make(tmp_path)


def ask(warehouse: Warehouse, query: str) -> list[tuple[Any, ...]]:
    """Ask as an analyst does."""
    with warehouse.connect_read_only() as connection:
        cursor = connection.cursor()
        cursor.execute(query)
        return [tuple(row) for row in cursor.fetchall()]
