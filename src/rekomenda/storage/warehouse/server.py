"""What warehouses on a server have in common: all but how to log in, and how rows get there.

A run is loaded into staging tables, checked there and registered, in one transaction. Showing it is
another: the rows of every run that waits move into the tables, and the pointer moves with them. Each
transaction can be repeated from its start, whatever became of it the time before. Old runs go
afterwards, by DELETE.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, closing, contextmanager, suppress
from pathlib import Path
from typing import Any, ClassVar, Final, TypeVar

import numpy as np
from numpy.typing import NDArray

from rekomenda.domain.schema import Table
from rekomenda.domain.warehouse_schema import WAREHOUSE
from rekomenda.errors import (
    CorruptError,
    FencedError,
    NoReleaseError,
    RekomendaError,
    WarehouseBusyError,
    WarehouseCheckError,
    WarehouseNotReadyError,
    WarehouseOfAnotherHomeError,
    WarehouseRefusedError,
    WarehouseTimeoutError,
)
from rekomenda.language import Text
from rekomenda.storage.commit import Fence
from rekomenda.storage.documents import MISSING, RESTORE
from rekomenda.storage.fingerprint import Fingerprint, fingerprint
from rekomenda.storage.fingerprint_sql import marks_sql
from rekomenda.storage.warehouse.address import Server
from rekomenda.storage.warehouse.base import Rows
from rekomenda.storage.warehouse.layout import Layout, ServerDialect, checks_of, marks
from rekomenda.storage.warehouse.owner import owner_of
from rekomenda.storage.warehouse.patience import Fault, Patience
from rekomenda.storage.warehouse.run_files import check_names, conformed

LISTENERS = ("user_id",)
"""Columns of warehouse tables in which listeners stand."""
AT_ONCE = 500
"""Values that one statement takes."""

T = TypeVar("T")
Loader = Callable[[Any, Table], int]
"""Puts the prepared rows of a table into its staging table, within the cursor's transaction, and
returns how many there should be."""

PASSING: Final = {
    "40001",  # could not serialise access
    "40P01",  # deadlock
    "53300",  # too many connections
    "55P03",  # lock not available
    "57P01",  # the backend was ended, the server shuts down
    "57P02",  # another backend crashed
    "57P03",  # the server is still starting
}
NOT_READY: Final = {"42P01", "3F000"}
"""No such table, no such schema."""
CANCELLED: Final = "57014"

_CHECKS = (
    Text("rows that are not those sent", "linhas que não são as enviadas"),
    Text("nulls where none may be", "nulos onde não pode haver"),
    Text("keys that stand twice", "chaves repetidas"),
    Text("lists whose ranks have gaps", "listas com falhas nas posições"),
)


class ServerWarehouse(ABC):
    """The warehouse of one home, in a schema on a server.

    Parameters
    ----------
    home : Path
    server : Server
    patience : Patience, optional
    """

    dialect: ClassVar[ServerDialect]

    def __init__(self, home: Path, server: Server, patience: Patience | None = None) -> None:
        self.home = home
        self.server = server
        self.patience = patience or Patience()
        self.layout = Layout(server.schema, self.dialect)

    @property
    def place(self) -> str:
        """Where it is, in words that hold no secret."""
        server = self.server
        return f"{self.dialect}://{server.host}:{server.port}/{server.database}/{server.schema}"

    def append(self, run_id: str, tables: Mapping[str, Rows]) -> dict[str, int]:
        """See `Warehouse.append`."""
        check_names(tables)
        there = self._counts_if_same(run_id, tables)
        if there is not None:
            return there
        with self._prepared(run_id, tables) as load:
            return self.do(lambda cursor: self._stage(cursor, run_id, tables, load))

    def set_current(self, run_id: str, lease: Fence) -> None:
        """See `Warehouse.set_current`."""
        self.do(lambda cursor: self._show(cursor, run_id, lease))

    def current(self) -> str | None:
        """See `Warehouse.current`."""
        rows = self._ask(f"SELECT run_id FROM {self.layout.name('_pointer')}")
        return rows[0][0] if rows else None

    def runs(self) -> list[str]:
        """See `Warehouse.runs`."""
        rows = self._ask(f"SELECT run_id FROM {self.layout.name('_loads')}")
        return sorted(row[0] for row in rows)

    def counts(self, run_id: str) -> dict[str, int]:
        """See `Warehouse.counts`."""
        return {
            name: int(
                self._ask_of(run_id, "SELECT count(*) FROM " + self.layout.rows_of(table))[0][0]
            )
            for name, table in WAREHOUSE.items()
        }

    def fingerprints(self, run_id: str) -> dict[str, Fingerprint]:
        """See `Warehouse.fingerprints`."""
        found = {}
        for name, table in WAREHOUSE.items():
            query = f"SELECT count(*), coalesce(sum(mark), 0) FROM ({self._marks(table)}) AS marks"
            ((rows, checksum),) = self._ask_of(run_id, query)
            found[name] = Fingerprint(int(rows), int(checksum))
        return found

    def row_marks(self, run_id: str, table: str) -> NDArray[np.int64]:
        """See `Warehouse.row_marks`."""
        rows = self._ask_of(run_id, self._marks(WAREHOUSE[table]))
        return np.array([row[0] for row in rows], np.int64)

    def content_hash(self, run_id: str) -> str | None:
        """See `Warehouse.content_hash`."""
        runs = self.layout.rows_of(WAREHOUSE["runs"])
        rows = self._ask_of(run_id, f"SELECT content_hash FROM {runs}")
        return rows[0][0] if rows else None

    def named_outside(self, listeners: Collection[str]) -> dict[str, int]:
        """See `Warehouse.named_outside`."""
        found: dict[str, int] = {}
        for name, table in WAREHOUSE.items():
            for column in (each.name for each in table.columns if each.name in LISTENERS):
                for full in (self.layout.name(name), self.layout.staged(name)):
                    for some in _parts(sorted(listeners)):
                        these = f"{column} IN ({marks(len(some))})"
                        ((n,),) = self._ask(f"SELECT count(*) FROM {full} WHERE {these}", some)
                        found[name] = found.get(name, 0) + int(n)
        return {name: n for name, n in found.items() if n}

    def delete(self, run_ids: Collection[str], lease: Fence) -> None:
        """See `Warehouse.delete`."""
        if run_ids:
            self.do(lambda cursor: self._delete(cursor, sorted(run_ids), lease))

    def connect_read_only(self) -> Any:
        """See `Warehouse.connect_read_only`. Names are found without the schema before them."""
        if self.current() is None:
            raise NoReleaseError(home=self.home)
        return self.patience.tried(self._read_only, self._meaning)

    def do(self, work: Callable[[Any], T]) -> T:
        """Do some work with a cursor in one transaction, again from its start where that can help."""
        return self.patience.tried(lambda seconds: self._once(work, seconds), self._meaning)

    def logged_in(self, database: str) -> AbstractContextManager[Any]:
        """Log in to a database of the server for a `with` block, with nothing begun."""
        return self._session(self.patience.statement_seconds, database)

    @abstractmethod
    def _connect(self, seconds: float, database: str | None = None) -> Any:
        """Log in; no statement may take longer than so many seconds."""

    @abstractmethod
    def _prepared(self, run_id: str, tables: Mapping[str, Rows]) -> AbstractContextManager[Loader]:
        """Bring rows as near to the server as can be done before the transaction."""

    @abstractmethod
    def _read_only(self, seconds: float) -> Any:
        """Log in so that nothing can be written."""

    @abstractmethod
    def _meaning(self, error: Exception, tries: int) -> Fault | None:
        """Say what a driver's error means; None for an error of our own."""

    def _fault_of(self, state: str, detail: str, tries: int) -> Fault:
        """Say what an SQLSTATE means, which both servers spell alike."""
        if state in PASSING or state.startswith("08"):
            error: RekomendaError = WarehouseBusyError(place=self.place, detail=detail, tries=tries)
            return Fault(error, passes=True)
        if state == CANCELLED:
            seconds = min(self.patience.statement_seconds, self.patience.deadline_seconds)
            error = WarehouseTimeoutError(place=self.place, seconds=seconds)
        elif state in NOT_READY:
            error = WarehouseNotReadyError(place=self.place, detail=detail)
        else:
            error = WarehouseRefusedError(place=self.place, detail=detail)
        return Fault(error, passes=False)

    def _once(self, work: Callable[[Any], T], seconds: float) -> T:
        with self._session(seconds) as connection, closing(connection.cursor()) as cursor:
            result = work(cursor)
            connection.commit()
            return result

    @contextmanager
    def _session(self, seconds: float, database: str | None = None) -> Iterator[Any]:
        connection = self._connect(seconds, database)
        try:
            yield connection
        finally:
            with suppress(Exception):  # a broken connection; what matters was said already
                connection.rollback()
            with suppress(Exception):
                connection.close()

    def _ask(self, query: str, values: Sequence[Any] = ()) -> list[Any]:
        return self.do(lambda cursor: _rows(cursor, query, values))

    def _ask_of(self, run_id: str, query: str) -> list[Any]:
        """Ask about a run's rows, wherever they are."""
        return self._ask(query, (run_id, run_id))

    def _marks(self, table: Table) -> str:
        return marks_sql(table, self.layout.rows_of(table), self.dialect)

    def _counts_if_same(self, run_id: str, tables: Mapping[str, Rows]) -> dict[str, int] | None:
        """Return the rows of a run that is there and the same already: nothing is sent again."""
        if run_id not in self.runs():
            return None
        theirs = self.fingerprints(run_id)
        for name, table in WAREHOUSE.items():
            if fingerprint(table, conformed(run_id, table, tables.get(name))) != theirs[name]:
                return None
        return {name: found.rows for name, found in theirs.items()}

    def _stage(
        self, cursor: Any, run_id: str, tables: Mapping[str, Rows], load: Loader
    ) -> dict[str, int]:
        self._take_turn(cursor)
        counts = dict.fromkeys(WAREHOUSE, 0)
        for name, table in WAREHOUSE.items():
            cursor.execute(f"DELETE FROM {self.layout.staged(name)} WHERE run_id = %s", (run_id,))
            if name in tables:
                counts[name] = load(cursor, table)
                self._check(cursor, run_id, table, counts[name])
        loads = self.layout.name("_loads")
        shown = _rows(cursor, f"SELECT shown FROM {loads} WHERE run_id = %s", (run_id,))
        if not shown:
            cursor.execute(f"INSERT INTO {loads} (run_id, shown) VALUES (%s, false)", (run_id,))
        elif shown[0][0]:
            # It is shown, and differs: a listener was forgotten since, say. It must not wait.
            for statement in self.layout.show_staged(1):
                cursor.execute(statement, (run_id,))
        return counts

    def _check(self, cursor: Any, run_id: str, table: Table, sent: int) -> None:
        query, n = checks_of(self.layout, table)
        (found,) = _rows(cursor, query, (run_id,) * n)
        for check, value, wanted in zip(_CHECKS, found, (sent, 0, 0, 0), strict=True):
            if int(value) != wanted:
                raise WarehouseCheckError(
                    run_id=run_id, place=self.place, table=table.name, check=check, found=int(value)
                )

    def _show(self, cursor: Any, run_id: str, lease: Fence) -> None:
        self._take_turn(cursor, lease)
        loads = dict(_rows(cursor, f"SELECT run_id, shown FROM {self.layout.name('_loads')}"))
        if run_id not in loads:
            raise CorruptError(path=f"{self.place}, {run_id}", detail=MISSING, hint=RESTORE)
        waiting = [name for name, shown in sorted(loads.items()) if not shown]
        if waiting:
            for statement in self.layout.show_staged(len(waiting)):
                cursor.execute(statement, tuple(waiting))
        pointer = self.layout.name("_pointer")
        cursor.execute(f"UPDATE {pointer} SET run_id = %s, token = %s", (run_id, lease.token))
        lease.check()

    def _delete(self, cursor: Any, run_ids: list[str], lease: Fence) -> None:
        current = self._take_turn(cursor, lease)
        if current in run_ids:
            raise ValueError(f"{current} is the current run")
        for some in _parts(run_ids):
            for statement in self.layout.forget(len(some)):
                cursor.execute(statement, some)

    def _take_turn(self, cursor: Any, lease: Fence | None = None) -> str | None:
        """Keep other writers out until the transaction ends; return the run in service.

        Raises
        ------
        WarehouseOfAnotherHomeError
            If another home fills this schema.
        FencedError
            If a later holder of the lease has written here.
        """
        cursor.execute(self.layout.lock())
        pointer = self.layout.name("_pointer")
        rows = _rows(cursor, f"SELECT owner, token, run_id FROM {pointer}")
        owner, token, current = rows[0] if rows else (None, 0, None)
        if owner is None or owner != owner_of(self.home):
            raise WarehouseOfAnotherHomeError(place=self.place, home=self.home)
        if lease is not None:
            lease.check()
            if token > lease.token:
                raise FencedError(home=self.home, token=lease.token, newest=token)
        return current


def _rows(cursor: Any, query: str, values: Sequence[Any] = ()) -> list[Any]:
    cursor.execute(query, tuple(values)) if values else cursor.execute(query)
    return list(cursor.fetchall())


def _parts(values: Sequence[T]) -> Iterator[tuple[T, ...]]:
    for start in range(0, len(values), AT_ONCE):
        yield tuple(values[start : start + AT_ONCE])
