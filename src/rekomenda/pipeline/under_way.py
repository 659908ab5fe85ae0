"""One run under way: what all of its hops need, how long each took, and what is remembered of it."""

from __future__ import annotations

import resource
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

from rekomenda.errors import RekomendaError
from rekomenda.evaluation.gate.rules import GateRules
from rekomenda.evaluation.gate.verdict import Force
from rekomenda.pipeline import plan
from rekomenda.pipeline.attempt import Decision, as_json, record_attempt
from rekomenda.pipeline.bootstrap import House
from rekomenda.pipeline.choosing.champion import Champion
from rekomenda.pipeline.work import Work
from rekomenda.settings import Settings
from rekomenda.storage.commit import Fence
from rekomenda.telemetry.logs import get_logger
from rekomenda.telemetry.progress import Progress, Step

log = get_logger(__name__)


@dataclass(frozen=True)
class Request:
    """What whoever started a run said of it.

    Parameters
    ----------
    today : date
        In the service's time zone.
    day_named : bool
        Whether they said as of which day.
    force : Force or None
        A person's word that the candidate shall be published although checks fail.
    serve : bool
        Whether the judged release is put into service at once.
    """

    today: date
    day_named: bool
    force: Force | None
    serve: bool = True


@dataclass(frozen=True)
class UnderWay:
    """One run under way.

    Parameters
    ----------
    house : House
    settings : Settings
    work : Work
        Which parts of the lake, as of which day, under which key.
    request : Request
    champion : Champion
        The release in service, as a contender.
    now : datetime, with zone
    progress : Progress
    lease : Fence
        Says that nobody else writes.
    spill : Path
        A folder for what does not fit into memory.
    durations : dict
        Seconds by hop, of those that are over.
    """

    house: House
    settings: Settings
    work: Work
    request: Request
    champion: Champion
    now: datetime
    progress: Progress
    lease: Fence
    spill: Path
    durations: dict[str, float] = field(default_factory=dict)

    @property
    def rules(self) -> GateRules:
        """What a candidate must show."""
        return GateRules(**self.settings.gate.model_dump())

    @contextmanager
    def hop(self, hop: plan.Hop) -> Iterator[Step]:
        """Show a hop while it lasts, and note how long it took."""
        started = time.perf_counter()
        with self.progress.step(hop.name, hop.title) as step:
            yield step
        self.durations[hop.name] = time.perf_counter() - started
        log.info("hop done", hop=hop.name, seconds=round(self.durations[hop.name], 3))

    def record(self, decision: Decision, **more: Any) -> None:
        """Remember how the run ended; `more` as `record_attempt` takes it."""
        record_attempt(
            self.house,
            self.work.run_id,
            decision=decision,
            as_of=self.work.as_of,
            now=self.now,
            durations=self.durations,
            **self.taken(),
            **more,
        )

    def taken(self) -> dict[str, Any]:
        """Return what tells how long a like run will take, and how much memory."""
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss << 10  # KiB, on Linux
        asked_for = self.settings.model.algorithm
        return {"asked_for": asked_for, "rows": self.work.rows, "peak_bytes": peak}

    def remember(self, error: RekomendaError) -> None:
        """Record a failure; what keeps it from being recorded must not hide it."""
        try:
            self.record("failed", error=as_json(error))
        except RekomendaError as second:
            log.warning("failure not recorded", code=second.code, error=str(second))
