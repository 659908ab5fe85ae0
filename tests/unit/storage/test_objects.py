"""A bucket: conditional writes that one of many wins, and answers that are not taken at their word."""

from __future__ import annotations

import io
import os
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from rekomenda.errors import (
    BucketNotFoundError,
    NoStoreCredentialsError,
    StoreUnreachableError,
)
from rekomenda.storage import objects
from rekomenda.storage.objects import Bucket, bucket
from support.s3_server import KEY, SECRET, Store


def test_what_was_put_is_got_with_its_hash(s3: Store):
    store = bucket(s3.bucket)
    etag = store.put("a/b", b"hello", replacing=None)
    body, facts = store.get("a/b") or (b"", None)
    assert body == b"hello"
    assert facts is not None
    assert (facts.etag, facts.size) == (etag, 5)
    assert facts.sha256 == "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824"
    assert [(item.key, item.etag, item.size) for item in store.listing("a/")] == [("a/b", etag, 5)]


def test_what_is_not_there_is_none(s3: Store):
    store = bucket(s3.bucket)
    assert store.get("nothing") is None
    assert store.head("nothing") is None
    assert store.put("nothing", b"x", replacing="0" * 32) is None
    store.delete(["nothing"])


@pytest.mark.parametrize("size", [3, 21])
def test_a_key_is_taken_once_and_replaced_only_by_who_knows_what_it_holds(
    s3: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, size: int
):
    """The larger one goes in parts."""
    monkeypatch.setattr(objects, "MULTIPART_FROM", 20 << 20)
    monkeypatch.setattr(objects, "PART_BYTES", 8 << 20)
    one, two = tmp_path / "one", tmp_path / "two"
    one.write_bytes(os.urandom(size << 20))
    two.write_bytes(os.urandom(size << 20))
    store = bucket(s3.bucket)
    first = store.put("k", one, replacing=None)
    assert first is not None
    assert first.endswith("-3") == (size == 21)
    assert store.put("k", two, replacing=None) is None
    assert store.put("k", two, replacing="0" * 32) is None
    assert store.put("k", one, replacing=None) == first, "the same bytes are no conflict"
    assert store.unfinished("") == []
    second = store.put("k", two, replacing=first)
    assert second not in {None, first}
    copy = io.BytesIO()
    store.fetch("k", copy)
    assert copy.getvalue() == two.read_bytes()


def test_f9_of_64_who_race_for_a_pointer_exactly_one_wins_each_round(s3: Store):
    store = bucket(s3.bucket)
    for number in range(5):
        key = f"pointer-{number}"
        before = store.put(key, b"before", replacing=None)
        start = threading.Barrier(64)

        def race(name: int, key: str = key, before=before, start=start) -> str | None:
            start.wait()
            return store.put(key, f"{name}".encode(), replacing=before)

        with ThreadPoolExecutor(64) as pool:
            tags = list(pool.map(race, range(64)))
        winners = [name for name, tag in enumerate(tags) if tag is not None]
        assert len(winners) == 1
        assert s3.read(key) == f"{winners[0]}".encode()


def test_deleting_takes_thousands(s3: Store):
    store = bucket(s3.bucket)
    for number in range(5):
        store.put(f"d/{number}", b"", replacing=None)
    store.delete([*(f"d/{number}" for number in range(5)), *(f"gone/{n}" for n in range(1500))])
    assert s3.listed() == []


def test_an_unfinished_upload_is_found_and_forgotten(s3: Store):
    begun = s3.client.create_multipart_upload(Bucket=s3.bucket, Key="x/y")
    store = bucket(s3.bucket)
    assert store.unfinished("x/") == [("x/y", begun["UploadId"])]
    store.abort("x/y", begun["UploadId"])
    store.abort("x/y", begun["UploadId"])
    assert store.unfinished("x/") == []


def test_a_bucket_that_is_not_there_is_named(s3: Store):
    with pytest.raises(BucketNotFoundError) as caught:
        Bucket("no-such-bucket").put("a", b"", replacing=None)
    assert caught.value.exit_code == 69
    assert "no-such-bucket" in str(caught.value)
    assert s3.endpoint in str(caught.value)


def test_without_credentials_it_says_where_they_are_looked_for(s3: Store, monkeypatch):
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    with pytest.raises(NoStoreCredentialsError) as caught:
        Bucket(s3.bucket).get("a")
    assert caught.value.exit_code == 77


def test_a_store_that_is_not_there_is_asked_so_often_and_no_secret_is_told(
    s3: Store, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://user:hidden@127.0.0.1:9")
    with pytest.raises(StoreUnreachableError) as caught:
        Bucket(s3.bucket, attempts=1).get("a")
    assert (caught.value.exit_code, caught.value.retryable) == (69, True)
    for said in (caught.value.message("en"), caught.value.message("pt-BR"), repr(caught.value)):
        assert not {word for word in (KEY, SECRET, "hidden") if word in said}


def test_all_attempts_together_take_less_than_a_minute():
    """Reckoned, not waited for: connection, answer and pause of every attempt, and giving back."""
    pauses = sum(2**n for n in range(objects.ATTEMPTS - 1))  # at most: botocore takes a random part
    each = max(objects.CONNECT_SECONDS, objects.READ_SECONDS)
    assert objects.ATTEMPTS * each + pauses + each <= 60
