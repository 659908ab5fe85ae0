"""The release in service in figures: whom it serves, how well, and how evenly."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any, Final

import pyarrow.compute as pc
import pyarrow.dataset as ds
import pyarrow.parquet as pq

from rekomenda.domain.recommendations import Shelf
from rekomenda.pipeline.measuring.lake import seconds_of
from rekomenda.pipeline.releasing.draft import LISTS, STRANGERS
from rekomenda.storage.release_manifest import Release
from rekomenda.telemetry.metrics import RunMetrics

TASKS: Final = ("all", "unheard", "again", "new_artists")
METRICS: Final = ("ndcg", "recall", "hit_rate", "map", "coverage", "novelty")
SEGMENTS: Final = 60
"""Groups of listeners that are told apart; there are no more than a few and the regions."""
OVERALL: Final = "overall"
POPULARITY: Final = "popularity"
"""What every model has to beat."""

Row = Mapping[str, Any]


def say_release(metrics: RunMetrics, release: Release) -> None:
    """State what is served, from its manifest and its table of quality."""
    manifest, about = release.manifest, release.manifest.about
    metrics.release_info.labels(release=release.release_id, algorithm=manifest.algorithm).set(1)
    metrics.release_forced.set(float(manifest.gate.get("forced") is not None))
    metrics.release_as_of.set(seconds_of(manifest.as_of))
    metrics.release_created.set(manifest.created_at.timestamp())
    metrics.release_bytes.set(sum(file.bytes for file in release.files.values()))
    for kind, count in about.get("listeners", {}).items():
        metrics.listeners.labels(kind=kind).set(count)
    for shelf, count in manifest.counts.items():
        metrics.recommendations.labels(shelf=shelf).set(count)
    for of, ratio in about.get("coverage", {}).items():
        metrics.coverage.labels(of=of).set(ratio)
    _say_exposure(metrics, about.get("report", {}).get("exposure", {}))
    _say_quality(metrics, release)
    for kind, count in _answers(release).items():
        metrics.answers.labels(kind=kind).set(count)


def say_newest(metrics: RunMetrics, newest: Release) -> None:
    """State what the newest release holds, served or not."""
    for shelf, count in newest.manifest.counts.items():
        metrics.generated.labels(shelf=shelf).set(count)


def _say_exposure(metrics: RunMetrics, exposure: Row) -> None:
    for row in exposure.get("served", ()):
        ours = row["lists"] == f"served:{Shelf.FOR_YOU}" and row["segment"] == OVERALL
        if ours and row["value"] is not None:
            metrics.exposure.labels(measure=row["measure"]).set(row["value"])
    met = Counter(goal["met"] for goal in exposure.get("goals", ()))
    for answer in ("yes", "no", "not_measurable"):
        metrics.goals.labels(met=answer).set(met[answer])


def _say_quality(metrics: RunMetrics, release: Release) -> None:
    """State the served model beside popularity, at the gate's cutoff and the smallest one."""
    rows = _quality_rows(release)
    cutoffs = {row["k"] for row in rows}
    if not cutoffs:
        return
    cutoff = release.manifest.about.get("cutoff")
    shown = {min(cutoffs), cutoff if cutoff in cutoffs else max(cutoffs)}
    served = release.manifest.algorithm
    overall = [
        row
        for row in rows
        if row["segment"] == OVERALL
        and row["algorithm"] in {served, POPULARITY}
        and row["task"] in TASKS
        and row["metric"] in METRICS
        and row["k"] in shown
    ]
    groups = [
        row
        for row in rows
        if row["segment"] != OVERALL
        and (row["algorithm"], row["task"], row["metric"]) == (served, "unheard", "ndcg")
        and row["k"] == max(shown)
    ]
    for row in (*overall, *sorted(groups, key=lambda row: row["segment"])[:SEGMENTS]):
        if row["value"] is not None:
            labels = {name: row[name] for name in ("algorithm", "task", "segment", "metric", "k")}
            metrics.model_quality.labels(**labels).set(row["value"])


def _quality_rows(release: Release) -> Iterable[Row]:
    """Return every row of the release's own table; its manifest has those of everybody only."""
    if "model_metrics" in release.manifest.tables:
        return pq.read_table(release.table("model_metrics")).to_pylist()  # type: ignore[no-any-return]
    rows: list[Row] = release.manifest.metrics.get("rows", [])
    return rows


def _answers(release: Release) -> dict[str, int]:
    """Count the known listeners by what they would be answered.

    A stranger (known, but nothing was learned of them) is answered from the popular lists.
    """
    if LISTS not in release.files:
        return {}
    first = (ds.field("shelf") == str(Shelf.FOR_YOU)) & (ds.field("rank") == 1)
    heads = ds.dataset(release.file(LISTS)).to_table(
        columns=["user_id", "personalised"], filter=first
    )
    of_somebody = heads.filter(pc.is_valid(heads["user_id"]))
    personal = pc.sum(of_somebody["personalised"], min_count=0).as_py()
    popular = len(of_somebody) - personal
    none = release.manifest.listeners - len(of_somebody)
    strangers = _strangers(release)
    everybodys = len(of_somebody) < len(heads)
    return {
        "personal": personal,
        "popular": popular + strangers * everybodys,
        "none": none + strangers * (not everybodys),
    }


def _strangers(release: Release) -> int:
    rows = release.files[STRANGERS].rows if STRANGERS in release.files else 0
    return rows or 0
