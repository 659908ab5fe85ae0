"""Removing what nothing can reach any more: old releases, old lake snapshots, leftovers.

Kept are the last K lake snapshots and every part they name, the last K releases, always the
release in service and the one before it, and the warehouse runs of kept releases. All else goes:
what a crash left behind too. Names go before the things they name, so a collection that dies
halfway leaves nothing that points at nothing, and the next one goes on.
"""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum
from itertools import islice
from pathlib import Path
from typing import NamedTuple

from rekomenda.mirror import mirror_of
from rekomenda.storage import commit, remote
from rekomenda.storage.commit import Fence
from rekomenda.storage.lake import Lake
from rekomenda.storage.releases import Releases
from rekomenda.storage.snapshots import Snapshot
from rekomenda.storage.warehouse.base import Warehouse
from rekomenda.storage.warehouse.duckdb import DuckDBWarehouse


class Rubbish(StrEnum):
    """What kind of thing can go."""

    STAGED = "staged"
    RELEASE = "release"
    WAREHOUSE_RUN = "warehouse_run"
    WAREHOUSE_FILE = "warehouse_file"
    SNAPSHOT = "snapshot"
    PART = "part"
    UPLOAD = "upload"


class Garbage(NamedTuple):
    """One file or folder that can go, and the room it takes."""

    kind: Rubbish
    path: Path
    bytes: int


def plan(
    home: Path, *, snapshots: int, releases: int, warehouse: Warehouse | None = None
) -> list[Garbage]:
    """Return what `collect` would remove, in its order; nothing is touched.

    Parameters
    ----------
    home : Path
    snapshots, releases : int
        How many of the newest to keep, >= 1.
    warehouse : Warehouse, optional
        Default: the one in the home.

    Raises
    ------
    CorruptError, NewerFormatError
        If a manifest cannot be read: what it names is unknown, so nothing can go.
    """
    lake, kept, warehouse = Lake(home), Releases(home), warehouse or DuckDBWarehouse(home)
    return [
        Garbage(kind, path, _size(path))
        for kind, path in (
            *_leftovers(home),
            *((Rubbish.UPLOAD, path) for path, _ in remote.unfinished(home)),
            *_old_releases(kept, warehouse, releases),
            *_half_sent(kept, warehouse),
            *((Rubbish.WAREHOUSE_FILE, path) for path in _stale_files(warehouse)),
            *_old_snapshots(lake, snapshots),
        )
    ]


def collect(
    home: Path,
    lease: Fence,
    *,
    snapshots: int,
    releases: int,
    warehouse: Warehouse | None = None,
) -> list[Garbage]:
    """Remove what `plan` lists, and return it.

    Only the holder of the lease stages anything, so whatever lies in staging now was left there.

    Raises
    ------
    FencedError
        If the lease was lost; nothing more is removed.
    """
    lease.check()
    warehouse = warehouse or DuckDBWarehouse(home)
    garbage = plan(home, snapshots=snapshots, releases=releases, warehouse=warehouse)
    of = {kind: [item.path for item in garbage if item.kind is kind] for kind in Rubbish}
    for path in of[Rubbish.STAGED]:
        commit.discard(path)
    remote.abort(home)
    for kind, path in _half_sent(Releases(home), warehouse):
        if kind is Rubbish.WAREHOUSE_RUN:
            commit.retire_folder(path, home)
    warehouse.delete([path.name for path in of[Rubbish.WAREHOUSE_RUN]], lease)
    # Asked again: forgetting runs may have brought an earlier file back into service.
    commit.retire_files(_stale_files(warehouse))
    for path in of[Rubbish.RELEASE]:
        lease.check()
        commit.retire_folder(path, home)
    lease.check()
    commit.retire_files(of[Rubbish.SNAPSHOT])
    commit.retire_files(of[Rubbish.PART])
    return garbage


def _leftovers(home: Path) -> Iterator[tuple[Rubbish, Path]]:
    staging = home / commit.STAGING
    for path in sorted(staging.iterdir()) if staging.is_dir() else ():
        yield Rubbish.STAGED, path


def _half_sent(releases: Releases, warehouse: Warehouse) -> Iterator[tuple[Rubbish, Path]]:
    """Yield folders that a crash kept from being whole in the bucket; elsewhere they appear whole."""
    if mirror_of(releases.home) is None:
        return
    if isinstance(warehouse, DuckDBWarehouse):
        for path in warehouse.unfinished_runs():
            yield Rubbish.WAREHOUSE_RUN, path
    for path in releases.unfinished():
        yield Rubbish.RELEASE, path


def _old_releases(
    releases: Releases, warehouse: Warehouse, keep: int
) -> Iterator[tuple[Rubbish, Path]]:
    expired = {release.release_id: release.path for release in releases.expired(keep)}
    kept = {release.release_id for release in releases.list()} - set(expired)
    for run_id in warehouse.runs():
        if run_id not in kept and run_id != warehouse.current():
            # On a server it takes no room here, and has the name that it would have here.
            yield Rubbish.WAREHOUSE_RUN, releases.home / "warehouse" / "runs" / run_id
    for path in (*releases.superseded(), *expired.values()):
        yield Rubbish.RELEASE, path


def _stale_files(warehouse: Warehouse) -> list[Path]:
    """Return files of views that are in service no more: only the warehouse in the home has any."""
    return warehouse.stale_files() if isinstance(warehouse, DuckDBWarehouse) else []


def _old_snapshots(lake: Lake, keep: int) -> Iterator[tuple[Rubbish, Path]]:
    named, reachable = set(), set()
    for snapshot in islice(_history(lake), keep):
        named.add(lake.manifest_of(snapshot.snapshot_id))
        reachable |= {part.path for part in snapshot.parts}
    for path in sorted((lake.path / "snapshots").glob("*.json")):
        if path not in named:
            yield Rubbish.SNAPSHOT, path
    for path in sorted(lake.path.rglob("*.parquet")):
        if path not in reachable:
            yield Rubbish.PART, path


def _history(lake: Lake) -> Iterator[Snapshot]:
    """Walk from the current snapshot back along its parents, as far as they are kept.

    Not by number: a manifest that a crash left unpointed has a number too, but is nobody's parent.
    """
    snapshot = lake.snapshot()
    while snapshot.number:
        yield snapshot
        parent = snapshot.parent
        if parent is None or not lake.manifest_of(parent).exists():
            return
        snapshot = lake.snapshot_of(parent)


def _size(path: Path) -> int:
    if path.is_file():
        return path.stat().st_size
    if not path.exists():
        return 0
    return sum(file.stat().st_size for file in path.rglob("*") if file.is_file())
