"""A release is kept whole, never changes, and one pointer says which is served."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from rekomenda.errors import CannotWriteError, CorruptError, FencedError, ReleaseNotFoundError
from rekomenda.storage import commit
from rekomenda.storage.lease import Lease
from rekomenda.storage.release_manifest import Release
from rekomenda.storage.releases import Releases
from support.homes import NOW, draft, holding, manifest


def install(releases: Releases, release_id: str, label: str = "t", **facts: object) -> Release:
    return releases.install(draft(releases, release_id, label=label), manifest(release_id, **facts))


def test_before_the_first_release_there_is_none(tmp_path: Path):
    releases = Releases(tmp_path)
    assert releases.current() is None
    assert releases.previous() is None
    assert releases.list() == []


def test_an_installed_release_is_kept_and_not_served(tmp_path: Path):
    releases = Releases(tmp_path)
    release = install(releases, "r1")
    assert releases.current() is None
    assert releases.get("r1") == release
    assert release.manifest == manifest("r1")
    assert pq.read_table(release.table("recommendations")).num_rows == 30
    assert release.files["lists/recommendations.parquet"].rows == 30
    assert release.files["report.json"].rows is None
    assert list((tmp_path / "staging").iterdir()) == []


def test_the_pointer_names_the_served_release_and_the_one_before(tmp_path: Path):
    releases = Releases(tmp_path)
    for release_id in ("r1", "r2"):
        install(releases, release_id)
    with holding(tmp_path) as lease:
        releases.point_at("r1", lease)
        releases.point_at("r2", lease)
        releases.point_at("r2", lease)  # again: changes nothing
        assert releases.current().release_id == "r2"
        assert releases.previous().release_id == "r1"
        releases.point_at("r1", lease)
    assert (releases.current().release_id, releases.previous().release_id) == ("r1", "r2")


def test_a_release_that_is_not_kept_cannot_be_served(tmp_path: Path):
    releases = Releases(tmp_path)
    install(releases, "r1")
    with holding(tmp_path) as lease, pytest.raises(ReleaseNotFoundError) as caught:
        releases.point_at("r9", lease)
    assert "r1" in caught.value.message("pt-BR")
    assert releases.current() is None


def test_an_overtaken_writer_cannot_serve_anything(tmp_path: Path):
    releases = Releases(tmp_path)
    for release_id in ("r1", "r2"):
        install(releases, release_id)
    with holding(tmp_path) as lease:
        releases.point_at("r1", lease)
    with pytest.raises(FencedError):
        releases.point_at("r2", Lease(tmp_path, token=lease.token - 1))
    assert releases.current().release_id == "r1"


def test_the_same_content_again_changes_nothing(tmp_path: Path):
    releases = Releases(tmp_path)
    first = install(releases, "r1")
    again = install(releases, "r1", created_at=NOW + timedelta(days=1))
    assert again == first
    assert len(releases.list()) == 1


def test_an_unserved_release_with_other_content_is_replaced(tmp_path: Path):
    releases = Releases(tmp_path)
    first = install(releases, "r1", label="old")
    second = install(releases, "r1", label="new")
    assert second.content_hash != first.content_hash
    assert releases.get("r1") == second
    second.verify()


def test_a_served_release_never_changes(tmp_path: Path):
    releases = Releases(tmp_path)
    first = install(releases, "r1", label="old")
    with holding(tmp_path) as lease:
        releases.point_at("r1", lease)
    with pytest.raises(CannotWriteError):
        install(releases, "r1", label="new")
    assert releases.current() == first


def test_the_content_hash_does_not_see_clocks_ids_or_volatile_files(tmp_path: Path):
    one, other = Releases(tmp_path / "one"), Releases(tmp_path / "other")
    first = install(one, "r1")
    second = install(other, "r2", created_at=NOW + timedelta(days=1), run_key="later")
    assert first.content_hash == second.content_hash
    assert install(other, "r3", label="x").content_hash != first.content_hash
    assert install(other, "r4", algorithm="ease").content_hash != first.content_hash


def test_releases_are_listed_in_the_order_they_were_made_whatever_the_clock_says(tmp_path: Path):
    releases = Releases(tmp_path)
    for days, release_id in enumerate(("zebra", "ant", "cow")):
        install(releases, release_id, created_at=NOW - timedelta(days=days))
    assert [release.release_id for release in releases.list()] == ["zebra", "ant", "cow"]
    assert [release.number for release in releases.list()] == [1, 2, 3]


def test_work_that_was_done_is_found_again(tmp_path: Path):
    releases = Releases(tmp_path)
    install(releases, "r1", run_key="same")
    install(releases, "r2", run_key="same")
    install(releases, "r3", run_key="other")
    assert releases.find("same").release_id == "r2"
    assert releases.find("never") is None


def test_retention_spares_the_served_release_and_the_one_before(tmp_path: Path):
    releases = Releases(tmp_path)
    for number in range(1, 7):
        install(releases, f"r{number}")
    with holding(tmp_path) as lease:
        releases.point_at("r2", lease)
        releases.point_at("r1", lease)
    assert [release.release_id for release in releases.expired(2)] == ["r3", "r4"]
    assert releases.expired(9) == ()


@pytest.mark.parametrize("damage", ["flip", "truncate", "remove"])
def test_a_damaged_file_is_named(tmp_path: Path, damage: str):
    release = install(Releases(tmp_path), "r1")
    path = release.table("recommendations")
    data = bytearray(path.read_bytes())
    data[100] ^= 4
    if damage == "remove":
        path.unlink()
    else:
        path.write_bytes(data if damage == "flip" else data[:-1])
    with pytest.raises(CorruptError, match=r"recommendations\.parquet"):
        release.verify()


def test_a_damaged_old_release_does_not_stop_a_new_one(tmp_path: Path):
    releases = Releases(tmp_path)
    old = install(releases, "r1")
    install(releases, "r2")
    (old.path / "manifest.json").write_text("{}")
    assert [release.release_id for release in releases.list()] == ["r2"]
    assert install(releases, "r3").number == 3
    with pytest.raises(CorruptError):
        releases.get("r1")


def test_a_damaged_release_is_made_whole_by_the_same_work(tmp_path: Path):
    releases = Releases(tmp_path)
    release = install(releases, "r1")
    with holding(tmp_path) as lease:
        releases.point_at("r1", lease)
    release.table("recommendations").unlink()
    install(releases, "r1").verify()


def test_a_served_release_that_vanished_is_an_error_and_not_an_empty_home(tmp_path: Path):
    releases = Releases(tmp_path)
    release = install(releases, "r1")
    with holding(tmp_path) as lease:
        releases.point_at("r1", lease)
    (release.path / "manifest.json").unlink()
    with pytest.raises(CorruptError) as caught:
        releases.current()
    assert "rekomenda rollback" in caught.value.message("pt-BR")


def test_a_moved_home_serves_the_same_release(tmp_path: Path):
    old, new = tmp_path / "old", tmp_path / "new, moved"
    releases = Releases(old)
    install(releases, "r1")
    with holding(old) as lease:
        releases.point_at("r1", lease)
    old.rename(new)
    served = Releases(new).current()
    served.verify()
    assert served.path == new / "releases" / "r1"


@pytest.mark.parametrize("release_id", ["", "..", "a/b", "../x", ".hidden", "a b", "a*"])
def test_an_id_that_cannot_name_a_folder_is_refused(tmp_path: Path, release_id: str):
    with pytest.raises(ValueError, match="cannot name"):
        Releases(tmp_path).draft(release_id)
    with pytest.raises(ReleaseNotFoundError):
        Releases(tmp_path).get(release_id)


def test_a_manifest_cannot_name_a_file_outside_its_release(tmp_path: Path):
    release = install(Releases(tmp_path), "r1")
    path = release.path / "manifest.json"
    document = json.loads(path.read_bytes())
    document["tables"]["recommendations"] = "../../lake/x.parquet"
    del document["checksum"], document["format"]
    commit.write_file(path, commit.seal(document))
    with pytest.raises(CorruptError):
        Releases(tmp_path).get("r1")
