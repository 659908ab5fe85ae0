"""Who is shown by a release, measured on what it publishes, and which goals it reaches."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from rekomenda.domain.interactions import Interactions
from rekomenda.domain.recommendations import Shelf
from rekomenda.evaluation.artist_exposure import EMERGING, MIN_SUPPORT
from rekomenda.evaluation.bootstrap import Bootstrap
from rekomenda.evaluation.exposure_rows import Row, rows_of, to_table
from rekomenda.evaluation.goals import Finding, GoalRow, of_run
from rekomenda.evaluation.ground import Ground
from rekomenda.evaluation.list_rows import LIST_COLUMNS
from rekomenda.evaluation.segments import OVERALL
from rekomenda.evaluation.served import ServedLists
from rekomenda.joining.integrate import Integrated
from rekomenda.pipeline.choosing.contest import Contest
from rekomenda.pipeline.choosing.floor_study import K
from rekomenda.pipeline.choosing.list_study import Price
from rekomenda.ranking.floor_lift import FloorReport
from rekomenda.settings import RecommendSettings
from rekomenda.storage.parquet_layout import pieces

MEASURED: Final = (Shelf.FOR_YOU, Shelf.DISCOVER, Shelf.EXPLORE, Shelf.FRESH)
"""Shelves that choose for the listener; `again` is the listener's own doing."""
MAX_LISTENERS: Final = 50_000
"""Of more listeners an evenly spaced sample is measured."""
HEADLINE: Final = (
    "artist_coverage",
    "known_artist_coverage",
    "artist_gini",
    "emerging_share",
    "local_share_kept",
    "miscalibration_genre",
    "popularity_lift",
    "narrowness",
    "tail_share",
    "discovery",
)
"""Measures that the report tells of each shelf; the release's table has all of them."""


@dataclass(frozen=True)
class ExposureReport:
    """What was found.

    Parameters
    ----------
    rows : list of Row
        Of the published lists, and of the exam's.
    goals : tuple of GoalRow
    prices : list of dict
        What the floor costs, by shelf.
    floors : tuple of FloorReport
        Of the published lists.
    """

    rows: list[Row]
    goals: tuple[GoalRow, ...]
    prices: list[dict[str, Any]]
    floors: tuple[FloorReport, ...]

    @property
    def table(self) -> pa.Table:
        """All rows."""
        return to_table(self.rows)

    def to_json(self) -> dict[str, Any]:
        """Return what the report says, ready for JSON."""
        return {
            "k": K,
            "served": [
                row.to_json()
                for row in self.rows
                if row.lists.startswith("served:")
                and (
                    (row.segment == OVERALL and row.measure in HEADLINE)
                    or (row.segment == EMERGING and row.measure.startswith("exposure_ratio"))
                )
            ],
            "floor": [floor.to_json() for floor in self.floors],
            "price": self.prices,
            "goals": [goal.to_json() for goal in self.goals],
        }


def measure_exposure(
    lists: Path,
    interactions: Interactions,
    integrated: Integrated,
    contest: Contest,
    *,
    algorithm: str,
    floors: tuple[FloorReport, ...],
    settings: RecommendSettings,
) -> ExposureReport:
    """Measure the lists of a release, and hold them against the goals.

    Parameters
    ----------
    lists : Path
        The written lists.
    interactions : Interactions
        What they were made from.
    integrated : Integrated
    contest : Contest
    algorithm : str
        The model that made them.
    floors : tuple of FloorReport
    settings : RecommendSettings
    """
    catalogue = integrated.catalogue
    served = _read(lists, interactions, integrated, k=max(K, settings.discover))
    histories = interactions.histories
    chosen = _sample(np.flatnonzero(histories.lengths > 0))
    after = integrated.holdout.histories if integrated.holdout is not None else None
    ground = Ground(
        train=histories.rows(chosen),
        catalogue=catalogue,
        fitted_on=histories,
        plays_after=None
        if after is None
        else np.bincount(after.items, after.plays, len(catalogue)).astype(np.int64),
    )
    bootstrap = contest.examination.exam.bootstrap
    rows = _of_served(
        {shelf: served.items(shelf)[chosen, :K] for shelf in MEASURED}, ground, algorithm, bootstrap
    )
    study = contest.study
    prices: tuple[Price, ...] = ()
    if study is not None:
        rows += study.rows(contest.evaluations)
        if study.candidate == algorithm:  # popularity may be served in its place
            prices = study.prices()
    goals = of_run(
        rows,
        quality=contest.table.to_pylist(),
        candidate=algorithm,
        floor_price=next((p.finding for p in prices), Finding(float("nan"))),
        artists_discovered=_discovered(
            served.items(Shelf.DISCOVER)[:, : settings.discover], ground, settings.artist_listeners
        ),
        min_support=settings.min_support,
    )
    return ExposureReport(rows, goals, [price.to_json() for price in prices], floors)


def _of_served(
    lists: Mapping[Shelf, NDArray[np.int32]], ground: Ground, algorithm: str, bootstrap: Bootstrap
) -> list[Row]:
    rows: list[Row] = []
    for shelf, items in lists.items():
        if (items >= 0).any():
            rows += rows_of(f"served:{shelf}", algorithm, items, ground, bootstrap)
    return rows


def _read(
    lists: Path, interactions: Interactions, integrated: Integrated, *, k: int
) -> ServedLists:
    served = ServedLists(interactions.users, integrated.catalogue, MEASURED, k=k)
    for piece in pieces(lists, LIST_COLUMNS):
        served.see(piece)
    return served


def _sample(rows: NDArray[np.int64]) -> NDArray[np.int64]:
    if len(rows) <= MAX_LISTENERS:
        return rows
    return rows[np.linspace(0, len(rows) - 1, MAX_LISTENERS).astype(np.int64)]


def _discovered(lists: NDArray[np.int32], ground: Ground, min_listeners: int) -> float:
    """Share of the artists with enough listeners who stand in enough lists; NaN without any."""
    artists = np.sort(ground.artists(lists), axis=1)
    new = artists >= 0
    new[:, 1:] &= artists[:, 1:] != artists[:, :-1]
    seen = np.bincount(artists[new], minlength=len(ground.catalogue.artists))
    known = ground.showable_artists & (ground.artist_listeners >= MIN_SUPPORT)
    return float((seen[known] >= max(min_listeners, 1)).mean()) if known.any() else float("nan")
