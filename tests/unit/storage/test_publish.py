"""A publish is seen whole or not at all, can be repeated, and leads back."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from rekomenda.errors import CorruptError, NoEarlierReleaseError, ReleaseNotFoundError
from rekomenda.storage.publish import heal, lagging, rebuild, roll_back, tables_of
from rekomenda.storage.reconcile import reconcile
from rekomenda.storage.releases import Releases
from rekomenda.storage.warehouse.duckdb import DuckDBWarehouse
from support.homes import draft, holding, manifest, publish_one


def state(home: Path) -> tuple[str | None, str | None]:
    current = Releases(home).current()
    return (current.release_id if current else None), DuckDBWarehouse(home).current()


def healthy(home: Path, release_id: str) -> bool:
    release = Releases(home).get(release_id)
    compared = reconcile(release_id, tables_of(release), DuckDBWarehouse(home))
    return all(found.differences == 0 for found in compared.values())


def test_a_published_release_is_served_and_in_the_warehouse(tmp_path: Path):
    with holding(tmp_path) as lease:
        publish_one(tmp_path, "r1", lease)
    assert state(tmp_path) == ("r1", "r1")
    assert healthy(tmp_path, "r1")
    with DuckDBWarehouse(tmp_path).connect_read_only() as connection:
        rows = connection.execute(
            "SELECT run_id, recommendations, gate FROM current_runs"
        ).fetchall()
    assert rows == [("r1", 30, "passed")]


@pytest.mark.parametrize("times", [2, 5])
def test_r2_publishing_again_changes_nothing(tmp_path: Path, times: int):
    with holding(tmp_path) as lease:
        first = publish_one(tmp_path, "r1", lease)
        sums = DuckDBWarehouse(tmp_path).fingerprints("r1")["recommendations"]
        for _ in range(times - 1):
            assert publish_one(tmp_path, "r1", lease) == first
    assert DuckDBWarehouse(tmp_path).fingerprints("r1")["recommendations"] == sums
    assert state(tmp_path) == ("r1", "r1")
    assert Releases(tmp_path).previous() is None


def test_rolling_back_serves_the_release_before(tmp_path: Path):
    releases, warehouse = Releases(tmp_path), DuckDBWarehouse(tmp_path)
    with holding(tmp_path) as lease:
        for release_id in ("r1", "r2", "r3"):
            publish_one(tmp_path, release_id, lease, label=release_id)
        assert roll_back(releases, warehouse, lease).release_id == "r2"
        assert state(tmp_path) == ("r2", "r2")
        assert roll_back(releases, warehouse, lease, "r1").release_id == "r1"
        assert state(tmp_path) == ("r1", "r1")
        with pytest.raises(ReleaseNotFoundError):
            roll_back(releases, warehouse, lease, "r9")


def test_r2_r5_going_back_again_changes_nothing(tmp_path: Path):
    """After a crash between the two pointers too: nobody is sent back to what they went from."""
    releases, warehouse = Releases(tmp_path), DuckDBWarehouse(tmp_path)
    with holding(tmp_path) as lease:
        for release_id in ("r1", "r2", "r3"):
            publish_one(tmp_path, release_id, lease, label=release_id)
        releases.point_at("r2", lease, by_hand=True)
        assert state(tmp_path) == ("r2", "r3")  # killed here
        for _ in range(2):
            assert roll_back(releases, warehouse, lease).release_id == "r2"
            assert state(tmp_path) == ("r2", "r2")
        assert releases.withdrawn() == {"r3"}
        roll_back(releases, warehouse, lease, "r1")
        assert releases.withdrawn() == {"r2", "r3"}
        assert releases.expired(1) == ()  # what was withdrawn must not be made again
        publish_one(tmp_path, "r4", lease)
        assert releases.withdrawn() == frozenset()
        assert roll_back(releases, warehouse, lease).release_id == "r1"


def test_there_is_nothing_before_the_first_release(tmp_path: Path):
    releases, warehouse = Releases(tmp_path), DuckDBWarehouse(tmp_path)
    with holding(tmp_path) as lease:
        publish_one(tmp_path, "r1", lease)
        with pytest.raises(NoEarlierReleaseError):
            roll_back(releases, warehouse, lease)
    assert state(tmp_path) == ("r1", "r1")


def test_a_damaged_release_is_not_rolled_back_to(tmp_path: Path):
    releases, warehouse = Releases(tmp_path), DuckDBWarehouse(tmp_path)
    with holding(tmp_path) as lease:
        damaged = publish_one(tmp_path, "r1", lease)
        publish_one(tmp_path, "r2", lease)
        damaged.table("recommendations").write_bytes(b"PAR1")
        with pytest.raises(CorruptError):
            roll_back(releases, warehouse, lease)
    assert state(tmp_path) == ("r2", "r2")


def test_rolling_back_brings_rows_that_the_warehouse_no_longer_has(tmp_path: Path):
    releases, warehouse = Releases(tmp_path), DuckDBWarehouse(tmp_path)
    with holding(tmp_path) as lease:
        for release_id in ("r1", "r2"):
            publish_one(tmp_path, release_id, lease)
        warehouse.delete(["r1"], lease)
        roll_back(releases, warehouse, lease)
    assert state(tmp_path) == ("r1", "r1")
    assert healthy(tmp_path, "r1")


def test_a_warehouse_that_lags_is_seen_and_healed(tmp_path: Path):
    """What a crash between the two pointers leaves."""
    releases, warehouse = Releases(tmp_path), DuckDBWarehouse(tmp_path)
    with holding(tmp_path) as lease:
        assert not lagging(releases, warehouse)
        publish_one(tmp_path, "r1", lease)
        assert not lagging(releases, warehouse)
        assert not heal(releases, warehouse, lease)
        releases.install(draft(releases, "r2"), manifest("r2"))
        releases.point_at("r2", lease)
        assert lagging(releases, warehouse)
        assert heal(releases, warehouse, lease)
    assert state(tmp_path) == ("r2", "r2")
    assert healthy(tmp_path, "r2")


def test_a_kept_release_that_the_warehouse_lacks_is_seen_and_brought(tmp_path: Path):
    """What a crash leaves of a backfill that is not served; a damaged one is in nobody's way."""
    releases, warehouse = Releases(tmp_path), DuckDBWarehouse(tmp_path)
    with holding(tmp_path) as lease:
        publish_one(tmp_path, "r1", lease)
        releases.install(draft(releases, "backfill"), manifest("backfill"))
        damaged = releases.install(draft(releases, "damaged", label="d"), manifest("damaged"))
        damaged.table("recommendations").write_bytes(b"PAR1")
        assert lagging(releases, warehouse)
        assert heal(releases, warehouse, lease)
    assert state(tmp_path) == ("r1", "r1")
    assert warehouse.runs() == ["backfill", "r1"]
    assert healthy(tmp_path, "backfill")
    with warehouse.connect_read_only() as connection:
        shown = connection.execute("SELECT run_id FROM runs ORDER BY 1").fetchall()
    assert shown == [("backfill",), ("r1",)]


def test_a_damaged_warehouse_pointer_is_healed(tmp_path: Path):
    releases, warehouse = Releases(tmp_path), DuckDBWarehouse(tmp_path)
    with holding(tmp_path) as lease:
        publish_one(tmp_path, "r1", lease)
        warehouse.pointer.write_text("torn")
        assert lagging(releases, warehouse)
        assert heal(releases, warehouse, lease)
    assert state(tmp_path) == ("r1", "r1")


def test_a_damaged_release_pointer_is_replaced_by_naming_a_release(tmp_path: Path):
    releases, warehouse = Releases(tmp_path), DuckDBWarehouse(tmp_path)
    with holding(tmp_path) as lease:
        for release_id in ("r1", "r2"):
            publish_one(tmp_path, release_id, lease)
        releases.pointer.write_text("torn")
        with pytest.raises(CorruptError) as caught:
            roll_back(releases, warehouse, lease)
        assert "rekomenda rollback --to" in caught.value.message("pt-BR")
        roll_back(releases, warehouse, lease, "r2")
    assert state(tmp_path) == ("r2", "r2")


@pytest.mark.parametrize("damage", [b"", b"not a database", None])
def test_damaged_views_are_made_again(tmp_path: Path, damage: bytes | None):
    releases, warehouse = Releases(tmp_path), DuckDBWarehouse(tmp_path)
    with holding(tmp_path) as lease:
        publish_one(tmp_path, "r1", lease)
        (views,) = warehouse.path.glob("*.duckdb")
        views.write_bytes(views.read_bytes()[:5000] if damage is None else damage)
        rebuild(releases, warehouse, lease)
    with warehouse.connect_read_only() as connection:
        assert connection.execute("SELECT count(*) FROM recommendations").fetchone() == (30,)


def test_a_warehouse_is_rebuilt_from_the_releases_alone(tmp_path: Path):
    releases, warehouse = Releases(tmp_path), DuckDBWarehouse(tmp_path)
    with holding(tmp_path) as lease:
        for release_id in ("r1", "r2"):
            publish_one(tmp_path, release_id, lease, label=release_id)
        before = {run: warehouse.fingerprints(run)["recommendations"] for run in warehouse.runs()}
        warehouse.path.rename(tmp_path / "lost")
        assert rebuild(releases, warehouse, lease) == ["r1", "r2"]
    after = {run: warehouse.fingerprints(run)["recommendations"] for run in warehouse.runs()}
    assert after == before
    assert state(tmp_path) == ("r2", "r2")


def test_a_rebuild_repairs_damaged_rows(tmp_path: Path):
    releases, warehouse = Releases(tmp_path), DuckDBWarehouse(tmp_path)
    with holding(tmp_path) as lease:
        publish_one(tmp_path, "r1", lease)
        damaged = warehouse.path / "runs" / "r1" / "recommendations.parquet"
        data = bytearray(damaged.read_bytes())
        data[50] ^= 255
        damaged.write_bytes(data)
        rebuild(releases, warehouse, lease)
    assert healthy(tmp_path, "r1")


@pytest.mark.slow
def test_r3_a_reader_during_twenty_publishes_never_sees_a_mixture(tmp_path: Path):
    """Each release and each run has its own label in every row; the reader polls without pause."""
    with holding(tmp_path) as lease:
        publish_one(tmp_path, "r00", lease, label="r00-")
    child = os.fork()
    if child == 0:
        code = 1
        try:
            with holding(tmp_path) as lease:
                for number in range(1, 21):
                    release_id = f"r{number:02}"
                    publish_one(tmp_path, release_id, lease, label=f"{release_id}-")
            code = 0
        finally:
            os._exit(code)
    seen: set[str] = set()
    running = True
    while running:
        running = os.waitpid(child, os.WNOHANG) == (0, 0)
        seen.add(_read_release(tmp_path))
        seen.add(_read_warehouse(tmp_path))
    assert _read_release(tmp_path) == _read_warehouse(tmp_path) == "r20"
    assert len(seen) > 2


def _read_release(home: Path) -> str:
    import pyarrow.parquet as pq

    release = Releases(home).current()
    release.verify()
    tracks = pq.read_table(release.table("recommendations"))["track_id"].to_pylist()
    assert {track.split("-")[0] for track in tracks} == {release.release_id}
    assert len(tracks) == 30
    return release.release_id


def _read_warehouse(home: Path) -> str:
    with DuckDBWarehouse(home).connect_read_only() as connection:
        query = "SELECT run_id, split_part(track_id, '-', 1), count(*) FROM {} GROUP BY ALL"
        rows = connection.execute(query.format("current_recommendations")).fetchall()
        (current,) = connection.execute("SELECT run_id FROM current_run").fetchone()
    assert rows == [(current, current, 30)]
    return current
