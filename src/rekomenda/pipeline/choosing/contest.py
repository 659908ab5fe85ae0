"""Every model learns from the same days and sits the same exam."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

import pyarrow as pa

from rekomenda.errors import FitError
from rekomenda.evaluation.compare import Evaluation, evaluate
from rekomenda.language import LANGUAGES, Text
from rekomenda.learning.exam import Examination
from rekomenda.learning.recipe import Recipe
from rekomenda.pipeline.choosing.list_study import ListStudy
from rekomenda.telemetry.logs import get_logger
from rekomenda.telemetry.progress import Step

log = get_logger(__name__)

_LEFT_OUT = Text(en="{name} left out: {why}", pt="{name} de fora: {why}")


@dataclass(frozen=True)
class Contest:
    """What came of it.

    Parameters
    ----------
    examination : Examination
    evaluations : dict of recipe name to Evaluation
    left_out : dict of name to Text
        Models that could not take part, and why.
    seconds : dict of name to (fit, evaluate)
        Wall time; not part of any content hash.
    study : ListStudy or None
        What the candidate's lists are like as they are served.
    choice : mapping or None
        How the candidate was chosen, where `auto` chose it; ready for JSON.
    """

    examination: Examination
    evaluations: dict[str, Evaluation]
    left_out: dict[str, Text]
    seconds: dict[str, tuple[float, float]] = field(default_factory=dict)
    study: ListStudy | None = None
    choice: Mapping[str, Any] | None = None

    @property
    def table(self) -> pa.Table:
        """Every number of every model."""
        return pa.concat_tables([evaluation.table for evaluation in self.evaluations.values()])

    def facts(self) -> dict[str, Any]:
        """Return what a report says of the exam, ready for JSON."""
        return {
            "holdout": {
                "kind": self.examination.kind,
                "leaks": {name: self.examination.leaks.render(name) for name in LANGUAGES},
            },
            "exam": self.examination.exam.facts,
            "models": list(self.evaluations),
            "choice": None if self.choice is None else dict(self.choice),
            "left_out": {name: asdict(why) for name, why in self.left_out.items()},
        }


def hold_contest(
    recipes: Mapping[str, Recipe],
    examination: Examination,
    step: Step,
    *,
    threads: int = 1,
    study: ListStudy | None = None,
    choice: Mapping[str, Any] | None = None,
) -> Contest:
    """Fit each recipe to the days before the cut and examine it; one model in memory at a time.

    A model that cannot learn from this data is left out and said, not a failure of the run.
    """
    contest = Contest(examination, {}, {}, study=study, choice=choice)
    for position, (name, recipe) in enumerate(recipes.items()):
        step.advance(position, len(recipes))
        started = time.perf_counter()
        try:
            model = recipe.fit(examination.data)
        except FitError as error:
            contest.left_out[name] = Text(en=error.message("en"), pt=error.message("pt-BR"))
            step.note(_LEFT_OUT, name=name, why=contest.left_out[name])
            continue
        for member, why in getattr(model, "left_out", {}).items():
            step.note(_LEFT_OUT, name=f"{name}: {member}", why=why)
        fitted = time.perf_counter()
        contest.evaluations[name] = evaluate(model, name, examination.exam, threads=threads)
        seconds = fitted - started, time.perf_counter() - fitted
        contest.seconds[name] = seconds
        if study is not None:
            study.see(name, model)
        log.info("model examined", name=name, fit_seconds=seconds[0], exam_seconds=seconds[1])
    return contest
