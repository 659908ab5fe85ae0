"""Checked rows of every table but plays made into one Parquet part each, in the order of the file.

Keys may repeat: every row is kept with its line, and integration decides. An already joined file
says the same of a track in each of its plays, so there a row is kept where it is said first.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from rekomenda.data.parts import WRITE, NewPart
from rekomenda.domain.schema import INPUTS
from rekomenda.refusals import guard

GROUP_ROWS = 1 << 17
"""Rows of a row group; fixed, so that a part does not depend on the blocks it came in."""
COMPACT_ROWS = 1 << 20
"""Rows of a joined file after which those said twice are dropped."""


class CatalogueWriter:
    """Takes blocks of checked rows and writes the part of one table.

    Parameters
    ----------
    folder : Path
        Where the part is written; it must exist.
    table : str
        An input table other than plays.
    joined : bool
        Whether the rows come from a file whose main table is another.

    Attributes
    ----------
    merged, deduplicated : int
        Always 0: no row of a catalogue goes.
    """

    merged = 0
    deduplicated = 0

    def __init__(self, folder: Path, table: str, *, joined: bool) -> None:
        self._path = folder / f"{table}.parquet"
        self._table = INPUTS[table]
        self._schema = self._table.arrow.append(pa.field("line", pa.int64()))
        self._joined = joined
        self._pending: list[pa.Table] = []
        self._n_pending = 0
        self._n_written = 0
        self._writer: pq.ParquetWriter | None = None

    def add(self, rows: pa.Table) -> None:
        """Take some rows; columns that the table does not have are left."""
        rows = self._in_schema(rows)
        if self._joined:
            rows = _said_first(rows)
        self._pending.append(rows)
        self._n_pending += len(rows)
        if self._joined and self._n_pending > COMPACT_ROWS:
            self._pending = [_said_first(pa.concat_tables(self._pending))]
            # What is left may be large for good: look again when it has doubled.
            self._n_pending = len(self._pending[0]) // 2
        elif not self._joined:
            self._write(whole_groups=True)

    def finish(self) -> list[NewPart]:
        """Write the rest and return the part; none if there are no rows."""
        if self._joined and self._pending:
            self._pending = [_said_first(pa.concat_tables(self._pending)).sort_by("line")]
        self._write(whole_groups=False)
        if self._writer is None:
            return []
        self._writer.close()
        return [NewPart(self._table.name, None, self._path, self._n_written)]

    def close(self) -> None:
        """Stop without finishing."""
        if self._writer is not None:
            with guard(self._path):
                self._writer.close()

    def _in_schema(self, rows: pa.Table) -> pa.Table:
        columns = [
            rows[field.name].cast(field.type)
            if field.name in rows.column_names
            else pa.nulls(len(rows), field.type)
            for field in self._schema
        ]
        rows = pa.table(columns, schema=self._schema)
        for column in self._table.columns:
            if column.required:  # what a joined row does not say of a track is no row of tracks
                rows = rows.filter(pc.is_valid(rows[column.name]))
        return rows

    def _write(self, *, whole_groups: bool) -> None:
        for group in self._groups(whole_groups):
            with guard(self._path):
                if self._writer is None:
                    options = {k: value for k, value in WRITE.items() if k != "row_group_size"}
                    self._writer = pq.ParquetWriter(self._path, self._schema, **options)
                self._writer.write_table(group)
            self._n_written += len(group)

    def _groups(self, whole_groups: bool) -> Iterator[pa.Table]:
        """Take pending rows a row group at a time."""
        if not self._pending or (whole_groups and self._n_pending < GROUP_ROWS):
            return
        rows = pa.concat_tables(self._pending)
        stop = len(rows) - len(rows) % GROUP_ROWS if whole_groups else len(rows)
        for start in range(0, stop, GROUP_ROWS):
            yield rows.slice(start, min(GROUP_ROWS, stop - start)).combine_chunks()
        self._pending = [rows.slice(stop)]
        self._n_pending = len(rows) - stop


def _said_first(rows: pa.Table) -> pa.Table:
    """Keep the first of rows that differ in their line only."""
    keys = [name for name in rows.column_names if name != "line"]
    grouped = rows.group_by(keys, use_threads=False).aggregate([("line", "min")])
    return grouped.rename_columns([*keys, "line"]).select(rows.column_names)
