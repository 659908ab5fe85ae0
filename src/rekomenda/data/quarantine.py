"""Rows that were set aside, as a Parquet file: file, line, column, rule, original text."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from rekomenda.data.reading.rules import HOLDS_THE_FILE, Rule
from rekomenda.data.reading.text_blocks import REJECTS
from rekomenda.refusals import guard

SCHEMA = pa.schema([pa.field("file", pa.string()), *REJECTS])
MAX_EXAMPLES = 1_000
"""Rows kept of a rule that speaks of the whole file, and so may be broken by all of them."""
_GROUP_ROWS = 1 << 16


class QuarantineWriter:
    """Counts and keeps the rows of one file that are set aside.

    Attributes
    ----------
    reasons : Counter
        Rows by rule code.
    examples : dict
        Original text of the first row of each rule.
    kept_whole : set of Rule
        Rules that speak of the whole file, of which all rows are kept all the same.
    """

    def __init__(self, path: Path, file: str) -> None:
        self.path = path
        self.reasons: Counter[str] = Counter()
        self.examples: dict[str, str] = {}
        self.rows = 0
        self.kept_whole: set[Rule] = set()
        self._file = file
        self._pending: list[pa.Table] = []
        self._n_pending = 0
        self._writer: pq.ParquetWriter | None = None

    def add(self, rejects: pa.Table) -> None:
        """Take the rejects of a block."""
        if not len(rejects):
            return
        for counted in pc.value_counts(rejects["rule"]).to_pylist():
            rule = counted["values"]
            if rule not in self.examples:
                place = pc.index(rejects["rule"], rule).as_py()
                self.examples[rule] = rejects["text"][place].as_py()[:200]
            if rule in HOLDS_THE_FILE and rule not in self.kept_whole:
                room = MAX_EXAMPLES - self.reasons[rule]
                rejects = _at_most(rejects, rule, max(0, room))
            self.reasons[rule] += counted["counts"]
        self._pending.append(rejects)
        self._n_pending += len(rejects)
        if self._n_pending >= _GROUP_ROWS:
            self._write(whole_groups=True)

    def finish(self) -> bool:
        """Write the rest; return whether there is a file."""
        self._write(whole_groups=False)
        self.close()
        return self._writer is not None

    def close(self) -> None:
        """Stop without finishing."""
        if self._writer is not None:
            with guard(self.path):
                self._writer.close()

    def _write(self, *, whole_groups: bool) -> None:
        if not self._n_pending:
            return
        rows = pa.concat_tables(self._pending)
        stop = len(rows) - len(rows) % _GROUP_ROWS if whole_groups else len(rows)
        with guard(self.path):
            if self._writer is None:
                self._writer = pq.ParquetWriter(
                    self.path, SCHEMA, compression="zstd", store_schema=False
                )
            for start in range(0, stop, _GROUP_ROWS):
                group = rows.slice(start, min(_GROUP_ROWS, stop - start)).combine_chunks()
                file = pa.array([self._file]).take(pa.array([0] * len(group), pa.int32()))
                self._writer.write_table(group.add_column(0, "file", file).cast(SCHEMA))
        self.rows += stop
        self._pending = [rows.slice(stop)]
        self._n_pending = len(rows) - stop


def read_quarantine(path: Path) -> Iterator[dict[str, Any]]:
    """Yield set-aside rows in the order of their file: file, line, column, rule, text."""
    for batch in pq.ParquetFile(path).iter_batches():
        yield from batch.to_pylist()


def _at_most(rejects: pa.Table, rule: str, room: int) -> pa.Table:
    """Keep only so many rows of one rule."""
    of_rule = pc.equal(rejects["rule"], rule).to_numpy()
    return rejects.filter(pa.array(~of_rule | (of_rule.cumsum() <= room)))
