"""The candidate's lists as they would have been served at the cut, and what the floor costs them."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from rekomenda.domain.interactions import Histories
from rekomenda.domain.models import FittedModel
from rekomenda.domain.recommendations import Shelf
from rekomenda.evaluation.compare import Evaluation
from rekomenda.evaluation.exposure_rows import Row, rows_of
from rekomenda.evaluation.goals import Finding
from rekomenda.evaluation.ground import Ground
from rekomenda.evaluation.metrics import ndcg
from rekomenda.evaluation.segments import everybody
from rekomenda.learning.exam import Examination
from rekomenda.learning.recipe import POPULARITY_IN_REGION, Recipe
from rekomenda.pipeline.choosing.dial_study import measure_dial
from rekomenda.pipeline.choosing.floor_study import TASKS, K
from rekomenda.ranking.floor_lift import FloorReport
from rekomenda.ranking.floor_price import FloorPrice
from rekomenda.ranking.lists import ListMaker
from rekomenda.ranking.personal import PersonalLists
from rekomenda.settings import RecommendSettings

Items = NDArray[np.int32]


@dataclass(frozen=True)
class Price:
    """What the floor costs one shelf in NDCG@10, with the interval of the relative loss.

    A negative loss is a gain.
    """

    shelf: str
    without: float
    with_floor: float
    loss: float
    low: float
    high: float
    listeners: int

    def to_json(self) -> dict[str, Any]:
        """Return it ready for JSON; NaN becomes null."""
        return {
            name: None if isinstance(value, float) and np.isnan(value) else value
            for name, value in vars(self).items()
        }

    @property
    def finding(self) -> Finding:
        """The loss as what was measured for a goal."""
        return Finding(self.loss, self.low, self.high)


@dataclass
class ListStudy:
    """Sees each model of a contest while it is in memory, and keeps the lists of the candidate.

    Parameters
    ----------
    examination : Examination
    settings : RecommendSettings
    candidate : str
        The name it is shown under.
    threads : int
    floor_price : FloorPrice or None
        What the floor may cost, also that of the lists that will be published.
    lists : dict of Shelf to (ndarray, ndarray), shape (n, 10) each
        Of the listeners examined: without the floor, and with it. Empty before the candidate was
        seen, or if it could not be fitted.
    """

    examination: Examination
    settings: RecommendSettings
    candidate: str
    threads: int = 1
    floor_price: FloorPrice | None = None
    lists: dict[Shelf, tuple[Items, Items]] = field(default_factory=dict)
    floors: tuple[FloorReport, ...] = ()
    dial: list[dict[str, Any]] = field(default_factory=list)
    """What `measure_dial` found."""

    def see(self, name: str, model: FittedModel) -> None:
        """Make the lists of the candidate; other models are let pass."""
        if name != self.candidate:
            return
        fallback = Recipe(POPULARITY_IN_REGION).fit(self.examination.data)
        plain = self._maker(model, fallback, floor=False)
        floored = self._maker(model, fallback, floor=True)
        _, self.floors = floored.floor
        self.dial = measure_dial(plain, self.examination.exam)
        before, after = self._lists(plain.personal, floored.personal)
        self.lists = {shelf: (before[shelf], after[shelf]) for shelf in TASKS}

    def prices(self) -> tuple[Price, ...]:
        """Return what the floor costs each shelf."""
        return tuple(self._price(shelf, *lists) for shelf, lists in self.lists.items())

    def rows(self, evaluations: dict[str, Evaluation]) -> list[Row]:
        """Return the measures of the candidate's lists as served, and of every model's own."""
        exam, bootstrap = self.examination.exam, self.examination.exam.bootstrap
        fitted_on = self.examination.data.interactions.histories
        found: list[Row] = []
        for shelf, task in TASKS.items():
            if task not in exam.relevant:
                continue
            ground = Ground.of_exam(exam, fitted_on, task)
            for name, evaluation in evaluations.items():
                items = evaluation.lists[task][:, :K]
                found += rows_of(f"exam:{task}", name, items, ground, bootstrap)
            if shelf in self.lists:
                lists = f"exam:{shelf}"
                items = self.lists[shelf][1]
                found += rows_of(lists, self.candidate, items, ground, bootstrap)
        return found

    def _maker(self, model: FittedModel, fallback: FittedModel, *, floor: bool) -> ListMaker:
        data, settings = self.examination.data, self.settings
        return ListMaker(
            model=model,
            interactions=data.interactions,
            catalogue=data.catalogue,
            fallback=fallback,
            shelves={shelf: getattr(settings, shelf.value) for shelf in TASKS},
            max_per_artist=settings.max_per_artist,
            min_support=settings.min_support,
            n_candidates=settings.candidates,
            as_of_day=data.as_of_day,
            fresh_days=settings.fresh_days,
            emerging_share=settings.emerging_share if floor else 0.0,
            floor_price=self.floor_price,
            # Reserved places are for listeners of the whole data, and stand below the first ten.
            artist_listeners=0,
            threads=self.threads,
        )

    def _lists(self, *makers: PersonalLists) -> list[dict[Shelf, Items]]:
        """Return the first places of each maker's lists of those examined, (n, 10) each.

        The makers differ in the floor only: listeners are scored once for all of them.
        """
        exam = self.examination.exam
        found = [{shelf: np.full((len(exam), K), -1, np.int32) for shelf in TASKS} for _ in makers]

        def work(rows: slice, histories: Histories) -> None:
            best = makers[0].best(histories)
            for maker, lists in zip(makers, found, strict=True):
                for shelf, ranked in maker.lists(histories, best=best, explained=False).items():
                    items = ranked.items[:, :K]
                    lists[shelf][rows, : items.shape[1]] = items

        with threadpool_limits(1, "blas"), ThreadPoolExecutor(self.threads) as pool:
            for done in [pool.submit(work, *batch) for batch in exam.train.batches(1024)]:
                done.result()
        return found

    def _price(self, shelf: Shelf, before: Items, after: Items) -> Price:
        exam, task = self.examination.exam, TASKS[shelf]
        counts = exam.relevant[task].counts
        values = np.stack(
            [
                ndcg(exam.hits(task, slice(0, len(exam)), items), counts)
                for items in (before, after)
            ],
            axis=1,
        )
        known = values[~np.isnan(values).any(axis=1)]
        if not len(known) or known[:, 0].sum() <= 0:
            nan = float("nan")
            return Price(str(shelf), nan, nan, nan, nan, nan, len(known))
        (sums,) = exam.bootstrap.sums(known, [everybody(len(known))])
        total = sums[:, 0]
        low, high = exam.bootstrap.interval(
            1 - total[:, 1] / np.where(total[:, 0], total[:, 0], np.nan)
        )
        without, with_floor = known.mean(axis=0)
        loss = 1 - with_floor / without
        ends = float(low), float(high)
        return Price(str(shelf), float(without), float(with_floor), float(loss), *ends, len(known))
