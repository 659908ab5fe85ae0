"""What the floor may cost: how the worth of a track falls along the candidate's lists, before the cut."""

from __future__ import annotations

from typing import Final

import numpy as np
from threadpoolctl import threadpool_limits

from rekomenda.domain.models import FittedModel
from rekomenda.domain.recommendations import Shelf
from rekomenda.errors import FitError
from rekomenda.evaluation.metrics import ideal_dcg
from rekomenda.evaluation.tasks import Task
from rekomenda.joining.integrate import Integrated
from rekomenda.learning.auto import validation_of
from rekomenda.learning.exam import Examination
from rekomenda.learning.recipe import Recipe
from rekomenda.ranking.floor_price import FloorPrice, worth_of_places
from rekomenda.ranking.shelves import ShelfRules
from rekomenda.settings import Settings
from rekomenda.tuning.choose import MIN_LISTENERS, Validation

K: Final = 10
"""Places of a list that are looked at."""
TASKS: Final = {Shelf.FOR_YOU: Task.UNHEARD, Shelf.DISCOVER: Task.NEW_ARTISTS}
"""Shelves with a floor, and the task that asks what they are for."""


def floor_price_of(
    recipe: Recipe,
    model: FittedModel | None,
    integrated: Integrated,
    examination: Examination,
    settings: Settings,
) -> FloorPrice | None:
    """Learn what the floor may cost a candidate, on days (or tracks) that the exam does not ask for.

    Parameters
    ----------
    recipe : Recipe
    model : FittedModel or None
        The candidate as fitted to the data of the validation, where that was done before.
    integrated : Integrated
    examination : Examination
    settings : Settings

    Returns
    -------
    FloorPrice or None
        None where no floor is wanted, or fewer than 200 listeners could tell.
    """
    if not settings.recommend.emerging_share:
        return None
    validation = validation_of(integrated, examination, settings)
    if validation is None or validation.listeners < MIN_LISTENERS:
        return None
    try:
        fitted = model or recipe.fit(validation.data)
    except (
        FitError
    ):  # on fewer days than the exam's; the exam will tell whether it can learn at all
        return None
    return _price(fitted, validation, settings)


def _price(model: FittedModel, validation: Validation, settings: Settings) -> FloorPrice:
    data, exam = validation.data, validation.exam
    rules = ShelfRules.of(
        data.catalogue,
        data.interactions.histories,
        as_of_day=data.as_of_day,
        fresh_days=settings.recommend.fresh_days,
    )
    n = settings.recommend.candidates
    items = {shelf: np.full((len(exam), n), -1, np.int32) for shelf in TASKS}
    with threadpool_limits(1, "blas"):
        for rows, batch in exam.train.batches(1024):
            wanted = [(n, rules.eligible_for(shelf, batch)) for shelf in TASKS]
            for shelf, found in zip(TASKS, model.top_n_each(batch, wanted), strict=True):
                items[shelf][rows, : found.items.shape[1]] = found.items
    worth = {}
    for shelf, task in TASKS.items():
        hits = exam.hits(task, slice(0, len(exam)), items[shelf])
        ideal = ideal_dcg(exam.relevant[task].counts, K)
        values = worth_of_places(hits, items[shelf] >= 0, ideal)
        if values is not None:
            worth[shelf] = values
    return FloorPrice(worth, settings.recommend.max_floor_price)
