"""From checked rows to a fitted model: the same hops as a run, in memory."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from rekomenda.domain.cores import n_cores
from rekomenda.domain.interactions import Histories
from rekomenda.domain.training import TrainingData
from rekomenda.engines.embedded import EmbeddedEngine
from rekomenda.errors import NotMeasurableError
from rekomenda.evaluation.compare import evaluate
from rekomenda.evaluation.segments import OVERALL
from rekomenda.joining.integrate import Integrated, integrate
from rekomenda.language import Text
from rekomenda.learning.auto import choose_blend
from rekomenda.learning.bundle import Bundle
from rekomenda.learning.cuts import Cuts
from rekomenda.learning.exam import Examination, set_exam
from rekomenda.learning.recipe import AUTO, Recipe
from rekomenda.recommender.checked import CheckedRows
from rekomenda.settings import Settings
from rekomenda.telemetry.progress import Silent
from rekomenda.tuning.choice import Choice
from rekomenda.tuning.choose import Limits, choose

BASELINE: Final = "popularity"
_UNDATED: Final = {
    "max_plays_per_day": 86_400,
    "bot_plays_per_day": 1_000_000,
    "heavy_plays_per_day": 1_000_000,
}
"""Rules of a day say nothing of plays that have none."""


@dataclass(frozen=True, eq=False)
class Learned:
    """A fitted model, and what it can be examined on.

    Parameters
    ----------
    bundle : Bundle
    as_of_day : int
        The last day of the plays, -1 without days.
    integrated : Integrated
    settings : Settings
    choice : Choice or None
        What `auto` stands for and why; None for another algorithm.
    """

    bundle: Bundle
    as_of_day: int
    integrated: Integrated
    settings: Settings
    choice: Choice | None

    @cached_property
    def examination(self) -> Examination:
        """What was held back.

        Raises
        ------
        NotMeasurableError
            If there is too little to hold anything back.
        """
        return set_exam(self.integrated, self.settings.evaluate, seed=self.settings.model.seed)

    def evaluate(self) -> pa.Table:
        """Fit the recipe, and popularity, to what was not held back, and examine both."""
        exam, recipe = self.examination, self.bundle.recipe
        recipes = {recipe.algorithm: recipe, BASELINE: Recipe(BASELINE, seed=recipe.seed)}
        tables = [
            evaluate(each.fit(exam.data), name, exam.exam, threads=n_cores()).table
            for name, each in recipes.items()
        ]
        rows = pa.concat_tables(tables)
        rows = rows.filter(pc.equal(rows["segment"], OVERALL)).drop_columns("segment")
        return rows.rename_columns({"n_users": "listeners"})


def learn(
    checked: CheckedRows,
    algorithm: str,
    hyperparameters: Mapping[str, Any],
    settings: Settings,
    folder: Path,
) -> Learned:
    """Join the checked rows, choose where `auto` is asked for, and learn from all of them.

    Raises
    ------
    FitError
        If the data does not allow it.
    """
    integrated = _joined(checked, settings, folder)
    data = integrated.to_serve
    choice = None
    if algorithm in AUTO:
        choice = _choose(integrated, settings)
        algorithm, hyperparameters = choice.algorithm, choice.hyperparameters
    recipe = Recipe(algorithm, hyperparameters, settings.model.seed)
    return Learned(Bundle.fit(recipe, data), data.as_of_day, integrated, settings, choice)


def _joined(checked: CheckedRows, settings: Settings, folder: Path) -> Integrated:
    cuts = Cuts.of(checked.first, checked.last, settings.evaluate.holdout_days)
    options = settings.integrate
    if not checked.dated:
        options = options.model_copy(update=_UNDATED)
    integrated = integrate(
        EmbeddedEngine(folder / "spill", options.memory_limit, n_cores()),
        checked.parts,
        home=folder,
        as_of=checked.last,
        cut=cuts.cut,
        validation_cut=cuts.validation_cut if settings.model.algorithm in AUTO else None,
        options=options,
    )
    return integrated if checked.dated else replace(integrated, data=_undated(integrated.data))


def _undated(data: TrainingData) -> TrainingData:
    """Take the day away that plays without one were given."""
    histories = data.interactions.histories
    never = np.full(len(histories.items), -1, np.int32)
    undated: Histories = replace(histories, first_day=never, last_day=never, order=never)
    interactions = replace(data.interactions, histories=undated)
    return TrainingData(interactions, data.catalogue, -1)


def _choose(integrated: Integrated, settings: Settings) -> Choice:
    """Choose as a run does; where nothing can be held back, what does well on small data."""
    try:
        examination = set_exam(integrated, settings.evaluate, seed=settings.model.seed)
    except NotMeasurableError:
        model = settings.model
        limits = Limits(model.budget_seconds, max_ease_items=model.max_ease_items)
        return choose(None, integrated.data, limits, seed=model.seed)
    with Silent().step("choose", Text("", "")) as step:
        return choose_blend(integrated, examination, settings, step)
