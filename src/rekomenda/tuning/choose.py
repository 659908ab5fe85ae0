"""Choose a blend: fit candidates to the days before a validation cut and weight who clearly adds."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from rekomenda.domain.models import FittedModel
from rekomenda.domain.training import TrainingData
from rekomenda.errors import FitError
from rekomenda.evaluation.exam import Exam
from rekomenda.evaluation.tasks import Task
from rekomenda.language import Text
from rekomenda.models.blend.algorithm import NO_MEMORY, Blend
from rekomenda.models.blend.fitted import FittedBlend
from rekomenda.models.ranker.ranked_blend import RankedBlend
from rekomenda.models.registry import create
from rekomenda.telemetry.logs import get_logger
from rekomenda.tuning.choice import Choice, Trial
from rekomenda.tuning.grid import GRID, Candidate
from rekomenda.tuning.pool import Pools, fill_pools
from rekomenda.tuning.ranker import try_ranker
from rekomenda.tuning.say import find_say
from rekomenda.tuning.weights import Weights, find_place, find_weights

log = get_logger(__name__)

MIN_LISTENERS: Final = 200
"""With fewer in the validation the differences between models are smaller than chance."""

_DEAR: Final = Text(
    en="the budget of {budget:.0f} s has no room for its {cost:.0f} s",
    pt="o orçamento de {budget:.0f} s não comporta os seus {cost:.0f} s",
)
_LARGE: Final = Text(
    en="it would take {n_bytes:.1f} GB of memory", pt="precisaria de {n_bytes:.1f} GB de memória"
)


@dataclass(frozen=True, eq=False)
class Validation:
    """What candidates learn from and are asked, inside the training period.

    Parameters
    ----------
    data : TrainingData
    exam : Exam
        With the tasks `unheard` and `again`.
    kind : str
        How it was held out.
    """

    data: TrainingData
    exam: Exam
    kind: str

    @property
    def listeners(self) -> int:
        """How many have anything relevant that is unheard."""
        return int((self.exam.relevant[Task.UNHEARD].counts > 0).sum())


@dataclass(frozen=True)
class Limits:
    """What choosing may take, reckoned from the size of the data.

    Parameters
    ----------
    seconds : float
        Of all fits together.
    n_bytes : int
        Of any one fit.
    max_ease_items : int
        Catalogues above this many tracks leave EASE out.
    """

    seconds: float
    n_bytes: int = 4 << 30
    max_ease_items: int = 15_000


def choose(
    validation: Validation | None,
    data: TrainingData,
    limits: Limits,
    *,
    grid: Sequence[Candidate] = GRID,
    seed: int = 0,
    ranker: bool = False,
    advance: Callable[[int, int], None] = lambda done, total: None,  # noqa: ARG005
) -> Choice:
    """Choose the members of a blend and their weights.

    The same data, limits, grid and seed give the same choice: costs are reckoned and not measured,
    and nothing depends on a clock or on the number of threads.

    Parameters
    ----------
    validation : Validation or None
        None: nothing could be held out.
    data : TrainingData
        What the chosen blend will learn from first; tells what fits.
    limits : Limits
    grid : sequence of Candidate
    seed : int
    ranker : bool, default False
        Whether to try a ranker behind the blend as well (`ranker.try_ranker`).
    advance : callable
        Told how many of how many candidates are fitted.

    Notes
    -----
    Fewer than `MIN_LISTENERS` in the validation cannot tell models apart: then a fixed blend is
    taken and nothing is fitted.
    """
    if validation is None or validation.listeners < MIN_LISTENERS:
        return _fixed(validation, data, limits)
    trials = {each.name: _trial(each, validation.data) for each in grid}
    _spend(trials, validation.data, limits)
    models = _fit(grid, trials, validation.data, seed, advance)
    if not models:
        return replace(_fixed(validation, data, limits), trials=tuple(trials.values()))
    tried = [each for each in grid if each.name in models]
    pools = fill_pools([models[each.name] for each in tried], validation.exam)
    unheard = find_weights(pools.unheard, [each.unheard for each in tried])
    heard = _heard_weights(pools, tried, unheard)
    fitted = [models[each.name] for each in tried]
    chosen = _joined(_blend(tried, pools, unheard, heard), fitted, unheard, heard)
    say, weights = find_say(chosen.members, validation.exam, seed)
    unheard = _reweighted(unheard, heard, weights)
    for place, each in enumerate(tried):
        trials[each.name] = _measured(trials[each.name], place, unheard, heard)
    choice = Choice(
        hyperparameters={
            **_blend(tried, pools, unheard, heard),
            "listener_prior": say.listener_prior,
            "absent_share": say.absent_share,
        },
        how="searched",
        kind=validation.kind,
        listeners=validation.listeners,
        budget=limits.seconds,
        cost=round(sum(trials[each.name].cost for each in tried), 3),
        unheard_ndcg=round(unheard.ndcg + say.prior_adds + say.absent_adds, 6),
        heard_ndcg=round(heard.ndcg, 6),
        trials=tuple(trials.values()),
        say=say,
    )
    blend = _joined(choice.hyperparameters, fitted, unheard, heard)
    if not ranker:
        return replace(choice, model=blend)
    left = limits.seconds - choice.cost
    found = try_ranker(blend, validation.data, validation.exam, seed=seed, seconds=left)
    choice = choice.ranked(found)
    if not found.kept:
        return replace(choice, model=blend)
    ordered = RankedBlend(**choice.hyperparameters).ordering(blend, validation.data)
    return replace(choice, model=ordered)


def _reweighted(unheard: Weights, heard: Weights, weights: NDArray[np.float64]) -> Weights:
    """Put the weights of the members in the place of those first found."""
    found = np.zeros_like(unheard.weights)
    found[(unheard.weights > 0) | (heard.weights > 0)] = weights
    return replace(unheard, weights=found)


def _joined(
    hyperparameters: Mapping[str, Any],
    models: Sequence[FittedModel],
    unheard: Weights,
    heard: Weights,
) -> FittedBlend:
    """Make the chosen blend of the models that were tried."""
    has_say = (unheard.weights > 0) | (heard.weights > 0)
    members = [model for model, member in zip(models, has_say, strict=True) if member]
    return Blend(**hyperparameters).joined(dict(enumerate(members)))


def _trial(candidate: Candidate, data: TrainingData) -> Trial:
    algorithm = create(candidate.algorithm, candidate.hyperparameters)
    return Trial(
        candidate.name,
        candidate.algorithm,
        dict(candidate.hyperparameters),
        cost=round(algorithm.cost(data).seconds, 3),
    )


def _spend(trials: dict[str, Trial], data: TrainingData, limits: Limits) -> None:
    """Mark, in place, who does not fit into the budget or the memory."""
    spent = 0.0
    for name, trial in trials.items():
        cost = create(trial.algorithm, trial.hyperparameters).cost(data)
        too_many = (
            trial.algorithm == "ease"
            and data.interactions.histories.n_items > limits.max_ease_items
        )
        if cost.n_bytes > limits.n_bytes or too_many:
            why = _LARGE.filled(n_bytes=cost.n_bytes / 2**30)
        elif spent + cost.seconds > limits.seconds:
            why = _DEAR.filled(budget=limits.seconds, cost=cost.seconds)
        else:
            spent += cost.seconds
            continue
        trials[name] = replace(trial, left_out=why)


def _fit(
    grid: Sequence[Candidate],
    trials: dict[str, Trial],
    data: TrainingData,
    seed: int,
    advance: Callable[[int, int], None],
) -> dict[str, FittedModel]:
    """Fit who may be tried; who cannot learn is marked, in place."""
    models: dict[str, FittedModel] = {}
    for done, each in enumerate(grid):
        advance(done, len(grid))
        if trials[each.name].left_out is not None:
            continue
        try:
            model = create(each.algorithm, each.hyperparameters).fit(data, seed=seed)
        except FitError as error:
            why = Text(error.message("en"), error.message("pt-BR"))
        except MemoryError:
            why = NO_MEMORY
        else:
            models[each.name] = model
            continue
        log.warning("candidate left out", name=each.name, why=why.en)
        trials[each.name] = replace(trials[each.name], left_out=why)
    return models


def _heard_weights(pools: Pools, tried: Sequence[Candidate], unheard: Weights) -> Weights:
    """Weight heard tracks by themselves; as the unheard ones where too few were played again."""
    if int((pools.heard.n_relevant > 0).sum()) >= MIN_LISTENERS:
        return find_weights(pools.heard, [each.heard for each in tried])
    nothing = np.full(len(tried), np.nan)
    return Weights(unheard.weights, nothing, np.nan, nothing, nothing)


def _measured(trial: Trial, place: int, unheard: Weights, heard: Weights) -> Trial:
    return replace(
        trial,
        unheard_ndcg=round(float(unheard.alone[place]), 6),
        heard_ndcg=round(float(heard.alone[place]), 6),
        unheard=float(unheard.weights[place]),
        heard=float(heard.weights[place]),
        unheard_adds=round(float(unheard.adds[place]), 6),
        heard_adds=round(float(heard.adds[place]), 6),
        unheard_error=round(float(unheard.error[place]), 6),
        heard_error=round(float(heard.error[place]), 6),
    )


def _blend(
    tried: Sequence[Candidate], pools: Pools, unheard: Weights, heard: Weights
) -> dict[str, Any]:
    members = [
        each.member(float(new), float(again)).to_json()
        for each, new, again in zip(tried, unheard.weights, heard.weights, strict=True)
        if new > 0 or again > 0
    ]
    place = find_place(pools, unheard.weights, heard.weights)
    if place is None:
        return {"members": members}
    return {"members": members, "heard_level": place[0], "heard_spread": place[1]}


def _fixed(validation: Validation | None, data: TrainingData, limits: Limits) -> Choice:
    """Take what does well on small data: EASE, where it fits, else factors."""
    n_items = data.interactions.histories.n_items
    algorithm = "ease" if n_items <= limits.max_ease_items else "als"
    member = Candidate(algorithm, algorithm).member(1.0, 1.0)
    return Choice(
        hyperparameters={"members": [member.to_json()]},
        how="no validation" if validation is None else "too few listeners",
        kind="" if validation is None else validation.kind,
        listeners=0 if validation is None else validation.listeners,
        budget=limits.seconds,
        cost=0.0,
    )
