"""What the lake holds at one moment: immutable parts, and where every row came from."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from pathlib import Path, PurePosixPath
from typing import Any, Literal

from rekomenda.errors import CorruptError
from rekomenda.language import Text
from rekomenda.storage.documents import RESTORE, digest

Verdict = Literal["loaded", "held", "rejected"]
QUARANTINE = "quarantine"
"""The table of rows that were set aside."""
_NO_TIME = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True)
class Part:
    """One immutable Parquet file of a table.

    Parameters
    ----------
    table : str
        An input table's name, or `quarantine`.
    day : date or None
        Its day, for tables that are cut by day.
    path : Path
        Where it lies. Two inputs that bring the same rows share one file.
    rows, bytes : int
    sha256 : str
        Of the file, hex.
    input_id : str
        The input its rows came from.
    """

    table: str
    day: date | None
    path: Path
    rows: int
    bytes: int
    sha256: str
    input_id: str


@dataclass(frozen=True)
class InputRecord:
    """The accounting of one input file: `rows_in = loaded + quarantined + deduplicated + erased`.

    Parameters
    ----------
    input_id : str
        Stable id of this file's content.
    name : str
        Its path inside the folder that was given.
    sha256 : str
        Of the file as it arrived, hex.
    tables : tuple of str
        Input tables that it feeds.
    days : tuple of date
        Days of plays that it covers.
    rows_in, loaded, quarantined, deduplicated : int
    merged : int
        Loaded rows that were added to another row of the same key.
    verdict : {"loaded", "held", "rejected"}
    code : str or None
        Code of the error that held or rejected it.
    reasons : mapping
        Quarantined rows by rule.
    facts : mapping
        How it was read (encoding, separator, ...), ready for JSON.
    ingested_at : datetime
    erased : int
        Rows of listeners who were forgotten, before it was loaded or afterwards.
    """

    input_id: str
    name: str
    sha256: str
    tables: tuple[str, ...]
    days: tuple[date, ...]
    rows_in: int
    loaded: int
    merged: int
    quarantined: int
    deduplicated: int
    verdict: Verdict
    code: str | None
    reasons: Mapping[str, int]
    facts: Mapping[str, Any]
    ingested_at: datetime
    erased: int = 0


@dataclass(frozen=True)
class Snapshot:
    """The lake after one commit. Immutable; the next commit makes another.

    Parameters
    ----------
    snapshot_id : str
    number : int
        1 for the first commit, 0 for the lake that holds nothing.
    parent : str or None
    run_key : str
        Names the work that made it.
    created_at : datetime or None
    parts : tuple of Part
    inputs : tuple of InputRecord
        Every file ever offered, held and rejected ones too; one record for each `input_id`.
    """

    snapshot_id: str
    number: int
    parent: str | None
    run_key: str
    created_at: datetime | None
    parts: tuple[Part, ...] = ()
    inputs: tuple[InputRecord, ...] = ()

    @property
    def content_hash(self) -> str:
        """Hash of what it holds, whenever, wherever and in how many commits it was brought.

        The order in which files came counts where it means something: of two rows for one track
        the later one holds. Plays are added up, in any order.
        """
        inputs = sorted(
            (_input_to_json(record) for record in self.inputs),
            key=lambda record: (record["name"], record["sha256"]),
        )
        for record in inputs:
            del record["ingested_at"], record["input_id"]
        parts = [_hashed(part) for part in self._parts_in_order()]
        return digest({"parts": parts, "inputs": inputs})

    def rows_hash(self, until: date) -> str:
        """Hash of all that a run up to a day reads, in the order that counts.

        Later days, files that were held or rejected, and rows set aside do not change it.
        """
        read = [
            part
            for part in self._parts_in_order()
            if part.table != QUARANTINE and (part.day is None or part.day <= until)
        ]
        return digest({"parts": [_hashed(part) for part in read]})

    def _parts_in_order(self) -> list[Part]:
        arrival = {record.input_id: number for number, record in enumerate(self.inputs)}

        def place(part: Part) -> tuple[str, str, int, str]:
            by_order = part.day is None and part.table != QUARANTINE
            order = arrival.get(part.input_id, -1) if by_order else 0
            return part.table, str(part.day), order, part.sha256

        return sorted(self.parts, key=place)

    def says_the_same_as(self, other: Snapshot) -> bool:
        """Whether both hold the same rows from the same files, read the same way."""
        return self.parts == other.parts and [
            replace(record, ingested_at=_NO_TIME) for record in self.inputs
        ] == [replace(record, ingested_at=_NO_TIME) for record in other.inputs]

    @property
    def inputs_present(self) -> tuple[InputRecord, ...]:
        """Records of the loaded files that are still there: versions replaced whole are not."""
        held = {part.input_id for part in self.parts}
        return tuple(
            record
            for record in self.inputs
            if record.verdict == "loaded" and (record.input_id in held or record.rows_in == 0)
        )

    def parts_of(self, table: str, days: Collection[date] | None = None) -> tuple[Part, ...]:
        """Return the parts of a table, or of some of its days."""
        return tuple(
            part
            for part in self.parts
            if part.table == table and (days is None or part.day in days)
        )

    def inputs_named(self, name: str) -> tuple[InputRecord, ...]:
        """Return the records of every version of a file, oldest first."""
        return tuple(record for record in self.inputs if record.name == name)


EMPTY = Snapshot(snapshot_id="empty", number=0, parent=None, run_key="", created_at=None)


@dataclass(frozen=True)
class StagedPart:
    """A finished Parquet file that is not in the lake yet."""

    table: str
    day: date | None
    path: Path
    rows: int
    input_id: str


@dataclass(frozen=True)
class LakeChange:
    """What one commit does.

    Parameters
    ----------
    run_key : str
        Names the work, the same for the same work: inputs, configuration.
    created_at : datetime
    added : sequence of StagedPart
        Moved into the lake. `table="quarantine"` holds set-aside rows.
    inputs : sequence of InputRecord
        New records; one with a known `input_id` replaces it.
    removed_inputs : mapping
        By input id, the days whose parts go (None among them: parts of no day, but for set-aside
        rows, which are of the file as a whole); None: all its parts.
    removed_parts : collection of Part
        Parts that go. Another input's part of the same content stays.
    """

    run_key: str
    created_at: datetime
    added: tuple[StagedPart, ...] = ()
    inputs: tuple[InputRecord, ...] = ()
    removed_inputs: Mapping[str, frozenset[date | None] | None] = field(default_factory=dict)
    removed_parts: frozenset[Part] = frozenset()

    def removes(self, part: Part) -> bool:
        """Whether this change takes a part away."""
        if part in self.removed_parts:
            return True
        if part.input_id not in self.removed_inputs:
            return False
        days = self.removed_inputs[part.input_id]
        return days is None or (part.table != QUARANTINE and part.day in days)

    def apply(self, base: Snapshot, added: tuple[Part, ...]) -> Snapshot:
        """Return the snapshot that follows `base`; `added` are the parts under their final names."""
        kept = [part for part in base.parts if not self.removes(part)]
        parts = tuple(sorted({*kept, *added}, key=_place))
        renewed = {record.input_id for record in self.inputs}
        inputs = (*(r for r in base.inputs if r.input_id not in renewed), *self.inputs)
        snapshot = Snapshot(
            snapshot_id="",
            number=base.number + 1,
            parent=base.snapshot_id,
            run_key=self.run_key,
            created_at=self.created_at,
            parts=parts,
            inputs=inputs,
        )
        name = f"{snapshot.number:06d}-{snapshot.content_hash[:12]}"
        return replace(snapshot, snapshot_id=name)


def _hashed(part: Part) -> list[str | int]:
    return [part.table, str(part.day), part.rows, part.sha256]


def _place(part: Part) -> tuple[str, str, str, str]:
    return part.table, str(part.day), part.sha256, part.input_id


def to_document(snapshot: Snapshot, lake: Path) -> dict[str, Any]:
    """Return a snapshot as its manifest; paths become relative, so that a home can be moved."""
    return {
        "snapshot_id": snapshot.snapshot_id,
        "number": snapshot.number,
        "parent": snapshot.parent,
        "run_key": snapshot.run_key,
        "created_at": snapshot.created_at.isoformat() if snapshot.created_at else None,
        "content_hash": snapshot.content_hash,
        "parts": [
            {
                "table": part.table,
                "day": part.day.isoformat() if part.day else None,
                "path": part.path.relative_to(lake).as_posix(),
                "rows": part.rows,
                "bytes": part.bytes,
                "sha256": part.sha256,
                "input_id": part.input_id,
            }
            for part in snapshot.parts
        ],
        "inputs": [_input_to_json(record) for record in snapshot.inputs],
    }


def from_document(document: Mapping[str, Any], lake: Path, path: Path) -> Snapshot:
    """Return the snapshot that a manifest describes.

    Raises
    ------
    CorruptError
        If it is a document of another kind, or names a file outside the lake.
    """
    try:
        created_at = document["created_at"]
        return Snapshot(
            snapshot_id=document["snapshot_id"],
            number=document["number"],
            parent=document["parent"],
            run_key=document["run_key"],
            created_at=datetime.fromisoformat(created_at) if created_at else None,
            parts=tuple(_part_from_json(part, lake) for part in document["parts"]),
            inputs=tuple(_input_from_json(record) for record in document["inputs"]),
        )
    except (KeyError, TypeError, ValueError) as error:
        detail = Text(
            en=f"it is no lake manifest ({error!r})", pt=f"não é um manifesto ({error!r})"
        )
        raise CorruptError(path=path, detail=detail, hint=RESTORE) from error


def _part_from_json(values: Mapping[str, Any], lake: Path) -> Part:
    relative = PurePosixPath(values["path"])
    if relative.is_absolute() or ".." in relative.parts:
        raise ValueError(f"{relative} is outside the lake")
    day = date.fromisoformat(values["day"]) if values["day"] else None
    return Part(**{**values, "day": day, "path": lake / relative})


def _input_to_json(record: InputRecord) -> dict[str, Any]:
    values = {name: getattr(record, name) for name in InputRecord.__dataclass_fields__}
    if not record.erased:  # as manifests were before anybody was forgotten
        del values["erased"]
    return {
        **values,
        "tables": list(record.tables),
        "days": [day.isoformat() for day in record.days],
        "reasons": dict(record.reasons),
        "facts": dict(record.facts),
        "ingested_at": record.ingested_at.isoformat(),
    }


def _input_from_json(values: Mapping[str, Any]) -> InputRecord:
    return InputRecord(
        **{
            **values,
            "tables": tuple(values["tables"]),
            "days": tuple(date.fromisoformat(day) for day in values["days"]),
            "ingested_at": datetime.fromisoformat(values["ingested_at"]),
        }
    )
