"""F8: twelve things that go wrong with an object store, at each operation, and all of them at random."""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import suppress
from datetime import date
from pathlib import Path

import pytest

from rekomenda.errors import RekomendaError, StoreDeniedError, StoreUnreachableError
from rekomenda.mirror import place_of
from rekomenda.storage import answers, commit, objects
from rekomenda.storage.lake import Lake
from rekomenda.storage.mirroring import pull
from rekomenda.storage.releases import Releases
from rekomenda.storage.snapshots import LakeChange
from rekomenda.storage.warehouse.duckdb import DuckDBWarehouse
from support.homes import NOW, holding, publish_one, record, staged_part
from support.s3_proxy import FAULTS, PASSING, Asked, Proxy, once, proxy_to
from support.s3_server import Store, store_at

OPERATIONS = ("get", "put", "list")
DAYS = (date(2024, 6, 28), date(2024, 6, 29))


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Lose patience sooner: what is waited for, not how often, is the same otherwise."""
    monkeypatch.setattr(objects, "READ_SECONDS", 2)
    monkeypatch.setattr(answers, "PATIENCE_SECONDS", 0.3)
    monkeypatch.setattr(answers, "PIECE", 64)


@pytest.fixture(scope="module")
def running(s3_server: str) -> Iterator[Proxy]:
    with proxy_to(s3_server) as proxy:
        yield proxy


@pytest.fixture
def proxy(running: Proxy) -> Iterator[Proxy]:
    running.met.clear()
    yield running
    running.choose = lambda _: None


@pytest.fixture
def s3(proxy: Proxy, s3_server: str, tmp_path: Path, monkeypatch, quick) -> Store:
    """Make a bucket that is looked into directly, and reached through the proxy."""
    store = store_at(s3_server, tmp_path, monkeypatch)
    monkeypatch.setenv("AWS_ENDPOINT_URL", proxy.endpoint)
    return store


def load(home: Path, name: str, day: date) -> None:
    with holding(home) as lease, commit.staging(home) as folder:
        part = staged_part(folder, name, day, 300)
        change = LakeChange(f"key {name}", NOW, (part,), (record(name, days=(day,)),))
        Lake(home).commit(change, lease)


def seen(home: Path) -> list[str]:
    """What a reader sees, every byte of it compared."""
    pull(home)
    lake = Lake(home)
    lake.verify()
    return sorted(each.name for each in lake.snapshot().inputs)


def everything(home: Path) -> None:
    """Load two days and publish a release; again, it changes nothing."""
    pull(home)
    for number, day in enumerate(DAYS):
        if f"file-{number}.csv" not in seen(home):
            load(home, f"file-{number}", day)
    with holding(home) as lease:
        publish_one(home, "r1", lease)


@pytest.mark.slow
@pytest.mark.parametrize("operation", OPERATIONS)
@pytest.mark.parametrize("fault", FAULTS)
def test_f8_each_fault_at_each_operation_is_got_over_or_told_and_the_next_attempt_converges(
    s3: Store, proxy: Proxy, fault: str, operation: str
):
    load(s3.mirror, "before", DAYS[0])
    s3.on_machine("two")
    proxy.choose = once(fault, operation, at=2 if operation == "get" else 1)
    try:
        load(s3.mirror, "after", DAYS[1])
        told = None
    except RekomendaError as error:
        told = error
    assert len(proxy.met) == 1
    proxy.choose = lambda _: None
    if fault in PASSING:
        assert told is None, told
    else:
        assert isinstance(told, StoreDeniedError)
        assert told.exit_code == 77
    s3.on_machine("three")
    assert seen(s3.mirror) == ([] if told else ["after.csv"]) + ["before.csv"]
    s3.on_machine("two")
    load(s3.mirror, "after", DAYS[1])
    assert seen(s3.mirror) == ["after.csv", "before.csv"]


@pytest.mark.parametrize("fault", FAULTS)
def test_f8_a_file_that_is_read_with_a_fault_is_whole_or_told(s3: Store, proxy: Proxy, fault: str):
    load(s3.mirror, "a", DAYS[0])
    s3.on_machine("two")
    pull(s3.mirror)
    proxy.choose = lambda asked: once_part(asked, fault, proxy)
    if fault in PASSING:
        Lake(s3.mirror).verify()
    else:
        with pytest.raises(StoreDeniedError):
            Lake(s3.mirror).verify()
    assert len(proxy.met) == 1
    proxy.choose = lambda _: None
    Lake(s3.mirror).verify()


def once_part(asked: Asked, fault: str, proxy: Proxy) -> str | None:
    part = asked.operation == "get" and ".parquet" in asked.path
    return fault if part and not proxy.met else None


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(6))
def test_f8_with_five_in_a_hundred_answers_wrong_every_run_succeeds(
    s3: Store, proxy: Proxy, seed: int
):
    dice = random.Random(seed)
    proxy.choose = lambda _: dice.choice(PASSING) if dice.random() < 0.05 else None
    everything(s3.mirror)
    s3.on_machine("two")
    assert seen(s3.mirror) == ["file-0.csv", "file-1.csv"]
    everything(s3.mirror)
    proxy.choose = lambda _: None
    s3.on_machine("three")
    assert seen(s3.mirror) == ["file-0.csv", "file-1.csv"]
    served = Releases(s3.mirror).current()
    assert served is not None
    served.verify()
    assert DuckDBWarehouse(s3.mirror).current() == served.release_id
    assert len(proxy.met) > 2


@pytest.mark.slow
def test_f8_an_outage_from_any_request_on_is_told_shows_nothing_half_and_is_got_over(
    s3: Store, proxy: Proxy, monkeypatch: pytest.MonkeyPatch
):
    """Each request of a whole job is once the first that fails; those after it fail too."""
    monkeypatch.setattr(objects, "ATTEMPTS", 1)
    asked_before = len(proxy.asked)  # by other tests of this module
    everything(s3.mirror)
    requests = len(proxy.asked) - asked_before
    assert requests > 50
    whole = reader_sees(s3, "witness")
    told = 0
    for first in range(2, requests, requests // 7):
        home = f"s3://{s3.bucket}/outage-{first}"
        begin = len(proxy.asked)
        proxy.choose = lambda asked, start=begin + first: (
            ("reset" if asked.number % 2 else "internal error") if asked.number >= start else None
        )
        s3.on_machine(f"broken-{first}")
        with suppress(StoreUnreachableError):  # code 69
            everything(place_of(home))
            told -= 1
        told += 1
        proxy.choose = lambda _: None
        s3.on_machine(f"reader-{first}")
        visible = state(place_of(home))
        assert visible in stages(whole), first
        s3.on_machine(f"broken-{first}" if first % 2 else f"fresh-{first}")
        expire_lease(s3, f"outage-{first}")
        everything(place_of(home))
        s3.on_machine(f"reader-{first}")
        assert state(place_of(home)) == whole, first
    assert told > 3


def reader_sees(s3: Store, machine: str) -> tuple:
    s3.on_machine(machine)
    return state(s3.mirror)


def state(home: Path) -> tuple:
    """What readers see: files in the lake, the release in service, the run that is shown."""
    files = tuple(seen(home))
    served = Releases(home).current()
    if served is not None:
        served.verify()
    return files, served and served.content_hash, DuckDBWarehouse(home).current()


def stages(whole: tuple) -> list[tuple]:
    """The states that a job goes through, one commit at a time."""
    files, content, run = whole
    return [
        ((), None, None),
        (files[:1], None, None),
        (files, None, None),
        (files, content, None),
        (files, content, run),
    ]


def expire_lease(s3: Store, prefix: str) -> None:
    """Let the lease of whoever was cut off run out, as a minute would."""
    from rekomenda.storage.documents import seal, unseal

    key = f"{prefix}/lease"
    if key in s3.listed():
        said = unseal(s3.read(key), Path("lease"))
        s3.client.put_object(Bucket=s3.bucket, Key=key, Body=seal({**said, "holder": None}))
