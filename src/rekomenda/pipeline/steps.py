"""What a run does in each hop of the plan, for one run under way."""

from __future__ import annotations

from dataclasses import asdict, replace
from math import isnan

from rekomenda.domain.schema import BLOCKED
from rekomenda.errors import GateRefusedError
from rekomenda.evaluation.check import Check
from rekomenda.evaluation.gate.verdict import Verdict, decide
from rekomenda.joining.integrate import Integrated, integrate
from rekomenda.language import Text
from rekomenda.learning.auto import choose_blend
from rekomenda.learning.bundle import Bundle
from rekomenda.learning.exam import Examination, set_exam
from rekomenda.learning.recipe import AUTO, POPULARITY_IN_REGION, Recipe, choose_recipes
from rekomenda.pipeline.attempt import Decision
from rekomenda.pipeline.bootstrap import n_threads, open_engine
from rekomenda.pipeline.choosing.at_hand import make_sure
from rekomenda.pipeline.choosing.champion import trusted_release
from rekomenda.pipeline.choosing.contenders import Contenders
from rekomenda.pipeline.choosing.contest import Contest, hold_contest
from rekomenda.pipeline.choosing.floor_study import K, floor_price_of
from rekomenda.pipeline.choosing.list_study import ListStudy
from rekomenda.pipeline.choosing.tuned import Chosen, sentence_of
from rekomenda.pipeline.judging.inspection import Inspection, inspect_data
from rekomenda.pipeline.releasing.draft import DraftContent, manifest_of, write_draft
from rekomenda.pipeline.releasing.rest import Rest, release_before
from rekomenda.pipeline.takedowns import taken_down
from rekomenda.pipeline.under_way import UnderWay
from rekomenda.refusals import guard
from rekomenda.storage.erasures import Erasures
from rekomenda.storage.publish import keep, publish
from rekomenda.storage.release_manifest import Release, ReleaseManifest
from rekomenda.storage.releases import Draft
from rekomenda.telemetry.progress import Step

_NOTHING = Text(en="What is there (nothing yet)", pt="O que existe (nada ainda)")
_INTEGRATED = Text(
    en="{plays:n} {plays:play|plays} by {listeners:n} {listeners:listener|listeners} of "
    "{played_tracks:n} {played_tracks:track|tracks}, {first_day} to "
    "{last_day}; {unmatched_plays:n} {unmatched_plays:play|plays} of {unmatched_tracks:n} "
    "{unmatched_tracks:track|tracks} without a catalogue row (kept); {bots:n} {bots:bot|bots} left out of learning",
    pt="{plays:n} {plays:play|plays} de {listeners:n} {listeners:ouvinte|ouvintes} em "
    "{played_tracks:n} {played_tracks:faixa|faixas}, de {first_day} a "
    "{last_day}; {unmatched_plays:n} {unmatched_plays:play|plays} de {unmatched_tracks:n} "
    "{unmatched_tracks:faixa|faixas} fora do catálogo ({unmatched_plays:mantido|mantidos}); {bots:n} {bots:robô fora|robôs fora} do aprendizado",
)

_PRICE = Text(
    en="emerging artists: their floor on {shelf} gives up {loss:.2%} of NDCG@{k} ({low:.2%} to {high:.2%}) on "
    "{listeners:n} {listeners:listener|listeners}",
    pt="artistas emergentes: o piso deles em {shelf} cede {loss:.2%} do NDCG@{k} ({low:.2%} a {high:.2%}) em "
    "{listeners:n} {listeners:ouvinte|ouvintes}",
)


def join_plays(run: UnderWay, step: Step) -> Integrated:
    """Join plays with the catalogue, as of the day and up to the cut; every byte is compared first."""
    engine = open_engine(run.settings, run.spill)
    make_sure(run.house, engine, run.work)
    looks_back = run.settings.model.algorithm in AUTO or run.settings.recommend.emerging_share > 0
    integrated = integrate(
        engine,
        run.work.parts,
        home=run.house.home,
        as_of=run.work.as_of,
        cut=run.work.cut,
        validation_cut=run.work.validation_cut if looks_back else None,
        options=run.settings.integrate,
        moments=run.settings.evaluate.holdout == "sessions",
    )
    step.note(_INTEGRATED, **asdict(integrated.report))
    for warning in integrated.report.warnings:
        step.note(warning)
    return integrated


def choose_algorithm(
    run: UnderWay, integrated: Integrated, step: Step
) -> tuple[Examination, Chosen]:
    """Set the exam; say what `auto` stands for, and what a floor may cost that candidate.

    `auto` stands for what days before the cut speak for, or for what an earlier tuning found.
    """
    gate, model = run.settings.gate, run.settings.model
    cutoffs = {*run.settings.evaluate.cutoffs, gate.cutoff, gate.recall_cutoff}
    evaluate = run.settings.evaluate.model_copy(update={"cutoffs": tuple(sorted(cutoffs))})
    examination = set_exam(integrated, evaluate, seed=model.seed)
    fitted = None
    if model.algorithm not in AUTO:
        chosen = Chosen.by_name(model)
    elif model.tuning:
        tuning = run.house.tunings.get(model.tuning)
        chosen = Chosen.by_tuning(tuning, run.work)
        step.note(sentence_of(tuning))
    else:
        choice = choose_blend(integrated, examination, run.settings, step)
        chosen, fitted = Chosen.in_this_run(choice, model.seed), choice.model
    price = floor_price_of(chosen.recipe, fitted, integrated, examination, run.settings)
    return examination, replace(chosen, floor_price=price)


def compare(
    run: UnderWay, integrated: Integrated, examination: Examination, chosen: Chosen, step: Step
) -> tuple[Contenders, Contest]:
    """Let the candidate, the release in service and the models beside them take the exam."""
    model = run.settings.model
    candidate, beside, left_out = choose_recipes(
        model.algorithm,
        model.compare,
        model.hyperparameters,
        chosen=None if chosen.facts is None else chosen.recipe,
        n_items=len(integrated.catalogue),
        max_ease_items=model.max_ease_items,
        seed=model.seed,
    )
    contenders = Contenders.of(candidate, beside, run.champion.recipe, left_out, run.champion.why)
    threads, price = n_threads(run.settings), chosen.floor_price
    study = ListStudy(examination, run.settings.recommend, contenders.candidate, threads, price)
    contest = hold_contest(
        contenders.recipes, examination, step, threads=threads, study=study, choice=chosen.facts
    )
    for each in study.prices():
        if not each.listeners or isnan(each.loss):  # nothing to measure it on, or nothing to lose
            continue
        step.note(_PRICE, **vars(each), k=K)
    return contenders, contest


def select(run: UnderWay, contenders: Contenders, contest: Contest) -> tuple[str, Verdict]:
    """Say which contender may be published as far as exam and data tell: (its name, the verdict)."""
    about_data = inspect_data(
        run.work,
        leaked=contest.examination.leaked,
        today=run.request.today,
        day_named=run.request.day_named,
        rules=run.rules,
    )
    return contenders.choose(contest, run.rules, about_data=about_data, force=run.request.force)


def write_release(
    run: UnderWay,
    draft: Draft,
    bundle: Bundle,
    integrated: Integrated,
    contest: Contest,
    *,
    name: str,
    step: Step,
) -> DraftContent:
    """Write model, lists, catalogue and report to the draft; `name` is that of the contender."""
    before = None
    if run.champion.release is not None:  # a damaged one tells nothing of what it showed
        before = release_before(run.house.releases, run.work.as_of)
    rest = Rest.of(before, bundle, run.work.as_of, run.settings.recommend)
    with guard(draft.path):
        return write_draft(
            draft.path,
            bundle,
            integrated,
            contest,
            name=name,
            fallback=Recipe(POPULARITY_IN_REGION).fit(integrated.data),
            rest=rest,
            settings=run.settings.recommend,
            threads=n_threads(run.settings),
            engine=open_engine(run.settings, run.spill),
            step=step,
        )


def judge(
    run: UnderWay,
    draft: Draft,
    content: DraftContent,
    integrated: Integrated,
    *,
    so_far: tuple[Check, ...],
    fit_seconds: float,
) -> Verdict:
    """Decide on everything: the checks so far, those of the lists, and the release as it lies there."""
    inspection = Inspection(
        draft.path,
        content.bundle,
        integrated.to_serve,
        run.champion.release,
        run.rules,
        list_length=run.settings.recommend.for_you,
        min_support=run.settings.recommend.min_support,
        resting=content.resting,
    )
    of_release = inspection.checks(
        fit_seconds,
        blocked=taken_down(run.work.parts[BLOCKED.name], run.work.as_of),
        erased=Erasures(run.house.home).tombstones(),
    )
    return decide((*so_far, *content.mechanics.checks, *of_release), force=run.request.force)


def serve(
    run: UnderWay, draft: Draft, content: DraftContent, verdict: Verdict, *, fallback: bool
) -> tuple[Release, Decision]:
    """Publish the draft; where a release of a later day is in service, keep it beside that one."""
    served = trusted_release(run.house.releases)
    if served is not None and served.manifest.as_of > run.work.as_of:
        return set_aside(run, draft, content, verdict, fallback=fallback), "kept"
    manifest = _manifest_of(run, content, verdict, fallback=fallback)
    release = publish(run.house.releases, run.house.warehouse, draft, manifest, run.lease)
    return release, "published"


def set_aside(
    run: UnderWay, draft: Draft, content: DraftContent, verdict: Verdict, *, fallback: bool
) -> Release:
    """Keep the draft as a release beside the one in service, in the warehouse too."""
    manifest = _manifest_of(run, content, verdict, fallback=fallback)
    return keep(run.house.releases, run.house.warehouse, draft, manifest, run.lease)


def _manifest_of(
    run: UnderWay, content: DraftContent, verdict: Verdict, *, fallback: bool
) -> ReleaseManifest:
    return manifest_of(
        run.work,
        content,
        verdict,
        fallback=fallback,
        cutoff=run.rules.cutoff,
        created_at=run.now,
    )


def refuse(run: UnderWay, verdict: Verdict, name: str, contest: Contest) -> None:
    """Record why nothing is published, and leave with the gate's exit code.

    Raises
    ------
    GateRefusedError
        Always.
    """
    run.record("refused", algorithm=name, gate=verdict.to_json(), exam=contest.facts())
    served = trusted_release(run.house.releases)
    raise GateRefusedError(
        run_id=run.work.run_id,
        reasons=Text(en=verdict.reasons_in("en"), pt=verdict.reasons_in("pt-BR")),
        served=served.release_id if served else _NOTHING,
    )
