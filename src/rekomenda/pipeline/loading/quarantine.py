"""The rows that were set aside, and the files they came from."""

from __future__ import annotations

from itertools import islice
from typing import Any

from rekomenda.data.fixes import text_of_fixes
from rekomenda.data.quarantine import read_quarantine
from rekomenda.data.retrying import way_of_reading
from rekomenda.errors import NotInQuarantineError
from rekomenda.pipeline.loading.lake_view import QUARANTINE
from rekomenda.storage.mirroring import at_hand
from rekomenda.storage.snapshots import InputRecord, Part, Snapshot


def files_in_quarantine(snapshot: Snapshot) -> list[dict[str, Any]]:
    """Return the files that have set-aside rows, by name, with their accounting."""
    names = ("rows_in", "quarantined", "verdict", "code", "reasons")
    kept = {part.input_id for part in snapshot.parts_of(QUARANTINE)}
    return [
        {"file": record.name, **{name: getattr(record, name) for name in names}}
        for record in sorted(snapshot.inputs, key=lambda record: record.name)
        if record.input_id in kept
    ]


def rows_in_quarantine(
    snapshot: Snapshot, name: str, *, limit: int
) -> tuple[list[dict[str, Any]], int]:
    """Return set-aside rows of the last version of a file, in its order, and how many there are.

    Parameters
    ----------
    limit : int
        Rows to return at most; 0: all.

    Raises
    ------
    NotInQuarantineError
        If no file of this name has any.
    """
    _, part = _last_with_rows(snapshot, name)
    if part is None:
        raise _none_of(snapshot, name)
    return list(islice(read_quarantine(at_hand(part.path)), limit or None)), part.rows


def part_in_quarantine(snapshot: Snapshot, name: str) -> tuple[InputRecord, Part | None]:
    """Return the last version of a file that has set-aside rows, and these; else its last version.

    Raises
    ------
    NotInQuarantineError
        If there is no file of this name.
    """
    versions = snapshot.inputs_named(name)
    if not versions:
        raise _none_of(snapshot, name)
    record, part = _last_with_rows(snapshot, name)
    return record or versions[-1], part


def fixes_of(snapshot: Snapshot, name: str) -> tuple[bytes, InputRecord, int]:
    """Return the set-aside rows of a file for a person to correct, its record, and how many they are.

    Raises
    ------
    NotInQuarantineError
        If no file of this name has any.
    """
    record, part = _last_with_rows(snapshot, name)
    if record is None or part is None:
        raise _none_of(snapshot, name)
    text = text_of_fixes(
        read_quarantine(at_hand(part.path)),
        header=way_of_reading(name, record.facts).header,
        separator=record.facts.get("separator", ","),
        input_id=record.input_id,
    )
    return text, record, part.rows


def _last_with_rows(snapshot: Snapshot, name: str) -> tuple[InputRecord | None, Part | None]:
    parts = {part.input_id: part for part in snapshot.parts_of(QUARANTINE)}
    versions = [r for r in snapshot.inputs_named(name) if r.input_id in parts]
    return (versions[-1], parts[versions[-1].input_id]) if versions else (None, None)


def _none_of(snapshot: Snapshot, name: str) -> NotInQuarantineError:
    known = [file["file"] for file in files_in_quarantine(snapshot)]
    return NotInQuarantineError(file=name, known=", ".join(known[:10]) or "-")
