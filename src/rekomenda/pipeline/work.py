"""What one run is about: which snapshot, up to which day, cut where, under which name."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from rekomenda import __version__
from rekomenda.domain.schema import INPUTS, PLAYS
from rekomenda.errors import NoDataError
from rekomenda.joining.integrate import UNTIL, last_complete_day
from rekomenda.learning.cuts import Cuts
from rekomenda.settings import Settings
from rekomenda.storage.documents import digest
from rekomenda.storage.snapshots import Part, Snapshot

_WITHOUT_EFFECT: Any = {
    "log": True,
    "keep": True,
    "warehouse": True,
    "ingest": True,
    "integrate": {"threads", "memory_limit"},
    "gate": {"accept_change"},
}
"""Settings that change nothing of what a run makes of the lake."""


@dataclass(frozen=True)
class Work:
    """One run before it starts.

    Parameters
    ----------
    snapshot : Snapshot
        The lake as it is read, whatever is loaded meanwhile.
    as_of : date
        Nothing after this day is read.
    cut : date or None
        Last day before the holdout; None where the plays' days do not allow a cut in time.
    run_key : str
        The same for the same data, day, settings and code: a retry is recognised by it.
    validation_cut : date or None
        Last day before a second holdout, which ends at `cut` and is of the same length or a third
        of the days up to it: what `auto` chooses on. None where the days do not allow it.
    """

    snapshot: Snapshot
    as_of: date
    cut: date | None
    run_key: str
    validation_cut: date | None = None

    def forced(self) -> Work:
        """Return the same work under another name: what a person forces is a release of its own."""
        return replace(self, run_key=digest({"run_key": self.run_key, "forced": True}))

    @property
    def run_id(self) -> str:
        """Name of the run and of its release: the day, and the start of the key."""
        return f"{self.as_of:%Y%m%d}-{self.run_key[:10]}"

    @property
    def rows(self) -> int:
        """Rows of plays up to the as-of day."""
        plays = self.snapshot.parts_of(PLAYS.name)
        return sum(part.rows for part in plays if part.day is None or part.day <= self.as_of)

    @property
    def read(self) -> tuple[Part, ...]:
        """The lake's parts that are read, in no order."""
        paths = {path for paths in self.parts.values() for path in paths}
        return tuple(part for part in self.snapshot.parts if part.path in paths)

    @property
    def parts(self) -> dict[str, Sequence[Path]]:
        """The lake's files by table in order of ingestion; plays up to the as-of day."""
        arrival = {record.input_id: place for place, record in enumerate(self.snapshot.inputs)}
        tables: dict[str, Sequence[Path]] = {}
        for name in INPUTS:
            parts = [
                part
                for part in self.snapshot.parts_of(name)
                if part.day is None or part.day <= self.as_of
            ]
            parts.sort(key=lambda part: (part.day or date.min, arrival.get(part.input_id, -1)))
            tables[name] = [part.path for part in parts]
        return tables


def plan_work(
    snapshot: Snapshot, settings: Settings, *, home: Path, as_of: date | None, today: date
) -> Work:
    """Decide what a run is about.

    Parameters
    ----------
    snapshot : Snapshot
    settings : Settings
    home : Path
        Named in messages only.
    as_of : date or None
        Nothing after it is read; the work is as of the last day with plays up to it. None: the
        last complete day in the lake.
    today : date
        In the service's time zone.

    Raises
    ------
    NoDataError
        If the lake holds no plays up to that day.
    """
    days = sorted({part.day for part in snapshot.parts_of(PLAYS.name) if part.day is not None})
    limit = as_of or last_complete_day(days, today=today)
    known = [day for day in days if limit is not None and day <= limit]
    if not known:
        raise NoDataError(home=home, until=UNTIL.filled(last=limit) if limit else "")
    last = known[-1]  # a later day without plays would keep releases of real days from being served
    cuts = Cuts.of(known[0], last, settings.evaluate.holdout_days)
    made_of = settings.model_dump(mode="json", exclude=_WITHOUT_EFFECT)
    key = {
        "plays_and_catalogue": snapshot.rows_hash(last),
        "as_of": last.isoformat(),
        "settings": made_of,
        "code": __version__,
    }
    return Work(
        snapshot,
        last,
        cuts.cut,
        digest(key),
        validation_cut=cuts.validation_cut,
    )


def day_in(zone: str, now: datetime) -> date:
    """Return the day that a moment (with zone) falls on in an IANA time zone."""
    return now.astimezone(ZoneInfo(zone)).date()
