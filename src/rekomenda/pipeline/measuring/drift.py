"""How far the newest week, and the newest scores, lie from those before."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.dataset as ds
import pyarrow.parquet as pq
from numpy.typing import NDArray

from rekomenda.domain.recommendations import Shelf
from rekomenda.evaluation.psi import psi
from rekomenda.storage.release_manifest import Release

RECENT: Final = timedelta(days=7)
BEFORE: Final = timedelta(days=28)
"""Whole weeks on both sides, so that Saturdays weigh the same."""
BY_CHANCE: Final = 0.05
"""Where so few are counted that chance alone makes a larger index, none is given."""
ARTISTS: Final = 50
"""Artists that are told apart, those with most plays before; all others are one bin."""
SCORE_BINS: Final = 10
"""Tenths of the scores of the release before."""
DEPTH: Final = 10
"""Places of `for_you` whose scores are compared."""
UNKNOWN: Final = "?"

Counts = NDArray[Any]


def drift_of(served: Release, kept: Sequence[Release]) -> dict[str, float]:
    """Return the population stability index of what can be compared.

    `artists`, `genres`: shares of the plays of the last 7 days against the 28 days before them, as
    the release in service knows them. `scores`: the first ten places of `for_you` against the
    newest release before it, in tenths of its scores, where both are of the same algorithm (scores
    of two algorithms are not on one scale). What has too little to compare is left out.
    """
    found = {**_of_plays(served), "scores": _of_scores(served, kept)}
    return {of: value for of, value in found.items() if value is not None}


def _of_plays(served: Release) -> dict[str, float | None]:
    tables = served.manifest.tables
    if not {"plays_daily", "tracks"} <= set(tables):
        return {}
    last = served.manifest.as_of
    border, first = last - RECENT, last - RECENT - BEFORE
    day = ds.field("day")
    plays = ds.dataset(served.table("plays_daily")).to_table(
        columns=["day", "track_id", "plays"], filter=(day > first) & (day <= last)
    )
    track_ids = plays["track_id"]
    if pa.types.is_dictionary(track_ids.type):
        plays = plays.set_column(1, "track_id", track_ids.cast(pa.string()))
    tracks = pq.read_table(served.table("tracks"), columns=["track_id", "artist_id", "genre_id"])
    joined = plays.join(tracks, "track_id")
    recent = pc.greater(joined["day"], pa.scalar(border))
    weeks = (joined.filter(pc.invert(recent)), joined.filter(recent))
    return {
        "artists": _between(weeks, "artist_id", ARTISTS),
        "genres": _between(weeks, "genre_id", None),
    }


def _between(weeks: tuple[pa.Table, pa.Table], column: str, most: int | None) -> float | None:
    """Compare the plays by one column; beyond the `most` played before, all are one bin."""
    before, recent = (_plays_by(table, column) for table in weeks)
    names = sorted({*before, *recent}, key=lambda name: (-before.get(name, 0), name))
    told, rest = (names, []) if most is None else (names[:most], names[most:])

    def counts(plays: dict[str, int]) -> Counts:
        others = [sum(plays.get(name, 0) for name in rest)] if rest else []
        return np.array([*(plays.get(name, 0) for name in told), *others])

    return _told(counts(before), counts(recent))


def _plays_by(table: pa.Table, column: str) -> dict[str, int]:
    grouped = table.group_by(column).aggregate([("plays", "sum")]).to_pylist()
    return {str(row[column] or UNKNOWN): int(row["plays_sum"]) for row in grouped}


def _of_scores(served: Release, kept: Sequence[Release]) -> float | None:
    earlier = [release for release in kept if release.number < served.number]
    if not earlier or earlier[-1].manifest.algorithm != served.manifest.algorithm:
        return None
    before, now = _scores(earlier[-1]), _scores(served)
    if not len(before):
        return None
    inner = np.quantile(before, np.arange(1, SCORE_BINS) / SCORE_BINS)
    edges = np.unique(inner)  # ties make some tenths fall together
    bins = len(edges) + 1
    return _told(
        np.bincount(np.searchsorted(edges, before, side="right"), minlength=bins),
        np.bincount(np.searchsorted(edges, now, side="right"), minlength=bins),
    )


def _told(reference: Counts, recent: Counts) -> float | None:
    """Return the index, None where there is too little to tell drift from chance."""
    n, m = reference.sum(), recent.sum()
    if not n or not m or (len(reference) - 1) * (1 / n + 1 / m) > BY_CHANCE:
        return None
    return psi(reference, recent)


def _scores(release: Release) -> Counts:
    if "recommendations" not in release.manifest.tables:
        return np.zeros(0)
    wanted = (
        (ds.field("shelf") == str(Shelf.FOR_YOU))
        & (ds.field("rank") <= DEPTH)
        & ds.field("personalised")
    )
    lists = ds.dataset(release.table("recommendations"))
    scores = lists.to_table(columns=["score"], filter=wanted)["score"]
    return np.asarray(scores.to_numpy(), np.float64)
