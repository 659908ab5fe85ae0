"""Tracks, artists and genres taken down by hand: a row of `blocked`, as if from a file of its own."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from rekomenda.data.parts import WRITE
from rekomenda.domain.schema import BLOCKED
from rekomenda.errors import TakedownTargetError
from rekomenda.pipeline.bootstrap import House
from rekomenda.refusals import guard
from rekomenda.storage import commit
from rekomenda.storage.documents import digest
from rekomenda.storage.lease import Holder, hold
from rekomenda.storage.snapshots import InputRecord, LakeChange, Snapshot, StagedPart

KINDS = ("track", "artist", "genre")
BY_HAND = "by_hand"
"""The fact of an input that says that it is no file: `{"until", "reason"}`."""
LIFTED = date(1970, 1, 1)
"""Last day of a block that was lifted: before every day there is."""
ID_LENGTH = 16


@dataclass(frozen=True)
class Target:
    """What is taken down, by kind and id."""

    kind: str
    id: str

    @classmethod
    def read(cls, text: str) -> Target:
        """Read `kind:id`.

        Raises
        ------
        TakedownTargetError
            If it does not say what it is.
        """
        kind, colon, name = text.partition(":")
        if not colon or kind not in KINDS or not name.strip():
            raise TakedownTargetError(target=text)
        return cls(kind, name.strip())

    def __str__(self) -> str:
        return f"{self.kind}:{self.id}"


def take_down(
    house: House, targets: list[Target], *, until: date | None, reason: str | None, now: datetime
) -> None:
    """Take things down, in one commit; the same again changes nothing.

    Parameters
    ----------
    house : House
    targets : list of Target
    until : date or None
        Last day; None: for good.
    reason : str or None
    now : datetime, with zone

    Raises
    ------
    BusyError
        If another process is writing to this home.
    """
    _decide(house, targets, until, reason, now, command="block")


def lift(house: House, targets: list[Target], *, reason: str | None, now: datetime) -> None:
    """Let things be shown again, whatever said that they may not be; as `take_down`."""
    _decide(house, targets, LIFTED, reason, now, command="unblock")


def by_hand(snapshot: Snapshot) -> list[dict[str, Any]]:
    """Return what was decided by hand, oldest first.

    Each has `kind, id, until, reason, lifted, decided_at`.

    """
    return [
        {
            **record.facts[BY_HAND],
            "lifted": record.facts[BY_HAND]["until"] == LIFTED.isoformat(),
            "decided_at": record.ingested_at.isoformat(),
        }
        for record in snapshot.inputs
        if BY_HAND in record.facts
    ]


def _decide(
    house: House,
    targets: list[Target],
    until: date | None,
    reason: str | None,
    now: datetime,
    *,
    command: str,
) -> None:
    with hold(house.home, Holder.here(command, now)) as lease, commit.staging(house.home) as work:
        newest = {
            record.input_id: record for record in house.lake.snapshot().inputs[-len(targets) :]
        }
        records = [_record(target, until, reason, now) for target in dict.fromkeys(targets)]
        records = [r for r in records if not _says_the_same(newest.get(r.input_id), r)]
        change = LakeChange(
            run_key=digest({"command": command, "records": [r.sha256 for r in records]}),
            created_at=now,
            added=tuple(_staged(work, record) for record in records),
            inputs=tuple(records),  # the newest: they hold against every file so far
            removed_inputs={record.input_id: None for record in records},
        )
        house.lake.commit(change, lease)


def _record(target: Target, until: date | None, reason: str | None, now: datetime) -> InputRecord:
    facts = {**vars(target), "until": until.isoformat() if until else None, "reason": reason}
    key = digest({"by_hand": str(target)})
    return InputRecord(
        input_id=key[:ID_LENGTH],
        name=f"({target})",
        sha256=hashlib.sha256(digest(facts).encode()).hexdigest(),
        tables=(BLOCKED.name,),
        days=(),
        rows_in=1,
        loaded=1,
        merged=0,
        quarantined=0,
        deduplicated=0,
        verdict="loaded",
        code=None,
        reasons={},
        facts={BY_HAND: facts},
        ingested_at=now,
    )


def _says_the_same(known: InputRecord | None, record: InputRecord) -> bool:
    return known is not None and known.facts == record.facts


def _staged(work: Path, record: InputRecord) -> StagedPart:
    facts = record.facts[BY_HAND]
    until = date.fromisoformat(facts["until"]) if facts["until"] else None
    schema = BLOCKED.arrow.append(pa.field("line", pa.int64()))
    row = {"kind": facts["kind"], "id": facts["id"], "until": until, "line": 1}
    path = work / f"{record.input_id}.parquet"
    with guard(path):
        pq.write_table(pa.Table.from_pylist([row], schema), path, **WRITE)
    return StagedPart(BLOCKED.name, None, path, 1, record.input_id)
