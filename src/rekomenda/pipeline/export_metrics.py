"""The state of a home as Prometheus metrics, read from what was committed."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any

from rekomenda import __version__
from rekomenda.domain.schema import PLAYS
from rekomenda.pipeline.bootstrap import House
from rekomenda.pipeline.choosing.champion import trusted_release
from rekomenda.refusals import guard
from rekomenda.storage import commit
from rekomenda.storage.erasures import Erasures
from rekomenda.storage.release_manifest import Release
from rekomenda.storage.snapshots import Snapshot
from rekomenda.telemetry.metrics import RunMetrics


def write_metrics(house: House, *, durations: Mapping[str, float] | None = None) -> None:
    """Write the metrics file of a home, whole or not at all.

    Everything but the durations of the present run is read from manifests and attempts, so a
    failed run cannot erase what the last good one said.
    """
    commit.make_folder(house.metrics_file.parent)
    metrics = RunMetrics()
    metrics.build_info.labels(version=__version__).set(1)
    metrics.disk_free.set(shutil.disk_usage(house.home).free)
    begun = Erasures(house.home).open()
    metrics.erasures_open.set(len(begun.listeners) if begun is not None else 0)
    _of_lake(metrics, house.lake.snapshot())
    served = trusted_release(house.releases)
    if served is not None:
        _of_release(metrics, served)
    _of_attempts(metrics, house.attempts.list())
    for step, seconds in (durations or {}).items():
        metrics.step_duration.labels(step=step).set(seconds)
    with guard(house.metrics_file):
        metrics.write(house.metrics_file)


def _of_lake(metrics: RunMetrics, snapshot: Snapshot) -> None:
    rows = {"loaded": 0, "quarantined": 0, "deduplicated": 0, "erased": 0, "unread": 0}
    present = {record.input_id for record in snapshot.inputs_present}
    quarantined: dict[str, list[int]] = {}
    unaccounted = 0
    for record in snapshot.inputs:
        if record.input_id in present:
            rows["loaded"] += record.loaded
            rows["deduplicated"] += record.deduplicated
            rows["quarantined"] += record.quarantined
            rows["erased"] += record.erased
            unaccounted += record.rows_in - record.loaded - record.quarantined
            unaccounted -= record.deduplicated + record.erased
            for table in record.tables:
                sums = quarantined.setdefault(table, [0, 0])
                sums[0] += record.quarantined
                sums[1] += record.rows_in
        elif record.verdict != "loaded":
            rows["unread"] += record.rows_in
    for verdict, count in rows.items():
        metrics.rows.labels(verdict=verdict).set(count)
    metrics.rows_unaccounted.set(unaccounted)
    for table, (bad, total) in sorted(quarantined.items()):
        metrics.quarantine_ratio.labels(table=table).set(bad / total if total else 0)
    days = [part.day for part in snapshot.parts_of(PLAYS.name) if part.day is not None]
    if days:
        metrics.data_last_day.labels(table=PLAYS.name).set(_seconds(max(days)))


def _of_release(metrics: RunMetrics, release: Release) -> None:
    manifest = release.manifest
    metrics.release_info.labels(release=release.release_id, algorithm=manifest.algorithm).set(1)
    metrics.release_forced.set(float(manifest.gate.get("forced") is not None))
    metrics.release_as_of.set(_seconds(manifest.as_of))
    for kind, count in manifest.about["listeners"].items():
        metrics.listeners.labels(kind=kind).set(count)
    for shelf, count in manifest.counts.items():
        metrics.recommendations.labels(shelf=shelf).set(count)
    for of, ratio in manifest.about["coverage"].items():
        metrics.coverage.labels(of=of).set(ratio)
    for row in manifest.metrics.get("rows", ()):
        labels = {name: row[name] for name in ("algorithm", "task", "segment", "metric", "k")}
        metrics.model_quality.labels(**labels).set(row["value"])


def _of_attempts(metrics: RunMetrics, attempts: list[dict[str, Any]]) -> None:
    for attempt in attempts:
        last = attempt.get("repeated_at", attempt["attempted_at"])
        moment = datetime.fromisoformat(last).timestamp()
        metrics.last_attempt.labels(command="run").set(moment)
        if attempt["decision"] not in {"refused", "failed"}:
            metrics.last_success.labels(command="run").set(moment)
    if attempts:
        for check in attempts[-1].get("gate", {}).get("checks", ()):
            metrics.gate_check.labels(check=check["name"]).set(float(bool(check["passed"])))
            for gauge, found in (
                (metrics.gate_measured, check["measured"]),
                (metrics.gate_limit, check["limit"]),
            ):
                if found is not None:
                    gauge.labels(check=check["name"]).set(found)
        for table, differences in attempts[-1].get("reconciliation", {}).items():
            metrics.reconciliation.labels(table=table).set(differences)


def _seconds(day: date) -> float:
    return datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp()
