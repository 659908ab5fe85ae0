"""What every warehouse can do, so that publishing need not know which one it is."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any, Protocol, TypeAlias

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from rekomenda.storage.commit import Fence
from rekomenda.storage.fingerprint import Fingerprint

Rows: TypeAlias = pa.Table | Path
"""A table in memory, or the Parquet file that holds it."""


class Warehouse(Protocol):
    """Tables that a data team queries: `domain/warehouse_schema.py`, appended to by run."""

    @property
    def place(self) -> str:
        """Where it is, in words that hold no secret."""

    def append(self, run_id: str, tables: Mapping[str, Rows]) -> dict[str, int]:
        """Store the rows of a run, where no view shows them yet.

        Appending the same run again leaves the same rows.

        Parameters
        ----------
        run_id : str
        tables : mapping
            By warehouse table. `run_id` is filled in; a column that is missing becomes null,
            one that the warehouse does not know stays out. A table that is missing gets no rows.

        Returns
        -------
        dict
            Rows by table, every table of the warehouse.

        Raises
        ------
        ValueError
            If a table is unknown, or a required column is missing or holds nulls.
        CannotWriteError
            If there is no room.
        """

    def set_current(self, run_id: str, lease: Fence) -> None:
        """Show a run in `current_run` and the `current_` views, in one step.

        Raises
        ------
        CorruptError
            If the run was not appended.
        FencedError
            If the lease was lost; the run shown before stays.
        """

    def current(self) -> str | None:
        """Return the run that is shown, None before the first."""

    def runs(self) -> list[str]:
        """Return the runs that were appended, by name."""

    def counts(self, run_id: str) -> dict[str, int]:
        """Return the rows of a run by table."""

    def fingerprints(self, run_id: str) -> dict[str, Fingerprint]:
        """Return count and checksum of a run's rows by table, computed by the database itself."""

    def row_marks(self, run_id: str, table: str) -> NDArray[np.int64]:
        """Return each row's own number (`storage/fingerprint.py`), in any order."""

    def content_hash(self, run_id: str) -> str | None:
        """Return the content that a run's row in `runs` names, None where it has none."""

    def named_outside(self, listeners: Collection[str]) -> dict[str, int]:
        """Count the rows that name listeners and lie outside the home, by table.

        What lies in the home is found there with all other files.
        """

    def delete(self, run_ids: Collection[str], lease: Fence) -> None:
        """Remove runs. What is gone already is no error.

        Raises
        ------
        ValueError
            If one of them is the current run.
        """

    def connect_read_only(self) -> Any:
        """Return a DB-API connection that can only read.

        Raises
        ------
        NoReleaseError
            If no run is shown yet.
        """
