"""A release can be put in its own place without a listener: same id, same number, served or not."""

from __future__ import annotations

from pathlib import Path

from rekomenda.storage import commit
from rekomenda.storage.gc import Rubbish, plan
from rekomenda.storage.publish import lagging, roll_back
from rekomenda.storage.releases import Releases
from rekomenda.storage.warehouse.duckdb import DuckDBWarehouse
from support.homes import draft, holding, manifest, publish_one


def revise(home: Path, release_id: str, n_users: int):
    releases = Releases(home)
    written = draft(releases, release_id, n_users=n_users)
    old = releases.get(release_id)
    return releases.revise(old, written, manifest(release_id, n_users=n_users))


def test_a_revised_release_is_served_under_its_id_and_the_old_folder_is_gone(tmp_path: Path):
    with holding(tmp_path) as lease:
        first = publish_one(tmp_path, "r1", lease)
        revised = revise(tmp_path, "r1", 3)
        again = revise(tmp_path, "r1", 2)
    releases = Releases(tmp_path)
    assert releases.current() == again == releases.get("r1")
    assert (first.number, revised.number, again.number) == (1, 1, 1)
    assert len({first.content_hash, revised.content_hash, again.content_hash}) == 3
    assert [path.name for path in releases.path.iterdir() if path.is_dir()] == ["r1~2"]
    again.verify()


def test_a_revised_release_can_be_gone_back_to(tmp_path: Path):
    with holding(tmp_path) as lease:
        publish_one(tmp_path, "r1", lease)
        publish_one(tmp_path, "r2", lease, label="x")
        revised = revise(tmp_path, "r1", 3)
        releases, warehouse = Releases(tmp_path), DuckDBWarehouse(tmp_path)
        assert releases.previous() == revised
        roll_back(releases, warehouse, lease)
        assert releases.current() == revised
        assert not lagging(releases, warehouse)


def test_a_folder_that_a_crash_left_behind_is_not_seen_and_collected(tmp_path: Path):
    with holding(tmp_path) as lease:
        first = publish_one(tmp_path, "r1", lease)
        (tmp_path / "aside").mkdir()
        for name in first.files:
            commit.carry_over(first.path / name, tmp_path / "aside" / name)
        commit.carry_over(first.path / "manifest.json", tmp_path / "aside" / "manifest.json")
        revised = revise(tmp_path, "r1", 3)
        (tmp_path / "aside").rename(first.path)
    releases = Releases(tmp_path)
    assert releases.superseded() == (first.path,)
    assert releases.list() == [revised]
    found = plan(tmp_path, snapshots=1, releases=1)
    assert [(item.kind, item.path) for item in found] == [(Rubbish.RELEASE, first.path)]


def test_names_that_only_look_like_a_revision_are_left_alone(tmp_path: Path):
    with holding(tmp_path) as lease:
        release = publish_one(tmp_path, "r1", lease)
    (tmp_path / "releases" / "r1~").mkdir()
    (tmp_path / "releases" / "r1~old").mkdir()
    assert Releases(tmp_path).get("r1") == release
    assert Releases(tmp_path).superseded() == ()


def test_a_release_made_anew_under_a_revised_id_takes_the_place_of_all_of_it(tmp_path: Path):
    with holding(tmp_path) as lease:
        publish_one(tmp_path, "r1", lease)
        publish_one(tmp_path, "r2", lease, label="x")
        publish_one(tmp_path, "r3", lease, label="y")
        revise(tmp_path, "r1", 3)
        releases = Releases(tmp_path)
        anew = releases.install(draft(releases, "r1", label="z"), manifest("r1"))
    assert releases.get("r1") == anew
    assert anew.path.name == "r1"
