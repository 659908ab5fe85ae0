"""gc removes what nothing reaches, nothing else, and says so beforehand."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from rekomenda.errors import CorruptError, FencedError
from rekomenda.storage import commit
from rekomenda.storage.gc import Rubbish, collect, plan
from rekomenda.storage.lake import Lake
from rekomenda.storage.lease import Lease
from rekomenda.storage.publish import roll_back
from rekomenda.storage.releases import Releases
from rekomenda.storage.snapshots import LakeChange
from rekomenda.storage.warehouse.duckdb import DuckDBWarehouse
from support.homes import NOW, draft, holding, ingest, manifest, publish_one

MONDAY = date(2024, 6, 3)


def kinds(home: Path, **keep: int) -> dict[Rubbish, int]:
    found = [item.kind for item in plan(home, **keep)]
    return {kind: found.count(kind) for kind in Rubbish if kind in found}


def test_an_empty_home_has_no_garbage(tmp_path: Path):
    assert plan(tmp_path, snapshots=1, releases=1) == []
    with holding(tmp_path) as lease:
        assert collect(tmp_path, lease, snapshots=1, releases=1) == []


def test_the_plan_touches_nothing_and_says_how_much_room_it_takes(tmp_path: Path):
    with holding(tmp_path):
        left = commit.stage(tmp_path)
    (left / "half.parquet").write_bytes(b"x" * 1000)
    (item,) = plan(tmp_path, snapshots=1, releases=1)
    assert item == (Rubbish.STAGED, left, 1000)
    assert left.exists()


def test_only_parts_that_no_kept_snapshot_names_go(tmp_path: Path):
    lake = Lake(tmp_path)
    with holding(tmp_path) as lease:
        first = ingest(tmp_path, "old", {MONDAY: 2}, lease)
        gone = LakeChange(run_key="x", created_at=NOW, removed_inputs={"old": None})
        lake.commit(gone, lease)
        last = ingest(tmp_path, "new", {MONDAY: 1}, lease)
        (old_part,) = first.parts
        assert kinds(tmp_path, snapshots=3, releases=1) == {}
        assert kinds(tmp_path, snapshots=2, releases=1) == {Rubbish.SNAPSHOT: 1, Rubbish.PART: 1}
        collect(tmp_path, lease, snapshots=2, releases=1)
    assert not old_part.path.exists()
    assert lake.snapshot() == last
    lake.verify()
    with pytest.raises(CorruptError):
        lake.snapshot_of(first.snapshot_id)


def test_a_manifest_that_a_crash_left_unpointed_goes_and_takes_no_place(tmp_path: Path):
    lake = Lake(tmp_path)
    with holding(tmp_path) as lease:
        first = ingest(tmp_path, "a", {MONDAY: 2}, lease)
        ingest(tmp_path, "b", {MONDAY: 1}, lease)
        stray = lake.manifest_of("000001-ffffffffffff")
        stray.write_text("torn")
        collect(tmp_path, lease, snapshots=2, releases=1)
    assert not stray.exists()
    assert lake.snapshot_of(first.snapshot_id) == first


def test_old_releases_go_with_their_runs_and_their_views(tmp_path: Path):
    releases, warehouse = Releases(tmp_path), DuckDBWarehouse(tmp_path)
    with holding(tmp_path) as lease:
        for number in range(1, 6):
            publish_one(tmp_path, f"r{number}", lease)
        collect(tmp_path, lease, snapshots=1, releases=3)
    assert [release.release_id for release in releases.list()] == ["r3", "r4", "r5"]
    assert warehouse.runs() == ["r3", "r4", "r5"]
    assert len(list(warehouse.path.glob("*.duckdb"))) == 1
    with warehouse.connect_read_only() as connection:
        shown = connection.execute("SELECT DISTINCT run_id FROM recommendations ORDER BY 1")
        assert shown.fetchall() == [("r3",), ("r4",), ("r5",)]
    assert plan(tmp_path, snapshots=1, releases=3) == []


def test_the_served_release_and_the_one_before_stay_however_old(tmp_path: Path):
    releases, warehouse = Releases(tmp_path), DuckDBWarehouse(tmp_path)
    with holding(tmp_path) as lease:
        for number in range(1, 6):
            publish_one(tmp_path, f"r{number}", lease)
        roll_back(releases, warehouse, lease, "r2")
        roll_back(releases, warehouse, lease, "r1")
        collect(tmp_path, lease, snapshots=1, releases=1)
    assert [release.release_id for release in releases.list()] == ["r1", "r2", "r5"]
    assert releases.current().release_id == warehouse.current() == "r1"
    releases.current().verify()


def test_rows_of_a_run_whose_release_is_not_kept_go(tmp_path: Path):
    """A crash between the warehouse and the release can leave such rows, of a run never retried."""
    warehouse = DuckDBWarehouse(tmp_path)
    with holding(tmp_path) as lease:
        publish_one(tmp_path, "r1", lease)
        warehouse.append("stray", {})
        collect(tmp_path, lease, snapshots=1, releases=1)
    assert warehouse.runs() == ["r1"]


def test_an_installed_release_waits_for_its_pointer(tmp_path: Path):
    releases = Releases(tmp_path)
    with holding(tmp_path) as lease:
        publish_one(tmp_path, "r1", lease)
        releases.install(draft(releases, "r2"), manifest("r2"))
        collect(tmp_path, lease, snapshots=1, releases=1)
    assert [release.release_id for release in releases.list()] == ["r1", "r2"]


def test_an_overtaken_collector_removes_nothing(tmp_path: Path):
    with holding(tmp_path) as lease:
        left = commit.stage(tmp_path)
    with holding(tmp_path), pytest.raises(FencedError):
        collect(tmp_path, Lease(tmp_path, lease.token), snapshots=1, releases=1)
    assert left.exists()


def test_with_a_damaged_manifest_nothing_goes(tmp_path: Path):
    """What it named is unknown, so it might be anything."""
    lake = Lake(tmp_path)
    with holding(tmp_path) as lease:
        first = ingest(tmp_path, "a", {MONDAY: 2}, lease)
        ingest(tmp_path, "b", {MONDAY: 1}, lease)
        lake.manifest_of(first.snapshot_id).write_text("torn")
        left = commit.stage(tmp_path)
        with pytest.raises(CorruptError):
            collect(tmp_path, lease, snapshots=2, releases=1)
    assert left.exists()
