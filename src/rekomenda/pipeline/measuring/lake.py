"""The lake in figures: files, rows, days."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Final

from rekomenda.domain.schema import PLAYS
from rekomenda.evaluation.gate.data import usual_rows
from rekomenda.pipeline.loading.taking_down import BY_HAND
from rekomenda.storage.snapshots import InputRecord, Snapshot
from rekomenda.telemetry.metrics import RunMetrics

WEST: Final = timedelta(hours=12)
"""How long after midnight in UTC it is still the day before somewhere."""


def say_lake(metrics: RunMetrics, snapshot: Snapshot, now: datetime) -> None:
    """State what the lake holds. A day counts as complete once it is over everywhere."""
    present = snapshot.inputs_present
    _say_rows(metrics, snapshot, present)
    for table, (bad, total) in sorted(_quarantined(present).items()):
        metrics.quarantine_ratio.labels(table=table).set(bad / total if total else 0)
    offered = Counter(r.verdict for r in snapshot.inputs if BY_HAND not in r.facts)
    for verdict in ("loaded", "held", "rejected"):
        metrics.files.labels(verdict=verdict).set(offered[verdict])
    _say_days(metrics, _rows_by_day(snapshot), (now.astimezone(UTC) - WEST).date())
    moments = [record.ingested_at for record in snapshot.inputs]
    if moments:
        metrics.last_attempt.labels(command="ingest").set(max(moments).timestamp())
    loaded = [record.ingested_at for record in snapshot.inputs if record.verdict == "loaded"]
    if loaded:
        metrics.last_success.labels(command="ingest").set(max(loaded).timestamp())


def _say_rows(metrics: RunMetrics, snapshot: Snapshot, present: tuple[InputRecord, ...]) -> None:
    rows = {
        "loaded": sum(record.loaded for record in present),
        "quarantined": sum(record.quarantined for record in present),
        "deduplicated": sum(record.deduplicated for record in present),
        "erased": sum(record.erased for record in present),
    }
    metrics.rows_unaccounted.set(sum(record.rows_in for record in present) - sum(rows.values()))
    rows["unread"] = sum(r.rows_in for r in snapshot.inputs if r.verdict != "loaded")
    for verdict, count in rows.items():
        metrics.rows.labels(verdict=verdict).set(count)


def _quarantined(present: tuple[InputRecord, ...]) -> dict[str, tuple[int, int]]:
    sums: dict[str, tuple[int, int]] = {}
    for record in present:
        for table in record.tables:
            bad, total = sums.get(table, (0, 0))
            sums[table] = bad + record.quarantined, total + record.rows_in
    return sums


def _rows_by_day(snapshot: Snapshot) -> dict[date, int]:
    rows: Counter[date] = Counter()
    for part in snapshot.parts_of(PLAYS.name):
        if part.day is not None:
            rows[part.day] += part.rows
    return dict(rows)


def _say_days(metrics: RunMetrics, rows: Mapping[date, int], under_way: date) -> None:
    if not rows:
        return
    metrics.data_last_day.labels(table=PLAYS.name).set(seconds_of(max(rows)))
    last = max((day for day in rows if day < under_way), default=max(rows))
    metrics.day_rows.labels(day="last").set(rows[last])
    usual = usual_rows(rows, last)
    if usual is not None:
        metrics.day_rows.labels(day="usual").set(usual)


def seconds_of(day: date) -> float:
    """Return the beginning of a day, in UTC, as Prometheus counts time."""
    return datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp()
