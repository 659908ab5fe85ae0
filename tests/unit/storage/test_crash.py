"""Killed at any step, each commit of storage is finished by doing it once more, plainly."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from rekomenda.storage import commit
from rekomenda.storage.gc import collect, plan
from rekomenda.storage.lake import Lake
from rekomenda.storage.publish import heal, tables_of
from rekomenda.storage.reconcile import reconcile
from rekomenda.storage.releases import Releases
from rekomenda.storage.warehouse.duckdb import DuckDBWarehouse
from support.crash import When, boundaries, crash
from support.homes import holding, ingest, publish_one

MONDAY, TUESDAY = date(2024, 6, 3), date(2024, 6, 4)
Work = Callable[[Path], object]


def bring_a_file(home: Path) -> None:
    with holding(home) as lease:
        ingest(home, "b", {MONDAY: 1, TUESDAY: 2}, lease)


def publish_a_release(home: Path) -> None:
    with holding(home) as lease:
        publish_one(home, "r3", lease, label="r3")


def collect_garbage(home: Path) -> None:
    with holding(home) as lease:
        collect(home, lease, snapshots=2, releases=2)


def visible(home: Path) -> dict[str, object]:
    """What a reader sees, without clocks and tokens; verified on the way."""
    lake, served = Lake(home), Releases(home).current()
    lake.verify()
    if served is not None:
        served.verify()
    return {
        "lake": lake.snapshot().content_hash,
        "served": served and served.content_hash,
        "shown": DuckDBWarehouse(home).current(),
    }


def content(home: Path) -> dict[str, object]:
    """What a reader sees, and all that is kept behind it."""
    warehouse = DuckDBWarehouse(home)
    return {
        **visible(home),
        "releases": {r.release_id: r.content_hash for r in Releases(home).list()},
        "rows": {run: warehouse.fingerprints(run)["recommendations"] for run in warehouse.runs()},
    }


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with three snapshots and three releases, and something left in staging."""
    home = tmp_path_factory.mktemp("storage") / "home"
    with holding(home) as lease:
        for input_id in ("z", "y", "x"):
            ingest(home, input_id, {MONDAY: 3}, lease)
        for release_id in ("r0", "r1", "r2"):
            publish_one(home, release_id, lease, label=release_id)
        (commit.stage(home) / "left.parquet").write_text("half")
    return home


def copy_of(home: Path, name: str) -> Path:
    copy = home.parent / name
    shutil.copytree(home, copy)
    return copy


@pytest.mark.slow
@pytest.mark.parametrize(
    ("work", "least"),
    [(bring_a_file, 20), (publish_a_release, 40), (collect_garbage, 40)],
    ids=["lake commit", "publish", "gc"],
)
def test_r5_killed_at_any_boundary_one_plain_rerun_converges(home: Path, work: Work, least: int):
    undisturbed = copy_of(home, f"{work.__name__} undisturbed")
    before = visible(home)
    count = len(boundaries(lambda: work(undisturbed)))
    after, expected = visible(undisturbed), content(undisturbed)
    assert count >= least
    points: list[tuple[int, When]] = [(number, "before") for number in range(count)]
    for number, when in [*points, (count - 1, "after")]:
        copy = copy_of(home, f"{work.__name__} {number} {when}")
        died_at = crash(lambda copy=copy: work(copy), number, when)
        for what, seen in visible(copy).items():
            assert seen in {before[what], after[what]}, died_at
        work(copy)
        assert content(copy) == expected, died_at
        shutil.rmtree(copy)


@pytest.mark.slow
def test_r5_killed_at_any_boundary_healing_and_gc_leave_a_healthy_home(home: Path):
    """The next command may be another one: what the publish left is healed, the rest collected."""
    undisturbed = copy_of(home, "undisturbed")
    count = len(boundaries(lambda: publish_a_release(undisturbed)))
    for number in range(0, count, 8):
        copy = copy_of(home, f"killed-{number}")
        died_at = crash(lambda copy=copy: publish_a_release(copy), number)
        releases, warehouse = Releases(copy), DuckDBWarehouse(copy)
        with holding(copy) as lease:
            heal(releases, warehouse, lease)
            collect(copy, lease, snapshots=9, releases=9)
        served = releases.current()
        assert warehouse.current() == served.release_id, died_at
        compared = reconcile(served.release_id, tables_of(served), warehouse)
        assert {found.differences for found in compared.values()} == {0}, died_at
        assert list((copy / "staging").iterdir()) == [], died_at
        assert plan(copy, snapshots=9, releases=9) == [], died_at


@pytest.mark.slow
def test_r5_killed_during_recovery_too_it_still_converges(home: Path):
    undisturbed = copy_of(home, "undisturbed twice")
    count = len(boundaries(lambda: publish_a_release(undisturbed)))
    expected = content(undisturbed)
    for first, second in [(count // 3, 5), (count // 2, 25), (count - 2, 9), (count - 5, 1)]:
        copy = copy_of(home, f"killed twice, {first} {second}")
        crash(lambda copy=copy: publish_a_release(copy), first)
        crash(lambda copy=copy: publish_a_release(copy), second)
        publish_a_release(copy)
        assert content(copy) == expected
