"""The strict job: a home in Ceph, which checks every signature and every checksum it is sent."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from rekomenda.errors import BusyError, StoreDeniedError
from rekomenda.storage import objects
from rekomenda.storage.lake import Lake
from rekomenda.storage.mirroring import pull
from rekomenda.storage.objects import Bucket, bucket
from rekomenda.storage.releases import Releases
from support.ceph import ceph
from support.command import done
from support.homes import holding
from support.s3_server import Store, store_at
from support.tiny_home import SETTINGS, SIZE, content

pytestmark = [pytest.mark.slow, pytest.mark.needs_ceph]


@pytest.fixture(scope="module")
def gateway(tmp_path_factory):
    with ceph(tmp_path_factory.mktemp("ceph")) as address:
        yield address


@pytest.fixture
def s3(gateway, tmp_path, monkeypatch) -> Store:
    for name, value in SETTINGS.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("AWS_REQUEST_CHECKSUM_CALCULATION", "when_required")
    monkeypatch.setenv("AWS_RESPONSE_CHECKSUM_VALIDATION", "when_required")
    return store_at(gateway, tmp_path, monkeypatch)


def test_conditions_parts_listings_and_deletes_do_what_they_say(s3, tmp_path, monkeypatch):
    monkeypatch.setattr(objects, "MULTIPART_FROM", 6 << 20)
    monkeypatch.setattr(objects, "PART_BYTES", 5 << 20)
    store = bucket(s3.bucket)
    large = tmp_path / "large"
    large.write_bytes(bytes(range(256)) * (12 << 12))
    first = store.put("a/large", large, replacing=None)
    assert first is not None
    assert store.put("a/large", b"other", replacing=None) is None
    assert store.put("a/large", b"other", replacing="0" * 32) is None
    second = store.put("a/large", b"other", replacing=first)
    assert second not in {None, first}
    assert [item.etag for item in store.listing("a/")] == [second]
    store.delete(["a/large", "a/gone"])
    assert store.get("a/large") is None
    assert store.unfinished("") == []


def test_f9_of_64_who_race_for_a_pointer_exactly_one_wins_each_round(s3):
    store = bucket(s3.bucket)
    for number in range(5):
        key = f"pointer-{number}"
        before = store.put(key, b"before", replacing=None)
        start = threading.Barrier(64)

        def race(name: int, key=key, before=before, start=start) -> str | None:
            start.wait()
            return store.put(key, f"{name}".encode(), replacing=before)

        with ThreadPoolExecutor(64) as pool:
            assert sum(tag is not None for tag in pool.map(race, range(64))) == 1


def test_a_wrong_secret_is_refused_and_told(s3, monkeypatch):
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "wrong")
    with pytest.raises(StoreDeniedError) as caught:
        Bucket(s3.bucket).get("a")
    assert "SignatureDoesNotMatch" in str(caught.value)


def test_the_whole_job_gives_what_a_folder_gives_on_two_machines(s3, tmp_path):
    done("generate", "--out", tmp_path / "world", *SIZE)
    for home in (tmp_path / "home", s3.home):
        done("--home", home, "ingest", tmp_path / "world")
        done("--home", home, "run", "--force", "--reason", "so few listeners prove nothing")
    with holding(s3.mirror):
        s3.on_machine("two")
        with pytest.raises(BusyError), holding(s3.mirror):
            pass
    pull(s3.mirror)
    Lake(s3.mirror).verify()
    served = Releases(s3.mirror).current()
    assert served is not None
    served.verify()
    done("--home", s3.home, "rebuild")
    assert content(s3.mirror) == content(tmp_path / "home")
    done("--home", s3.home, "forget", "U000001", "--yes")
    done("--home", s3.home, "gc")
    assert not [key for key, body in s3.objects().items() if b"U000001" in body]
