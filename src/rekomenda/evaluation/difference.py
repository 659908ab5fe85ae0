"""The difference between two models that sat the same exam, listener by listener."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from rekomenda.evaluation.compare import Evaluation
from rekomenda.evaluation.segments import everybody
from rekomenda.evaluation.summary import Measure
from rekomenda.evaluation.tasks import Task


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
