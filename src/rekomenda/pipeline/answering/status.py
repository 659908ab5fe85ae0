"""How things stand in a home: what is served, how good it is, what the last run said."""

from __future__ import annotations

from datetime import date
from typing import Any

from rekomenda.domain.schema import PLAYS
from rekomenda.errors import WarehouseNotReadyError, WarehouseUnreachableError
from rekomenda.pipeline.attempt import as_json
from rekomenda.pipeline.bootstrap import House
from rekomenda.pipeline.loading.taking_down import BY_HAND, by_hand
from rekomenda.pipeline.takedowns import takedowns_of
from rekomenda.storage.erasures import Erasures
from rekomenda.storage.publish import lagging
from rekomenda.storage.release_manifest import Release
from rekomenda.storage.snapshots import Snapshot

HEADLINE = ("ndcg", "recall", "hit_rate", "coverage")
"""Metrics that the short form shows; `metrics.parquet` has all of them."""


def status_of(house: House, today: date) -> dict[str, Any]:
    """Return the state of a home, ready for JSON.

    `run_id`, `as_of`, `listeners`, `recommendations`, `choice` (what `auto` chose,
    null where an algorithm was named), `tuned_by` (the tuning that the release came from, or null), `holdout`, `metrics`, `cutoff` (the gate's k), `gate` and `goals` are those of the release in service and null before the first;
    `reconciliation` has what the last comparison found: `lake` (plays there and in the release; null where the
    lake had moved on), `differences` between release and warehouse by table; what the warehouse shows now, and `error` where it could not be asked;
    `last_attempt` is what the last run decided; `tuning` is the last wider search, with its trials
    and whether the release in service came from it, null before the first. `blocked` is what is
    taken down today, and `by_hand` in it what `block` and `unblock` decided; `erasures` says how
    many were done and which one is not finished.
    """
    served = house.releases.current()
    attempts = house.attempts.list()
    snapshot = house.lake.snapshot()
    return {
        "home": str(house.home),
        "lake": lake_of(snapshot),
        **_release(served),
        "reconciliation": _reconciliation(house, served, attempts),
        "releases": [
            {
                "run_id": release.release_id,
                "as_of": release.manifest.as_of.isoformat(),
                "algorithm": release.manifest.algorithm,
                "created_at": release.manifest.created_at.isoformat(),
                "served": served is not None and release.release_id == served.release_id,
            }
            for release in house.releases.list()
        ],
        "last_attempt": attempts[-1] if attempts else None,
        "tuning": last_tuning(house, served),
        "blocked": _blocked(house, snapshot, today),
        "erasures": _erasures(house),
    }


def last_tuning(house: House, release: Release | None) -> dict[str, Any] | None:
    """Return the newest tuning of a home without its recipe, and whether a release came from it."""
    tunings = house.tunings.list()
    if not tunings:
        return None
    tuning = tunings[-1]
    origin = (release.manifest.about.get("tuning") if release else None) or {}
    return {
        **{name: value for name, value in tuning.items() if name not in {"recipe", "choice"}},
        "in_use": origin.get("tuning_id") == tuning["tuning_id"],
        **tuning["choice"],
    }


def _blocked(house: House, snapshot: Snapshot, today: date) -> dict[str, Any]:
    down = takedowns_of(house, today)
    counts = {kind: len(ids) for kind, ids in vars(down).items()}
    return {**counts, "by_hand": by_hand(snapshot)}


def _erasures(house: House) -> dict[str, Any]:
    """Say what was erased, in numbers, and what is still to be."""
    erasures = Erasures(house.home)
    begun = erasures.open()
    return {
        "listeners": len(erasures.tombstones().hashes),
        "receipts": [receipt.receipt_id for receipt in erasures.receipts()],
        "open": None
        if begun is None
        else {"asked_at": begun.asked_at, "listeners": len(begun.listeners)},
    }


def lake_of(snapshot: Snapshot) -> dict[str, Any]:
    """Return what a lake holds, in numbers, ready for JSON."""
    plays = snapshot.parts_of(PLAYS.name)
    days = sorted({part.day for part in plays if part.day is not None})
    loaded = [record for record in snapshot.inputs_present if BY_HAND not in record.facts]
    refused = [record for record in snapshot.inputs if record.verdict != "loaded"]
    return {
        "snapshot_id": snapshot.snapshot_id,
        "files": len(loaded) + len(refused),
        "files_not_loaded": len(refused),
        "rows_in": sum(record.rows_in for record in loaded),
        "loaded": sum(record.loaded for record in loaded),
        "merged": sum(record.merged for record in loaded),
        "quarantined": sum(record.quarantined for record in loaded),
        "deduplicated": sum(record.deduplicated for record in loaded),
        "erased": sum(record.erased for record in loaded),
        "first_day": days[0].isoformat() if days else None,
        "last_day": days[-1].isoformat() if days else None,
    }


def _release(served: Release | None) -> dict[str, Any]:
    if served is None:
        names = ("run_id", "as_of", "algorithm", "listeners", "recommendations")
        more = (
            "choice",
            "tuned_by",
            "coverage",
            "holdout",
            "metrics",
            "cutoff",
            "gate",
            "goals",
            "content_hash",
        )
        return dict.fromkeys((*names, *more))
    manifest = served.manifest
    return {
        "run_id": served.release_id,
        "as_of": manifest.as_of.isoformat(),
        "algorithm": manifest.algorithm,
        "listeners": {"total": manifest.listeners, **manifest.about["listeners"]},
        "recommendations": dict(manifest.counts),
        "coverage": manifest.about["coverage"],
        "choice": manifest.about["report"].get("choice"),
        "tuned_by": manifest.about.get("tuning"),
        "holdout": manifest.about["report"]["holdout"],
        "metrics": manifest.metrics["rows"],
        "cutoff": manifest.about.get("cutoff"),
        "gate": dict(manifest.gate),
        "goals": manifest.about["report"].get("exposure", {}).get("goals", []),
        "content_hash": served.content_hash,
    }


def _reconciliation(
    house: House, served: Release | None, attempts: list[dict[str, Any]]
) -> dict[str, Any] | None:
    """Say whether the warehouse shows the served release, and what the last comparison found."""
    if served is None:
        return None
    compared = [
        attempt
        for attempt in attempts
        if attempt["run_id"] == served.release_id and "reconciliation" in attempt
    ]
    last: dict[str, Any] = compared[-1] if compared else {}
    found = {"lake": last.get("lake"), "differences": last.get("reconciliation")}
    try:
        return {**_in_warehouse(house, served), **found, "error": None}
    except (WarehouseUnreachableError, WarehouseNotReadyError) as error:
        # The rest of what is asked lies in the home: a warehouse that is away hides none of it.
        unknown = dict.fromkeys(("warehouse_run", "lagging", "rows"))
        place = house.warehouse.place
        return {"warehouse": place, **unknown, **found, "error": as_json(error)}


def _in_warehouse(house: House, served: Release) -> dict[str, Any]:
    run_id = house.warehouse.current()
    counts = house.warehouse.counts(served.release_id) if run_id == served.release_id else {}
    return {
        "warehouse": house.warehouse.place,
        "warehouse_run": run_id,
        "lagging": lagging(house.releases, house.warehouse),
        "rows": counts,
    }
