"""What `doctor` says of the bucket a home lies in, and the line that mends it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from rekomenda.pipeline.answering.doctor.store import look_at_store
from rekomenda.storage import objects
from support.command import call
from support.s3_server import Store


def looked(s3: Store, now: datetime | None = None) -> dict[str, tuple[str, str, str]]:
    """Return level, words and fix of each finding by name."""
    found = look_at_store(s3.mirror, now or datetime.now(UTC))
    return {f.name: (f.level, f.text.en, f.fix.en if f.fix else "") for f in found}


def test_nothing_is_said_of_a_folder(tmp_path):
    assert list(look_at_store(tmp_path, datetime.now(UTC))) == []


def test_all_is_well(s3: Store):
    assert looked(s3) == {"store": ("ok", f"{s3.home} is reached and may be listed", "")}


@pytest.mark.parametrize("minutes", [-8, 8])
def test_a_clock_that_is_off_is_told_before_the_store_refuses_it(s3: Store, minutes: int):
    level, text, fix = looked(s3, datetime.now(UTC) + timedelta(minutes=minutes))["clock"]
    assert level == "warning"
    assert "8 minutes off" in text
    assert "timedatectl set-ntp true" in fix


def test_an_upload_that_was_never_finished_is_told(s3: Store):
    s3.client.create_multipart_upload(Bucket=s3.bucket, Key="team/home/lake/plays/x.parquet")
    level, text, fix = looked(s3)["uploads"]
    assert (level, text) == ("warning", "1 upload was never finished")
    assert "`rekomenda gc`" in fix


def test_each_thing_in_the_way_has_a_line_that_mends_it(s3: Store, monkeypatch):
    monkeypatch.setattr(objects, "ATTEMPTS", 1)
    with monkeypatch.context() as patch:
        patch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
        level, text, fix = looked(s3)["store"]
    assert (level, "EndpointConnectionError" in text) == ("problem", True)
    assert "curl -sI" in fix
    with monkeypatch.context() as patch:
        patch.delenv("AWS_ACCESS_KEY_ID")
        assert "aws configure" in looked(s3)["store"][2]
    with monkeypatch.context() as patch:
        patch.setattr(type(s3), "home", "s3://no-such-bucket/x")
        assert "aws s3 mb s3://no-such-bucket" in looked(s3)["store"][2]


def test_the_command_looks_no_further_where_the_store_is_out_of_reach(s3: Store, monkeypatch):
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    monkeypatch.setattr(objects, "ATTEMPTS", 1)
    answer = call("--home", s3.home, "doctor", "--json")
    assert answer.code == 1
    assert "findings" in answer.json, answer.out
    names = [finding["name"] for finding in answer.json["findings"]]
    assert names[-1] == "store"
    assert "lake" not in names


def test_a_home_in_no_bucket_is_refused_with_the_way_to_write_it(s3: Store, monkeypatch):
    assert call("--home", "s3://", "status").code == 2
    monkeypatch.setenv("REKOMENDA_HOME", "s3://UPPER/x")
    answer = call("status")
    assert (answer.code, "s3://BUCKET/PREFIX" in answer.err) == (2, True)
    monkeypatch.setenv("REKOMENDA_HOME", s3.home)
    assert call("doctor").out.count(s3.home) >= 1
