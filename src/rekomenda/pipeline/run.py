"""The whole job: from the lake as of a day to a published release, or a refusal that says why."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

from rekomenda.domain.schema import BLOCKED
from rekomenda.errors import CorruptError, GateRefusedError, RekomendaError
from rekomenda.evaluation.check import Check
from rekomenda.evaluation.gate.rules import GateRules
from rekomenda.evaluation.gate.verdict import Force, Verdict, decide
from rekomenda.language import Text
from rekomenda.pipeline import plan
from rekomenda.pipeline.attempt import (
    Decision,
    as_json,
    record_again,
    record_attempt,
    record_release,
)
from rekomenda.pipeline.bootstrap import House, n_threads, open_engine
from rekomenda.pipeline.bundle import Bundle
from rekomenda.pipeline.champion import Champion, find_champion, trusted_release
from rekomenda.pipeline.choosing import choose_blend
from rekomenda.pipeline.contenders import Contenders
from rekomenda.pipeline.contest import Contest, hold_contest
from rekomenda.pipeline.draft import DraftContent, manifest_of, write_draft
from rekomenda.pipeline.exam import Examination, set_exam
from rekomenda.pipeline.inspection import Inspection, inspect_data, taken_down
from rekomenda.pipeline.integrate import Integrated, integrate
from rekomenda.pipeline.list_study import POPULARITY_IN_REGION, ListStudy
from rekomenda.pipeline.recipe import AUTO, Recipe, choose_recipes
from rekomenda.pipeline.rest import Rest, release_before
from rekomenda.pipeline.tombstones import erased_ids
from rekomenda.pipeline.work import Work, day_in, plan_work
from rekomenda.settings import Settings
from rekomenda.storage import commit
from rekomenda.storage.commit import Fence
from rekomenda.storage.lease import Holder, hold
from rekomenda.storage.publish import heal, publish, roll_back, tables_of
from rekomenda.storage.release_manifest import Release
from rekomenda.storage.releases import Draft
from rekomenda.telemetry.logs import get_logger
from rekomenda.telemetry.progress import Progress, Step
from rekomenda.tuning.choice import Choice

log = get_logger(__name__)

_NOTHING = Text(en="What is there (nothing yet)", pt="O que existe (nada ainda)")
_INTEGRATED = Text(
    en="{plays:n} {plays:play|plays} by {listeners:n} {listeners:listener|listeners} of "
    "{played_tracks:n} {played_tracks:track|tracks}, {first_day} to "
    "{last_day}; {unmatched_plays:n} {unmatched_plays:play|plays} of {unmatched_tracks:n} "
    "{unmatched_tracks:track|tracks} without a catalogue row (kept); {bots:n} {bots:bot|bots} left out of learning",
    pt="{plays:n} {plays:play|plays} de {listeners:n} {listeners:ouvinte|ouvintes} em "
    "{played_tracks:n} {played_tracks:faixa|faixas}, de {first_day} a "
    "{last_day}; {unmatched_plays:n} {unmatched_plays:play|plays} de {unmatched_tracks:n} "
    "{unmatched_tracks:faixa|faixas} fora do catálogo (mantidos); {bots:n} {bots:robô fora|robôs fora} do aprendizado",
)


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
            outcome = _finish(house, done, lease)
            served = outcome.served.release_id == done.release_id
            record_again(house, done, decision="published" if served else "kept", now=now)
            return outcome
        with commit.staging(house.home) as spill:
            champion = find_champion(house.releases, work.as_of)
            request = Request(today, day_named=as_of is not None, force=force)
            return _Run(
                house, settings, work, request, champion, now, progress, lease, spill
            ).attempt()


def _heal(house: House, lease: Fence) -> None:
    """Mend a half-done publish; a damaged release in service is replaced by this very run."""
    try:
        heal(house.releases, house.warehouse, lease)
    except CorruptError as error:
        log.warning("release in service is damaged", error=str(error))


def _finish(house: House, done: Release, lease: Fence) -> Outcome:
    """End a run whose work was done before: serve its release if a crash kept it from that.

    A release that was served and then rolled back stays so: whoever rolled back knew why.
    """
    served = trusted_release(house.releases)
    if served is None or _should_serve(house, done, served):
        roll_back(house.releases, house.warehouse, lease, done.release_id)
        return Outcome("published", done, done)
    return Outcome("unchanged", done, served)


def _should_serve(house: House, done: Release, served: Release) -> bool:
    previous = house.releases.previous()
    withdrawn = previous is not None and previous.release_id == done.release_id
    return done.number > served.number and not withdrawn and _is_newer(done, served)


def _is_newer(release: Release, served: Release) -> bool:
    return release.manifest.as_of >= served.manifest.as_of


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
    """

    today: date
    day_named: bool
    force: Force | None


@dataclass
class _Run:
    """One run under way: what all of its hops need."""

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

    def attempt(self) -> Outcome:
        """Go, and remember a failure: `status` and the metrics then know of it.

        Raises
        ------
        RekomendaError
            Whatever ended the run.
        """
        try:
            return self._go()
        except GateRefusedError:
            raise
        except RekomendaError as error:
            self._remember(error)
            raise

    def _remember(self, error: RekomendaError) -> None:
        """Record a failure; what keeps it from being recorded must not hide it."""
        try:
            self._record("failed", error=as_json(error))
        except RekomendaError as second:
            log.warning("failure not recorded", code=second.code, error=str(second))

    def _go(self) -> Outcome:
        """Take the hops of `plan.PLAN`, one after the other."""
        with self._hop(plan.INTEGRATE) as step:
            integrated = self._integrate(step)
        with self._hop(plan.CHOOSE) as step:
            examination = self._examination(integrated)
            choice = None
            if self.settings.model.algorithm in AUTO:
                choice = choose_blend(integrated, examination, self.settings, step)
        with self._hop(plan.EVALUATE) as step:
            contenders, contest = self._evaluate(integrated, examination, choice, step)
            about_data = self._inspect_data(contest)
            name, verdict = contenders.choose(
                contest, self._rules, about_data=about_data, force=self.request.force
            )
        if verdict.decision == "refuse":
            self._refuse(verdict, name, contest)
        with self._hop(plan.REFIT):
            bundle = Bundle.fit(contenders.recipes[name], integrated.to_serve)
        draft = self.house.releases.draft(self.work.run_id)
        try:
            with self._hop(plan.RECOMMEND) as step:
                content = self._write(draft, bundle, integrated, contest, step)
            with self._hop(plan.JUDGE):
                inspection = self._inspection(draft, content, integrated)
                checks = (
                    *verdict.checks,
                    *content.mechanics.checks,
                    *inspection.checks(
                        contest.seconds[name][0],
                        blocked=taken_down(self.work.parts[BLOCKED.name], self.work.as_of),
                        erased=erased_ids(self.house.home),
                    ),
                )
                verdict = decide(checks, force=self.request.force)
            if verdict.decision == "refuse":
                self._refuse(verdict, name, contest)
            with self._hop(plan.PUBLISH):
                fallback = name != contenders.candidate
                release, decision = self._publish(draft, content, verdict, fallback=fallback)
        finally:
            commit.discard(draft.path)
        with self._hop(plan.RECONCILE):
            record_release(
                self.house, release, decision=decision, now=self.now, durations=self.durations
            )
        served = trusted_release(self.house.releases)
        return Outcome(decision, release, served or release)

    @property
    def _rules(self) -> GateRules:
        return GateRules(**self.settings.gate.model_dump())

    def _inspect_data(self, contest: Contest) -> tuple[Check, ...]:
        return inspect_data(
            self.work,
            leaked=contest.examination.leaked,
            today=self.request.today,
            day_named=self.request.day_named,
            rules=self._rules,
        )

    def _inspection(
        self, draft: Draft, content: DraftContent, integrated: Integrated
    ) -> Inspection:
        return Inspection(
            draft.path,
            content.bundle,
            integrated.to_serve,
            self.champion.release,
            self._rules,
            list_length=self.settings.recommend.for_you,
            min_support=self.settings.recommend.min_support,
            resting=content.resting,
        )

    @contextmanager
    def _hop(self, hop: plan.Hop) -> Iterator[Step]:
        started = time.perf_counter()
        with self.progress.step(hop.name, hop.title) as step:
            yield step
        self.durations[hop.name] = time.perf_counter() - started
        log.info("hop done", hop=hop.name, seconds=round(self.durations[hop.name], 3))

    def _integrate(self, step: Step) -> Integrated:
        integrated = integrate(
            open_engine(self.settings, self.spill),
            self.work.parts,
            home=self.house.home,
            as_of=self.work.as_of,
            cut=self.work.cut,
            validation_cut=self.work.validation_cut
            if self.settings.model.algorithm in AUTO
            else None,
            options=self.settings.integrate,
            moments=self.settings.evaluate.holdout == "sessions",
        )
        step.note(_INTEGRATED, **asdict(integrated.report))
        return integrated

    def _examination(self, integrated: Integrated) -> Examination:
        gate = self.settings.gate
        cutoffs = {*self.settings.evaluate.cutoffs, gate.cutoff, gate.recall_cutoff}
        evaluate = self.settings.evaluate.model_copy(update={"cutoffs": tuple(sorted(cutoffs))})
        return set_exam(integrated, evaluate, seed=self.settings.model.seed)

    def _evaluate(
        self, integrated: Integrated, examination: Examination, choice: Choice | None, step: Step
    ) -> tuple[Contenders, Contest]:
        model = self.settings.model
        candidate, beside, left_out = choose_recipes(
            model.algorithm,
            model.compare,
            model.hyperparameters,
            chosen=None if choice is None else choice.hyperparameters,
            n_items=len(integrated.catalogue),
            max_ease_items=model.max_ease_items,
            seed=model.seed,
        )
        contenders = Contenders.of(
            candidate, beside, self.champion.recipe, left_out, self.champion.why
        )
        threads = n_threads(self.settings)
        study = ListStudy(examination, self.settings.recommend, contenders.candidate, threads)
        contest = hold_contest(
            contenders.recipes, examination, step, threads=threads, study=study, choice=choice
        )
        return contenders, contest

    def _write(
        self,
        draft: Draft,
        bundle: Bundle,
        integrated: Integrated,
        contest: Contest,
        step: Step,
    ) -> DraftContent:
        before = None
        if self.champion.release is not None:  # a damaged one tells nothing of what it showed
            before = release_before(self.house.releases, self.work.as_of)
        return write_draft(
            draft.path,
            bundle,
            integrated,
            contest,
            fallback=Recipe(POPULARITY_IN_REGION).fit(integrated.data),
            rest=Rest.of(before, bundle, self.work.as_of, self.settings.recommend),
            settings=self.settings.recommend,
            threads=n_threads(self.settings),
            step=step,
        )

    def _publish(
        self, draft: Draft, content: DraftContent, verdict: Verdict, *, fallback: bool
    ) -> tuple[Release, Decision]:
        manifest = manifest_of(
            self.work,
            content,
            verdict,
            fallback=fallback,
            cutoff=self._rules.cutoff,
            created_at=self.now,
        )
        served = trusted_release(self.house.releases)
        if served is not None and served.manifest.as_of > self.work.as_of:
            kept = self.house.releases.install(draft, manifest)
            self.house.warehouse.append(kept.release_id, tables_of(kept))
            return kept, "kept"
        release = publish(self.house.releases, self.house.warehouse, draft, manifest, self.lease)
        return release, "published"

    def _refuse(self, verdict: Verdict, name: str, contest: Contest) -> None:
        """Record why, and leave with the gate's exit code."""
        self._record("refused", algorithm=name, gate=verdict.to_json(), exam=contest.facts())
        served = trusted_release(self.house.releases)
        raise GateRefusedError(
            run_id=self.work.run_id,
            reasons=Text(en=verdict.reasons_in("en"), pt=verdict.reasons_in("pt-BR")),
            served=served.release_id if served else _NOTHING,
        )

    def _record(self, decision: Decision, **more: Any) -> None:
        record_attempt(
            self.house,
            self.work.run_id,
            decision=decision,
            as_of=self.work.as_of,
            now=self.now,
            durations=self.durations,
            **more,
        )
