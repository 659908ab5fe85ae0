"""Who was forgotten, as keyed hashes; which erasure is not finished yet; and the receipts.

`HOME/erasures/tombstones` holds a random key and the hash of each forgotten id under it: enough to
know an id again when an old file brings it back, not to name anybody. While an erasure is under
way, `HOME/erasures/open` names whom it is about, since whoever finishes it must know; that file is
the last to go. What is left is a receipt without ids.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from rekomenda.storage import commit
from rekomenda.storage.commit import Fence
from rekomenda.storage.documents import digest, read_document, seal

KEY_BYTES = 32
HASH_BYTES = 16
"""128 bits: no two listeners of one home share a hash."""


@dataclass(frozen=True)
class Tombstones:
    """What is left of the forgotten.

    Parameters
    ----------
    key : str
        Hex; of this home alone, so that the same person has other hashes elsewhere.
    hashes : frozenset of str
        Hex.
    """

    key: str = ""
    hashes: frozenset[str] = frozenset()

    def hash_of(self, listener: str) -> str:
        """Return the hash of an id under this home's key."""
        key = bytes.fromhex(self.key)
        return hashlib.blake2b(listener.encode(), key=key, digest_size=HASH_BYTES).hexdigest()

    def among(self, ids: pa.Array | pa.ChunkedArray) -> pa.Array | pa.ChunkedArray:
        """Return, for each id, whether it is one of the forgotten; False for null."""
        distinct = pc.drop_null(pc.unique(ids.cast(pa.string()))) if self.hashes else ()
        found = [name for name in map(str, distinct) if self.hash_of(name) in self.hashes]
        return pc.fill_null(pc.is_in(ids, value_set=pa.array(found, pa.string())), False)


@dataclass(frozen=True)
class Request:
    """An erasure that was asked for and is not finished.

    Parameters
    ----------
    listeners : tuple of str
        Sorted; nobody twice.
    asked_at : str
        ISO time.
    found : mapping
        What there was to erase before anything was: see `Receipt.found`.
    """

    listeners: tuple[str, ...]
    asked_at: str
    found: Mapping[str, Any]


@dataclass(frozen=True)
class Receipt:
    """What remains to be shown of an erasure: no id is in it.

    Parameters
    ----------
    receipt_id : str
        Made of the hashes: the same listeners have the same receipt.
    asked_at, finished_at : str
        ISO times.
    hashes : tuple of str
        Of the ids, under the key of this home.
    found : mapping
        What was erased: `listeners`, and `rows` and `files` by place.
    """

    receipt_id: str
    asked_at: str
    finished_at: str
    hashes: tuple[str, ...]
    found: Mapping[str, Any]

    def to_json(self) -> dict[str, Any]:
        """Return it ready for JSON."""
        return {**vars(self), "hashes": list(self.hashes), "found": dict(self.found)}


class Erasures:
    """The tombstones, the open request and the receipts of one home.

    Parameters
    ----------
    home : Path
    """

    def __init__(self, home: Path) -> None:
        self.home = home
        self.path = home / "erasures"

    def tombstones(self) -> Tombstones:
        """Return who was forgotten; nobody before the first erasure.

        Raises
        ------
        CorruptError, NewerFormatError
            If it cannot be trusted: nothing may be loaded then, or the forgotten would come back.
        """
        content = commit.read_pointer(self.path / "tombstones")
        if content is None:
            return Tombstones()
        return Tombstones(content["key"], frozenset(content["hashes"]))

    def bury(self, listeners: Iterable[str]) -> Tombstones:
        """Add tombstones, durably, and return all of them."""
        known = self.tombstones()
        key = known.key or secrets.token_hex(KEY_BYTES)
        keyed = Tombstones(key)
        buried = Tombstones(key, known.hashes | {keyed.hash_of(name) for name in listeners})
        if buried != known:
            self._write("tombstones", {"key": key, "hashes": sorted(buried.hashes)})
        return buried

    def open(self) -> Request | None:
        """Return the erasure that is not finished, None where there is none."""
        content = commit.read_pointer(self.path / "open")
        if content is None:
            return None
        return Request(tuple(content["listeners"]), content["asked_at"], content["found"])

    def begin(self, request: Request) -> None:
        """Say durably that an erasure is under way."""
        self._write("open", {**vars(request), "listeners": list(request.listeners)})

    def receipt_of(self, listeners: Iterable[str]) -> Receipt | None:
        """Return the receipt of exactly these listeners, None where there is none."""
        stones = self.tombstones()
        if not stones.key:
            return None
        path = self.path / f"{_name_of(_hashes(stones, listeners))}.json"
        return _receipt(read_document(path)) if path.is_file() else None

    def finish(self, request: Request, lease: Fence, now: datetime) -> Receipt:
        """Write the receipt of an erasure and let go of whom it was about.

        Where these listeners have a receipt already, what was found now is added to it; if
        nothing was, it stays as it is.
        """
        lease.check()
        hashes = _hashes(self.tombstones(), request.listeners)
        known = self.receipt_of(request.listeners)
        if known is not None and (known.asked_at == request.asked_at or not _some(request.found)):
            receipt = known
        else:
            found = request.found if known is None else _added(known.found, request.found)
            receipt = Receipt(
                _name_of(hashes), request.asked_at, now.isoformat(), tuple(hashes), found
            )
            self._write(f"{receipt.receipt_id}.json", receipt.to_json())
        commit.retire_files([self.path / "open"])
        return receipt

    def receipts(self) -> list[Receipt]:
        """Return every receipt, oldest first."""
        found = [_receipt(read_document(path)) for path in sorted(self.path.glob("*.json"))]
        return sorted(found, key=lambda receipt: (receipt.finished_at, receipt.receipt_id))

    def _write(self, name: str, content: Mapping[str, Any]) -> None:
        with commit.staging(self.home) as folder:
            commit.write_file(folder / name, seal(content))
            commit.install_file(folder / name, self.path / name)


def _hashes(stones: Tombstones, listeners: Iterable[str]) -> list[str]:
    return sorted({stones.hash_of(name) for name in listeners})


def _name_of(hashes: list[str]) -> str:
    return digest({"hashes": hashes})[:16]


def _receipt(content: Mapping[str, Any]) -> Receipt:
    return Receipt(**{**content, "hashes": tuple(content["hashes"])})


def _some(found: Mapping[str, Any]) -> bool:
    return any(found["rows"].values()) or any(found["files"].values())


def _added(one: Mapping[str, Any], other: Mapping[str, Any]) -> dict[str, Any]:
    sums = {
        kind: {
            place: one[kind].get(place, 0) + other[kind].get(place, 0)
            for place in sorted({*one[kind], *other[kind]})
        }
        for kind in ("rows", "files")
    }
    return {"listeners": max(one["listeners"], other["listeners"]), **sums}
