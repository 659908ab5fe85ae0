"""The whole job: from the lake as of a day to a published release, or a refusal that says why."""

from __future__ import annotations

from dataclasses import asdict, replace
from datetime import date, datetime

from rekomenda.errors import GateRefusedError, RekomendaError
from rekomenda.evaluation.gate.verdict import Force, Verdict
from rekomenda.learning.bundle import Bundle
from rekomenda.pipeline import plan, steps
from rekomenda.pipeline.answering.room import require_room
from rekomenda.pipeline.attempt import differences_of, record_again, record_release
from rekomenda.pipeline.bootstrap import House
from rekomenda.pipeline.choosing.champion import find_champion, trusted_release
from rekomenda.pipeline.publishing import Outcome, finish, mend, standing_of
from rekomenda.pipeline.releasing.draft import DraftContent
from rekomenda.pipeline.releasing.recounted import recounted
from rekomenda.pipeline.releasing.serve import should_serve
from rekomenda.pipeline.releasing.waiting import may_serve
from rekomenda.pipeline.under_way import Request, UnderWay
from rekomenda.pipeline.work import day_in, plan_work
from rekomenda.settings import Settings
from rekomenda.storage import commit
from rekomenda.storage.lease import Holder, hold
from rekomenda.storage.releases import Draft
from rekomenda.telemetry.progress import Progress


def run(
    house: House,
    settings: Settings,
    *,
    as_of: date | None,
    now: datetime,
    progress: Progress,
    force: Force | None = None,
    serve: bool = True,
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
    serve : bool
        False: stop when the release is judged and kept; `publish_kept` puts it into service.

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
        mend(house, lease)
        snapshot = house.lake.snapshot()
        work = plan_work(snapshot, settings, home=house.home, as_of=as_of, today=today)
        done = house.releases.find(work.run_key)
        if done is not None and force is not None and done.manifest.about.get("fallback"):
            work = work.forced()  # popularity was published instead: that release stays as it is
            done = house.releases.find(work.run_key)
        if done is not None:
            in_service = trusted_release(house.releases)
            serves = in_service is None or should_serve(house, work, done, in_service)
            if not serve:
                return standing_of(house, done, serves=serves)
            outcome = finish(house, done, lease, serves=serves)
            served = outcome.served is not None and outcome.served.release_id == done.release_id
            record_again(house, done, decision="published" if served else "kept", now=now)
            return outcome
        require_room(house, settings, work)
        with commit.staging(house.home) as spill:
            champion = find_champion(house.releases, work.as_of)
            request = Request(today, day_named=as_of is not None, force=force, serve=serve)
            return _attempt(
                UnderWay(house, settings, work, request, champion, now, progress, lease, spill)
            )


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
    integrated = replace(integrated, before=None, between=None)  # gigabytes, asked no more
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
        fallback = name != contenders.candidate
        if not run.request.serve:
            return _set_aside(run, draft, content, verdict, fallback=fallback)
        with run.hop(plan.PUBLISH):
            release, decision = steps.serve(run, draft, content, verdict, fallback=fallback)
    finally:
        commit.discard(draft.path)
    with run.hop(plan.RECONCILE):
        differences = differences_of(run.house, release)
        lake = recounted(run.house, run.settings, release, run.spill)
    record_release(
        run.house,
        release,
        decision=decision,
        differences=differences,
        now=run.now,
        durations=run.durations,
        lake=None if lake is None else asdict(lake),
        **run.taken(),
    )
    served = trusted_release(run.house.releases)
    return Outcome(decision, release, served or release)


def _set_aside(
    run: UnderWay, draft: Draft, content: DraftContent, verdict: Verdict, *, fallback: bool
) -> Outcome:
    """End a run with the release judged, kept and in the warehouse, seen by nobody."""
    release = steps.set_aside(run, draft, content, verdict, fallback=fallback)
    outcome = standing_of(run.house, release, serves=may_serve(run.house.releases, release))
    run.record(outcome.decision, algorithm=release.manifest.algorithm, gate=verdict.to_json())
    return outcome
