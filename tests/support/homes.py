"""Small homes for the tests of storage: a few parts, a few releases, everything by hand."""

from __future__ import annotations

import json
from contextlib import AbstractContextManager
from datetime import UTC, date, datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from rekomenda.domain.recommendations import LIST_SCHEMA
from rekomenda.storage import commit
from rekomenda.storage.lake import Lake
from rekomenda.storage.lease import Holder, Lease, hold
from rekomenda.storage.publish import publish
from rekomenda.storage.release_manifest import Release, ReleaseManifest
from rekomenda.storage.releases import Draft, Releases
from rekomenda.storage.snapshots import InputRecord, LakeChange, Snapshot, StagedPart
from rekomenda.storage.warehouse.duckdb import DuckDBWarehouse

NOW = datetime(2024, 6, 30, 12, 0, tzinfo=UTC)
SHELVES = ("for_you", "again")


def holding(home: Path, command: str = "test") -> AbstractContextManager[Lease]:
    """Hold the lease of a home."""
    return hold(home, Holder.here(command, NOW))


def record(input_id: str, **facts: object) -> InputRecord:
    """Return the accounting of a file of three rows, all loaded."""
    values = {
        "input_id": input_id,
        "name": f"{input_id}.csv",
        "sha256": f"sha of {input_id}",
        "tables": ("plays",),
        "days": (),
        "rows_in": 3,
        "loaded": 3,
        "merged": 0,
        "quarantined": 0,
        "deduplicated": 0,
        "verdict": "loaded",
        "code": None,
        "reasons": {},
        "facts": {"encoding": "utf-8"},
        "ingested_at": NOW,
    }
    return InputRecord(**{**values, **facts})


def staged_part(
    folder: Path, input_id: str, day: date | None, rows: int, table: str = "plays"
) -> StagedPart:
    """Write a part whose rows are those of this input and day alone."""
    path = folder / f"{table}-{input_id}-{day}.parquet"
    texts = [f"{input_id} {day} {row}" for row in range(rows)]
    pq.write_table(pa.table({"track_id": texts}), path)
    return StagedPart(table=table, day=day, path=path, rows=rows, input_id=input_id)


def ingest(home: Path, input_id: str, days: dict[date | None, int], lease: Lease) -> Snapshot:
    """Bring one file: so many rows on each of its days."""
    with commit.staging(home) as folder:
        parts = tuple(staged_part(folder, input_id, day, rows) for day, rows in days.items())
        change = LakeChange(
            run_key=f"ingest {input_id}",
            created_at=NOW,
            added=parts,
            inputs=(record(input_id, loaded=sum(days.values()), rows_in=sum(days.values())),),
        )
        return Lake(home).commit(change, lease)


def lists(n_users: int, label: str = "t") -> pa.Table:
    """Return lists of three tracks for each listener and shelf, and one popular list."""
    rows = [
        {
            "user_id": user,
            "shelf": shelf,
            "rank": rank,
            "track_id": f"{label}{rank}",
            "score": 1 / rank,
            "personalised": user is not None,
            "reason_kind": "played" if rank == 1 else "popular",
            "reason_id": "forró" if rank == 1 else None,
            "reason_share": 0.25 * rank if rank < 3 else None,
            "reason_pt": "porque você ouviu forró",
            "reason_en": "because you played forró",
        }
        for user in [None, *(f"u{n:03}" for n in range(n_users))]
        for shelf in SHELVES
        for rank in (1, 2, 3)
    ]
    return pa.Table.from_pylist(rows, LIST_SCHEMA)


def draft(releases: Releases, release_id: str, *, n_users: int = 4, label: str = "t") -> Draft:
    """Write the files of a release: lists, and a report that holds a clock."""
    written = releases.draft(release_id)
    (written.path / "lists").mkdir()
    pq.write_table(lists(n_users, label), written.path / "lists" / "recommendations.parquet")
    (written.path / "report.json").write_text(json.dumps({"run_id": release_id}))
    return written


def manifest(release_id: str, *, n_users: int = 4, **facts: object) -> ReleaseManifest:
    """Return the manifest that goes with `draft`."""
    values = {
        "release_id": release_id,
        "as_of": date(2024, 6, 29),
        "created_at": NOW,
        "run_key": f"work of {release_id}",
        "snapshot_id": "000001-abc",
        "algorithm": "als",
        "listeners": n_users,
        "counts": dict.fromkeys(SHELVES, 3 * (n_users + 1)),
        "metrics": {"ndcg@10": 0.12},
        "gate": {"verdict": "passed"},
        "tables": {"recommendations": "lists/recommendations.parquet"},
        "volatile": ("report.json",),
    }
    return ReleaseManifest(**{**values, **facts})


def publish_one(
    home: Path, release_id: str, lease: Lease, *, n_users: int = 4, label: str = "t"
) -> Release:
    """Publish a small release of its own content."""
    releases = Releases(home)
    return publish(
        releases,
        DuckDBWarehouse(home),
        draft(releases, release_id, n_users=n_users, label=label),
        manifest(release_id, n_users=n_users),
        lease,
    )
