"""The rows that were set aside, and the files they came from."""

from __future__ import annotations

from itertools import islice
from typing import Any

from rekomenda.data.quarantine import read_quarantine
from rekomenda.errors import NotInQuarantineError
from rekomenda.pipeline.loading.lake_view import QUARANTINE
from rekomenda.storage.snapshots import Snapshot


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
    versions = [record.input_id for record in snapshot.inputs_named(name)]
    parts = [part for part in snapshot.parts_of(QUARANTINE) if part.input_id in versions]
    if not parts:
        known = [file["file"] for file in files_in_quarantine(snapshot)]
        raise NotInQuarantineError(file=name, known=", ".join(known[:10]) or "-")
    last = max(parts, key=lambda part: versions.index(part.input_id))
    return list(islice(read_quarantine(last.path), limit or None)), last.rows
