"""The order in which a release becomes visible, and how a half-done publish is finished.

Release folder (kept, unseen) → warehouse rows (appended, unseen) → release pointer → warehouse
pointer. The release is the truth: whatever a crash leaves behind the release pointer, `heal`
brings the warehouse to where that pointer says.
"""

from __future__ import annotations

import pyarrow as pa

from rekomenda.domain.warehouse_schema import RUNS
from rekomenda.errors import CorruptError, NoEarlierReleaseError
from rekomenda.storage.commit import Fence
from rekomenda.storage.mirroring import at_hand
from rekomenda.storage.release_manifest import Release, ReleaseManifest
from rekomenda.storage.releases import Draft, Releases
from rekomenda.storage.warehouse.base import Rows, Warehouse
from rekomenda.telemetry.logs import get_logger

log = get_logger(__name__)


def publish(
    releases: Releases,
    warehouse: Warehouse,
    draft: Draft,
    manifest: ReleaseManifest,
    lease: Fence,
) -> Release:
    """Keep a draft as a release, copy its rows to the warehouse, and serve it.

    Doing it again with the same content changes nothing.

    Raises
    ------
    FencedError
        If the lease was lost; the served release stays.
    CannotWriteError, NoPermissionError, DeviceError
        If something cannot be written; the served release stays.
    """
    release = releases.install(draft, manifest)
    warehouse.append(release.release_id, tables_of(release))
    _serve(releases, warehouse, release, lease)
    return release


def keep(
    releases: Releases,
    warehouse: Warehouse,
    draft: Draft,
    manifest: ReleaseManifest,
    lease: Fence,
) -> Release:
    """As `publish`, but leave in service what is: the release is kept, in the warehouse too."""
    release = releases.install(draft, manifest)
    warehouse.append(release.release_id, tables_of(release))
    served = releases.current()
    if served is not None:
        _serve(releases, warehouse, served, lease)
    return release


def serve_kept(releases: Releases, warehouse: Warehouse, lease: Fence, release: Release) -> Release:
    """Serve a release that was kept, after verifying its bytes.

    Raises
    ------
    CorruptError
        If it is damaged; the served release stays.
    """
    release.verify()
    _serve(releases, warehouse, release, lease)
    return release


def _serve(
    releases: Releases,
    warehouse: Warehouse,
    release: Release,
    lease: Fence,
    *,
    by_hand: bool = False,
) -> None:
    for missing in _missing(releases, warehouse):
        _bring(missing, warehouse, needed=missing.release_id == release.release_id)
    releases.point_at(release.release_id, lease, by_hand=by_hand)
    warehouse.set_current(release.release_id, lease)


def roll_back(
    releases: Releases, warehouse: Warehouse, lease: Fence, release_id: str | None = None
) -> Release:
    """Serve an earlier release again (default: the one before), after verifying its bytes.

    Going back without a name is done once: again, after a crash for instance, it finishes what was
    begun and changes nothing else.

    Raises
    ------
    NoEarlierReleaseError
        If there is none before.
    ReleaseNotFoundError
        If the named one is not kept.
    CorruptError
        If it is damaged; the served release stays.
    """
    chosen = _before(releases) if release_id is None else releases.get(release_id)
    if chosen is None:
        raise NoEarlierReleaseError(home=releases.home)
    chosen.verify()
    _serve(releases, warehouse, chosen, lease, by_hand=True)
    return chosen


def _before(releases: Releases) -> Release | None:
    """Return the release to go back to: the one in service, where a person went back to it."""
    return releases.current() if releases.withdrawn() else releases.previous()


def lagging(releases: Releases, warehouse: Warehouse) -> bool:
    """Whether the warehouse shows another run than the release in service, or lacks a kept one."""
    served = releases.current()
    if served is None:
        return False
    try:
        behind = warehouse.current() != served.release_id
    except CorruptError:
        return True
    return behind or bool(_missing(releases, warehouse))


def heal(releases: Releases, warehouse: Warehouse, lease: Fence) -> bool:
    """Bring the warehouse to the release in service and those kept; return whether it was not."""
    served = releases.current()
    if served is None or not lagging(releases, warehouse):
        return False
    _serve(releases, warehouse, served, lease)
    return True


def rebuild(releases: Releases, warehouse: Warehouse, lease: Fence) -> list[str]:
    """Fill the warehouse from the kept releases alone, and return their ids.

    What is there and right stays; what is missing or damaged is written again.

    Raises
    ------
    CorruptError
        If a release is damaged.
    """
    kept = releases.list()
    for release in kept:
        release.verify()
        warehouse.append(release.release_id, tables_of(release))
    served = releases.current()
    if served is not None:
        warehouse.set_current(served.release_id, lease)
    return [release.release_id for release in kept]


def _missing(releases: Releases, warehouse: Warehouse) -> list[Release]:
    """Return the kept releases whose rows a crash kept from the warehouse, or somebody deleted."""
    runs = set(warehouse.runs())
    return [release for release in releases.list() if release.release_id not in runs]


def _bring(release: Release, warehouse: Warehouse, *, needed: bool) -> None:
    """Fill in a release's rows; a damaged one that is not needed must not stand in the way."""
    try:
        release.verify()
    except CorruptError as error:
        if needed:
            raise
        log.warning("damaged release left out", path=str(release.path), error=str(error))
        return
    warehouse.append(release.release_id, tables_of(release))


def tables_of(release: Release) -> dict[str, Rows]:
    """Return a release's rows by warehouse table: its Parquet files, and itself as a row of `runs`."""
    files = {name: at_hand(release.path / file) for name, file in release.manifest.tables.items()}
    return {**files, RUNS.name: _run_row(release)}


def _run_row(release: Release) -> pa.Table:
    manifest = release.manifest
    row = {
        "run_id": manifest.release_id,
        "as_of": manifest.as_of,
        "created_at": manifest.created_at,
        "snapshot_id": manifest.snapshot_id,
        "algorithm": manifest.algorithm,
        "listeners": manifest.listeners,
        "recommendations": sum(manifest.counts.values()),
        "gate": manifest.gate.get("verdict"),
        "content_hash": release.content_hash,
    }
    return pa.Table.from_pylist([row], schema=RUNS.arrow)
