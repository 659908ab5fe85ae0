"""Where heavy work runs, as a protocol: the same job comes out alike on every engine."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Protocol, TypeVar

import pyarrow as pa

T = TypeVar("T")
Scalar = int | str | date


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
    """

    name: str
    text: str
    parameters: Mapping[str, Scalar] = field(default_factory=dict)
    result: str | None = None


class Engine(Protocol):
    """What the pipeline asks of the machine, or machines, below it.

    Tables only, so far: models are fitted and lists ranked in memory on `TrainingData`, and only an
    engine whose plays do not fit there has a way of its own to offer (ADR 0007).
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
