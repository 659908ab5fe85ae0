"""One model on one data set, in a process of its own: what it takes, and how each listener fared.

`models.py` starts it: `python -m comparison.cell DATA_SET MODEL PUBLIC_SETS WORK CELL_FOLDER`.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import fields, replace
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from comparison.cases import Case, K, cases
from comparison.memory import forget_peak, peak_mb
from comparison.stamp import stamp
from rekomenda.domain.eligible import Eligible, ItemSets
from rekomenda.domain.ids import IdMap
from rekomenda.domain.models import FittedModel
from rekomenda.domain.top_n import top_n
from rekomenda.domain.training import TrainingData
from rekomenda.errors import FitError, RekomendaError
from rekomenda.evaluation.compare import Evaluation, evaluate
from rekomenda.evaluation.exam import Exam
from rekomenda.evaluation.metrics import ndcg
from rekomenda.evaluation.summary import Measure
from rekomenda.evaluation.tasks import Task, eligible
from rekomenda.language import Text
from rekomenda.learning.recipe import Recipe
from rekomenda.models import registry
from rekomenda.models.blend.fitted import FittedBlend
from rekomenda.models.ranker.ranked_blend import FittedRankedBlend
from rekomenda.tuning.choice import Choice
from rekomenda.tuning.grid import GRID

Values = dict[str, NDArray[np.float32]]
METRICS: Final = ("ndcg", "recall")
CONTROLS: Final = frozenset({"random", "blend", "ranked_blend"})
"""Not compared: chance, and what `auto` fills in."""
WITHOUT_RANKER: Final = "without-ranker"
"""What the blend of `auto` by itself is called, where a ranker orders its candidates."""
NOT_FOR: Final[dict[str, frozenset[str]]] = {
    "world": frozenset(),
    "hetrec": frozenset({"popularity_recent", "popularity_region", "next_play", "relisten"}),
    "nowplaying": frozenset({"popularity_genre", "popularity_region", "content", "relisten"}),
    "gowalla": frozenset(
        {
            "popularity_recent",
            "popularity_genre",
            "popularity_region",
            "content",
            "next_play",
            "relisten",
        }
    ),
}
"""What a data set has nothing to say to: days, genres, regions, orders or listening again."""
AGAIN_ONLY: Final = frozenset({"relisten"})
"""Models without an opinion of tracks not heard before."""
WARMED: Final = 50
"""Listeners that a model is fitted on first, so that nothing is compiled while it is timed."""
_TOO_LARGE: Final = Text(
    "the catalogue has more than {items:n} tracks (`model.max_ease_items`)",
    "o catálogo tem mais de {items:n} faixas (`model.max_ease_items`)",
)
CHECKED: Final = 2000
"""Listeners whose lists are compared with those of all scores."""
BLOCK: Final = 256
PATIENCE: Final = 20.0
"""Seconds that repeated lists may take; the least time counts."""


def models_for(name: str) -> list[str]:
    """Return every model that the data set has something to say to; `auto` last."""
    left_out = NOT_FOR[name.partition("-")[0]] | CONTROLS
    return [*(each for each in registry.names() if each not in left_out), "auto"]


def measure(name: str, model: str, data: Path, work: Path, folder: Path) -> None:
    """Measure a model on every case of a data set and write `cell.json` and `*.npz` to a folder."""
    about: dict[str, Any] = {"data": name, "model": model, "splits": []}
    columns: dict[str, list[Values]] = {}
    for split, case in enumerate(cases(name, data, work)):
        about |= {"facts": case.exam.facts, "items": len(case.data.catalogue)}
        try:
            row, evaluations = _measure(case, model)
        except FitError as error:
            about["left_out"] = {"en": error.message("en"), "pt-BR": error.message("pt-BR")}
            break
        about["splits"].append(row)
        for each, evaluation in evaluations.items():
            column = columns.setdefault(each, [])
            people = int(case.exam.facts["listeners"])
            column += [{}] * (split - len(column))
            column.append(_values(evaluation, people))
    folder.mkdir(parents=True, exist_ok=True)
    for each, found in columns.items():
        np.savez_compressed(folder / f"{each}.npz", **_stacked(found, len(about["splits"])))
    about |= stamp() | {"models": list(columns)}
    (folder / "cell.json").write_text(json.dumps(about, indent=1), encoding="utf-8")


def _measure(case: Case, model: str) -> tuple[dict[str, Any], dict[str, Evaluation]]:
    settings = case.settings.model
    too_large = len(case.data.catalogue) > settings.max_ease_items
    if model == "ease" and too_large:
        raise FitError(algorithm="ease", detail=_TOO_LARGE.filled(items=settings.max_ease_items))
    _warm(model, case.data)
    before = forget_peak()
    started = time.perf_counter()
    choice, recipe = None, Recipe(model, {}, settings.seed)
    if model == "auto":
        choice = case.choose()
        recipe = Recipe(choice.algorithm, choice.hyperparameters, settings.seed)
    chosen = time.perf_counter()
    fitted = recipe.fit(case.data)
    seconds = time.perf_counter() - started
    per_second = _speed(fitted, case.data)
    row = {
        "fit_seconds": round(seconds, 3),
        "of_it_choosing": round(chosen - started, 3),
        "lists_per_second": round(per_second),
        "peak_mb": round(peak_mb()),
        "before_mb": round(before),
        "load": round(os.getloadavg()[0], 1),
        "choice": None if choice is None else choice.to_json(),
        "ndcg_kept": None if choice is None else round(_kept(fitted, case.exam), 5),
    }
    evaluations = {"values": evaluate(fitted, model, case.exam)}
    for name, member in _members(fitted, choice):
        evaluations[name] = evaluate(member, name, case.exam)
    if isinstance(fitted, FittedRankedBlend):
        own = {each.name: getattr(fitted, each.name) for each in fields(FittedBlend)}
        evaluations[WITHOUT_RANKER] = evaluate(FittedBlend(**own), WITHOUT_RANKER, case.exam)
    return row, evaluations


def _members(fitted: FittedModel, choice: Choice | None) -> Iterable[tuple[str, FittedModel]]:
    """Yield each member alone: `unheard.als` ranks tracks not heard, `heard.als` heard ones, in `auto`."""
    if choice is None:
        return
    parts = choice.hyperparameters["members"]
    names = {_key(trial.algorithm, trial.hyperparameters): trial.name for trial in choice.trials}
    for member in getattr(fitted, "members", ()):
        part = parts[member.place]
        name = names.get(_key(part["algorithm"], part["hyperparameters"]), part["algorithm"])
        roles = "+".join(role for role in ("unheard", "heard") if getattr(member, role) > 0)
        yield f"{roles}.{name}", member.model


def _key(algorithm: str, hyperparameters: Mapping[str, Any]) -> str:
    return json.dumps([algorithm, dict(hyperparameters)], sort_keys=True)


def _warm(model: str, data: TrainingData) -> None:
    """Fit on a few listeners and list once: what is compiled or read from its cache comes here."""
    names = {each.algorithm for each in GRID} if model == "auto" else {model}
    few = data.interactions
    users = IdMap(few.users.take(np.arange(min(WARMED, len(few.users)))))
    histories = few.histories.rows(slice(0, WARMED))
    sample = replace(data, interactions=replace(few, users=users, histories=histories))
    for name in sorted(names - {"ease"}):  # it compiles nothing, and inverts the whole catalogue
        with suppress(RekomendaError):
            _speed(registry.create(name, {}).fit(sample), sample)


def _speed(model: FittedModel, data: TrainingData) -> float:
    """Return how many lists of K unheard tracks a second makes for everybody learned from."""
    histories = data.interactions.histories
    heard = histories.heard
    seen = Eligible(excluded=ItemSets(heard.indptr, heard.items), hidden=data.catalogue.hidden)
    best, spent = np.inf, 0.0
    for _ in range(3):
        started = time.perf_counter()
        model.top_n(histories, K, seen)
        taken = time.perf_counter() - started
        best, spent = min(best, taken), spent + taken
        if spent > PATIENCE / 2:
            break
    return len(histories) / best


def _kept(model: FittedModel, exam: Exam) -> float:
    """Return the NDCG of lists as they are made over that of lists of all scores, of some listeners.

    What makes lists quick may leave out tracks that only all scores would find.
    """
    asked, totals = slice(0, min(CHECKED, len(exam))), np.zeros(2)
    for start in range(0, asked.stop, BLOCK):
        rows = slice(start, min(start + BLOCK, asked.stop))
        histories = exam.train.rows(rows)
        allowed = eligible(Task.UNHEARD, histories, exam.catalogue)
        ways = model.top_n(histories, K, allowed), top_n(allowed.apply(model.score(histories)), K)
        counts = exam.relevant[Task.UNHEARD].counts[rows]
        hits = [exam.hits(Task.UNHEARD, rows, found.items) for found in ways]
        totals += [np.nansum(ndcg(each, counts)) for each in hits]
    return float(totals[0] / totals[1]) if totals[1] else np.nan


def _values(evaluation: Evaluation, people: int) -> Values:
    """Return each metric over all U people, NaN for whom it was not asked, and who is cold."""
    exam = evaluation.exam
    found: Values = {}
    for task in exam.relevant:
        for metric in METRICS:
            column = np.full(people, np.nan, np.float32)
            column[exam.rows] = evaluation.values[Measure(task, metric, K)]
            found[f"{task}.{metric}"] = column
    activity = exam.partition("activity")
    cold = np.full(people, np.nan, np.float32)
    cold[exam.rows] = activity.labels == activity.names.index("activity:new")
    return found | {"cold": cold}


def _stacked(found: list[Values], splits: int) -> Values:
    """Put the splits on top of each other: (S, U), NaN where the model was not there."""
    names, people = next((list(each), each["cold"]) for each in found if each)
    nothing = np.full(len(people), np.nan, np.float32)
    rows = [*found, *[{}] * (splits - len(found))]
    return {name: np.stack([each.get(name, nothing) for each in rows]) for name in names}


if __name__ == "__main__":
    measure(sys.argv[1], sys.argv[2], *map(Path, sys.argv[3:6]))
