"""What a run would do now, what of it is done already, and what would stop it; nothing is changed."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any, Final, Literal

from rekomenda.domain.schema import PLAYS
from rekomenda.errors import (
    BusyError,
    NoPermissionError,
    RekomendaError,
    TuningNotFoundError,
)
from rekomenda.joining.extent import Extent
from rekomenda.language import Text
from rekomenda.learning.recipe import AUTO
from rekomenda.pipeline.answering.arrivals import Arrival, arrivals_at
from rekomenda.pipeline.answering.reckon import Reckoning
from rekomenda.pipeline.answering.room import existing, free_at, reckon_work, shortage
from rekomenda.pipeline.bootstrap import House
from rekomenda.pipeline.releasing.serve import should_serve
from rekomenda.pipeline.work import Work, day_in, plan_work
from rekomenda.settings import Settings
from rekomenda.storage.release_manifest import Release
from rekomenda.storage.snapshots import InputRecord
from rekomenda.storage.writer import writer_of

State = Literal["new", "done", "to_serve"]

_WRITE: Final = Text(en="write to", pt="gravar em")


@dataclass(frozen=True, eq=False)
class Foresight:
    """What a run would be about.

    Parameters
    ----------
    state : {"new", "done", "to_serve"}
        `done`: a release of this very work is kept, nothing would be made; `to_serve`: it would only
        be put into service.
    work : Work or None
        None: there is nothing to run on.
    release : Release or None
        Of this work, where there is one.
    served : Release or None
    new_files : sequence of InputRecord
        Loaded files that the release in service did not know.
    new_days : sequence of date
        Days with plays after those that it learned from.
    arrivals : sequence of Arrival
        Files that were named and whether the lake has them.
    extent : Extent or None
    reckoning : Reckoning or None
        None where nothing would be made.
    free_bytes : int
    stops : sequence of RekomendaError
        What would end it, the first one first.
    """

    state: State
    work: Work | None
    release: Release | None
    served: Release | None
    new_files: Sequence[InputRecord]
    new_days: Sequence[date]
    arrivals: Sequence[Arrival]
    extent: Extent | None
    reckoning: Reckoning | None
    reused: Sequence[str]
    free_bytes: int
    stops: Sequence[RekomendaError]

    @property
    def exit_code(self) -> int:
        """That with which a run would stop; 0: nothing would stop it."""
        return self.stops[0].exit_code if self.stops else 0

    def to_json(self) -> dict[str, Any]:
        """Return it for `--json`."""
        work = self.work
        return {
            "state": self.state,
            "run_id": work and work.run_id,
            "as_of": work and work.as_of.isoformat(),
            "learns_up_to": work and work.cut and work.cut.isoformat(),
            "served": self.served and self.served.release_id,
            "new_files": [{"name": r.name, "rows": r.loaded} for r in self.new_files],
            "new_days": [day.isoformat() for day in self.new_days],
            "files": [each.to_json() for each in self.arrivals],
            "rows": self.extent.n_rows if self.extent else None,
            "size": asdict(self.extent.size) if self.extent else None,
            "reused": list(self.reused),
            "estimate": None
            if self.reckoning is None
            else {
                "seconds": dict(self.reckoning.seconds),
                "total_seconds": round(sum(self.reckoning.seconds.values()), 1),
                "from": dict(self.reckoning.bases),
                "peak_bytes": self.reckoning.peak_bytes,
                "disk_bytes": self.reckoning.disk_bytes,
            },
            "free_bytes": self.free_bytes,
            "stops": [
                {"code": error.code, "exit_code": error.exit_code, "message": _both(error)}
                for error in self.stops
            ],
        }


def _both(error: RekomendaError) -> dict[str, str]:
    return {language: error.message(language) for language in ("en", "pt-BR")}


def foresee(
    house: House,
    settings: Settings,
    *,
    as_of: date | None,
    now: datetime,
    paths: Sequence[Path] = (),
    free_bytes: int | None = None,
) -> Foresight:
    """Say what `run` would do with the same settings and day.

    Parameters
    ----------
    house : House
    settings : Settings
    as_of : date or None
        As `run` takes it.
    now : datetime, with zone
    paths : sequence of Path
        Files and folders that are to be loaded first.
    free_bytes : int, optional
        Default: what the disk of the home says.
    """
    stops: list[RekomendaError] = [*_unwritable(house.home), *_busy(house.home)]
    free = free_at(house.home) if free_bytes is None else free_bytes
    arrivals = arrivals_at(house.lake.snapshot(), paths, settings.ingest, now=now)
    served = house.releases.current()
    try:
        today = day_in(settings.ingest.timezone, now)
        snapshot = house.lake.snapshot()
        work = plan_work(snapshot, settings, home=house.home, as_of=as_of, today=today)
        stops += _untuned(house, settings)
    except RekomendaError as error:
        stops.append(error)
        return Foresight("new", None, None, served, (), (), arrivals, None, None, (), free, stops)
    release = house.releases.find(work.run_key)
    state = _state(house, work, release, served)
    extent = reckoning = None
    if release is None:
        extent, reckoning = reckon_work(house, settings, work)
        short = shortage(house.home, reckoning, free)
        stops += [] if short is None else [short]
    return Foresight(
        state,
        work,
        release,
        served,
        _new_files(house, work, served),
        _new_days(work, served),
        arrivals,
        extent,
        reckoning,
        _reused(settings, release),
        free,
        stops,
    )


def _state(house: House, work: Work, release: Release | None, served: Release | None) -> State:
    if release is None:
        return "new"
    serves = served is None or should_serve(house, work, release, served)
    return "to_serve" if serves else "done"


def _unwritable(home: Path) -> list[RekomendaError]:
    if os.access(existing(home), os.W_OK | os.X_OK):
        return []
    return [NoPermissionError(action=_WRITE, path=home)]


def _busy(home: Path) -> list[RekomendaError]:
    writer = writer_of(home)
    return [] if writer is None else [BusyError(home=home, holder=writer.words)]


def _untuned(house: House, settings: Settings) -> list[RekomendaError]:
    """Look for the tuning that the settings name."""
    if settings.model.algorithm in AUTO and settings.model.tuning:
        try:
            house.tunings.get(settings.model.tuning)
        except TuningNotFoundError as error:
            return [error]
    return []


def _new_files(house: House, work: Work, served: Release | None) -> list[InputRecord]:
    """Return the loaded files that the release in service did not know, in order of arrival."""
    inputs = work.snapshot.inputs_present
    if served is None:
        return list(inputs)
    snapshot_id = served.manifest.snapshot_id
    if house.lake.manifest_of(snapshot_id).exists():
        known = {record.input_id for record in house.lake.snapshot_of(snapshot_id).inputs_present}
        return [record for record in inputs if record.input_id not in known]
    created_at = served.manifest.created_at  # `gc` took its snapshot: the time of loading tells
    return [record for record in inputs if record.ingested_at > created_at]


def _new_days(work: Work, served: Release | None) -> list[date]:
    days = {part.day for part in work.snapshot.parts_of(PLAYS.name) if part.day is not None}
    after = date.min if served is None else served.manifest.as_of
    return sorted(day for day in days if after < day <= work.as_of)


def _reused(settings: Settings, release: Release | None) -> list[str]:
    """Name what would not be done again."""
    if release is not None:
        return ["release"]
    tuned = settings.model.algorithm in AUTO and settings.model.tuning
    return ["tuning"] if tuned else []
