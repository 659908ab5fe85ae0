"""The whole job: from the lake as of a day to a published release, or a refusal that says why."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from rekomenda.errors import CorruptError, GateRefusedError, RekomendaError
from rekomenda.evaluation.gate.verdict import Force
from rekomenda.learning.bundle import Bundle
from rekomenda.pipeline import plan, steps
from rekomenda.pipeline.answering.room import require_room
from rekomenda.pipeline.attempt import Decision, differences_of, record_again, record_release
from rekomenda.pipeline.bootstrap import House
from rekomenda.pipeline.choosing.champion import find_champion, trusted_release
from rekomenda.pipeline.releasing.serve import should_serve
from rekomenda.pipeline.under_way import Request, UnderWay
from rekomenda.pipeline.work import Work, day_in, plan_work
from rekomenda.settings import Settings
from rekomenda.storage import commit
from rekomenda.storage.commit import Fence
from rekomenda.storage.lease import Holder, hold
from rekomenda.storage.publish import heal, serve_kept
from rekomenda.storage.release_manifest import Release
from rekomenda.telemetry.logs import get_logger
from rekomenda.telemetry.progress import Progress

log = get_logger(__name__)


@dataclass(frozen=True)
class Outcome:
    """What became of a run that was not refused.

    Parameters
    ----------
    decision : {"published", "unchanged", "kept"}
        `unchanged`: this very work was done before, nothing was written. `kept`: the release was
        made but one of a later day is in service, which stays.
    release : Release
        The release of this work.
    served : Release
        The release in service now.
    """

    decision: Decision
    release: Release
    served: Release


def run(
    house: House,
    settings: Settings,
    *,
    as_of: date | None,
    now: datetime,
    progress: Progress,
    force: Force | None = None,
) -> Outcome:
    """Do the whole job once. Doing it again with the same data changes nothing.

    Parameters
    ----------
    house : House
    settings : Settings
    as_of : date or None
        Nothing after this day is read; None: the last complete day in the lake.
    now : datetime, with zone
    progress : Progress
    force : Force, optional
        A person's word that the candidate shall be published although checks fail.

    Raises
    ------
    GateRefusedError
        If what was learned may not be published; the release in service stays, and the attempt
        is recorded with its reasons.
    NoDataError, NoOverlapError
        If there is nothing to learn from.
    CannotWriteError
        If the disk has no room for what would be written; nothing was done then.
    BusyError
        If another process is writing to this home.
    """
    today = day_in(settings.ingest.timezone, now)
    with hold(house.home, Holder.here("run", now)) as lease:
        _heal(house, lease)
        snapshot = house.lake.snapshot()
        work = plan_work(snapshot, settings, home=house.home, as_of=as_of, today=today)
        done = house.releases.find(work.run_key)
        if done is not None and force is not None and done.manifest.about.get("fallback"):
            work = work.forced()  # popularity was published instead: that release stays as it is
            done = house.releases.find(work.run_key)
        if done is not None:
            outcome = _finish(house, work, done, lease)
            served = outcome.served.release_id == done.release_id
            record_again(house, done, decision="published" if served else "kept", now=now)
            return outcome
        require_room(house, settings, work)
        with commit.staging(house.home) as spill:
            champion = find_champion(house.releases, work.as_of)
            request = Request(today, day_named=as_of is not None, force=force)
            return _attempt(
                UnderWay(house, settings, work, request, champion, now, progress, lease, spill)
            )


def _heal(house: House, lease: Fence) -> None:
    """Mend a half-done publish; a damaged release in service is replaced by this very run."""
    try:
        heal(house.releases, house.warehouse, lease)
    except CorruptError as error:
        log.warning("release in service is damaged", error=str(error))


def _finish(house: House, work: Work, done: Release, lease: Fence) -> Outcome:
    """End a run whose work was done before: serve its release where that is not what is served.

    A crash may have kept it from that, or what came after it was taken back: a file as it was, say.
    """
    served = trusted_release(house.releases)
    if served is None or should_serve(house, work, done, served):
        serve_kept(house.releases, house.warehouse, lease, done)
        return Outcome("published", done, done)
    house.warehouse.set_current(served.release_id, lease)  # its views know of every kept run
    return Outcome("unchanged", done, served)


def _attempt(run: UnderWay) -> Outcome:
    """Go, and remember a failure: `status` and the metrics then know of it."""
    try:
        return _go(run)
    except GateRefusedError:  # recorded with its reasons where it was refused
        raise
    except RekomendaError as error:
        run.remember(error)
        raise


def _go(run: UnderWay) -> Outcome:
    """Take the hops of `plan.PLAN`, one after the other."""
    with run.hop(plan.INTEGRATE) as step:
        integrated = steps.join_plays(run, step)
    with run.hop(plan.CHOOSE) as step:
        examination, chosen = steps.choose_algorithm(run, integrated, step)
    with run.hop(plan.EVALUATE) as step:
        contenders, contest = steps.compare(run, integrated, examination, chosen, step)
        name, verdict = steps.select(run, contenders, contest)
    if verdict.decision == "refuse":
        steps.refuse(run, verdict, name, contest)
    with run.hop(plan.REFIT):
        bundle = Bundle.fit(contenders.recipes[name], integrated.to_serve)
    draft = run.house.releases.draft(run.work.run_id)
    try:
        with run.hop(plan.RECOMMEND) as step:
            content = steps.write_release(
                run, draft, bundle, integrated, contest, name=name, step=step
            )
        with run.hop(plan.JUDGE):
            verdict = steps.judge(
                run,
                draft,
                content,
                integrated,
                so_far=verdict.checks,
                fit_seconds=contest.seconds[name][0],
            )
        if verdict.decision == "refuse":
            steps.refuse(run, verdict, name, contest)
        with run.hop(plan.PUBLISH):
            fallback = name != contenders.candidate
            release, decision = steps.serve(run, draft, content, verdict, fallback=fallback)
    finally:
        commit.discard(draft.path)
    with run.hop(plan.RECONCILE):
        differences = differences_of(run.house, release)
    record_release(
        run.house,
        release,
        decision=decision,
        differences=differences,
        now=run.now,
        durations=run.durations,
        **run.taken(),
    )
    served = trusted_release(run.house.releases)
    return Outcome(decision, release, served or release)
