"""A wider search for a blend, kept in the home so that a later run can serve what it found."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from rekomenda.joining.integrate import integrate
from rekomenda.learning.auto import choose_blend
from rekomenda.learning.exam import set_exam
from rekomenda.pipeline.bootstrap import House, open_engine
from rekomenda.pipeline.choosing.at_hand import make_sure
from rekomenda.pipeline.choosing.tuned import tuning_of
from rekomenda.pipeline.plan import CHOOSE, INTEGRATE
from rekomenda.pipeline.work import day_in, plan_work
from rekomenda.settings import Settings
from rekomenda.storage import commit
from rekomenda.storage.lease import Holder, hold
from rekomenda.telemetry.progress import Progress
from rekomenda.tuning.grid import WIDE_GRID


def tune(
    house: House, settings: Settings, *, as_of: date | None, now: datetime, progress: Progress
) -> dict[str, Any]:
    """Choose as `auto` does, on the same validation cut, from a wider grid, and keep the search.

    Nothing that is served changes. Returned is what is kept: see `tuned.tuning_of`.

    Parameters
    ----------
    house : House
    settings : Settings
        `model.budget_seconds` is what may be spent.
    as_of : date or None
        As in `run.run`.
    now : datetime, with zone
    progress : Progress

    Raises
    ------
    NoDataError, NoOverlapError, NotMeasurableError
        If there is nothing to learn from, or nothing can be held out.
    BusyError
        If another process is writing to this home.
    """
    today = day_in(settings.ingest.timezone, now)
    with hold(house.home, Holder.here("tune", now)), commit.staging(house.home) as spill:
        work = plan_work(house.lake.snapshot(), settings, home=house.home, as_of=as_of, today=today)
        with progress.step(INTEGRATE.name, INTEGRATE.title):
            engine = open_engine(settings, spill)
            make_sure(house, engine, work)
            integrated = integrate(
                engine,
                work.parts,
                home=house.home,
                as_of=work.as_of,
                cut=work.cut,
                validation_cut=work.validation_cut,
                options=settings.integrate,
                moments=settings.evaluate.holdout == "sessions",
            )
        with progress.step(CHOOSE.name, CHOOSE.title) as step:
            examination = set_exam(integrated, settings.evaluate, seed=settings.model.seed)
            choice = choose_blend(integrated, examination, settings, step, grid=WIDE_GRID)
        tuning_id, tuning = tuning_of(choice, work, settings, now=now)
        house.tunings.record(tuning_id, tuning)
        return {**tuning, "tuning_id": tuning_id}
