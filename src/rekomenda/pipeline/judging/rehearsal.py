"""The dress rehearsal: a new process reads a release's files and answers from them alone."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from rekomenda.domain.catalogue import Catalogue
from rekomenda.domain.eligible import Eligible, ItemSets
from rekomenda.domain.interactions import Histories
from rekomenda.domain.models import FittedModel
from rekomenda.domain.top_n import TopN
from rekomenda.evaluation.gate.mechanics import Rehearsal
from rekomenda.language import Text
from rekomenda.learning.bundle import Bundle

MODULE: Final = "rekomenda.pipeline.judging.rehearse"
"""What the new process runs."""
TIMEOUT: Final = 1800
"""Seconds after which a process that does not answer has failed."""
CLOSE: Final = 1e-5
"""Relative difference of two scores that may come of adding up in another order."""


@dataclass(frozen=True)
class Answers:
    """What a model answers to some listeners: items and scores (n, N), and NaN or +inf among them."""

    top: TopN
    bad_scores: int


def answer(model: FittedModel, histories: Histories, catalogue: Catalogue, n: int) -> Answers:
    """Return the n best tracks that each listener has not heard."""
    heard = ItemSets(histories.indptr, histories.items)
    with threadpool_limits(1, "blas"):
        top = model.top_n(histories, n, Eligible(excluded=heard, hidden=catalogue.hidden))
    bad = (top.items >= 0) & (np.isnan(top.scores) | (top.scores == np.inf))
    return Answers(top, int(np.count_nonzero(bad)))


def sample_rows(histories: Histories, n: int, *, seed: int = 0) -> NDArray[np.int64]:
    """Return up to n listeners with a history, ascending; the same for the same data."""
    rows = np.flatnonzero(histories.lengths > 0)
    if len(rows) <= n:
        return rows
    return np.sort(np.random.default_rng([seed, len(rows)]).choice(rows, n, replace=False))


def rehearse(
    folder: Path, bundle: Bundle, *, served: Path | None, listeners: int, n: int
) -> Rehearsal:
    """Let a new process answer, and hold its answers against those of the trained model.

    Parameters
    ----------
    folder : Path
        The release's, before it is installed.
    bundle : Bundle
        What was written to it.
    served : Path or None
        Folder of the release in service, whose answer time is measured in turns with ours.
    listeners, n : int
        How many are asked, and for how many tracks.
    """
    rows = sample_rows(bundle.interactions.histories, listeners)
    histories = bundle.interactions.histories.rows(rows)
    expected = answer(bundle.model, histories, bundle.catalogue, n)
    asked = {
        "folder": str(folder),
        "served": None if served is None else str(served),
        "rows": rows.tolist(),
        "n": n,
    }
    told = _ask(asked)
    if "broken" in told:
        return Rehearsal(Text(en=told["broken"]["en"], pt=told["broken"]["pt"]))
    items = np.asarray(told["items"], np.int32).reshape(expected.top.items.shape)
    scores = np.asarray(told["scores"], np.float32).reshape(expected.top.items.shape)
    return Rehearsal(
        broken=None,
        listeners=len(rows),
        differing=_differing(expected.top, items, scores),
        bad_scores=told["bad_scores"] + expected.bad_scores,
        p99_ms=told["p99_ms"],
        served_p99_ms=told["served_p99_ms"],
        size=_size(folder / "model"),
        served_size=None if served is None else _size(served / "model"),
    )


def _ask(asked: dict[str, Any]) -> dict[str, Any]:
    """Start the process, ask it, and return what it told; a process that died is told of too."""
    command = [sys.executable, "-P", "-m", MODULE]
    try:
        ended = subprocess.run(  # noqa: S603 - this very Python, on a module of ours
            command,
            input=json.dumps(asked),
            capture_output=True,
            text=True,
            timeout=TIMEOUT,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return _broken(f"{TIMEOUT} s")
    if ended.returncode != 0:
        lines = ended.stderr.strip().splitlines() or [f"exit {ended.returncode}"]
        return _broken(lines[-1])
    told: dict[str, Any] = json.loads(ended.stdout)
    return told


def _broken(words: str) -> dict[str, Any]:
    return {"broken": {"en": words, "pt": words}}


def _differing(expected: TopN, items: NDArray[np.int32], scores: NDArray[np.float32]) -> int:
    """Count the lists that differ; tracks whose scores are as good as equal may change places."""
    same = (items == expected.items).all(axis=1)
    filled = (items >= 0) == (expected.items >= 0)
    close = np.isclose(scores, expected.scores, rtol=CLOSE, atol=0) | (items < 0)
    return int(np.count_nonzero(~(same | (filled & close).all(axis=1))))


def _size(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
