"""Files into the lake: each is checked and judged by itself, all good ones appear in one commit."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pyarrow.compute as pc

from rekomenda.data.layout import Source, find_inputs
from rekomenda.data.reading.options import ReadOptions
from rekomenda.data.reading.reader import Plan
from rekomenda.data.reading.rules import Rule
from rekomenda.data.reading.verdict import Limits
from rekomenda.data.staging import Forgotten, Staged, nobody, stage
from rekomenda.engines.base import Engine
from rekomenda.errors import DaysOverlapError, InputHeldError
from rekomenda.language import Text
from rekomenda.pipeline.bootstrap import House
from rekomenda.pipeline.loading.ahead import ReadAhead, Reading, read_ahead, sha256_of_file
from rekomenda.pipeline.loading.contract import SCHEMA_CHANGE, SHAPES, change_since
from rekomenda.pipeline.loading.lake_view import QUARANTINE, LakeView
from rekomenda.pipeline.loading.preview import read_as, read_options
from rekomenda.pipeline.loading.report import (
    TWICE_ENCODED,
    FileOutcome,
    IngestReport,
    Unmatched,
    can_be_mended,
)
from rekomenda.settings import IngestSettings
from rekomenda.storage import commit
from rekomenda.storage.documents import digest
from rekomenda.storage.erasures import Erasures
from rekomenda.storage.lease import Holder, hold
from rekomenda.storage.snapshots import InputRecord, LakeChange, StagedPart
from rekomenda.telemetry.logs import get_logger
from rekomenda.telemetry.progress import Progress, Step

log = get_logger(__name__)

_READ = Text(en="Loading {file}", pt="Carregando {file}")
ID_LENGTH = 16
"""Hex digits of a file's content hash that name it as an input."""


def ingest(
    house: House,
    paths: Sequence[Path],
    settings: IngestSettings,
    *,
    names: tuple[str, ...] | None = None,
    now: datetime,
    progress: Progress,
    open_with: Callable[[Path], Engine] | None = None,
) -> IngestReport:
    """Load files and folders. Doing it again changes nothing.

    Whatever is good is committed, once, at the end; files that are held or rejected change
    nothing but are recorded with the reason.

    Parameters
    ----------
    house : House
    paths : sequence of Path
        Files and folders.
    settings : IngestSettings
    names : tuple of str, optional
        Columns of files without a header.
    now : datetime, with zone
    progress : Progress
    open_with : callable, optional
        Opens the engine that reads files, on a folder; without one they are read here.

    Raises
    ------
    InputNotFoundError
        If a path does not exist.
    UnknownColumnError
        If a column is mapped onto one that we do not have.
    BusyError
        If another process is writing to this home.
    """
    found = find_inputs(paths)
    options = read_options(settings, now=now, names=names)
    with hold(house.home, Holder.here("ingest", now)) as lease, commit.staging(house.home) as work:
        view = LakeView(house.lake.snapshot())
        stones = Erasures(house.home).tombstones()
        job = _Job(view, work, settings, options, now, stones.among if stones.hashes else nobody)
        if open_with is not None:
            job.read_ahead(open_with(work), found.sources)
        for source in found.sources:
            with progress.step("ingest", _READ, file=source.name) as step:
                job.take(source, step)
        outcomes = job.finished()  # before the commit moves what it looks at
        house.lake.commit(job.change(), lease)
    return IngestReport(tuple(outcomes), found.unfinished)


@dataclass
class _Job:
    """One command under way."""

    view: LakeView
    folder: Path
    settings: IngestSettings
    options: ReadOptions
    now: datetime
    forgotten: Forgotten = nobody

    def __post_init__(self) -> None:
        self._outcomes: list[tuple[FileOutcome, Staged | None]] = []
        self._ahead: dict[Source, ReadAhead] = {}

    def read_ahead(self, engine: Engine, sources: Sequence[Source]) -> None:
        """Let an engine read the files, where it reads several at once."""
        hashes = {record.sha256 for record in self.view.all_records}
        reading = Reading(
            self.folder,
            self.options,
            self._limits,
            self.settings.memory_mb << 20,
            self.forgotten,
            frozenset(sha256 for sha256 in hashes if self._unchanged(sha256)),
        )
        self._ahead = read_ahead(engine, reading, sources)

    def _unchanged(self, sha256: str) -> bool:
        """Tell whether content that is loaded already is left as it is."""
        known = self.view.known(sha256)
        return known is not None and not (self.settings.repair_encoding and can_be_mended(known))

    @property
    def _limits(self) -> Limits:
        return Limits(
            hold=self.settings.max_quarantine_ratio,
            reject=self.settings.reject_ratio,
            accept=self.settings.accept_quarantine,
        )

    def take(self, source: Source, step: Step) -> None:
        """Read and judge one file."""
        ahead = self._ahead.get(source)
        sha256 = ahead.sha256 if ahead else sha256_of_file(source.path)
        known = self.view.known(sha256)
        if known is not None and self.settings.repair_encoding and can_be_mended(known):
            self.view.forget(known)
        elif known is not None:
            self._outcomes.append((FileOutcome.already_loaded(source.name, known), None))
            return
        staged = (ahead and ahead.whole()) or stage(
            source,
            self.folder / f"{len(self._outcomes)}",
            self.options,
            limits=self._limits,
            memory_bytes=self.settings.memory_mb << 20,
            advance=step.advance,
            forgotten=self.forgotten,
        )
        self._place(source, sha256, staged)

    def _place(self, source: Source, sha256: str, staged: Staged) -> None:
        """Put a file's rows into the view, unless its days are another file's."""
        input_id = sha256[:ID_LENGTH]
        timed = staged.plan is not None and staged.plan.column_map.timed
        others = self.view.other_days(source.name, staged.days, timed=timed)
        if others and self.settings.on_overlap == "hold":
            staged = _held(staged, _overlap(source.name, others))
        record = _record(source.name, sha256, staged, self.now, self.settings)
        change = change_since(self.view.all_records, record)
        if change and change.altered and self.settings.on_schema_change == "hold":
            staged = _held(staged, change.refusal(source.name))
            record = _record(source.name, sha256, staged, self.now, self.settings)
        elif change and record.verdict == "loaded":
            record = replace(record, facts={**record.facts, SCHEMA_CHANGE: change.to_json()})
        parts = [
            StagedPart(part.table, part.day, part.path, part.rows, input_id)
            for part in staged.parts
        ]
        if staged.quarantine is not None:
            parts.append(
                StagedPart(QUARANTINE, None, staged.quarantine, staged.n_set_aside, input_id)
            )
        if record.verdict == "loaded":
            replacing = bool(others) and self.settings.on_overlap == "replace"
            self.view.load(record, parts, replacing=replacing)
        else:
            self.view.note(record, parts)
        log.info("file read", file=source.name, verdict=record.verdict, rows=record.rows_in)
        self._outcomes.append((FileOutcome.of(record, staged, source.name), staged))

    def change(self) -> LakeChange:
        """Return what the commit has to do."""
        records = tuple(self.view.records.values())
        made_of = {
            "inputs": [[r.name, r.sha256, r.verdict, r.code] for r in records],
            "settings": self.settings.model_dump(mode="json"),
        }
        return LakeChange(
            run_key=digest(made_of),
            created_at=self.now,
            added=tuple(self.view.added),
            inputs=records,
            removed_inputs=dict(self.view.removed),
            removed_parts=frozenset(self.view.removed_parts),
        )

    def finished(self) -> list[FileOutcome]:
        """Return the outcomes, with the plays that the catalogue does not know yet."""
        catalogue = self.view.tracks()
        return [
            outcome.with_unmatched(_unmatched(staged, catalogue))
            for outcome, staged in self._outcomes
        ]


def _overlap(name: str, others: dict[date, str]) -> DaysOverlapError:
    return DaysOverlapError(
        file=name,
        days=len(others),
        others=", ".join(sorted(set(others.values()))[:3]),
        first=min(others),
    )


def _held(staged: Staged, error: InputHeldError) -> Staged:
    """Hold a file that was good by itself."""
    rest = staged.rows_in - staged.quarantined - staged.erased
    return staged.refused(error, {**staged.reasons, str(Rule.FILE_HELD): rest})


def _record(
    name: str, sha256: str, staged: Staged, now: datetime, settings: IngestSettings
) -> InputRecord:
    plan = staged.plan
    return InputRecord(
        input_id=sha256[:ID_LENGTH],
        name=name,
        sha256=sha256,
        tables=plan.column_map.tables if plan else (),
        days=staged.days,
        rows_in=staged.rows_in,
        loaded=staged.loaded,
        merged=staged.merged,
        quarantined=staged.quarantined,
        deduplicated=staged.deduplicated,
        verdict=staged.verdict,
        code=staged.refusal.code if staged.refusal else None,
        reasons=dict(staged.reasons),
        facts=_facts(plan, staged, settings) if plan else {},
        ingested_at=now,
        erased=staged.erased,
    )


def _facts(plan: Plan, staged: Staged, settings: IngestSettings) -> dict[str, Any]:
    """Return how a file was read, and what was found in it."""
    facts = read_as(plan)
    if staged.shapes:
        facts[SHAPES] = dict(staged.shapes)
    if staged.twice_encoded.rows:
        facts[TWICE_ENCODED] = {
            **asdict(staged.twice_encoded),
            "mended": settings.repair_encoding,
        }
    return facts


def _unmatched(staged: Staged | None, catalogue: Any) -> Unmatched | None:
    """Count the plays of a loaded file whose track is not in the catalogue (kept all the same)."""
    if staged is None or staged.refusal is not None or staged.by_track is None:
        return None
    unknown = pc.invert(pc.is_in(staged.by_track["track_id"], value_set=catalogue))
    rows = staged.by_track.filter(unknown)
    return Unmatched(plays=pc.sum(rows["plays"]).as_py() or 0, tracks=len(rows))
