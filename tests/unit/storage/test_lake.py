"""The lake keeps what was brought, once, and knows when it was tampered with."""

from __future__ import annotations

import dataclasses
import json
from datetime import date, timedelta
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from rekomenda.errors import CorruptError, NewerFormatError
from rekomenda.storage import commit
from rekomenda.storage.documents import seal
from rekomenda.storage.lake import Lake
from rekomenda.storage.snapshots import EMPTY, LakeChange
from support.homes import NOW, holding, ingest, record, staged_part

MONDAY, TUESDAY = date(2024, 6, 3), date(2024, 6, 4)


def test_a_home_without_a_lake_is_empty(tmp_path: Path):
    assert Lake(tmp_path).snapshot() == EMPTY
    assert not (tmp_path / "lake").exists()


def test_a_commit_shows_its_rows_by_table_and_day(tmp_path: Path):
    with holding(tmp_path) as lease:
        snapshot = ingest(tmp_path, "a", {MONDAY: 2, TUESDAY: 1}, lease)
    lake = Lake(tmp_path)
    assert lake.snapshot() == snapshot
    assert snapshot.number == 1
    assert [(part.day, part.rows) for part in lake.parts("plays")] == [(MONDAY, 2), (TUESDAY, 1)]
    (part,) = lake.parts("plays", {TUESDAY})
    assert part.path.parent == tmp_path / "lake" / "plays" / "dia=2024-06-04"
    assert pq.read_table(part.path)["track_id"].to_pylist() == ["a 2024-06-04 0"]
    assert lake.parts("tracks") == ()


def test_r1_the_accounting_comes_back_as_it_was_given(tmp_path: Path):
    held = record("h", verdict="held", code="E_QUARANTINE", reasons={"E_NUL": 2}, days=(MONDAY,))
    with holding(tmp_path) as lease:
        Lake(tmp_path).commit(LakeChange(run_key="k", created_at=NOW, inputs=(held,)), lease)
    assert Lake(tmp_path).snapshot().inputs == (held,)


def test_r2_the_same_work_again_changes_nothing(tmp_path: Path):
    with holding(tmp_path) as lease:
        first = ingest(tmp_path, "a", {MONDAY: 2}, lease)
        before = commit.read_pointer(tmp_path / "lake" / "current")
        assert ingest(tmp_path, "a", {MONDAY: 2}, lease) == first
        assert Lake(tmp_path).commit(LakeChange(run_key="other", created_at=NOW), lease) == first
    assert commit.read_pointer(tmp_path / "lake" / "current") == before


def test_an_older_snapshot_stays_as_it_was(tmp_path: Path):
    with holding(tmp_path) as lease:
        first = ingest(tmp_path, "a", {MONDAY: 2}, lease)
        second = ingest(tmp_path, "b", {MONDAY: 1}, lease)
    assert Lake(tmp_path).snapshot_of(first.snapshot_id) == first
    assert second.parent == first.snapshot_id
    assert len(second.parts) == 2


def test_a_new_version_of_a_file_replaces_only_the_days_it_covers(tmp_path: Path):
    lake = Lake(tmp_path)
    with holding(tmp_path) as lease:
        ingest(tmp_path, "old", {MONDAY: 2, TUESDAY: 2}, lease)
        with commit.staging(tmp_path) as folder:
            change = LakeChange(
                run_key="new version",
                created_at=NOW,
                added=(staged_part(folder, "new", TUESDAY, 5),),
                inputs=(record("new", name="old.csv"),),
                removed_inputs={"old": frozenset({TUESDAY})},
            )
            snapshot = lake.commit(change, lease)
    held = [(part.input_id, part.day, part.rows) for part in snapshot.parts]
    assert sorted(held) == [("new", TUESDAY, 5), ("old", MONDAY, 2)]
    assert [r.input_id for r in snapshot.inputs_named("old.csv")] == ["old", "new"]


def test_a_single_part_can_be_taken_away(tmp_path: Path):
    lake = Lake(tmp_path)
    with holding(tmp_path) as lease:
        first = ingest(tmp_path, "a", {MONDAY: 2, TUESDAY: 1}, lease)
        gone = frozenset({first.parts[0]})
        after = lake.commit(LakeChange(run_key="x", created_at=NOW, removed_parts=gone), lease)
    assert after.parts == first.parts[1:]


def test_two_files_with_the_same_rows_both_count(tmp_path: Path):
    """They share one stored file, and the snapshot names it twice."""
    lake = Lake(tmp_path)
    with holding(tmp_path) as lease, commit.staging(tmp_path) as folder:
        one = staged_part(folder, "same", MONDAY, 2)
        twin = folder / "twin.parquet"
        twin.write_bytes(one.path.read_bytes())
        other = dataclasses.replace(one, path=twin, input_id="twin")
        snapshot = lake.commit(LakeChange(run_key="k", created_at=NOW, added=(one, other)), lease)
    assert len({part.path for part in snapshot.parts}) == 1
    assert sum(part.rows for part in lake.parts("plays")) == 4


def test_work_that_was_undone_is_done_again(tmp_path: Path):
    """The old version of a file, the new one, and the old one again: the last word counts."""
    lake = Lake(tmp_path)

    def bring(input_id: str, instead_of: str) -> None:
        with commit.staging(tmp_path) as folder:
            change = LakeChange(
                run_key=f"ingest {input_id}",
                created_at=NOW,
                added=(staged_part(folder, input_id, MONDAY, 1),),
                inputs=(record(input_id),),
                removed_inputs={instead_of: None},
            )
            lake.commit(change, lease)

    with holding(tmp_path) as lease:
        for input_id, instead_of in [("v1", "v2"), ("v2", "v1"), ("v1", "v2"), ("v1", "v2")]:
            bring(input_id, instead_of)
            assert [part.input_id for part in lake.parts("plays")] == [input_id]
    assert lake.snapshot().number == 3  # the last one changed nothing


def test_the_content_hash_does_not_see_clocks_ids_places_or_the_number_of_commits(tmp_path: Path):
    one, other = tmp_path / "one", tmp_path / "other"
    with holding(one) as lease:
        ingest(one, "a", {MONDAY: 2}, lease)
        first = ingest(one, "b", {TUESDAY: 1}, lease)
    with holding(other) as lease, commit.staging(other) as folder:
        later = NOW + timedelta(days=3)
        parts = (staged_part(folder, "b", TUESDAY, 1), staged_part(folder, "a", MONDAY, 2))
        inputs = (
            record("b", rows_in=1, loaded=1, ingested_at=later),
            record("a", rows_in=2, loaded=2, ingested_at=later),
        )
        change = LakeChange(run_key="both", created_at=later, added=parts, inputs=inputs)
        second = Lake(other).commit(change, lease)
        third = ingest(other, "c", {TUESDAY: 1}, lease)
    assert first.content_hash == second.content_hash != third.content_hash


@pytest.mark.parametrize(("table", "order_counts"), [("tracks", True), ("quarantine", False)])
def test_the_content_hash_sees_the_order_of_files_where_it_means_something(
    tmp_path: Path, table: str, order_counts: bool
):
    """Of two rows for one track the later one holds."""

    def lake_of(home: Path, order: str) -> str:
        for input_id in order:
            with holding(home) as lease, commit.staging(home) as folder:
                part = staged_part(folder, input_id, None, 1, table=table)
                inputs = (record(input_id),)
                change = LakeChange(run_key=input_id, created_at=NOW, added=(part,), inputs=inputs)
                snapshot = Lake(home).commit(change, lease)
        return snapshot.content_hash

    forward, backward = lake_of(tmp_path / "one", "ab"), lake_of(tmp_path / "other", "ba")
    assert (forward != backward) is order_counts


def test_a_moved_home_is_the_same_home(tmp_path: Path):
    old, new = tmp_path / "old home, são", tmp_path / "new"
    with holding(old) as lease:
        ingest(old, "a", {MONDAY: 2}, lease)
    old.rename(new)
    lake = Lake(new)
    lake.verify()
    (part,) = lake.parts("plays")
    assert part.path.is_relative_to(new)


def test_a_damaged_part_is_named_with_the_file_it_came_from(tmp_path: Path):
    with holding(tmp_path) as lease:
        ingest(tmp_path, "a", {MONDAY: 2, TUESDAY: 1}, lease)
    lake = Lake(tmp_path)
    lake.verify()
    path = lake.parts("plays", {TUESDAY})[0].path
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)
    lake.verify(lake.parts("plays", {MONDAY}))
    with pytest.raises(CorruptError) as caught:
        lake.verify()
    assert str(path) in str(caught.value)
    assert "a.csv" in caught.value.message("pt-BR")


def test_a_missing_part_is_named(tmp_path: Path):
    with holding(tmp_path) as lease:
        snapshot = ingest(tmp_path, "a", {MONDAY: 2}, lease)
    snapshot.parts[0].path.unlink()
    with pytest.raises(CorruptError, match="missing"):
        Lake(tmp_path).verify()


@pytest.mark.parametrize("damage", [b"", b"{}", b"[]", b'{"format": 1}', b"\xff\xfe"])
@pytest.mark.parametrize("target", ["pointer", "manifest"])
def test_a_damaged_manifest_or_pointer_is_never_taken_for_an_empty_lake(
    tmp_path: Path, damage: bytes, target: str
):
    with holding(tmp_path) as lease:
        snapshot = ingest(tmp_path, "a", {MONDAY: 2}, lease)
    lake = Lake(tmp_path)
    path = lake.pointer if target == "pointer" else lake.manifest_of(snapshot.snapshot_id)
    path.write_bytes(damage)
    with pytest.raises(CorruptError) as caught:
        lake.snapshot()
    assert str(path) in str(caught.value)


def test_a_lost_pointer_is_never_taken_for_an_empty_lake(tmp_path: Path):
    with holding(tmp_path) as lease:
        ingest(tmp_path, "a", {MONDAY: 2}, lease)
        ingest(tmp_path, "b", {MONDAY: 1}, lease)
    (tmp_path / "lake" / "current").unlink()
    with pytest.raises(CorruptError):
        Lake(tmp_path).snapshot()


def test_a_later_format_is_refused_and_left_alone(tmp_path: Path):
    with holding(tmp_path) as lease:
        ingest(tmp_path, "a", {MONDAY: 2}, lease)
        pointer = tmp_path / "lake" / "current"
        later = json.dumps({"format": 2, "snapshot_id": "x", "token": 99}).encode()
        pointer.write_bytes(later)
        with pytest.raises(NewerFormatError):
            ingest(tmp_path, "b", {MONDAY: 2}, lease)
    with pytest.raises(NewerFormatError), holding(tmp_path):
        pass
    assert pointer.read_bytes() == later


@pytest.mark.parametrize("path", ["../../outside.parquet", "/etc/passwd"])
def test_a_manifest_cannot_name_a_file_outside_the_lake(tmp_path: Path, path: str):
    with holding(tmp_path) as lease:
        snapshot = ingest(tmp_path, "a", {MONDAY: 2}, lease)
    manifest = Lake(tmp_path).manifest_of(snapshot.snapshot_id)
    document = json.loads(manifest.read_bytes())
    document["parts"][0]["path"] = path
    del document["checksum"], document["format"]
    manifest.write_bytes(seal(document))
    with pytest.raises(CorruptError):
        Lake(tmp_path).snapshot()
