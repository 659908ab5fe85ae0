"""`auto`: a validation cut that resembles the real one, and the blend that is chosen on it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Final

import numpy as np

from rekomenda.domain.ids import IdMap
from rekomenda.domain.interactions import Histories, Interactions
from rekomenda.domain.training import TrainingData
from rekomenda.evaluation.bootstrap import Bootstrap
from rekomenda.evaluation.exam import Exam
from rekomenda.evaluation.holdout import random_holdout, split_sessions
from rekomenda.evaluation.holdout_together import holdout_together
from rekomenda.evaluation.tasks import Task
from rekomenda.joining.integrate import Integrated
from rekomenda.learning.exam import Examination, Kind
from rekomenda.settings import Settings
from rekomenda.telemetry.progress import Step
from rekomenda.tuning.choice import Choice
from rekomenda.tuning.choose import Limits, Validation, choose
from rekomenda.tuning.grid import GRID, Candidate
from rekomenda.tuning.pool import CUTOFF

MAX_LISTENERS: Final = 2500
"""Examined at validation: enough to tell a percent, and quick to score again and again."""
AT_RANDOM: Final = 8000
"""Examined where tracks are held out at random. A blend's lead over another has a standard error of 1.2 %
with 2,500 listeners of sparse data, as large as what is to be told apart; here it is 0.7 %."""

MAX_CELLS: Final = 5_000_000
"""Cells that candidates learn from at validation: of more listeners a sample is taken. So many that all of
the grid but `slim`, and a ranker, fit into the default budget: what was not tried cannot be chosen, and a
larger sample tells less than another candidate does. What is chosen learns from everybody afterwards."""


def choose_blend(
    integrated: Integrated,
    examination: Examination,
    settings: Settings,
    step: Step,
    *,
    grid: Sequence[Candidate] = GRID,
) -> Choice:
    """Choose what `auto` stands for, on days before the cut."""
    model = settings.model
    validation = validation_of(integrated, examination, settings)
    choice = choose(
        validation,
        examination.data,
        Limits(model.budget_seconds, max_ease_items=model.max_ease_items),
        grid=grid,
        seed=model.seed,
        ranker=model.ranker == "auto",
        advance=step.advance,
    )
    step.note(choice.sentence)
    return choice


def validation_of(
    integrated: Integrated, examination: Examination, settings: Settings
) -> Validation | None:
    """Hold out of what may be learned, in the way of the exam; None where nothing is left to ask."""
    return _WAYS[examination.kind](integrated, examination, settings)


def random_validation(
    data: TrainingData,
    share: float,
    seed: int,
    *,
    together: bool = False,
    n_users: int = AT_RANDOM,
) -> Validation | None:
    """Hold out a share of the tracks of some listeners; the others stay as they are.

    Holding out everybody's would thin the data out, and what is right for thinner data is not
    what is right for all of it.

    Parameters
    ----------
    data : TrainingData
    share : float, 0 to 1
    seed : int
    together : bool, default False
        Hold out groups of near tracks: for an exam that was not drawn track by track, or of which
        nobody says how it was made.
    n_users : int, default 8,000
        Of how many listeners.
    """
    interactions = data.interactions
    hold_out = holdout_together if together else random_holdout
    split = hold_out(interactions.histories, share, seed, n_users=n_users)
    seen = replace(data, interactions=replace(interactions, histories=split.train))
    return _validation(seen, split.train, split.test, "random", seed, n_users=n_users)


def _at_random(
    integrated: Integrated, examination: Examination, settings: Settings
) -> Validation | None:
    del integrated  # what the exam leaves to learn from is all there is
    share, seed = settings.evaluate.random_share, settings.model.seed
    return random_validation(examination.data, share, seed)


def _in_time(
    integrated: Integrated, examination: Examination, settings: Settings
) -> Validation | None:
    del examination  # the same days, cut once more
    before, between = integrated.before, integrated.between
    if before is None or between is None:
        return None
    asked = between.histories
    return _validation(before, before.interactions.histories, asked, "time", settings.model.seed)


def _by_session(
    integrated: Integrated, examination: Examination, settings: Settings
) -> Validation | None:
    """Take the sessions that ended by the cut; of those after the validation cut ask for a half."""
    before = integrated.before
    if before is None:
        return None
    sessions = integrated.data.interactions.histories
    last = np.full(len(sessions), -1, np.int64)
    np.maximum.at(last, sessions.users_of_cells, sessions.last_day)
    ended = np.flatnonzero(last <= examination.data.as_of_day)
    moments = integrated.first_played
    if moments is not None:
        moments = moments[np.isin(sessions.users_of_cells, ended)]
    split = split_sessions(sessions.rows(ended), before.as_of_day, moments)
    learned = ended[split.train_rows]
    users = IdMap(before.interactions.users.take(learned))
    histories = before.interactions.histories.rows(learned)
    data = replace(before, interactions=Interactions(users, before.interactions.items, histories))
    later = split.later
    return _validation(data, later.train, later.test, "sessions", settings.model.seed)


def _validation(
    data: TrainingData,
    seen: Histories,
    asked: Histories,
    kind: Kind,
    seed: int,
    *,
    n_users: int = MAX_LISTENERS,
) -> Validation | None:
    liked = data.interactions.histories.weights > 0
    if not liked.any() or not (asked.plays > 0).any():
        return None
    exam = Exam.of(
        seen,
        asked,
        data.catalogue,
        tasks=(Task.UNHEARD, Task.AGAIN, Task.NEW_ARTISTS),
        cutoffs=(CUTOFF,),
        bootstrap=Bootstrap(seed=seed),
        fitted_on=data.interactions.histories,
        max_users=n_users,
    )
    return Validation(_sample(data, seed), exam, kind)


def _sample(data: TrainingData, seed: int) -> TrainingData:
    """Return the data of as many listeners, drawn at random, as have about `MAX_CELLS` cells."""
    histories = data.interactions.histories
    if len(histories.items) <= MAX_CELLS:
        return data
    n_users = max(1, len(histories) * MAX_CELLS // len(histories.items))
    drawn = np.random.default_rng([seed, n_users]).choice(len(histories), n_users, replace=False)
    rows = np.sort(drawn)
    users = IdMap(data.interactions.users.take(rows))
    return replace(
        data, interactions=Interactions(users, data.interactions.items, histories.rows(rows))
    )


_WAYS: Final[dict[Kind, Callable[[Integrated, Examination, Settings], Validation | None]]] = {
    "time": _in_time,
    "random": _at_random,
    "sessions": _by_session,
}
