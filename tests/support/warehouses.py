"""Warehouses of every kind for tests: DuckDB in the home, the others on servers of the tests' own."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from rekomenda.storage.warehouse.base import Warehouse
from rekomenda.storage.warehouse.duckdb import DuckDBWarehouse
from rekomenda.storage.warehouse.patience import Patience
from rekomenda.storage.warehouse.postgres import PostgresWarehouse
from rekomenda.storage.warehouse.server import Server, ServerWarehouse
from rekomenda.storage.warehouse.set_up import set_up
from support.homes import holding
from support.postgres import USER, PostgresServer, running_postgres

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
        yield server


def schema_of(home: Path) -> str:
    """Return a schema of a home's own."""
    return f"home_{hashlib.sha256(str(home).encode()).hexdigest()[:12]}"


def on_postgres(
    server: PostgresServer, home: Path, *, port: int = 0, patience: Patience = AT_ONCE
) -> PostgresWarehouse:
    """Return a home's warehouse, not set up yet; another port is that of something in between."""
    place = Server("127.0.0.1", port or server.port, DATABASE, schema_of(home), USER, "disable")
    return PostgresWarehouse(home, place, patience)


def ready(warehouse: ServerWarehouse) -> ServerWarehouse:
    """Set a warehouse up."""
    with holding(warehouse.home) as lease:
        set_up(warehouse, lease)
    return warehouse


@pytest.fixture(
    params=[
        "duckdb",
        pytest.param("postgres", marks=pytest.mark.needs_postgres),
    ]
)
def make(request: pytest.FixtureRequest) -> Make:
    """Return what makes the warehouse of a home, ready to use, of each kind in turn."""
    if request.param == "duckdb":
        return DuckDBWarehouse
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
