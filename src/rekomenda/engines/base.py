"""Where heavy work runs, as a protocol: the same job comes out alike on every engine."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Final, Protocol, TypeVar

import pyarrow as pa

from rekomenda.domain.training import HeavyWork
from rekomenda.language import Text

T = TypeVar("T")
R = TypeVar("R")
Scalar = int | str | date
RangeWork = Callable[[int, int], Iterator[pa.RecordBatch]]
"""What is done for the rows from one to before another; a function of a module, or an object of one, so that
other processes know it."""
RESTORE: Final = Text(
    en="Restore it from a copy, or remake what it holds: `rekomenda rebuild`.",
    pt="Restaure de uma cópia, ou refaça o conteúdo: `rekomenda rebuild`.",
)
"""What to do about a part that cannot be read."""


@dataclass(frozen=True)
class Parts:
    """A table that lies in Parquet files.

    SQL sees the columns of `schema` (null in files that are older than the column) and `part`, the
    int32 place of the row's file in `paths`.

    Parameters
    ----------
    schema : pa.Schema
    paths : sequence of Path
        In order of ingestion; none is an empty table.
    """

    schema: pa.Schema
    paths: Sequence[Path] = ()


class Making(Protocol):
    """What is made of a step's rows instead of returning them, some at a time.

    Rows that are equal in all that the step is ordered by are in one piece; what is made of the pieces is
    returned one after the other.
    """

    @property
    def schema(self) -> pa.Schema:
        """Of what is made."""

    def __call__(self, found: Mapping[str, pa.Table]) -> Callable[[pa.Table], pa.Table]:
        """Return what is done with each piece, given the results of the steps before it."""


@dataclass(frozen=True)
class Step:
    """One SELECT, and what becomes of it.

    Parameters
    ----------
    name : str
        The name under which later steps read it; a later step of the same name replaces it.
    text : str
        One SELECT in DuckDB's dialect, parameters written `$name`.
    parameters : mapping of str to int, str or date
        Exactly those that the text names.
    result : str, optional
        The name under which it is returned; None: only later steps need it.
    making : Making, optional
        What is returned instead of the rows of such a result, which no later step reads then.
    """

    name: str
    text: str
    parameters: Mapping[str, Scalar] = field(default_factory=dict)
    result: str | None = None
    making: Making | None = None


class Engine(Protocol):
    """What the pipeline asks of the machine, or machines, below it.

    What has to come out alike to the last row (checks, joins, accounting, lists) is one text or one function,
    which an engine runs where it likes (ADR 0012).
    """

    def sql(
        self, steps: Sequence[Step], tables: Mapping[str, Parts | pa.Table]
    ) -> dict[str, pa.Table]:
        """Run steps in order over named tables; return those that carry a `result` name.

        Rows come in the order of the step's ORDER BY, the same for any number of threads as long as
        that order is total. Nothing stays behind: neither relations nor files.

        Raises
        ------
        MemoryLimitError
            If the work fits neither in memory nor in the space for spilling.
        CorruptError
            If a Parquet file cannot be read.
        """

    def each(self, function: Callable[[T], R], items: Sequence[T]) -> Iterator[R]:
        """Yield what a function makes of each item, in their order; the function and what it returns are small."""

    def over_ranges(
        self, work: RangeWork, n: int, *, step: int, schema: pa.Schema
    ) -> Iterator[pa.RecordBatch]:
        """Yield what `work` makes of the rows 0 to n, in their order, as batches of `schema`.

        It is asked for ranges that begin at multiples of `step`.
        """

    @property
    def reads_bucket(self) -> bool:
        """Whether it reads the plays of a home in a bucket from there; else they have to be in the mirror."""

    @property
    def work(self) -> HeavyWork | None:
        """What models let the engine do for them; None: they do it in this process."""
