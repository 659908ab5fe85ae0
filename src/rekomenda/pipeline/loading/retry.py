"""Set-aside rows tried again: corrected by a person, or under other settings; loaded once.

What is right now becomes a part of the file it stood in, as if it had been right from the start: the
parts of the days concerned are written again with it, the rest stays in quarantine, and the accounting
of the file moves along, all in one commit.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from rekomenda.data.catalogue_parts import CatalogueWriter
from rekomenda.data.fixes import fields_kept, read_fixes
from rekomenda.data.parts import PlaysWriter
from rekomenda.data.quarantine import QuarantineWriter, read_quarantine
from rekomenda.data.reading.options import ReadOptions
from rekomenda.data.reading.rules import HOLDS_THE_FILE, Rule
from rekomenda.data.retrying import WayOfReading, way_of_reading
from rekomenda.data.staging import Forgotten, nobody, without
from rekomenda.domain.schema import PLAYS
from rekomenda.errors import (
    FixesUnreadableError,
    InputNotFoundError,
    RetryNotLoadedError,
    RetryOverlapError,
)
from rekomenda.pipeline.bootstrap import House
from rekomenda.pipeline.loading.lake_view import GRAIN, QUARANTINE
from rekomenda.pipeline.loading.preview import read_options
from rekomenda.pipeline.loading.quarantine import part_in_quarantine
from rekomenda.pipeline.loading.report import RETRIED
from rekomenda.settings import IngestSettings
from rekomenda.storage import commit
from rekomenda.storage.documents import digest, sha256_of
from rekomenda.storage.erasures import Erasures
from rekomenda.storage.lease import Holder, hold
from rekomenda.storage.mirroring import at_hand
from rekomenda.storage.snapshots import InputRecord, LakeChange, Part, Snapshot, StagedPart

UNREADABLE = frozenset((Rule.FIELD_COUNT, Rule.QUOTE_UNCLOSED))
"""Rules that no setting changes: such rows have no fields that could be read otherwise."""


@dataclass(frozen=True)
class RetryReport:
    """What became of the rows that were tried again.

    Parameters
    ----------
    record : InputRecord
        The accounting of their file now.
    tried : int
        Rows that were checked once more.
    loaded, deduplicated, erased : int
        Those of them that were right: loaded, there already, or of somebody who was forgotten.
    wrong : tuple of mapping
        The others: `line`, `column`, `rule`, `text`.
    left : int
        Rows of the file that nobody corrected, and that no setting can.
    unknown : int
        Corrected rows that are not in quarantine: loaded by an earlier retry, or never there.
    again : bool
        Whether just these corrections were loaded before, so that nothing was to be done.
    """

    record: InputRecord
    tried: int = 0
    loaded: int = 0
    deduplicated: int = 0
    erased: int = 0
    wrong: tuple[Mapping[str, Any], ...] = ()
    left: int = 0
    unknown: int = 0
    again: bool = False

    def to_json(self) -> dict[str, Any]:
        """Return it for `--json`."""
        names = ("tried", "loaded", "deduplicated", "erased", "left", "unknown", "again")
        counts = ("rows_in", "loaded", "merged", "quarantined", "deduplicated", "erased")
        return {
            "file": self.record.name,
            **{name: getattr(self, name) for name in names},
            "wrong": [dict(row) for row in self.wrong],
            "now": {name: getattr(self.record, name) for name in counts},
        }


def retry(
    house: House, name: str, fixes: Path | None, settings: IngestSettings, *, now: datetime
) -> RetryReport:
    """Try the set-aside rows of a file again. Doing it again changes nothing.

    Parameters
    ----------
    house : House
    name : str
        Of the file, as quarantine shows it; of several versions the last that has such rows.
    fixes : Path, optional
        What a person made of them; without it they are checked as they stood, under the settings.
    settings : IngestSettings
    now : datetime, with zone

    Raises
    ------
    NotInQuarantineError
        If no file of this name was ever loaded.
    FixesUnreadableError
        If the corrections are not those of this file.
    RetryNotLoadedError
        If the file as a whole is not in the lake.
    RetryOverlapError
        If rows are of days that other files brought, and the settings do not say what to do.
    BusyError
        If another process is writing to this home.
    """
    if fixes is not None and not fixes.is_file():
        raise InputNotFoundError(path=fixes)
    options = read_options(settings, now=now, names=None)
    with hold(house.home, Holder.here("retry", now)) as lease, commit.staging(house.home) as work:
        snapshot = house.lake.snapshot()
        done_before = _loaded_before(snapshot, name, fixes)
        if done_before is not None:
            return RetryReport(done_before, again=True)
        record, part = part_in_quarantine(snapshot, name)
        if part is None:
            return RetryReport(record)
        if record.verdict != "loaded":
            raise RetryNotLoadedError(file=name, verdict=record.verdict)
        job = _Retry(snapshot, record, part, work, options)
        stones = Erasures(house.home).tombstones()
        report, change = job.run(fixes, settings, stones.among if stones.hashes else nobody)
        if change is not None:
            house.lake.commit(change, lease)
    return report


def _loaded_before(snapshot: Snapshot, name: str, fixes: Path | None) -> InputRecord | None:
    """Return the record of the version that these corrections are in already."""
    if fixes is None:
        return None
    sha256 = sha256_of(fixes)
    versions = reversed(snapshot.inputs_named(name))
    return next((r for r in versions if sha256 in r.facts.get(RETRIED, ())), None)


@dataclass
class _Retry:
    """One command under way, for one version of a file."""

    snapshot: Snapshot
    record: InputRecord
    part: Part
    folder: Path
    options: ReadOptions

    def run(
        self, fixes: Path | None, settings: IngestSettings, forgotten: Forgotten
    ) -> tuple[RetryReport, LakeChange | None]:
        """Check the rows; say what became of them, and what the commit has to do."""
        set_aside = {row["line"]: row for row in read_quarantine(at_hand(self.part.path))}
        way = way_of_reading(self.record.name, self.record.facts)
        tried, unknown = self._tried(set_aside, fixes)
        if not tried:
            return RetryReport(self.record, left=len(set_aside), unknown=unknown), None
        checked = way.check(tried, self.folder, self.options)
        right = without(checked.rows, forgotten)
        lines = set(checked.rows["line"].to_pylist())
        rest = [row for line, row in set_aside.items() if line not in lines]
        rejects = checked.rejects.to_pylist()
        wrong = {row["line"]: row for row in rejects if row["line"] not in lines}
        report = RetryReport(
            record=self.record,
            tried=len(tried),
            erased=len(checked.rows) - len(right),
            wrong=tuple(wrong.values()),
            left=len(set_aside) - len(tried),
            unknown=unknown,
        )
        if not lines:
            return report, None
        self._refuse_others_days(right, settings)
        parts, replaced, counts = self._parts(way, right)
        deduplicated = counts["deduplicated"]
        record = self._accounted(
            [set_aside[line] for line in lines], right, counts, report.erased, fixes
        )
        report = replace(
            report, record=record, loaded=len(right) - deduplicated, deduplicated=deduplicated
        )
        if rest:
            parts.append(self._quarantine(rest))
        return report, self._change(record, parts, {*replaced, self.part}, lines)

    def _tried(
        self, set_aside: Mapping[int, Mapping[str, Any]], fixes: Path | None
    ) -> tuple[list[tuple[int, list[str]]], int]:
        """Return the rows to check, by line, and how many corrections are of no such row."""
        separator = self.record.facts.get("separator", ",")
        corrected = read_fixes(fixes, self.record.input_id) if fixes else {}
        tried = []
        for line, row in sorted(set_aside.items()):
            kept = fields_kept(row, separator)
            fields = corrected.get(line, kept)
            if _same(fields, kept) and (fixes is None or line in corrected):
                if row["rule"] not in UNREADABLE:
                    tried.append((line, kept))
            elif line in corrected:
                tried.append((line, _as_wide(fields, len(self.record.facts.get("header", fields)))))
        unknown = len(corrected.keys() - set_aside.keys())
        if corrected and unknown == len(corrected) and not self.record.facts.get(RETRIED):
            raise FixesUnreadableError(file=fixes.name if fixes else "")
        return tried, unknown

    def _refuse_others_days(self, right: pa.Table, settings: IngestSettings) -> None:
        """Refuse rows of days that only other files brought: they may be more plays, or the same."""
        if PLAYS.name not in self.record.tables or settings.on_overlap == "sum":
            return
        grains = {r.input_id: r.facts.get(GRAIN) for r in self.snapshot.inputs}
        new_days = set(right["day"].to_pylist()) - set(self.record.days)
        others = [
            part
            for part in self.snapshot.parts_of(PLAYS.name, new_days)
            if part.input_id != self.record.input_id
            and not (self._timed and grains.get(part.input_id) == "plays")
        ]
        if others:
            names = {r.input_id: r.name for r in self.snapshot.inputs}
            raise RetryOverlapError(
                file=self.record.name,
                days=len({part.day for part in others}),
                others=", ".join(sorted({names[part.input_id] for part in others})[:3]),
                first=min(part.day for part in others if part.day),
            )

    @property
    def _timed(self) -> bool:
        return bool(self.record.facts.get(GRAIN) == "plays")

    def _parts(
        self, way: WayOfReading, right: pa.Table
    ) -> tuple[list[StagedPart], list[Part], Counter[str]]:
        """Write the parts concerned again with the right rows among theirs."""
        parts: list[StagedPart] = []
        replaced: list[Part] = []
        counts: Counter[str] = Counter()
        tables = way.column_map.tables
        for table in tables if len(right) else ():
            days = right["day"].unique().to_pylist() if table == PLAYS.name else [None]
            old = [
                part
                for part in self.snapshot.parts_of(table)
                if part.input_id == self.record.input_id and part.day in days
            ]
            writer: PlaysWriter | CatalogueWriter
            if table == PLAYS.name:
                writer = PlaysWriter(self.folder, timed=self._timed)
                pieces = [right, *(pq.read_table(at_hand(part.path)) for part in old)]
            else:
                writer = CatalogueWriter(self.folder, table, joined=table != tables[0])
                pieces = [_in_order([right, *(pq.read_table(at_hand(part.path)) for part in old)])]
            for piece in pieces:
                writer.add(piece)
            parts += [
                StagedPart(part.table, part.day, part.path, part.rows, self.record.input_id)
                for part in writer.finish()
            ]
            replaced += old
            if table == tables[0]:
                counts.update(merged=writer.merged, deduplicated=writer.deduplicated)
        return parts, replaced, counts

    def _accounted(
        self,
        left: Sequence[Mapping[str, Any]],
        right: pa.Table,
        counts: Mapping[str, int],
        erased: int,
        fixes: Path | None,
    ) -> InputRecord:
        """Return the accounting of the file after these rows have left quarantine."""
        record = self.record
        reasons = Counter(record.reasons)
        reasons.subtract(Counter(row["rule"] for row in left))
        retried = [*record.facts.get(RETRIED, ()), *([sha256_of(fixes)] if fixes else [])]
        new_days = right["day"].to_pylist() if PLAYS.name in record.tables else ()
        return replace(
            record,
            days=tuple(sorted({*record.days, *new_days})),
            loaded=record.loaded + len(right) - counts["deduplicated"],
            merged=record.merged + counts["merged"],
            deduplicated=record.deduplicated + counts["deduplicated"],
            erased=record.erased + erased,
            quarantined=record.quarantined - len(left),
            reasons={rule: n for rule, n in sorted(reasons.items()) if n},
            facts={**record.facts, **({RETRIED: retried} if retried else {})},
        )

    def _quarantine(self, rest: Sequence[Mapping[str, Any]]) -> StagedPart:
        path = self.folder / "quarantine.parquet"
        writer = QuarantineWriter(path, self.record.name)
        writer.kept_whole = set(HOLDS_THE_FILE)
        writer.add(pa.Table.from_pylist(list(rest)).select(["line", "column", "rule", "text"]))
        writer.finish()
        return StagedPart(QUARANTINE, None, path, writer.rows, self.record.input_id)

    def _change(
        self, record: InputRecord, parts: Sequence[StagedPart], gone: set[Part], lines: set[int]
    ) -> LakeChange:
        made_of = {"retried": record.input_id, "lines": sorted(lines), "counts": record.loaded}
        return LakeChange(
            run_key=digest(made_of),
            created_at=self.options.now,
            added=tuple(parts),
            # All of them, in their order: of two rows for one track that of the later file holds.
            inputs=tuple(
                record if r.input_id == record.input_id else r for r in self.snapshot.inputs
            ),
            removed_parts=frozenset(gone),
        )


def _same(fields: Sequence[str], kept: Sequence[str]) -> bool:
    """Whether two rows are the same but for empty fields at the end, which spreadsheets add."""
    return _trimmed(fields) == _trimmed(kept)


def _as_wide(fields: Sequence[str], width: int) -> list[str]:
    """Return the fields of a row, with empty ones at its end left out or added to fit its header."""
    trimmed = _trimmed(fields)
    return [*trimmed, *[""] * (width - len(trimmed))]


def _trimmed(fields: Sequence[str]) -> list[str]:
    n = len(fields)
    while n and not fields[n - 1].strip():
        n -= 1
    return list(fields[:n])


def _in_order(tables: Sequence[pa.Table]) -> pa.Table:
    """Put rows of a file together in its order, whatever columns each table has."""
    return pa.concat_tables(tables, promote_options="default").sort_by("line")
