"""From one number a listener to one number with its interval, by segment."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final, NamedTuple

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from rekomenda.evaluation import metrics
from rekomenda.evaluation.exam import Exam
from rekomenda.evaluation.segments import MIN_LISTENERS, OVERALL
from rekomenda.evaluation.tasks import Task

Floats = NDArray[np.float64]

SCHEMA: Final = pa.schema(
    [
        pa.field("algorithm", pa.string(), nullable=False),
        pa.field("task", pa.string(), nullable=False),
        pa.field("segment", pa.string(), nullable=False),
        pa.field("metric", pa.string(), nullable=False),
        pa.field("k", pa.int32(), nullable=False),
        pa.field("value", pa.float64(), nullable=False),
        pa.field("low", pa.float64()),
        pa.field("high", pa.float64()),
        pa.field("n_users", pa.int64(), nullable=False),
    ]
)
"""`segment` is `overall`, `activity:new|light|heavy` or `region:<name>`; `n_users` are the
listeners behind the number."""


class Measure(NamedTuple):
    """Which number: of which task, metric and cutoff."""

    task: Task
    metric: str
    k: int


class _Ratio(NamedTuple):
    """A number that is one sum over listeners divided by another, less a constant."""

    measure: Measure
    numerator: int
    denominator: int
    offset: float


def summarise(
    algorithm: str,
    exam: Exam,
    values: Mapping[Measure, NDArray[np.float32]],
    exposures: Mapping[tuple[Task, int], Floats],
) -> pa.Table:
    """Return every number as a row of `SCHEMA`; a number of too few listeners has no row."""
    rows = [*_of_listeners(exam, values), *_of_catalogue(exam, values, exposures)]
    columns: dict[str, list[Any]] = {
        name: [row[name] for row in rows] for name in SCHEMA.names if name != "algorithm"
    }
    return pa.table({"algorithm": [algorithm] * len(rows), **columns}, SCHEMA)


def _of_listeners(
    exam: Exam, values: Mapping[Measure, NDArray[np.float32]]
) -> Iterator[dict[str, Any]]:
    columns, ratios = _columns(exam, values)
    partitions = [partition.shown() for partition in exam.partitions]
    resampled = exam.bootstrap.sums(columns, partitions)
    above = [ratio.numerator for ratio in ratios]
    below = [ratio.denominator for ratio in ratios]
    offsets = np.array([ratio.offset for ratio in ratios])
    for partition, sums in zip(partitions, resampled, strict=True):
        low, high = exam.bootstrap.interval(_divide(sums[..., above], sums[..., below]) - offsets)
        for group, name in enumerate(partition.names):
            members = columns[partition.labels == group]
            total = members.sum(axis=0)
            found = _divide(total[above], total[below]) - offsets
            counts = np.count_nonzero(members[:, below], axis=0)
            for column, ratio in enumerate(ratios):
                n_users = int(counts[column])
                if n_users >= (1 if name == OVERALL else MIN_LISTENERS):
                    interval = low[group, column], high[group, column]
                    yield _row(ratio.measure, name, found[column], interval, n_users)


def _columns(
    exam: Exam, values: Mapping[Measure, NDArray[np.float32]]
) -> tuple[Floats, list[_Ratio]]:
    """Lay out what is summed: each metric once, each divisor once however many use it."""
    columns: list[Floats] = []
    places: dict[bytes, int] = {}
    ratios: list[_Ratio] = []

    def place(column: Floats) -> int:
        key = column.tobytes()
        if key not in places:
            places[key] = len(columns)
            columns.append(column)
        return places[key]

    profiles = metrics.profile_popularity(exam.train, exam.listeners)
    for measure, found in values.items():
        lifted = measure.metric == "list_popularity"
        divisor = profiles if lifted else np.ones(len(exam))
        known = ~(np.isnan(found) | np.isnan(divisor))
        ratios.append(
            _Ratio(
                measure._replace(metric="popularity_lift") if lifted else measure,
                place(np.where(known, found, 0.0)),
                place(np.where(known, divisor, 0.0)),
                1.0 if lifted else 0.0,
            )
        )
    matrix = np.stack(columns, axis=1) if columns else np.zeros((len(exam), 0))
    return matrix, ratios


def _of_catalogue(
    exam: Exam,
    values: Mapping[Measure, NDArray[np.float32]],
    exposures: Mapping[tuple[Task, int], Floats],
) -> Iterator[dict[str, Any]]:
    """Numbers of all lists together: coverage and Gini, over what may be shown.

    A resample of listeners always covers less than all of them do, so these intervals come from
    resampling the tracks and artists instead.
    """
    shown = {key: found for key, found in exposures.items() if found.any()}
    by_artist = {key: _of_artists(exam, found) for key, found in shown.items()}
    ginis = exam.bootstrap.interval_of_gini(list(by_artist.values()))
    for (key, found), gini_interval in zip(shown.items(), ginis, strict=True):
        task, k = key
        lists = values[Measure(task, "novelty", k)]
        n_users = int(np.count_nonzero(~np.isnan(lists)))
        tracks, artists = found[~exam.catalogue.hidden], by_artist[key]
        for metric, exposed in (("coverage", tracks), ("artist_coverage", artists)):
            n_shown = int(np.count_nonzero(exposed))
            interval = exam.bootstrap.interval_of_share(n_shown, len(exposed))
            value = metrics.coverage(exposed)
            if not np.isnan(value):
                yield _row(Measure(task, metric, k), OVERALL, value, interval, n_users)
        value = metrics.gini(artists)
        if not np.isnan(value):
            yield _row(Measure(task, "artist_gini", k), OVERALL, value, gini_interval, n_users)


def _of_artists(exam: Exam, exposures: Floats) -> Floats:
    """Sum the tracks' exposure over artists that have a track that may be shown."""
    shares, n_artists = exam.catalogue.artists_of, len(exam.catalogue.artists)
    showable = shares.sums(~exam.catalogue.hidden, n_artists) > 0
    return shares.sums(exposures, n_artists)[showable]


def _row(
    measure: Measure, segment: str, value: float, interval: tuple[float, float], n_users: int
) -> dict[str, Any]:
    low, high = (None if np.isnan(end) else float(end) for end in interval)
    return {
        "task": str(measure.task),
        "segment": segment,
        "metric": measure.metric,
        "k": measure.k,
        "value": float(value),
        "low": low,
        "high": high,
        "n_users": n_users,
    }


def _divide(above: Floats, below: Floats) -> Floats:
    return np.asarray(above / np.where(below > 0, below, np.nan))
