"""What the new process of a rehearsal does: read a release, answer, and say how long it took."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from rekomenda.errors import CorruptError, RekomendaError
from rekomenda.language import Text
from rekomenda.learning.bundle import Bundle
from rekomenda.pipeline.judging.rehearsal import answer, sample_rows
from rekomenda.storage.documents import CHANGED, RESTORE

TIMED: Final = 100
"""Listeners who are answered one by one."""
SECONDS: Final = 20.0
"""Of timing, at most."""


def main() -> None:
    """Read the question from standard input, write the answer to standard output."""
    asked = json.load(sys.stdin)
    try:
        told = rehearse(asked)
    except RekomendaError as error:
        why = Text(en=error.message("en"), pt=error.message("pt-BR"))
        told = {"broken": {"en": why.en, "pt": why.pt}}
    json.dump(told, sys.stdout)


def rehearse(asked: dict[str, Any]) -> dict[str, Any]:
    """Answer the listeners that are asked about.

    Parameters
    ----------
    asked : dict
        `folder`, `served` (or None), `rows` of the listeners, `n` tracks for each.

    Raises
    ------
    CorruptError
        If a file of the release is not what was written.
    """
    folder = Path(asked["folder"])
    for path in sorted(folder.rglob("*.parquet")):
        _read_through(path)
    bundle = Bundle.read(folder)
    rows = np.asarray(asked["rows"], np.int64)
    histories = bundle.interactions.histories.rows(rows)
    found = answer(bundle.model, histories, bundle.catalogue, asked["n"])
    ours, theirs = _times(bundle, _served(asked["served"]), rows, asked["n"])
    return {
        "items": found.top.items.tolist(),
        "scores": np.nan_to_num(found.top.scores, nan=0, posinf=0, neginf=0).tolist(),
        "bad_scores": found.bad_scores,
        "p99_ms": _p99(ours) or 0.0,
        "served_p99_ms": _p99(theirs),
    }


def _read_through(path: Path) -> None:
    """Read a whole file, a little at a time."""
    try:
        with pq.ParquetFile(path) as file:
            for _ in file.iter_batches():
                pass
    except (pa.ArrowInvalid, OSError) as error:
        raise CorruptError(path=path, detail=CHANGED, hint=RESTORE) from error


def _served(folder: str | None) -> Bundle | None:
    """Return the release in service; None where this version cannot read it."""
    if folder is None:
        return None
    try:
        return Bundle.read(Path(folder))
    except RekomendaError:
        return None


def _times(
    bundle: Bundle, served: Bundle | None, rows: Any, n: int
) -> tuple[list[float], list[float]]:
    """Answer listeners one by one, ours and the served in turns, so that noise strikes both."""
    ours = _Clock(bundle, rows, n)
    theirs = None
    if served is not None:
        theirs = _Clock(served, sample_rows(served.interactions.histories, len(rows)), n)
    started = time.perf_counter()
    for place in range(min(len(rows), TIMED)):
        ours.time(place)
        if theirs is not None:
            theirs.time(place)
        if time.perf_counter() - started > SECONDS:
            break
    return ours.seconds, [] if theirs is None else theirs.seconds


class _Clock:
    """Times single answers of one release; the first, which loads and compiles, is not counted."""

    def __init__(self, bundle: Bundle, rows: Any, n: int) -> None:
        self._bundle, self._rows, self._n = bundle, rows, n
        self.seconds: list[float] = []
        if len(rows):
            self._answer(0)

    def time(self, place: int) -> None:
        """Time the answer to one of the listeners: the quicker of two tries."""
        if place < len(self._rows):
            self.seconds.append(min(self._answer(place), self._answer(place)))

    def _answer(self, place: int) -> float:
        histories = self._bundle.interactions.histories.rows(self._rows[place : place + 1])
        started = time.perf_counter()
        answer(self._bundle.model, histories, self._bundle.catalogue, self._n)
        return time.perf_counter() - started


def _p99(seconds: Sequence[float]) -> float | None:
    return round(1000 * float(np.quantile(seconds, 0.99)), 3) if seconds else None


if __name__ == "__main__":
    main()
