"""What stands in a release: lists, similarities, catalogue, model, numbers and the report."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from numpy.typing import NDArray

from rekomenda.domain.eligible import ItemSets
from rekomenda.domain.models import FittedModel
from rekomenda.domain.recommendations import Shelf
from rekomenda.engines.base import Engine
from rekomenda.evaluation.gate.verdict import Verdict
from rekomenda.evaluation.mechanics import Inspector, Mechanics
from rekomenda.evaluation.segments import OVERALL
from rekomenda.joining.integrate import Integrated
from rekomenda.learning.bundle import Bundle
from rekomenda.pipeline.choosing.contest import Contest
from rekomenda.pipeline.releasing.exposure import measure_exposure
from rekomenda.pipeline.releasing.lists import ListCounts, write_lists
from rekomenda.pipeline.releasing.model_card import model_card
from rekomenda.pipeline.releasing.rest import IMPRESSIONS, Rest
from rekomenda.pipeline.releasing.spread import all_lists
from rekomenda.pipeline.work import Work
from rekomenda.ranking.dial import NEUTRAL
from rekomenda.ranking.lists import ListMaker
from rekomenda.ranking.similar import similar_artists, similar_tracks
from rekomenda.settings import RecommendSettings
from rekomenda.storage.parquet_layout import pieces
from rekomenda.storage.release_manifest import ReleaseManifest
from rekomenda.telemetry.progress import Step

LISTS = "lists/recommendations.parquet"
REPORT = "report.json"
MODEL_CARD = "model_card.md"
EXPOSURE = "exposure.parquet"
"""Who is shown: every measure of the published lists and of the exam's, with its interval."""
DAYS = "days.parquet"
STRANGERS = "strangers.parquet"
"""`user_id, region` of people who are known but have no history to learn from, bots too: they are
shown the popular list of their region, which is stored once and not once for each."""
TABLES = {
    "recommendations": LISTS,
    IMPRESSIONS: "lists/impressions.parquet",
    "similar_tracks": "lists/similar_tracks.parquet",
    "similar_artists": "lists/similar_artists.parquet",
    "model_metrics": "metrics.parquet",
    "tracks": "catalogue/tracks.parquet",
    "artists": "catalogue/artists.parquet",
    "track_artists": "catalogue/track_artists.parquet",
    "track_genres": "catalogue/track_genres.parquet",
    "plays_daily": "plays_daily.parquet",
}
"""By warehouse table, the release's file with its rows."""


@dataclass(frozen=True)
class DraftContent:
    """What was written, as far as the gate and the manifest want to know.

    Parameters
    ----------
    name : str
        The contender's: its algorithm, or `served:...` where the recipe in service goes on.
    bundle : Bundle
    counts : ListCounts
    mechanics : Mechanics
    coverage : dict
        Share of tracks and of artists that may be shown and stand in at least one list.
    metrics : list of dict
        Overall numbers of all models, one a row of `model_metrics`.
    report : dict
        What `report.json` says.
    resting : ItemSets or None
        Tracks that `for_you` leaves out for now, since they were shown and not played.
    """

    name: str
    bundle: Bundle
    counts: ListCounts
    mechanics: Mechanics
    coverage: dict[str, float]
    metrics: list[dict[str, Any]]
    report: dict[str, Any]
    resting: ItemSets | None = None


def write_draft(
    folder: Path,
    bundle: Bundle,
    integrated: Integrated,
    contest: Contest,
    *,
    name: str,
    fallback: FittedModel,
    rest: Rest,
    settings: RecommendSettings,
    threads: int,
    engine: Engine,
    step: Step,
) -> DraftContent:
    """Write everything but the manifest into a staged folder.

    Parameters
    ----------
    folder : Path
        Empty, staged.
    bundle : Bundle
        The model that ranks.
    integrated : Integrated
    contest : Contest
    name : str
        Under which the model sat the exam.
    fallback : FittedModel
        Ranks for people without history.
    rest : Rest
        What was shown before.
    settings : RecommendSettings
    threads : int
    engine : Engine
        Makes the lists.
    step : Step
    """
    bundle.write(folder)
    dials = _dials(integrated, settings.dial)
    maker = ListMaker(
        model=bundle.model,
        interactions=bundle.interactions,
        catalogue=bundle.catalogue,
        fallback=fallback,
        shelves=_shelves(settings),
        max_per_artist=settings.max_per_artist,
        min_support=settings.min_support,
        n_candidates=settings.candidates,
        as_of_day=integrated.data.as_of_day,
        fresh_days=settings.fresh_days,
        dial=dials,
        resting=rest.resting,
        emerging_share=settings.emerging_share,
        floor_price=contest.study.floor_price if contest.study else None,
        artist_listeners=settings.artist_listeners,
        threads=threads,
    )
    (folder / "lists").mkdir()
    inspector = Inspector(bundle.catalogue, bundle.interactions, familiar=dials < NEUTRAL)
    counts = write_lists(
        all_lists(engine, maker, folder),
        inspector,
        folder / LISTS,
        step,
        n_listeners=len(bundle.interactions.users),
        see=rest.see,
    )
    rest.write(folder / TABLES[IMPRESSIONS])
    _write_similar(folder, bundle, settings)
    pq.write_table(contest.table, folder / TABLES["model_metrics"])
    pq.write_table(integrated.plays_daily, folder / TABLES["plays_daily"])
    pq.write_table(integrated.days, folder / DAYS)
    pq.write_table(_strangers(bundle, integrated), folder / STRANGERS)
    exposure = measure_exposure(
        folder / LISTS,
        bundle.interactions,
        integrated,
        contest,
        algorithm=name,
        floors=maker.floor[1],
        settings=settings,
    )
    pq.write_table(exposure.table, folder / EXPOSURE)
    report = {
        "integration": json.loads(json.dumps(asdict(integrated.report), default=str)),
        **contest.facts(),
        "rest": rest.facts(),
        "dial": contest.study.dial if contest.study else [],
        "exposure": exposure.to_json(),
    }
    (folder / REPORT).write_text(json.dumps(report, ensure_ascii=False, indent=1, sort_keys=True))
    card = model_card(
        name=name,
        recipe=bundle.recipe.to_json(),
        integration=report["integration"],
        popular=counts.listeners - counts.personalised,
        metrics=contest.table.to_pylist(),
        k=min(contest.examination.exam.cutoffs),
        exposure=report["exposure"],
    )
    (folder / MODEL_CARD).write_text(card, encoding="utf-8")
    return DraftContent(
        name=name,
        bundle=bundle,
        counts=counts,
        mechanics=inspector.findings(),
        coverage=_coverage(bundle, counts, folder / LISTS),
        metrics=_overall(contest.table),
        report=report,
        resting=rest.resting.get(Shelf.FOR_YOU),
    )


def manifest_of(
    work: Work,
    content: DraftContent,
    verdict: Verdict,
    *,
    fallback: bool,
    cutoff: int,
    created_at: datetime,
) -> ReleaseManifest:
    """Say what the release is.

    `fallback`: another than the candidate, which may not be published; `cutoff`: k of the gate.
    """
    recipe = content.bundle.recipe
    return ReleaseManifest(
        release_id=work.run_id,
        as_of=work.as_of,
        created_at=created_at,
        run_key=work.run_key,
        snapshot_id=work.snapshot.snapshot_id,
        algorithm=content.name,
        listeners=content.counts.listeners,
        counts=content.counts.rows,
        metrics={"rows": content.metrics},
        gate={**verdict.to_json(), "verdict": verdict.standing},
        tables=TABLES,
        about={
            "recipe": recipe.to_json(),
            "fallback": fallback,
            "tuning": None if fallback else (content.report["choice"] or {}).get("tuning"),
            "cutoff": cutoff,
            "listeners": {
                "personalised": content.counts.personalised,
                "popular": content.counts.listeners - content.counts.personalised,
            },
            "coverage": content.coverage,
            "report": content.report,
        },
    )


def _shelves(settings: RecommendSettings) -> dict[Shelf, int]:
    return {shelf: getattr(settings, shelf.value) for shelf in Shelf}


def _dials(integrated: Integrated, everybodys: float) -> NDArray[np.float64]:
    """Return each listener's dial, (U,): their own where they turned it."""
    own = integrated.dials
    if own is None:
        return np.full(len(integrated.data.interactions.users), everybodys)
    return np.where(np.isnan(own), everybodys, own)


def _write_similar(folder: Path, bundle: Bundle, settings: RecommendSettings) -> None:
    tracks = similar_tracks(
        bundle.interactions,
        bundle.catalogue,
        n=settings.similar,
        max_per_artist=settings.max_per_artist,
        min_support=settings.min_support,
    )
    artists = similar_artists(
        bundle.interactions,
        bundle.catalogue,
        n=settings.similar,
        min_support=settings.min_support,
    )
    pq.write_table(tracks, folder / TABLES["similar_tracks"])
    pq.write_table(artists, folder / TABLES["similar_artists"])


def _strangers(bundle: Bundle, integrated: Integrated) -> pa.Table:
    listeners = integrated.listeners.select(["user_id", "region"])
    learned_from = pc.is_in(listeners["user_id"], value_set=bundle.interactions.users.ids)
    return listeners.filter(pc.invert(learned_from))


def _coverage(bundle: Bundle, counts: ListCounts, lists: Path) -> dict[str, float]:
    """Share of what may be shown that somebody is shown."""
    catalogue = bundle.catalogue
    is_shown = np.zeros(len(catalogue), np.bool_)
    for piece in pieces(lists, ["track_id"]):
        is_shown[catalogue.items.index_of(pc.unique(piece["track_id"]))] = True
    _, artists = catalogue.artists_of.expand(np.flatnonzero(is_shown))
    _, showable = catalogue.artists_of.expand(np.flatnonzero(~catalogue.hidden))
    n_artists = len(np.unique(showable))
    n_tracks = int((~catalogue.hidden).sum())
    return {
        "tracks": counts.tracks / n_tracks if n_tracks else 0.0,
        "artists": len(np.unique(artists)) / n_artists if n_artists else 0.0,
    }


def _overall(metrics: pa.Table) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = metrics.to_pylist()
    return [row for row in rows if row["segment"] == OVERALL]
