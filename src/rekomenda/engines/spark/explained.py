"""What Spark says when it gives up, in our words."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Final
from urllib.parse import unquote

import pyarrow as pa

from rekomenda.engines.base import RESTORE, Parts
from rekomenda.engines.spark.session import first_line
from rekomenda.errors import CorruptError, RekomendaError, SparkFailedError

_OURS_TO_MEND: Final = ("PARSE_SYNTAX_ERROR", "UNRESOLVED_COLUMN", "TABLE_OR_VIEW_NOT_FOUND")
"""Faults of a step's text, which nobody but its author can mend."""
_OF_PYTHON: Final = re.compile(r"(?!org\.|java\.|py4j\.|pyspark\.)[\w.]*(Error|Exception): .")
"""How a task's own exception ends its traceback."""


@contextmanager
def explained(
    master: str,
    at: list[str],
    tables: Mapping[str, Parts | pa.Table],
    uri_of: Callable[[Path], str],
) -> Iterator[None]:
    """Say what happened, at which step, and to which file where it was one.

    Raises
    ------
    CorruptError
        If a Parquet file cannot be read.
    SparkFailedError
        If the cluster gave up.
    """
    from py4j.protocol import Py4JError, Py4JNetworkError  # noqa: PLC0415 - an extra
    from pyspark.errors import PySparkException  # noqa: PLC0415 - an extra

    try:
        yield
    except (PySparkException, Py4JError, Py4JNetworkError) as error:
        words = unquote(str(error))
        damaged = _named_in(words, tables, uri_of)
        if damaged is not None:
            detail = first_line(error)
            raise CorruptError(path=damaged, detail=detail, hint=RESTORE) from error
        if any(mark in words for mark in _OURS_TO_MEND):
            raise
        raise _ours(words, master, at[0], error) from error


def _named_in(
    words: str, tables: Mapping[str, Parts | pa.Table], uri_of: Callable[[Path], str]
) -> Path | None:
    paths = [path for table in tables.values() if isinstance(table, Parts) for path in table.paths]
    for path in paths:
        _, _, place = unquote(uri_of(path)).partition("://")
        if place and place in words:
            return path
    return None


def _ours(words: str, master: str, at: str, error: Exception) -> RekomendaError:
    """Name the cause: what a Python task said, else the last of Java's, else Spark's own first line."""
    lines = [line.strip() for line in words.splitlines()]
    of_python = [line for line in lines if _OF_PYTHON.match(line)]
    of_java = [line for line in lines if line.startswith("Caused by:")]
    detail = (of_python or of_java or [first_line(error)])[-1]
    return SparkFailedError(step=at, master=master, detail=detail[:300])
