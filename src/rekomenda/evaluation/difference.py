"""The difference between two models that sat the same exam, listener by listener."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from rekomenda.evaluation.bootstrap import Bootstrap
from rekomenda.evaluation.compare import Evaluation
from rekomenda.evaluation.segments import OVERALL, Partition, everybody
from rekomenda.evaluation.summary import Measure

Floats = NDArray[np.float64]


class Difference(NamedTuple):
    """How much better one model is than another, on the same listeners.

    `value` is mean(candidate) - mean(other), `relative` is that over mean(other) (NaN where it is
    0), each with the ends of its interval; `relative_error` is the standard deviation of `relative`
    over the resamples. `identical`: no listener tells the two apart. Everything is NaN for no
    listeners.
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


def difference(candidate: Evaluation, other: Evaluation, measure: Measure) -> Difference:
    """Compare two models by a paired bootstrap over the listeners whom the task is about.

    Raises
    ------
    ValueError
        If the two did not sit the same exam.
    KeyError
        If the exam does not have this task, metric and cutoff.
    """
    people = everybody(len(candidate.exam))
    return differences(candidate, other, measure, people)[OVERALL]


def differences(
    candidate: Evaluation, other: Evaluation, measure: Measure, partition: Partition
) -> dict[str, Difference]:
    """Compare two models within each group of a partition; parameters as `difference`.

    A group's draws are those of everybody that fell into it.
    """
    if not candidate.exam.same_as(other.exam):
        raise ValueError(f"{candidate.algorithm} and {other.algorithm} sat different exams")
    values = candidate.values[measure], other.values[measure]
    pairs = np.stack([*values, np.ones(len(values[0]))], axis=1).astype(np.float64)
    known = ~np.isnan(pairs).any(axis=1)
    pairs, labels = pairs[known], partition.labels[known]
    bootstrap = candidate.exam.bootstrap
    (resampled,) = bootstrap.sums(pairs, [Partition(partition.names, labels, {})])
    return {
        name: _of_group(pairs[labels == group], resampled[:, group], bootstrap)
        for group, name in enumerate(partition.names)
    }


def _of_group(pairs: Floats, resampled: Floats, bootstrap: Bootstrap) -> Difference:
    """Sum up one group: its listeners' pairs (n, 3) and the resampled sums (R, 3)."""
    if len(pairs) == 0:
        return _NO_DIFFERENCE
    ours, theirs, drawn = resampled.T
    ratios = ours / np.where(theirs > 0, theirs, np.nan) - 1
    low, high = bootstrap.interval((ours - theirs) / np.where(drawn > 0, drawn, np.nan))
    relative_low, relative_high = bootstrap.interval(ratios)
    mean, reference, _ = pairs.mean(axis=0)
    return Difference(
        n_listeners=len(pairs),
        candidate=float(mean),
        other=float(reference),
        value=float(mean - reference),
        low=float(low),
        high=float(high),
        relative=float(mean / reference - 1) if reference > 0 else np.nan,
        relative_low=float(relative_low),
        relative_high=float(relative_high),
        relative_error=float(np.nanstd(ratios)) if np.any(theirs > 0) else np.nan,
        identical=bool(np.array_equal(pairs[:, 0], pairs[:, 1])),
    )
