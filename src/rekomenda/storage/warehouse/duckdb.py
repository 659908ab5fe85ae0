"""The embedded warehouse: Parquet a run, and a small DuckDB file of views over it.

Nothing that is being read is ever written. A run's Parquet files are immutable. The views lie in
a database file that is built aside, checked, and put in service by pointer, so a reader that
opened the file of an hour ago goes on reading the same rows. Views name Parquet files relative
to the warehouse's folder; a connection from `connect_read_only` finds them from anywhere, and so
does `duckdb` started in that folder. A home can be moved as a whole.
"""

from __future__ import annotations

import glob
import hashlib
import tempfile
from collections.abc import Collection, Mapping
from pathlib import Path

import duckdb
import numpy as np
from numpy.typing import NDArray

from rekomenda.domain.schema import Table
from rekomenda.domain.warehouse_schema import WAREHOUSE
from rekomenda.errors import CorruptError, NoReleaseError
from rekomenda.refusals import as_system_error, guard, refusal
from rekomenda.storage import commit
from rekomenda.storage.commit import Fence
from rekomenda.storage.documents import CHANGED, MISSING, RESTORE, sha256_of
from rekomenda.storage.fingerprint import Fingerprint
from rekomenda.storage.fingerprint_sql import marks_sql
from rekomenda.storage.warehouse.base import Rows
from rekomenda.storage.warehouse.ddl import create_view, literal
from rekomenda.storage.warehouse.run_files import write_run

# The folder that holds the runs: set by `connect_read_only`, else where DuckDB was started. What a
# view reads is a pattern to DuckDB, so it is set as the pattern that matches that folder alone.
_HERE = "coalesce(nullif(current_setting('file_search_path'), ''), '.')"


class DuckDBWarehouse:
    """The warehouse of one home.

    Parameters
    ----------
    home : Path
    """

    def __init__(self, home: Path) -> None:
        self.home = home
        self.path = home / "warehouse"
        self.pointer = self.path / "current"

    @property
    def place(self) -> str:
        """See `Warehouse.place`."""
        return f"duckdb:{self.path}"

    def append(self, run_id: str, tables: Mapping[str, Rows]) -> dict[str, int]:
        """See `Warehouse.append`."""
        final = self._folder(run_id)
        with commit.staging(self.home) as folder:
            staged = folder / run_id
            with guard(staged):
                staged.mkdir()
                counts = write_run(staged, run_id, tables)
            if _same_files(staged, final):
                commit.sync_tree(final)
                commit.sync_folder(final.parent)
                return counts
            if not final.exists():
                commit.install_folder(staged, final)
                return counts
            # A run that is shown may be one without a listener who was forgotten since: each of
            # its files is replaced whole, and whoever reads finds the old one or the new one.
            written = sorted(staged.iterdir())
            commit.install_files((path, final / path.name) for path in written)
            names = {path.name for path in written}
            commit.retire_files(path for path in final.iterdir() if path.name not in names)
        return counts

    def set_current(self, run_id: str, lease: Fence) -> None:
        """See `Warehouse.set_current`."""
        if not self._folder(run_id).is_dir():
            raise CorruptError(path=self._folder(run_id), detail=MISSING, hint=RESTORE)
        self._show(self.runs(), run_id, lease)

    def current(self) -> str | None:
        """See `Warehouse.current`."""
        pointer = commit.read_pointer(self.pointer)
        return None if pointer is None else pointer["run_id"]

    def runs(self) -> list[str]:
        """See `Warehouse.runs`."""
        folder = self.path / "runs"
        return sorted(path.name for path in folder.iterdir()) if folder.is_dir() else []

    def counts(self, run_id: str) -> dict[str, int]:
        """See `Warehouse.counts`."""
        with self._connect() as connection:
            return {
                name: _one(connection, f"SELECT count(*) FROM {_files(table, [run_id])}")
                for name, table in WAREHOUSE.items()
            }

    def fingerprints(self, run_id: str) -> dict[str, Fingerprint]:
        """See `Warehouse.fingerprints`."""
        found = {}
        with self._connect() as connection:
            for name, table in WAREHOUSE.items():
                marks = marks_sql(table, _files(table, [run_id]))
                query = f"SELECT count(*), coalesce(sum(mark), 0) FROM ({marks})"
                ((rows, checksum),) = connection.execute(query).fetchall()
                found[name] = Fingerprint(rows, int(checksum))
        return found

    def row_marks(self, run_id: str, table: str) -> NDArray[np.int64]:
        """See `Warehouse.row_marks`."""
        marks = marks_sql(WAREHOUSE[table], _files(WAREHOUSE[table], [run_id]))
        with self._connect() as connection:
            return np.asarray(connection.execute(marks).fetchnumpy()["mark"], np.int64)

    def content_hash(self, run_id: str) -> str | None:
        """See `Warehouse.content_hash`."""
        runs = _files(WAREHOUSE["runs"], [run_id])
        with self._connect() as connection:
            row = connection.execute(f"SELECT content_hash FROM {runs}").fetchone()
        return None if row is None else str(row[0])

    def named_outside(self, listeners: Collection[str]) -> dict[str, int]:  # noqa: ARG002
        """See `Warehouse.named_outside`: nothing does."""
        return {}

    def delete(self, run_ids: Collection[str], lease: Fence) -> None:
        """See `Warehouse.delete`. The views forget the runs first, then their files go."""
        current = self.current()
        if current in run_ids:
            raise ValueError(f"{current} is the current run")
        kept = [run for run in self.runs() if run not in run_ids]
        if current is not None:
            self._show(kept, current, lease)
        for run_id in run_ids:
            if self._folder(run_id).is_dir():
                lease.check()
                commit.retire_folder(self._folder(run_id), self.home)

    def connect_read_only(self) -> duckdb.DuckDBPyConnection:
        """See `Warehouse.connect_read_only`."""
        path = None
        while True:
            pointer = commit.read_pointer(self.pointer)
            if pointer is None:
                raise NoReleaseError(home=self.home)
            if path == self.path / pointer["file"]:
                raise CorruptError(path=path, detail=MISSING, hint=RESTORE)
            path = self.path / pointer["file"]
            try:
                return self._connect(path)
            except duckdb.Error as error:
                if path.is_file():
                    raise CorruptError(path=path, detail=CHANGED, hint=RESTORE) from error
                # Another process moved the pointer and removed this file meanwhile: look again.

    def stale_files(self) -> list[Path]:
        """Return the database files that were in service before the present one."""
        pointer = commit.read_pointer(self.pointer) or {"file": None}
        found = sorted(self.path.glob("rekomenda-*.duckdb"))
        return [path for path in found if path.name != pointer["file"]]

    def _folder(self, run_id: str) -> Path:
        return self.path / "runs" / run_id

    def _connect(self, path: Path | None = None) -> duckdb.DuckDBPyConnection:
        if path is None:
            return duckdb.connect(config=self._settings())
        return duckdb.connect(str(path), read_only=True, config=self._settings())

    def _settings(self) -> dict[str, str | bool | int | float | list[str]]:
        return {"file_search_path": glob.escape(str(self.path.absolute()))}

    def _show(self, runs: list[str], current: str, lease: Fence) -> None:
        statements = _definition(runs, current)
        name = f"rekomenda-{hashlib.sha256(';'.join(statements).encode()).hexdigest()[:12]}.duckdb"
        content = {"file": name, "run_id": current, "runs": runs}
        seen = commit.readable_pointer(self.pointer)
        final = self.path / name
        if {**seen, "token": 0} == {**content, "token": 0} and self._answers(final, current):
            return
        with commit.staging(self.home) as folder:
            staged = folder / name
            self._build(staged, statements, current)
            commit.install_file(staged, final)
        commit.swap_pointer(self.pointer, content, lease)

    def _build(self, path: Path, statements: list[str], current: str) -> None:
        # Not in the home: where a `?` stands in a path, DuckDB looks for its log in another folder.
        with guard(path), tempfile.TemporaryDirectory() as folder:
            built = Path(folder) / path.name
            try:
                self._define(built, statements)
            except duckdb.Error as error:  # the statements are ours: what fails is the disk
                raise refusal(as_system_error(error), built) from error
            commit.write_file(path, built.read_bytes())
        if not self._answers(path, current):
            raise CorruptError(path=path, detail=CHANGED, hint=RESTORE)

    def _define(self, path: Path, statements: list[str]) -> None:
        with duckdb.connect(str(path), config=self._settings()) as connection:
            connection.begin()  # one flush, not one a statement
            for statement in statements:
                connection.execute(statement)
            connection.commit()
            connection.execute("CHECKPOINT")

    def _answers(self, path: Path, current: str) -> bool:
        """Whether a file of views opens, shows this run, and finds the rows of every table."""
        try:
            with self._connect(path) as connection:
                for name in WAREHOUSE:
                    _one(connection, f"SELECT count(*) FROM current_{name}")
                shown = connection.execute("SELECT run_id FROM current_run").fetchall()
        except duckdb.Error:
            return False
        return shown == [(current,)]


def _definition(runs: list[str], current: str) -> list[str]:
    """Return the statements of a database that shows `runs`, one of them as the current."""
    statements = [f"CREATE TABLE current_run AS SELECT {literal(current)} AS run_id"]
    for name, table in WAREHOUSE.items():
        statements.append(create_view(name, table, _files(table, runs), "duckdb"))
        shown = f"current_{name}"
        statements.append(create_view(shown, table, _files(table, [current]), "duckdb"))
    return statements


def _files(table: Table, runs: list[str]) -> str:
    """Return the Parquet files of a table, as what follows FROM.

    Run ids hold no glob characters: `Releases.draft` sees to it.
    """
    names = ", ".join(f"{_HERE} || {literal(f'/runs/{run}/{table.name}.parquet')}" for run in runs)
    return f"read_parquet([{names}], hive_partitioning = false)"


def _same_files(one: Path, other: Path) -> bool:
    names = sorted(path.name for path in one.iterdir())
    if not other.is_dir() or names != sorted(path.name for path in other.iterdir()):
        return False
    return all(sha256_of(one / name) == sha256_of(other / name) for name in names)


def _one(connection: duckdb.DuckDBPyConnection, query: str) -> int:
    row = connection.execute(query).fetchone()
    return int(row[0]) if row else 0
