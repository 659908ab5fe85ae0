"""The warehouse that the settings choose; a server's driver is imported for that server alone."""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import Any, Final

from rekomenda.errors import ExtraMissingError, WarehouseSettingError
from rekomenda.language import Text
from rekomenda.settings import WarehouseSettings
from rekomenda.storage.warehouse.address import Server
from rekomenda.storage.warehouse.base import Warehouse
from rekomenda.storage.warehouse.duckdb import DuckDBWarehouse
from rekomenda.storage.warehouse.patience import Patience

_PORTS: Final = {"postgres": 5432, "redshift": 5439}
_NEEDED: Final = {
    "iam_role": Text(
        "the role that COPY reads the bucket with", "a role com que o COPY lê o bucket"
    ),
    "staging": Text(
        "where files wait for COPY, s3://bucket/prefix",
        "onde os arquivos esperam o COPY, s3://bucket/prefixo",
    ),
}


def open_warehouse(home: Path, settings: WarehouseSettings) -> Warehouse:
    """Return the warehouse of a home; no connection is made yet.

    Raises
    ------
    ExtraMissingError
        If the driver is not installed.
    WarehouseSettingError
        If a setting that this kind needs is empty.
    """
    if settings.kind == "duckdb":
        return DuckDBWarehouse(home)
    server = Server(
        host=settings.host,
        port=settings.port or _PORTS[settings.kind],
        database=settings.database,
        schema=settings.schema_name,
        user=settings.user,
        sslmode=settings.sslmode,
        readers=settings.readers,
    )
    patience = Patience(settings.statement_seconds, settings.deadline_seconds)
    module = _module(settings.kind)
    if settings.kind == "postgres":
        return _as_warehouse(module.PostgresWarehouse(home, server, patience))
    for key, why in _NEEDED.items():
        if not getattr(settings, key):
            raise WarehouseSettingError(kind=settings.kind, key=f"warehouse.{key}", why=why)
    cluster = module.Cluster(
        iam_role=settings.iam_role,
        staging=settings.staging,
        region=settings.region,
        identifier=settings.cluster,
        workgroup=settings.workgroup,
    )
    return _as_warehouse(module.RedshiftWarehouse(home, server, cluster, patience))


def _module(kind: str) -> Any:
    try:
        return importlib.import_module(f"rekomenda.storage.warehouse.{kind}")
    except ModuleNotFoundError as error:
        raise ExtraMissingError(
            what=f'{error.name} (warehouse.kind = "{kind}")', extra=kind
        ) from error


def _as_warehouse(made: Warehouse) -> Warehouse:
    """Say what a module that was imported by name has made."""
    return made
