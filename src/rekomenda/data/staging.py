"""One file taken through all of this room: read, checked, judged, and written as parts."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Literal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from rekomenda.data.catalogue_parts import CatalogueWriter
from rekomenda.data.layout import Source
from rekomenda.data.parts import NewPart, PlaysWriter
from rekomenda.data.quarantine import QuarantineWriter
from rekomenda.data.reading import reader
from rekomenda.data.reading.habits import UnsettledError
from rekomenda.data.reading.options import ReadOptions
from rekomenda.data.reading.reader import Plan
from rekomenda.data.reading.rules import Rule
from rekomenda.data.reading.shapes import shapes_of
from rekomenda.data.reading.twice_encoded import NEVER, TwiceEncoded
from rekomenda.data.reading.verdict import Limits, judge
from rekomenda.domain.schema import LISTENERS
from rekomenda.errors import FileChangingError, InputHeldError, InputRejectedError
from rekomenda.refusals import guard

Advance = Callable[[int, int | None], None]
"""Told how many rows have been read so far, of about how many if that can be told."""

Refusal = InputHeldError | InputRejectedError

Forgotten = Callable[[pa.ChunkedArray], pa.ChunkedArray]
"""Says of each id whether it is a listener's who was forgotten."""


def nobody(ids: pa.ChunkedArray) -> pa.ChunkedArray:
    """Say that nobody was forgotten."""
    return pa.chunked_array([pa.repeat(pa.scalar(False), len(ids))])


@dataclass(frozen=True)
class Staged:
    """What became of one file: `rows_in = loaded + quarantined + deduplicated + erased`.

    Deduplicated are timed plays that stand in the file itself more than once. What other files
    bring as well is loaded here too, so that it outlives them; integration counts it once.

    Parameters
    ----------
    parts : tuple of NewPart
        Empty for a file that was held or rejected.
    plan : Plan or None
        None if it could not be read at all.
    refusal : InputHeldError, InputRejectedError or None
        Why it was not loaded.
    rows_in, loaded, merged, quarantined, deduplicated, erased : int
        Of a file that was not loaded every row counts as quarantined; but for those of listeners
        who were forgotten, which are kept nowhere.
    reasons : mapping
        Quarantined rows by rule code.
    quarantine : Path or None
        Its set-aside rows.
    n_set_aside : int
        Rows in that file.
    by_track : pa.Table or None
        Plays of each track: `track_id`, `plays`.
    twice_encoded : TwiceEncoded
        Rows with letters that were encoded twice, mended or not.
    shapes : mapping
        What the ids of its columns look like, by canonical column.
    """

    parts: tuple[NewPart, ...] = ()
    plan: Plan | None = None
    refusal: Refusal | None = None
    rows_in: int = 0
    loaded: int = 0
    merged: int = 0
    quarantined: int = 0
    deduplicated: int = 0
    erased: int = 0
    reasons: Mapping[str, int] = field(default_factory=dict)
    quarantine: Path | None = None
    n_set_aside: int = 0
    by_track: pa.Table | None = None
    twice_encoded: TwiceEncoded = NEVER
    shapes: Mapping[str, str] = field(default_factory=dict)

    @property
    def verdict(self) -> Literal["loaded", "held", "rejected"]:
        """What became of it, in a word."""
        if self.refusal is None:
            return "loaded"
        return "held" if isinstance(self.refusal, InputHeldError) else "rejected"

    def refused(self, refusal: Refusal, reasons: Mapping[str, int]) -> Staged:
        """Return this file as one that is not loaded after all."""
        return replace(
            self,
            parts=(),
            refusal=refusal,
            loaded=0,
            merged=0,
            quarantined=self.rows_in - self.erased,
            deduplicated=0,
            reasons=reasons,
        )

    @property
    def days(self) -> tuple[date, ...]:
        """Days of plays that it brings."""
        return tuple(sorted(part.day for part in self.parts if part.day is not None))


def stage(
    source: Source,
    folder: Path,
    options: ReadOptions,
    *,
    limits: Limits,
    memory_bytes: int = 1 << 30,
    advance: Advance = lambda _done, _total: None,
    forgotten: Forgotten = nobody,
) -> Staged:
    """Read a file and write its parts, and its set-aside rows, into an empty folder.

    Parameters
    ----------
    source : Source
    folder : Path
        Made if missing; on the file system of the lake.
    options : ReadOptions
    limits : Limits
        Bad rows it may have.
    memory_bytes : int
        Plays held in memory before they are spilled.
    advance : callable
        Told how far it is.
    forgotten : callable
        Whose rows are dropped.
    """
    before = _state(source.path)
    plan = None
    try:
        plan = reader.plan_for(source, options)
        attempt = 0
        while True:
            work = _Work(source, folder / f"attempt-{attempt}", plan, options.threads, memory_bytes)
            work.forgotten = forgotten
            try:
                staged = work.run(options, limits, advance)
                break
            except UnsettledError as doubt:
                plan = reader.look_again(source, plan, options, doubt)
                attempt += 1
    except InputRejectedError as error:
        return Staged(plan=plan, refusal=error)
    if _state(source.path) != before:
        return Staged(plan=plan, refusal=FileChangingError(file=source.name))
    return staged


class _Work:
    """The writers of one attempt at a file."""

    def __init__(
        self, source: Source, folder: Path, plan: Plan, threads: int, memory_bytes: int
    ) -> None:
        with guard(folder):
            folder.mkdir(parents=True)
        self._source, self._folder, self._plan = source, folder, plan
        self._threads, self._memory_bytes = threads, memory_bytes
        self._quarantine = QuarantineWriter(folder / "quarantine.parquet", source.name)
        self.forgotten: Forgotten = nobody

    def run(self, options: ReadOptions, limits: Limits, advance: Advance) -> Staged:
        """Read, check, judge, and write the parts if the file may be loaded."""
        writers = self._writers()
        rows_in = 0
        erased = 0
        twice_encoded = NEVER
        shapes: Mapping[str, str] | None = None
        expected = reader.expected_rows(self._source, self._plan)
        if limits.accept:  # these may be the only rows of theirs that are kept
            self._quarantine.kept_whole = {Rule.IDS_ALTERED}
        try:
            for block in reader.read(self._source, self._plan, options):
                twice_encoded += block.twice_encoded
                shapes = shapes_of(block.rows) if shapes is None else shapes
                rejects = _without_words(block.rejects, self.forgotten)
                rows = without(block.rows, self.forgotten)
                self._quarantine.add(rejects)
                for writer in writers:
                    writer.add(rows)
                erased += len(block.rows) + len(block.rejects) - len(rows) - len(rejects)
                rows_in += len(block.rows) + len(block.rejects)
                advance(rows_in, expected and max(expected, rows_in))
            reasons = dict(sorted(self._quarantine.reasons.items()))
            examples = self._quarantine.examples
            refusal = judge(self._source.name, rows_in, reasons, examples, limits)
            has_quarantine = self._quarantine.finish()
            parts = [] if refusal else [part for writer in writers for part in writer.finish()]
        finally:
            self._quarantine.close()
            for writer in writers:
                writer.close()
        quarantined = sum(reasons.values())
        if refusal:
            rest = Rule.FILE_HELD if isinstance(refusal, InputHeldError) else Rule.FILE_REJECTED
            others = rows_in - erased - quarantined
            reasons |= {str(rest): others} if others else {}
            quarantined = rows_in - erased
        deduplicated = sum(writer.deduplicated for writer in writers)
        return Staged(
            parts=tuple(parts),
            plan=self._plan,
            refusal=refusal,
            rows_in=rows_in,
            loaded=rows_in - quarantined - deduplicated - erased,
            merged=sum(writer.merged for writer in writers),
            quarantined=quarantined,
            deduplicated=deduplicated,
            erased=erased,
            reasons=reasons,
            quarantine=self._quarantine.path if has_quarantine else None,
            n_set_aside=self._quarantine.rows,
            by_track=next((w.by_track for w in writers if isinstance(w, PlaysWriter)), None),
            twice_encoded=twice_encoded,
            shapes=shapes or {},
        )

    def _writers(self) -> list[PlaysWriter | CatalogueWriter]:
        column_map = self._plan.column_map
        return [
            PlaysWriter(
                self._folder,
                timed=column_map.timed,
                memory_bytes=self._memory_bytes,
                threads=self._threads,
            )
            if table == "plays"
            else CatalogueWriter(self._folder, table, joined=table != column_map.tables[0])
            for table in column_map.tables
        ]


def without(rows: pa.Table, forgotten: Forgotten) -> pa.Table:
    """Leave out the rows that name somebody who was forgotten, friends of theirs too."""
    if forgotten is nobody:
        return rows
    for column in LISTENERS:
        if column in rows.column_names:
            rows = rows.filter(pc.invert(forgotten(rows[column])))
    return rows


def _without_words(rejects: pa.Table, forgotten: Forgotten) -> pa.Table:
    """Leave out rows of original text in which such an id stands: as a field, or as a word."""
    if forgotten is nobody or not len(rejects):
        return rejects
    words = [words_of(text or "") for text in rejects["text"].to_pylist()]
    flat = pa.chunked_array([pa.array([word for of_row in words for word in of_row], pa.string())])
    named = np.asarray(forgotten(flat), dtype=bool)
    row_of = np.repeat(np.arange(len(words)), [len(of_row) for of_row in words])
    return rejects.filter(pa.array(np.bincount(row_of[named], minlength=len(words)) == 0))


def words_of(text: str) -> list[str]:
    """Return what an id may stand as in a line of text: its fields, and its words."""
    composed = unicodedata.normalize("NFC", text)
    fields = (field.strip(" \"'\r\n") for field in _FIELDS.split(composed))
    return sorted({word for word in (*fields, *_WORDS.findall(composed)) if word})


_FIELDS = re.compile(r"[,;\t|]")
_WORDS = re.compile(r"\w+")


def _state(path: Path) -> tuple[int, int]:
    stat = path.stat()
    return stat.st_size, stat.st_mtime_ns
