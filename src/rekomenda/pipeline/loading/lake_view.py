"""What the lake will hold when a command that loads several files has ended.

Each file of a command is judged against the lake and against the files before it, but all of them
become visible in one commit.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from rekomenda.domain.schema import PLAYS, TRACKS
from rekomenda.storage.mirroring import at_hand
from rekomenda.storage.snapshots import InputRecord, Part, Snapshot, StagedPart

QUARANTINE = "quarantine"
GRAIN = "grain"
"""The fact that says what a row of plays is: `totals` of a day, or single `plays`."""


@dataclass(frozen=True)
class _Piece:
    """A part, of the lake or staged, and the input it came from."""

    table: str
    day: date | None
    path: Path
    record: InputRecord

    @property
    def timed(self) -> bool:
        return bool(self.record.facts.get(GRAIN) == "plays")


@dataclass
class LakeView:
    """The lake and the changes to it so far."""

    snapshot: Snapshot
    added: list[StagedPart] = field(default_factory=list)
    records: dict[str, InputRecord] = field(default_factory=dict)
    removed: dict[str, frozenset[date | None] | None] = field(default_factory=dict)
    removed_parts: set[Part] = field(default_factory=set)

    def __post_init__(self) -> None:
        by_id = {record.input_id: record for record in self.snapshot.inputs}
        self._pieces = [
            _Piece(part.table, part.day, part.path, by_id[part.input_id])
            for part in self.snapshot.parts
            if part.input_id in by_id
        ]

    def known(self, sha256: str) -> InputRecord | None:
        """Return the record of a file of this content whose rows are all there."""
        for record in (*self.snapshot.inputs, *self.records.values()):
            if record.sha256 == sha256 and record.verdict == "loaded":
                there = {p.day for p in self._pieces if p.record.input_id == record.input_id}
                if record.loaded == 0 or (there and there >= set(record.days)):
                    return record
        return None

    def forget(self, record: InputRecord) -> None:
        """Take a file's rows out, so that it can be read again."""
        self._remove(record.input_id, frozenset({*record.days, None}))

    @property
    def all_records(self) -> tuple[InputRecord, ...]:
        """Records of all files so far, in order of their arrival."""
        kept = (r for r in self.snapshot.inputs if r.input_id not in self.records)
        return (*kept, *self.records.values())

    def other_days(self, name: str, days: Collection[date], *, timed: bool) -> dict[date, str]:
        """Return the days that files of other names brought too, where totals are among them."""
        return {
            piece.day: piece.record.name
            for piece in reversed(self._conflicting(name, days, timed=timed))
            if piece.day is not None
        }

    def tracks(self) -> pa.Array:
        """Return the ids in the catalogue."""
        paths = [piece.path for piece in self._pieces if piece.table == TRACKS.name]
        tables = [pq.read_table(at_hand(path), columns=["track_id"]) for path in paths]
        ids = [table["track_id"].combine_chunks() for table in tables]
        return pa.concat_arrays(ids) if ids else pa.array([], pa.string())

    def load(self, record: InputRecord, parts: Collection[StagedPart], *, replacing: bool) -> None:
        """Put a file's parts into the view.

        Earlier versions of a file of this name lose the days that it covers and, as they do not
        come by day, all rows of other tables. Their set-aside rows stay for as long as any other
        row of theirs does. A file without rows replaces nothing.

        Parameters
        ----------
        replacing : bool
            Whether files of other names lose these days too, where totals are among them.
        """
        days: frozenset[date | None] = frozenset({*record.days, None})
        if any(part.table != QUARANTINE for part in parts):
            earlier = [p.record.input_id for p in self._pieces if p.record.name == record.name]
            for input_id in dict.fromkeys(earlier):
                self._remove(input_id, days)
        if replacing:
            timed = record.facts.get(GRAIN) == "plays"
            for piece in self._conflicting(record.name, record.days, timed=timed):
                self._remove(piece.record.input_id, frozenset({piece.day}))
        self.note(record, parts)

    def note(self, record: InputRecord, parts: Collection[StagedPart]) -> None:
        """Keep a record, with its parts or, if it was not loaded, its set-aside rows.

        A file of which rows are in the lake already stays what it is there if it is not loaded now:
        its record accounts for them.
        """
        if record.verdict != "loaded" and (self._is_noted(record) or self._has_rows_of(record)):
            return
        for part in self.snapshot.parts:
            if part.table == QUARANTINE and part.input_id == record.input_id:
                self.removed_parts.add(part)
        self.added += parts
        self._pieces += [_Piece(part.table, part.day, part.path, record) for part in parts]
        self.records[record.input_id] = record

    def _is_noted(self, record: InputRecord) -> bool:
        """Whether the lake says just this of the file already."""
        return any(
            replace(record, ingested_at=known.ingested_at) == known
            for known in self.snapshot.inputs
        )

    def _has_rows_of(self, record: InputRecord) -> bool:
        return any(
            piece.record.input_id == record.input_id and piece.table != QUARANTINE
            for piece in self._pieces
        )

    def _conflicting(self, name: str, days: Collection[date], *, timed: bool) -> list[_Piece]:
        """Return the plays of other files that cannot stand beside those of a file: totals.

        Logs can: what several of them say is counted once, when they are integrated.
        """
        return [
            piece
            for piece in self._pieces
            if piece.table == PLAYS.name
            and piece.day in days
            and piece.record.name != name
            and not (timed and piece.timed)
        ]

    def _remove(self, input_id: str, days: frozenset[date | None]) -> None:
        """Take parts away: from the lake when it is changed, or from what was staged."""
        gone = self.removed.get(input_id, frozenset())
        every: frozenset[date | None] | None = None if gone is None else gone | days
        if all(
            piece.day in days
            for piece in self._pieces
            if piece.record.input_id == input_id and piece.table != QUARANTINE
        ):
            every = None  # nothing of it is left, so its set-aside rows go too
        self.removed[input_id] = every

        def stays(part_of: str, table: str, day: date | None) -> bool:
            if part_of != input_id:
                return True
            return every is not None and (table == QUARANTINE or day not in every)

        self._pieces = [p for p in self._pieces if stays(p.record.input_id, p.table, p.day)]
        self.added = [part for part in self.added if stays(part.input_id, part.table, part.day)]
