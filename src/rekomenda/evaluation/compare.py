"""Measure a model on an exam, and the difference between two models that sat the same one."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from rekomenda.domain.models import FittedModel
from rekomenda.evaluation import metrics
from rekomenda.evaluation.exam import Exam
from rekomenda.evaluation.lists import rank
from rekomenda.evaluation.segments import everybody
from rekomenda.evaluation.summary import Measure, summarise
from rekomenda.evaluation.tasks import Task

Float32 = NDArray[np.float32]

BLOCK_BYTES = 64 << 20
"""Scores held at once."""


@dataclass(frozen=True, eq=False)
class Evaluation:
    """How one model did, listener by listener.

    Parameters
    ----------
    algorithm : str
        The name it is shown under.
    exam : Exam
    values : dict of Measure to ndarray of float32, shape (n,)
        Each metric of each examined listener's list, NaN where it has no meaning (nothing
        relevant, or no list); `list_popularity` is the mean phi of the list.
    exposures : dict of (Task, k) to ndarray of float64, shape (I,)
        How much each track was shown in all the lists together.
    bad_scores : int
        Scores that were NaN or +infinity: none, in a sound model.
    """

    algorithm: str
    exam: Exam
    values: dict[Measure, Float32]
    exposures: dict[tuple[Task, int], NDArray[np.float64]]
    bad_scores: int

    @cached_property
    def table(self) -> pa.Table:
        """Every number with its interval, one row each (`summary.SCHEMA`)."""
        return summarise(self.algorithm, self.exam, self.values, self.exposures)

    def mean(self, task: Task, metric: str, k: int) -> float:
        """Mean of a metric over the listeners it has a meaning for; NaN if there are none."""
        values = self.values[Measure(task, metric, k)].astype(np.float64)
        known = values[~np.isnan(values)]
        return float(known.mean()) if len(known) else np.nan


def evaluate(
    model: FittedModel, name: str, exam: Exam, *, block_bytes: int = BLOCK_BYTES
) -> Evaluation:
    """Let a model sit an exam: score each listener once, rank for every task, measure.

    Memory: `block_bytes` of scores, about twice that while they are ranked, and 4 bytes for each
    listener, task, metric and cutoff.
    """
    n_items, longest = exam.train.n_items, max(exam.cutoffs)
    values = {
        Measure(task, metric, k): np.full(len(exam), np.nan, np.float32)
        for task in exam.relevant
        for k in exam.cutoffs
        for metric in (*metrics.ACCURACY, "novelty", "list_popularity")
    }
    exposures = {(task, k): np.zeros(n_items) for task in exam.relevant for k in exam.cutoffs}
    bad_scores = 0
    for rows, histories in exam.train.batches(max(1, block_bytes // (4 * max(n_items, 1)))):
        scores = model.score(histories)
        bad_scores += _count_bad(scores)
        artists = exam.artists_of(rows)
        lists = rank(scores, histories, artists, exam.catalogue, n=longest, tasks=exam.relevant)
        for task, ranked in lists.items():
            for k in exam.cutoffs:
                items = ranked.items[:, :k]
                exposures[task, k] += metrics.exposure(items, n_items)
                for metric, found in _measure(exam, task, rows, items).items():
                    values[Measure(task, metric, k)][rows] = found
    return Evaluation(name, exam, values, exposures, bad_scores)


def _measure(
    exam: Exam, task: Task, rows: slice, items: NDArray[np.int32]
) -> dict[str, NDArray[np.float64]]:
    hits = exam.hits(task, rows, items)
    counts = exam.relevant[task].counts[rows]
    return {
        **{name: metric(hits, counts) for name, metric in metrics.ACCURACY.items()},
        "novelty": metrics.novelty(items, exam.listeners, exam.n_listeners),
        "list_popularity": metrics.list_popularity(items, exam.listeners),
    }


def _count_bad(scores: Float32) -> int:
    """Count NaN and +inf. The extremes tell first, without another array of that size."""
    if scores.size and np.isfinite(scores.max()):
        return 0
    return int(np.count_nonzero(np.isnan(scores) | (scores == np.inf)))


class Difference(NamedTuple):
    """How much better one model is than another, on the same listeners.

    `value` is mean(candidate) - factor * mean(other), `relative` is that over factor *
    mean(other) (NaN where it is 0), each with the ends of its interval; `relative_error` is the
    standard deviation of `relative` over the resamples. `identical`: no listener tells the two
    apart. Everything is NaN for no listeners.
    """

    n_listeners: int
    candidate: float
    other: float
    value: float
    low: float
    high: float
    relative: float
    relative_low: float
    relative_high: float
    relative_error: float
    identical: bool


_NO_DIFFERENCE = Difference(
    n_listeners=0,
    **dict.fromkeys(Difference._fields[1:-1], np.nan),
    identical=False,
)


def difference(
    candidate: Evaluation,
    other: Evaluation,
    task: Task,
    metric: str,
    k: int,
    *,
    factor: float = 1.0,
) -> Difference:
    """Compare two models by a paired bootstrap over the listeners whom the task is about.

    Raises
    ------
    ValueError
        If the two did not sit the same exam.
    KeyError
        If the exam does not have this task, metric and cutoff.
    """
    if not candidate.exam.same_as(other.exam):
        raise ValueError(f"{candidate.algorithm} and {other.algorithm} sat different exams")
    measure = Measure(task, metric, k)
    pairs = np.stack([candidate.values[measure], other.values[measure]], axis=1).astype(np.float64)
    pairs = pairs[~np.isnan(pairs).any(axis=1)] * [1.0, factor]
    n = len(pairs)
    if n == 0:
        return _NO_DIFFERENCE
    bootstrap = candidate.exam.bootstrap
    (resampled,) = bootstrap.sums(pairs, [everybody(n)])
    ours, theirs = resampled[:, 0, 0] / n, resampled[:, 0, 1] / n
    ratios = ours / np.where(theirs > 0, theirs, np.nan) - 1
    low, high = bootstrap.interval(ours - theirs)
    relative_low, relative_high = bootstrap.interval(ratios)
    mean, reference = pairs.mean(axis=0)
    return Difference(
        n_listeners=n,
        candidate=float(mean),
        other=float(reference / factor),
        value=float(mean - reference),
        low=float(low),
        high=float(high),
        relative=float(mean / reference - 1) if reference > 0 else np.nan,
        relative_low=float(relative_low),
        relative_high=float(relative_high),
        relative_error=float(np.nanstd(ratios)) if np.any(theirs > 0) else np.nan,
        identical=bool(np.array_equal(candidate.values[measure], other.values[measure], True)),
    )
