"""The warehouse on PostgreSQL: rows go in as a stream of COPY, straight from Arrow."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, ClassVar, Final

import psycopg
import pyarrow as pa
import pyarrow.csv as pa_csv

from rekomenda.domain.schema import Table
from rekomenda.errors import WarehouseUnreachableError
from rekomenda.storage.warehouse.base import Rows
from rekomenda.storage.warehouse.ddl import listed, quoted
from rekomenda.storage.warehouse.layout import ServerDialect
from rekomenda.storage.warehouse.patience import Fault
from rekomenda.storage.warehouse.run_files import conformed
from rekomenda.storage.warehouse.server import Loader, ServerWarehouse

PASSWORD: Final = "REKOMENDA_WAREHOUSE_PASSWORD"  # noqa: S105 - the name of a variable
ROWS_AT_ONCE: Final = 65_536
CONNECT_SECONDS: Final = 10


class PostgresWarehouse(ServerWarehouse):
    """The warehouse of one home in a schema on PostgreSQL 13 or later."""

    dialect: ClassVar[ServerDialect] = "postgres"

    def _connect(self, seconds: float, database: str | None = None) -> Any:
        connection = psycopg.connect(
            host=self.server.host,
            port=self.server.port,
            dbname=database or self.server.database,
            user=self.server.user or None,
            password=os.environ.get(PASSWORD),  # else libpq looks for PGPASSWORD and ~/.pgpass
            sslmode=self.server.sslmode,
            connect_timeout=max(2, min(CONNECT_SECONDS, int(seconds))),
            application_name="rekomenda",
            client_encoding="utf8",
        )
        connection.execute(f"SET statement_timeout = {max(1, int(seconds * 1000))}")
        connection.commit()
        return connection

    def _read_only(self, seconds: float) -> Any:
        connection = self._connect(seconds)
        connection.execute(f"SET search_path TO {quoted(self.server.schema)}")
        connection.commit()
        connection.read_only = True
        return connection

    @contextmanager
    def _prepared(self, run_id: str, tables: Mapping[str, Rows]) -> Iterator[Loader]:
        def load(cursor: Any, table: Table) -> int:
            staged = self.layout.staged(table.name)
            sent = 0
            with cursor.copy(f"COPY {staged} ({listed(table)}) FROM STDIN (FORMAT csv)") as copy:
                for batch in conformed(run_id, table, tables.get(table.name)):
                    sent += batch.num_rows
                    for start in range(0, batch.num_rows, ROWS_AT_ONCE):
                        copy.write(_csv(batch.slice(start, ROWS_AT_ONCE)))
            return sent

        yield load

    def _meaning(self, error: Exception, tries: int) -> Fault | None:
        if not isinstance(error, psycopg.Error):
            return None
        detail = _first_line(error)
        if error.sqlstate is None and isinstance(error, psycopg.OperationalError):
            lost = WarehouseUnreachableError(place=self.place, detail=detail)
            return Fault(lost, passes=not _refuses_us(detail))
        return self._fault_of(error.sqlstate or "", detail, tries)


def _csv(batch: pa.RecordBatch) -> pa.Buffer:
    """Return a batch as CSV: texts in quotes, so that an empty one is not taken for null."""
    plain = [
        column.dictionary_decode() if pa.types.is_dictionary(column.type) else column
        for column in batch.columns
    ]
    sink = pa.BufferOutputStream()
    rows = pa.RecordBatch.from_arrays(plain, names=batch.schema.names)
    pa_csv.write_csv(rows, sink, pa_csv.WriteOptions(include_header=False))
    return sink.getvalue()


def _first_line(error: Exception) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0]


def _refuses_us(detail: str) -> bool:
    """Whether a server that answers will not let us in: a password, a role, a database."""
    passing = ("starting up", "shutting down", "too many", "recovery mode", "remaining connection")
    return "FATAL" in detail and not any(words in detail for words in passing)
