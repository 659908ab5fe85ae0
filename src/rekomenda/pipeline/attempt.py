"""What became of a run: recorded, reconciled and put into the metrics, however it ended."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import UTC, date, datetime
from typing import Any, Literal

from rekomenda.errors import RekomendaError
from rekomenda.language import Text
from rekomenda.pipeline.bootstrap import House
from rekomenda.pipeline.export_metrics import write_metrics
from rekomenda.pipeline.measuring.headline import headline_of
from rekomenda.storage.publish import tables_of
from rekomenda.storage.reconcile import reconcile
from rekomenda.storage.release_manifest import Release

Decision = Literal["published", "ready", "unchanged", "kept", "refused", "failed"]


def record_attempt(
    house: House,
    run_id: str,
    *,
    decision: Decision,
    as_of: date,
    now: datetime,
    durations: Mapping[str, float],
    **more: Any,
) -> None:
    """Remember an attempt and write the metrics file.

    Parameters
    ----------
    house : House
    run_id : str
    decision : Decision
    as_of : date
    now : datetime, with zone
    durations : mapping
        Seconds by hop.
    **more
        Ready for JSON: `algorithm`, `gate`, `exam`, `reconciliation`, `error`; `asked_for`, `rows` and
        `peak_bytes`, which tell what a like run will take.
    """
    attempt = {
        "decision": decision,
        "attempted_at": now.astimezone(UTC).isoformat(),
        "as_of": as_of.isoformat(),
        "seconds": {hop: round(seconds, 3) for hop, seconds in durations.items()},
        **more,
    }
    house.attempts.record(run_id, attempt)
    write_metrics(house, now)


def differences_of(house: House, release: Release) -> dict[str, int]:
    """Compare a release with the warehouse, row by row: differing rows by table."""
    found = reconcile(release.release_id, tables_of(release), house.warehouse)
    return {table: comparison.differences for table, comparison in found.items()}


def record_release(
    house: House,
    release: Release,
    *,
    decision: Decision,
    differences: Mapping[str, int],
    now: datetime,
    durations: Mapping[str, float],
    **more: Any,
) -> None:
    """Remember a finished release, and what its comparison with the warehouse found."""
    record_attempt(
        house,
        release.release_id,
        decision=decision,
        as_of=release.manifest.as_of,
        now=now,
        durations=durations,
        algorithm=release.manifest.algorithm,
        gate=dict(release.manifest.gate),
        reconciliation=dict(differences),
        headline=headline_of(release),
        **more,
    )


def record_more(
    house: House,
    release: Release,
    *,
    now: datetime,
    seconds: Mapping[str, float],
    **more: Any,
) -> None:
    """Add what a later stage found to what is remembered of a release's run, and write the metrics.

    Parameters
    ----------
    house : House
    release : Release
    now : datetime, with zone
    seconds : mapping
        By hop of this stage.
    **more
        `decision` or `reconciliation`.
    """
    before: dict[str, Any] = next(
        (each for each in house.attempts.list() if each["run_id"] == release.release_id),
        {
            "decision": "kept",
            "as_of": release.manifest.as_of.isoformat(),
            "algorithm": release.manifest.algorithm,
            "gate": dict(release.manifest.gate),
            "seconds": {},
        },
    )
    durations = before["seconds"] | {hop: round(took, 3) for hop, took in seconds.items()}
    moment = {"attempted_at": now.astimezone(UTC).isoformat(), "seconds": durations}
    house.attempts.record(release.release_id, {**before, **moment, **more})
    write_metrics(house, now)


def record_again(house: House, release: Release, *, decision: Decision, now: datetime) -> None:
    """Remember that the work of a release was asked for again and nothing had to be done.

    Where a crash kept the first run from saying what became of it, that is made good.
    """
    for attempt in house.attempts.list():
        if attempt["run_id"] == release.release_id and "reconciliation" in attempt:
            repeated = {**attempt, "repeated_at": now.astimezone(UTC).isoformat()}
            house.attempts.record(release.release_id, repeated)
            write_metrics(house, now)
            return
    if release.release_id in house.warehouse.runs():
        record_release(
            house,
            release,
            decision=decision,
            differences=differences_of(house, release),
            now=now,
            durations={},
        )


def as_json(error: RekomendaError) -> dict[str, Any]:
    """Return what is remembered of the error that ended a run."""
    message = Text(error.message("en"), error.message("pt-BR"))
    return {"code": error.code, "message": asdict(message), "retryable": error.retryable}
