"""The engine that needs no set-up: DuckDB for tables, NumPy and SciPy for matrices, in this process."""

from __future__ import annotations

import glob
import re
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import duckdb
import pyarrow as pa

from rekomenda.domain.cores import n_cores
from rekomenda.engines.base import RESTORE, Parts, RangeWork, Step
from rekomenda.errors import CorruptError, MemoryLimitError
from rekomenda.refusals import as_system_error, guard, refusal
from rekomenda.telemetry.logs import get_logger

log = get_logger(__name__)
T = TypeVar("T")
R = TypeVar("R")


@dataclass(frozen=True)
class EmbeddedEngine:
    """One process, a few threads, a limit of memory.

    Parameters
    ----------
    temp_directory : Path
        What does not fit in memory goes into a folder of its own in here, gone when the call ends.
    memory_limit : str
        What tables may hold before they spill, e.g. `4GB`.
    threads : int
        0: one for each core.
    """

    temp_directory: Path
    memory_limit: str = "4GB"
    threads: int = 0

    def sql(
        self, steps: Sequence[Step], tables: Mapping[str, Parts | pa.Table]
    ) -> dict[str, pa.Table]:
        """See `Engine.sql`."""
        with ExitStack() as stack:
            folder = stack.enter_context(self._own_folder())
            connection = stack.enter_context(duckdb.connect(config=self._configuration(folder)))
            script = _Script(connection, steps)
            at = ""
            try:
                for at, table in tables.items():
                    _expose(connection, at, table)
                for position, step in enumerate(steps):
                    at = step.name
                    script.run(position)
            except duckdb.Error as error:
                raise self._explained(error, at, tables) from error
            return script.results

    def each(self, function: Callable[[T], R], items: Sequence[T]) -> Iterator[R]:
        """See `Engine.each`: one after the other, each when it is asked for."""
        return map(function, items)

    def over_ranges(
        self, work: RangeWork, n: int, *, step: int, schema: pa.Schema
    ) -> Iterator[pa.RecordBatch]:
        """See `Engine.over_ranges`: all rows at once; the work has threads of its own."""
        del step
        for batch in work(0, n):
            yield batch.cast(schema)

    @property
    def reads_bucket(self) -> bool:
        """See `Engine.reads_bucket`: it reads the mirror."""
        return False

    @property
    def work(self) -> None:
        """See `Engine.work`: models do their own."""
        return None

    @property
    def n_threads(self) -> int:
        """Threads in use, at least 1."""
        return self.threads or n_cores()

    def _own_folder(self) -> tempfile.TemporaryDirectory[str]:
        with guard(self.temp_directory):
            self.temp_directory.mkdir(parents=True, exist_ok=True)
            return tempfile.TemporaryDirectory(dir=self.temp_directory)

    def _configuration(self, folder: str) -> dict[str, Any]:
        return {
            "threads": self.n_threads,
            "memory_limit": self.memory_limit,
            "temp_directory": folder,
            "preserve_insertion_order": False,  # results are ordered by ORDER BY
            "autoinstall_known_extensions": False,  # nothing is fetched from anywhere
            "autoload_known_extensions": False,
        }

    def _explained(
        self, error: duckdb.Error, at: str, tables: Mapping[str, Parts | pa.Table]
    ) -> Exception:
        """Say in our words what the machine or a file did; a fault of the SQL stays what it is."""
        if isinstance(error, duckdb.OutOfMemoryException):
            return MemoryLimitError(step=at, limit=self.memory_limit, spill=self.temp_directory)
        message = str(error)
        paths = [
            path for table in tables.values() if isinstance(table, Parts) for path in table.paths
        ]
        damaged = next(
            (path for path in paths if str(path) in message or _pattern(path) in message), None
        )
        if damaged is not None:
            return CorruptError(path=damaged, detail=message.splitlines()[0], hint=RESTORE)
        if isinstance(error, duckdb.IOException):
            return refusal(as_system_error(error), self.temp_directory)
        return error


class _Script:
    """A run of steps on one connection, which lets go of a relation once no later step names it."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, steps: Sequence[Step]) -> None:
        self.results: dict[str, pa.Table] = {}
        self._connection = connection
        self._steps = steps
        self._words = [set(re.findall(r"\w+", step.text)) for step in steps]
        self._held: set[str] = set()

    def run(self, position: int) -> None:
        """Run one step and drop what it was the last to read."""
        step = self._steps[position]
        needed_later = set().union(*self._words[position + 1 :])
        if step.result:
            rows = self._fetch(step)
            self.results[step.result] = (
                rows if step.making is None else step.making(self.results)(rows)
            )
        if step.name in needed_later:
            self._hold(step)
        for name in self._held - needed_later:
            self._connection.execute(f'DROP TABLE "{name}"')
        self._held &= needed_later
        log.debug("step done", step=step.name)

    def _hold(self, step: Step) -> None:
        """Keep a step's rows for later ones; a result that is at hand is not computed twice.

        It is never read back from here: a table has no order, whatever made it.
        """
        if step.name in self._held:  # the old one makes room first
            self._connection.execute(f'DROP TABLE "{step.name}"')
        if step.result:
            _copy(self._connection, step.name, self.results[step.result])
        else:
            self._connection.execute(
                f'CREATE TABLE "{step.name}" AS {step.text}', dict(step.parameters)
            )
        self._held.add(step.name)

    def _fetch(self, step: Step) -> pa.Table:
        return self._connection.execute(step.text, dict(step.parameters)).to_arrow_table()


def _expose(connection: duckdb.DuckDBPyConnection, name: str, table: Parts | pa.Table) -> None:
    """Let SQL read a table under a name, without copying what lies in files."""
    if isinstance(table, pa.Table):
        _copy(connection, name, table)
        return
    schema = table.schema.append(pa.field("part", pa.int32()))
    _copy(connection, f"{name}_schema", schema.empty_table())
    query = f'CREATE VIEW "{name}" AS FROM "{name}_schema"'
    if table.paths:
        files = ", ".join("'" + _pattern(path).replace("'", "''") + "'" for path in table.paths)
        query += (
            f" UNION ALL BY NAME SELECT *, CAST(file_index AS INTEGER) AS part FROM read_parquet("
            f"[{files}], union_by_name = true, hive_partitioning = false)"
        )
    connection.execute(query)


_AT_HAND = "table at hand"
"""Name of an Arrow table while DuckDB takes it over."""


def _copy(connection: duckdb.DuckDBPyConnection, name: str, table: pa.Table) -> None:
    """Make a table of its own of an Arrow table, which cannot take every filter that a join makes."""
    connection.register(_AT_HAND, table)
    connection.execute(f'CREATE TABLE "{name}" AS FROM "{_AT_HAND}"')
    connection.unregister(_AT_HAND)


def _pattern(path: Path) -> str:
    """Return a path as the pattern that matches it alone; DuckDB takes any path for a pattern."""
    return glob.escape(str(path))
