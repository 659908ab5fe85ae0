"""Tombstones know an id again without naming it; a request stays open until there is a receipt."""

from __future__ import annotations

import hashlib
import json
from datetime import timedelta
from pathlib import Path

import pyarrow as pa
import pytest

from rekomenda.errors import CorruptError, FencedError
from rekomenda.storage import commit
from rekomenda.storage.erasures import Erasures, Request, Tombstones
from rekomenda.storage.lease import Lease
from support.homes import NOW, holding

FOUND = {"listeners": 2, "rows": {"lake/plays": 3}, "files": {"lake/plays": 1}}
NOTHING = {"listeners": 0, "rows": {}, "files": {}}


def request(*listeners: str, found: object = FOUND, hours: int = 0) -> Request:
    return Request(listeners, (NOW + timedelta(hours=hours)).isoformat(), found)


def done(home: Path, asked: Request):
    erasures = Erasures(home)
    with holding(home) as lease:
        erasures.begin(asked)
        erasures.bury(asked.listeners)
        return erasures.finish(asked, lease, NOW)


def test_before_anybody_is_forgotten_nobody_is_found(tmp_path: Path):
    stones = Erasures(tmp_path).tombstones()
    assert stones.among(pa.array(["a", None])).to_pylist() == [False, False]
    assert Erasures(tmp_path).open() is None
    assert Erasures(tmp_path).receipt_of(["a"]) is None
    assert list(tmp_path.iterdir()) == []


def test_the_buried_are_known_again_and_named_nowhere(tmp_path: Path):
    Erasures(tmp_path).bury(["zé", "0012"])
    Erasures(tmp_path).bury(["b"])
    stones = Erasures(tmp_path).tombstones()
    ids = pa.chunked_array([["zé", "12", None], ["0012", "b", "B", "zé"]])
    expected = [True, False, False, True, True, False, True]
    assert stones.among(ids).to_pylist() == expected
    assert stones.among(ids.combine_chunks().dictionary_encode()).to_pylist() == expected
    kept = (tmp_path / "erasures" / "tombstones").read_bytes()
    for name in ("zé", "0012"):
        assert name.encode() not in kept
        assert hashlib.sha256(name.encode()).hexdigest()[:32].encode() not in kept


def test_two_homes_keep_different_hashes_of_the_same_person(tmp_path: Path):
    one, other = (Erasures(tmp_path / name).bury(["a"]) for name in ("one", "other"))
    assert len(one.hashes) == len(other.hashes) == 1
    assert one.hashes != other.hashes


def test_damaged_tombstones_let_nothing_pass(tmp_path: Path):
    Erasures(tmp_path).bury(["a"])
    path = tmp_path / "erasures" / "tombstones"
    path.write_bytes(path.read_bytes().replace(b'"hashes"', b'"hushes"'))
    with pytest.raises(CorruptError):
        Erasures(tmp_path).tombstones()


def test_a_request_is_open_until_its_receipt_is_written_and_names_nobody_then(tmp_path: Path):
    erasures = Erasures(tmp_path)
    with holding(tmp_path) as lease:
        erasures.begin(request("a", "b"))
        assert erasures.open() == request("a", "b")
        erasures.bury(["a", "b"])
        receipt = erasures.finish(request("a", "b"), lease, NOW)
    assert erasures.open() is None
    assert erasures.receipts() == [receipt] == [erasures.receipt_of(["b", "a"])]
    assert receipt.found == FOUND
    (path,) = (tmp_path / "erasures").glob("*.json")
    assert set(json.loads(path.read_text())["hashes"]) == erasures.tombstones().hashes
    assert '"a"' not in path.read_text()


def test_the_same_erasure_again_keeps_its_receipt_and_one_that_finds_more_adds_to_it(
    tmp_path: Path,
):
    first = done(tmp_path, request("a"))
    assert done(tmp_path, request("a")) == first  # killed before the request was let go
    assert done(tmp_path, request("a", found=NOTHING, hours=1)) == first
    more = {"listeners": 1, "rows": {"files": 4, "lake/plays": 1}, "files": {"files": 2}}
    added = done(tmp_path, request("a", found=more, hours=2))
    assert added.receipt_id == first.receipt_id
    assert added.found == {
        "listeners": 2,
        "rows": {"lake/plays": 4, "files": 4},
        "files": {"lake/plays": 1, "files": 2},
    }
    assert done(tmp_path, request("a", "b")).receipt_id != first.receipt_id


def test_whoever_lost_the_lease_finishes_nothing(tmp_path: Path):
    with holding(tmp_path) as old:
        Erasures(tmp_path).bury(["a"])
    with holding(tmp_path):
        pass
    with pytest.raises(FencedError):
        Erasures(tmp_path).finish(request("a"), Lease(tmp_path, old.token), NOW)
    assert Erasures(tmp_path).receipts() == []


def test_without_hashes_no_key_is_needed():
    assert Tombstones().among(pa.array([], pa.string())).to_pylist() == []


def test_a_file_carried_over_is_the_same_and_outlives_the_first(tmp_path: Path):
    (tmp_path / "one").write_bytes(b"rows")
    commit.carry_over(tmp_path / "one", tmp_path / "below" / "two")
    (tmp_path / "one").unlink()
    assert (tmp_path / "below" / "two").read_bytes() == b"rows"
