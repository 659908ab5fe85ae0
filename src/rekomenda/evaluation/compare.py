"""Measure a model on an exam."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final, NamedTuple

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from rekomenda.domain.interactions import Histories
from rekomenda.domain.models import FittedModel
from rekomenda.domain.top_n import TopN
from rekomenda.evaluation import metrics
from rekomenda.evaluation.exam import Exam
from rekomenda.evaluation.summary import Measure, summarise
from rekomenda.evaluation.tasks import Task, cold_tracks, eligible

Float32 = NDArray[np.float32]

BLOCK_BYTES = 32 << 20
"""Scores that as many listeners as are ranked at once would have."""
LISTENERS: Final = 512
"""Examined together, at least: models bound the memory of their scores themselves, and what is counted for
each track of the catalogue is counted once a batch."""
CHECKED: Final = 200
"""Listeners, spread evenly, whose every score is looked at for what is no number."""


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
        Scores that were NaN or +infinity: none, in a sound model. All scores of `CHECKED`
        listeners are looked at, and of the others those that are listed.
    lists : dict of Task to ndarray of int32, shape (n, k)
        The lists themselves, k the greatest cutoff; -1 behind the end of one.
    """

    algorithm: str
    exam: Exam
    values: dict[Measure, Float32]
    exposures: dict[tuple[Task, int], NDArray[np.float64]]
    bad_scores: int
    lists: dict[Task, NDArray[np.int32]] = field(default_factory=dict)

    @cached_property
    def table(self) -> pa.Table:
        """Every number with its interval, one row each (`summary.SCHEMA`)."""
        return summarise(self.algorithm, self.exam, self.values, self.exposures)

    def mean(self, task: Task, metric: str, k: int) -> float:
        """Mean of a metric over the listeners it has a meaning for; NaN if there are none."""
        values = self.values[Measure(task, metric, k)].astype(np.float64)
        known = values[~np.isnan(values)]
        return float(known.mean()) if len(known) else np.nan


class _Found(NamedTuple):
    """What was found of some listeners: values (b,) by measure, exposures (I,) by task and k.

    `lists` are theirs, (b, longest), by task.
    """

    rows: slice
    bad_scores: int
    values: dict[Measure, NDArray[np.float64]]
    exposures: dict[tuple[Task, int], NDArray[np.float64]]
    lists: dict[Task, NDArray[np.int32]]


def evaluate(
    model: FittedModel,
    name: str,
    exam: Exam,
    *,
    block_bytes: int = BLOCK_BYTES,
    threads: int = 1,
) -> Evaluation:
    """Let a model sit an exam: score each listener once, rank for every task, measure.

    Memory: about three times `block_bytes` for scores and their ranking, and 4 bytes for each
    listener, task, metric and cutoff, or place of a list. The result does not depend on either
    setting.

    Parameters
    ----------
    model : FittedModel
    name : str
        What it is shown as.
    exam : Exam
    block_bytes : int
        What the scores of the listeners ranked at once would take, of all threads together.
    threads : int, default 1
        Batches examined at the same time.
    """
    n_items = exam.train.n_items
    values = {
        Measure(task, metric, k): np.full(len(exam), np.nan, np.float32)
        for task in exam.relevant
        for k in exam.cutoffs
        for metric in (*metrics.ACCURACY, "novelty", "list_popularity")
    }
    exposures = {(task, k): np.zeros(n_items) for task in exam.relevant for k in exam.cutoffs}
    lists = {task: np.empty((len(exam), max(exam.cutoffs)), np.int32) for task in exam.relevant}
    bad_scores = 0
    for found in _batches(model, exam, block_bytes, threads):
        bad_scores += found.bad_scores
        for measure, column in found.values.items():
            values[measure][found.rows] = column
        for key, exposure in found.exposures.items():
            exposures[key] += exposure
        for task, items in found.lists.items():
            lists[task][found.rows] = items
    return Evaluation(name, exam, values, exposures, bad_scores, lists)


def _batches(model: FittedModel, exam: Exam, block_bytes: int, threads: int) -> Iterator[_Found]:
    """Examine the listeners batch by batch and yield what was found in their order."""
    size = max(LISTENERS, block_bytes // (4 * threads * max(exam.train.n_items, 1)))
    if threads == 1:
        yield from (_examine(model, exam, *batch) for batch in exam.train.batches(size))
        return
    # Each batch has a thread of its own; a matrix product that took them all would be in the way.
    with threadpool_limits(1, user_api="blas"), ThreadPoolExecutor(threads) as pool:
        running: deque[Future[_Found]] = deque()
        for rows, histories in exam.train.batches(size):
            running.append(pool.submit(_examine, model, exam, rows, histories))
            if len(running) == threads:
                yield running.popleft().result()
        while running:
            yield running.popleft().result()


def _examine(model: FittedModel, exam: Exam, rows: slice, histories: Histories) -> _Found:
    longest, cold = max(exam.cutoffs), cold_tracks(exam.listeners)
    rules = [eligible(task, histories, exam.catalogue, cold) for task in exam.relevant]
    lists = model.top_n_each(histories, [(longest, rule) for rule in rules])
    found = _Found(rows, _count_bad(model, exam, rows, histories, lists), {}, {}, {})
    for task, ranked in zip(exam.relevant, lists, strict=True):
        found.lists[task] = ranked.items
        for k in exam.cutoffs:
            items = ranked.items[:, :k]
            found.exposures[task, k] = metrics.exposure(items, exam.train.n_items)
            for metric, column in _measure(exam, task, rows, items).items():
                found.values[Measure(task, metric, k)] = column
    return found


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


def _count_bad(
    model: FittedModel, exam: Exam, rows: slice, histories: Histories, lists: list[TopN]
) -> int:
    """Count NaN and +inf among all scores of `CHECKED` listeners and the listed ones of the others.

    NaN is never listed: only a look at all scores of a listener finds it.
    """
    step = -(-len(exam) // CHECKED)
    checked = np.arange(rows.start, rows.stop) % step == 0
    bad = sum(int(np.isposinf(best.scores[~checked]).sum()) for best in lists)
    if checked.any():
        scores = model.score(histories.rows(np.flatnonzero(checked)))
        bad += int(np.count_nonzero(np.isnan(scores) | (scores == np.inf)))
    return bad
