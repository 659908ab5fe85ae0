"""A home in a bucket, on one machine and on two: what is fetched, who may write, what a crash leaves."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest

from rekomenda.errors import BusyError, CorruptError, FencedError
from rekomenda.mirror import is_stand_in, mirror_of, place_of, uri_of
from rekomenda.storage import commit, gc, remote
from rekomenda.storage.documents import seal, unseal
from rekomenda.storage.erasures import Erasures
from rekomenda.storage.lake import Lake
from rekomenda.storage.mirroring import pull
from rekomenda.storage.releases import Releases
from rekomenda.storage.snapshots import LakeChange, Snapshot
from rekomenda.storage.writer import writer_of
from support.command import call
from support.homes import NOW, holding, record, staged_part
from support.s3_server import Store

DAY = date(2024, 6, 29)


def load(home: Path, name: str, day: date = DAY, rows: int = 3) -> Snapshot:
    """Commit a file of plays to the lake of a home."""
    with holding(home) as lease, commit.staging(home) as folder:
        part = staged_part(folder, name, day, rows)
        change = LakeChange(f"key {name}", NOW, (part,), (record(name, days=(day,)),))
        return Lake(home).commit(change, lease)


def names(home: Path) -> list[str]:
    return sorted(each.name for each in Lake(home).snapshot().inputs)


def lease_says(s3: Store) -> dict:
    return unseal(s3.read("team/home/lease"), Path("lease"))


def rewrite_lease(s3: Store, **changed: object) -> None:
    content = seal({**lease_says(s3), **changed})
    s3.client.put_object(Bucket=s3.bucket, Key="team/home/lease", Body=content)


def test_two_machines_write_and_read_in_turns(s3: Store):
    for number, machine in enumerate(["one", "two", "one", "two"]):
        s3.on_machine(machine)
        load(s3.mirror, f"file-{number}")
        s3.on_machine("one" if machine == "two" else "two")
        pull(s3.mirror)
        assert names(s3.mirror) == [f"file-{n}.csv" for n in range(number + 1)]
        Lake(s3.mirror).verify()
    assert lease_says(s3)["token"] == 4
    assert lease_says(s3)["holder"] is None


def test_a_bucket_says_of_parts_that_stay_there_whether_they_are_what_was_written(s3: Store):
    for name, day in (("a", DAY), ("b", date(2024, 6, 30))):
        load(s3.mirror, name, day)
    s3.on_machine("two")
    pull(s3.mirror)
    lake = Lake(s3.mirror)
    first, second = lake.snapshot().parts
    lake.vouch([first, second])
    assert all(is_stand_in(part.path) for part in (first, second))
    key = f"team/home/{second.path.relative_to(s3.mirror)}"
    s3.client.put_object(
        Bucket=s3.bucket, Key=key, Body=s3.read(key)
    )  # of bytes it says no hash of
    lake.vouch([first])
    with pytest.raises(CorruptError, match=second.path.name):
        lake.vouch([first, second])
    s3.client.delete_object(Bucket=s3.bucket, Key=key)
    with pytest.raises(CorruptError, match=second.path.name):
        lake.vouch([first, second])


def test_a_look_fetches_manifests_and_only_stands_in_for_parts(s3: Store):
    snapshot = load(s3.mirror, "a")
    s3.on_machine("two")
    pull(s3.mirror)
    (part,) = Lake(s3.mirror).snapshot().parts
    assert is_stand_in(part.path)
    assert part.path.stat().st_size == snapshot.parts[0].bytes
    Lake(s3.mirror).verify(fetched=False)
    assert is_stand_in(part.path), "vouched for, not fetched"
    Lake(s3.mirror).verify()
    assert not is_stand_in(part.path)
    assert part.path.read_bytes() == s3.read(mirror_of(s3.mirror).key_of(part.path))
    assert uri_of(part.path) == f"{s3.home}/lake/plays/dia=2024-06-29/{part.path.name}"


def test_a_part_that_is_damaged_here_is_fetched_again_and_one_damaged_there_is_told(s3: Store):
    (part,) = load(s3.mirror, "a").parts
    whole = part.path.read_bytes()
    part.path.write_bytes(bytes(len(whole)))
    Lake(s3.mirror).verify()
    assert part.path.read_bytes() == whole
    key = mirror_of(s3.mirror).key_of(part.path)
    s3.client.put_object(Bucket=s3.bucket, Key=key, Body=whole[:-1] + b"x")
    pull(s3.mirror)
    with pytest.raises(CorruptError) as caught:
        Lake(s3.mirror).verify()
    assert f"{s3.home}/lake/plays" in caught.value.message("en")
    s3.client.delete_object(Bucket=s3.bucket, Key=key)
    pull(s3.mirror)
    with pytest.raises(CorruptError):
        Lake(s3.mirror).verify(fetched=False)


def test_what_is_erased_from_the_bucket_does_not_live_on_in_another_mirror(s3: Store):
    (part,) = load(s3.mirror, "a").parts
    s3.on_machine("two")
    pull(s3.mirror)
    Lake(s3.mirror).verify()
    there = s3.mirror / part.path.relative_to(mirror_of(part.path).folder)
    assert there.exists()
    s3.on_machine("one")
    with holding(s3.mirror):
        commit.retire_files([part.path])
    assert not part.path.exists()
    s3.on_machine("two")
    pull(s3.mirror)
    assert not there.exists()


def test_while_one_machine_writes_another_is_turned_away_and_told_who(s3: Store):
    with holding(s3.mirror, "rekomenda run"):
        s3.on_machine("two")
        with pytest.raises(BusyError) as caught, holding(s3.mirror):
            pass
        assert "rekomenda run, pid" in caught.value.message("en")
        assert s3.home in caught.value.message("en")
        writer = writer_of(s3.mirror)
        assert writer is not None
        assert "rekomenda run" in writer.words.en
    assert writer_of(s3.mirror) is None
    with holding(s3.mirror):
        pass


def test_a_lease_that_was_not_renewed_in_time_is_taken_over_and_its_holder_comes_too_late(
    s3: Store,
):
    zombie = holding(s3.mirror)
    lost = zombie.__enter__()
    first = s3.mirror
    rewrite_lease(s3, seconds=-1)  # as if its minute were over
    s3.on_machine("two")
    load(s3.mirror, "theirs")
    with pytest.raises(FencedError) as caught:
        commit.swap_pointer(first / "lake/current", {"snapshot_id": "mine"}, lost)
    assert caught.value.facts["newest"] == 2
    with pytest.raises(FencedError):
        Erasures(first).bury(["somebody"])
    with pytest.raises(FencedError):
        commit.retire_files([first / "lake/current"])
    zombie.__exit__(None, None, None)
    assert lease_says(s3)["token"] == 2
    pull(s3.mirror)
    assert names(s3.mirror) == ["theirs.csv"]
    assert not Erasures(s3.mirror).tombstones().hashes


def test_who_was_paused_after_the_last_look_at_the_lease_is_stopped_by_the_pointer_itself(
    s3: Store, monkeypatch: pytest.MonkeyPatch
):
    load(s3.mirror, "before")
    first = s3.mirror
    zombie = holding(first)
    lost = zombie.__enter__()
    looked = type(lost).check

    def look_and_sleep(lease) -> None:
        looked(lease)
        monkeypatch.setattr(type(lost), "check", looked)
        rewrite_lease(s3, seconds=-1)
        s3.on_machine("two")
        load(s3.mirror, "theirs")
        s3.on_machine("one")

    monkeypatch.setattr(type(lost), "check", look_and_sleep)
    with pytest.raises(FencedError):
        commit.swap_pointer(first / "lake/current", {"snapshot_id": "mine"}, lost)
    zombie.__exit__(None, None, None)
    pull(first)
    assert names(first) == ["before.csv", "theirs.csv"]


def test_a_commit_that_came_between_is_not_lost_either(s3: Store):
    """The one that was paused commits while the next has the lease and has not committed yet."""
    load(s3.mirror, "before")
    key = "team/home/lake/current"
    with holding(s3.mirror) as lease:
        late = {**unseal(s3.read(key), Path("current")), "note": "theirs", "token": 1}
        s3.client.put_object(Bucket=s3.bucket, Key=key, Body=seal(late))
        with pytest.raises(FencedError):
            commit.swap_pointer(s3.mirror / "lake/current", {"snapshot_id": "mine"}, lease)
    assert unseal(s3.read(key), Path("current"))["note"] == "theirs"


def test_a_holder_that_died_on_this_machine_is_followed_at_once(s3: Store):
    load(s3.mirror, "a")
    from rekomenda.storage.object_lease import _name_of

    rewrite_lease(
        s3,
        holder={"command": "run", "since": NOW.isoformat(), "pid": 1, "host": "here"},
        mirror=_name_of(mirror_of(s3.mirror)),
    )
    s3.on_machine("two")
    with pytest.raises(BusyError), holding(s3.mirror):
        pass
    s3.on_machine("one")
    load(s3.mirror, "b")


def test_renewing_keeps_it_and_notices_that_it_is_lost(s3: Store):
    with holding(s3.mirror) as lease:
        before = s3.client.head_object(Bucket=s3.bucket, Key="team/home/lease")["ETag"]
        assert lease.claim.renew()
        assert s3.client.head_object(Bucket=s3.bucket, Key="team/home/lease")["ETag"] != before
        lease.check()
        rewrite_lease(s3, owner="somebody else", token=9)
        assert not lease.claim.renew()
        with pytest.raises(FencedError):
            lease.check()


def test_tokens_grow_though_somebody_deletes_the_lease(s3: Store):
    load(s3.mirror, "a")
    load(s3.mirror, "b")
    s3.client.delete_object(Bucket=s3.bucket, Key="team/home/lease")
    with holding(s3.mirror) as lease:
        assert lease.token == 3
    load(s3.mirror, "c")
    assert names(s3.mirror) == ["a.csv", "b.csv", "c.csv"]


def test_two_who_change_a_document_at_once_do_not_overwrite_each_other(s3: Store):
    with holding(s3.mirror):
        Erasures(s3.mirror).bury(["one"])
        body = s3.read("team/home/erasures/tombstones")
        s3.client.put_object(
            Bucket=s3.bucket, Key="team/home/erasures/tombstones", Body=body + b" "
        )
        with pytest.raises(FencedError):
            Erasures(s3.mirror).bury(["two"])


def test_gc_removes_what_a_crash_left_in_the_bucket(s3: Store):
    load(s3.mirror, "a")
    put = s3.client.put_object
    put(Bucket=s3.bucket, Key="team/home/lake/plays/dia=2024-06-29/orphan.parquet", Body=b"1")
    put(Bucket=s3.bucket, Key="team/home/releases/half-sent/lists.parquet", Body=b"22")
    put(Bucket=s3.bucket, Key="team/home/warehouse/runs/half/recommendations.parquet", Body=b"33")
    put(Bucket=s3.bucket, Key="team/other-home/lake/current", Body=b"not ours")
    s3.client.create_multipart_upload(Bucket=s3.bucket, Key="team/home/lake/plays/big.parquet")
    s3.on_machine("two")
    with holding(s3.mirror) as lease:
        found = gc.collect(s3.mirror, lease, snapshots=5, releases=5)
    assert sorted(str(item.kind) for item in found) == [
        "part", "release", "upload", "warehouse_run",
    ]  # fmt: skip
    assert not [key for key in s3.listed() if "orphan" in key or "half" in key]
    assert "team/other-home/lake/current" in s3.listed()
    assert remote.unfinished(s3.mirror) == []
    Lake(s3.mirror).verify()


def test_a_home_that_was_copied_in_by_other_means_can_be_read_and_written(
    s3: Store, tmp_path: Path
):
    local = tmp_path / "local"
    load(local, "a")
    for path in sorted(local.rglob("*")):
        if path.is_file() and path.name not in {"lease", "fence"}:
            key = f"team/home/{path.relative_to(local)}"
            s3.client.put_object(Bucket=s3.bucket, Key=key, Body=path.read_bytes())
    pull(s3.mirror)
    Lake(s3.mirror).verify()
    load(s3.mirror, "b")
    assert names(s3.mirror) == ["a.csv", "b.csv"]


def test_a_key_that_would_leave_the_mirror_is_left_alone(s3: Store):
    load(s3.mirror, "a")
    for key in ("lake/../../../x", "staging/x", "lake//x", "other/x"):
        s3.client.put_object(Bucket=s3.bucket, Key=f"team/home/{key}", Body=b"x")
    s3.on_machine("two")
    pull(s3.mirror)
    found = {p.name for p in s3.machines.rglob("*") if p.is_file()}
    assert "x" not in found
    assert names(s3.mirror) == ["a.csv"]


def test_the_mirror_of_each_home_and_store_is_a_folder_of_its_own(s3: Store, monkeypatch):
    places = {place_of(f"s3://{s3.bucket}/{name}") for name in ("a", "a/b", "", "b")}
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://elsewhere")
    places.add(place_of(f"s3://{s3.bucket}/a"))
    assert len(places) == 5
    assert all(oct(place.stat().st_mode)[-3:] == "700" for place in places)


def test_no_release_and_no_credential_is_written_into_the_mirror_marker(s3: Store):
    said = json.loads((s3.mirror / "mirror").read_text())
    assert said == {"bucket": s3.bucket, "prefix": "team/home/"}
    assert Releases(s3.mirror).current() is None


def test_without_the_extra_it_says_what_to_install(s3: Store, monkeypatch):
    monkeypatch.setitem(sys.modules, "boto3", None)
    monkeypatch.delitem(sys.modules, "rekomenda.storage.objects", raising=False)
    answer = call("--home", s3.home, "status")
    assert answer.code == 78
    assert "pip install 'rekomenda[s3]'" in answer.err


def test_a_home_that_is_a_folder_never_loads_the_extra(tmp_path: Path):
    script = (
        "import sys; from rekomenda.cli.main import run; "
        f"run(['--home', {str(tmp_path)!r}, 'status']); run(['--help']); "
        "sys.exit('boto3' in sys.modules)"
    )
    subprocess.run([sys.executable, "-c", script], check=True, capture_output=True)
