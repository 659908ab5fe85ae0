"""The warehouse on Amazon Redshift: Parquet waits in S3, and COPY takes what a manifest names.

Nothing is left to keys, which Redshift does not enforce, and nothing is truncated, for TRUNCATE
commits. The lock is the first statement of a transaction: taken later, under serializable isolation,
it comes after the snapshot and the commit fails with 1023.
"""

from __future__ import annotations

import os
import re
import struct
from collections.abc import Collection, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar, Final

import redshift_connector
from redshift_connector.error import Error, InterfaceError, ProgrammingError

from rekomenda.domain.schema import Table
from rekomenda.errors import (
    WarehouseBusyError,
    WarehouseLoadError,
    WarehouseRefusedError,
    WarehouseUnreachableError,
)
from rekomenda.storage import commit
from rekomenda.storage.commit import Fence
from rekomenda.storage.warehouse.address import Server
from rekomenda.storage.warehouse.base import Rows
from rekomenda.storage.warehouse.bucket import Bucket
from rekomenda.storage.warehouse.ddl import literal, quoted
from rekomenda.storage.warehouse.layout import ServerDialect
from rekomenda.storage.warehouse.patience import Fault, Patience
from rekomenda.storage.warehouse.run_files import write_run
from rekomenda.storage.warehouse.server import Loader, ServerWarehouse

PASSWORDS: Final = ("REKOMENDA_WAREHOUSE_PASSWORD", "PGPASSWORD")
_CONFLICT: Final = re.compile(
    r"^\s*(1018|1023)\b|code:\s*(1018|1023)\b|conflict with concurrent transaction"
)
"""1023: serializable isolation violation; 1018: a table that was made or replaced meanwhile. Redshift
says them as XX000, with the number as the message."""
_LOST: Final = (InterfaceError, OSError, struct.error)
"""How this driver tells of a connection that broke."""
_WHERE: Final = (
    "SELECT file_name, line_number, column_name, error_message FROM sys_load_error_detail "
    "WHERE query_id = pg_last_copy_id() ORDER BY line_number LIMIT 1"
)
"""`pg_last_copy_id` names the COPY that failed too, as long as the session lives."""


@dataclass(frozen=True)
class Cluster:
    """What Redshift needs besides the address of a server.

    Parameters
    ----------
    iam_role : str
        ARN that COPY reads the bucket with, or `default`.
    staging : str
        `s3://bucket/prefix` for files that wait.
    region : str
    identifier, workgroup : str
        Log in by IAM to this cluster, or this workgroup of Redshift Serverless.
    """

    iam_role: str
    staging: str
    region: str = ""
    identifier: str = ""
    workgroup: str = ""


class RedshiftWarehouse(ServerWarehouse):
    """The warehouse of one home in a schema on Redshift.

    Parameters
    ----------
    home : Path
    server : Server
    cluster : Cluster
    patience : Patience, optional
    """

    dialect: ClassVar[ServerDialect] = "redshift"

    def __init__(
        self, home: Path, server: Server, cluster: Cluster, patience: Patience | None = None
    ) -> None:
        super().__init__(home, server, patience)
        self.cluster = cluster
        self.bucket = Bucket(cluster.staging, server.schema, cluster.region)

    def delete(self, run_ids: Collection[str], lease: Fence) -> None:
        """See `Warehouse.delete`. What a crash left waiting in S3 goes too."""
        self.bucket.clear()
        super().delete(run_ids, lease)

    def _connect(self, seconds: float, database: str | None = None) -> Any:
        connection = redshift_connector.connect(
            host=self.server.host,
            port=self.server.port,
            database=database or self.server.database,
            application_name="rekomenda",
            ssl=self.server.sslmode != "disable",
            sslmode="verify-ca"
            if self.server.sslmode in {"require", "verify-ca"}
            else "verify-full",
            **self._login(),
        )
        with closing(connection.cursor()) as cursor:
            cursor.execute(f"SET statement_timeout TO {max(1, int(seconds * 1000))}")
        connection.commit()
        return connection

    def _login(self) -> dict[str, Any]:
        user = self.server.user or os.environ.get("PGUSER", "")
        region = {"region": self.cluster.region} if self.cluster.region else {}
        if self.cluster.workgroup:
            names = {"is_serverless": True, "serverless_work_group": self.cluster.workgroup}
            return {"iam": True, **names, **region}
        if self.cluster.identifier:
            names = {"cluster_identifier": self.cluster.identifier, "db_user": user}
            return {"iam": True, **names, **region}
        password = next(filter(None, map(os.environ.get, PASSWORDS)), "")
        return {"user": user, "password": password}

    def _read_only(self, seconds: float) -> Any:
        connection = self._connect(seconds)
        connection.autocommit = True  # so that the driver begins no transaction of its own
        with closing(connection.cursor()) as cursor:
            cursor.execute(f"SET search_path TO {quoted(self.server.schema)}")
            cursor.execute("BEGIN READ ONLY")
        return connection

    @contextmanager
    def _prepared(self, run_id: str, tables: Mapping[str, Rows]) -> Iterator[Loader]:
        with commit.staging(self.home) as folder:
            counts = write_run(folder, run_id, tables)
            files = {name: folder / f"{name}.parquet" for name in tables}
            manifests = self.bucket.put(run_id, files)

            def load(cursor: Any, table: Table) -> int:
                if counts[table.name]:
                    self._copy(cursor, table, manifests[table.name])
                return counts[table.name]

            try:
                yield load
            finally:
                self.bucket.clear()

    def _copy(self, cursor: Any, table: Table, manifest: str) -> None:
        # Columns of a columnar file go in as they stand in it, which is how they stand in the table.
        role = self.cluster.iam_role
        role = role if role == "default" else literal(role)
        try:
            cursor.execute(
                f"COPY {self.layout.staged(table.name)} FROM {literal(manifest)} "
                f"IAM_ROLE {role} FORMAT AS PARQUET MANIFEST"
            )
        except ProgrammingError as error:
            fault = self._meaning(error, 1)
            if fault is None or not isinstance(fault.error, WarehouseRefusedError):
                raise
            raise self._load_error(cursor, table, fault.error) from error

    def _load_error(
        self, cursor: Any, table: Table, error: WarehouseRefusedError
    ) -> WarehouseLoadError:
        """Say where a COPY failed, as the system tables know it."""
        detail, file, line, column = error.facts["detail"], "-", "-", "-"
        cursor.execute("ROLLBACK")
        try:
            cursor.execute(_WHERE)
            row = cursor.fetchone()
        except Error:
            row = None  # a user who may not read it, or a connection that broke: the first error stays
        if row is not None:
            file, column = str(row[0]).strip(), str(row[2]).strip() or "-"
            line = "-" if int(row[1]) < 0 else str(row[1])  # -1: a columnar file has none
            detail = str(row[3]).strip()
        return WarehouseLoadError(
            place=self.place, table=table.name, detail=detail, file=file, line=line, column=column
        )

    def _meaning(self, error: Exception, tries: int) -> Fault | None:
        said = _said(error)
        if said is None:
            if not isinstance(error, _LOST):
                return None
            return Fault(WarehouseUnreachableError(place=self.place, detail=error), passes=True)
        detail = " ".join(filter(None, [said.get("M"), said.get("D")]))
        if _CONFLICT.search(detail):
            busy = WarehouseBusyError(place=self.place, detail=detail, tries=tries)
            return Fault(busy, passes=True)
        state = said.get("C", "")
        if state.startswith(("28", "3D")):  # who we are, or which database
            return Fault(WarehouseUnreachableError(place=self.place, detail=detail), passes=False)
        return self._fault_of(state, detail, tries)


def _said(error: Exception) -> dict[str, str] | None:
    """Return the fields of a server's error, None where it is none."""
    if isinstance(error, Error) and error.args:
        said = error.args[0]
        return said if isinstance(said, dict) else None
    return None
