"""What the models are examined on: the days after the cut, or a stated part of other data."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final, Literal

import numpy as np

from rekomenda.domain.ids import IdMap
from rekomenda.domain.interactions import Histories, Interactions
from rekomenda.domain.training import TrainingData
from rekomenda.errors import NotMeasurableError
from rekomenda.evaluation.bootstrap import Bootstrap
from rekomenda.evaluation.exam import Exam
from rekomenda.evaluation.holdout import random_holdout, split_sessions
from rekomenda.evaluation.leaks import leaked_cells, leaked_in_time, leaked_people
from rekomenda.joining.integrate import Integrated
from rekomenda.language import Text
from rekomenda.settings import EvaluateSettings

Kind = Literal["time", "random", "sessions"]

TIME_LEAKS = Text(
    en="Cut in time: the models learn from the days up to the cut only.",
    pt="Corte no tempo: os modelos aprendem só com os dias até o corte.",
)
NO_TIME = Text(
    en="the days of the plays allow no cut in time, only the stated split at random",
    pt="os dias dos plays não permitem um corte no tempo, só a divisão ao acaso declarada",
)
_NOBODY = Text(
    en="nobody played anything in what is held back",
    pt="ninguém ouviu nada no que foi reservado",
)
_NO_CUT = Text(
    en="there are no plays up to the cut, {days:n} {days:day|days} earlier; set a smaller "
    "evaluate.holdout_days, or evaluate.holdout = random for data without time",
    pt="não há plays até o corte, {days:n} {days:dia|dias} antes; use um evaluate.holdout_days "
    "menor, ou evaluate.holdout = random para dados sem tempo",
)


@dataclass(frozen=True, eq=False)
class Examination:
    """What may be learned, and what is asked.

    Parameters
    ----------
    data : TrainingData
        What the models learn from.
    exam : Exam
    kind : {"time", "random", "sessions"}
    leaks : Text
        What this way of holding out lets through; printed beside the numbers.
    leaked : int
        Cells that are learned from and asked for as well, counted by their keys: 0.
    stand_in : Text or None
        Why this way of holding out only stands in for the one that was meant; None: it does not.
    """

    data: TrainingData
    exam: Exam
    kind: Kind
    leaks: Text
    leaked: int = 0
    stand_in: Text | None = None


@dataclass(frozen=True, eq=False)
class _Held:
    """What one way of holding out makes: to learn from; seen and asked, of the same listeners."""

    data: TrainingData
    seen: Histories
    asked: Histories
    leaks: Text
    leaked: int


def set_exam(integrated: Integrated, settings: EvaluateSettings, *, seed: int) -> Examination:
    """Hold out what `settings.holdout` says.

    Raises
    ------
    NotMeasurableError
        If a cut in time is asked for and nothing was played up to it, or if nothing was played in
        what is held out.
    """
    kind = settings.holdout
    if kind == "auto":
        kind = "random" if integrated.at_cut is None else "time"
    held = _WAYS[kind](integrated, settings, seed)
    if not np.any(held.asked.plays > 0):
        raise NotMeasurableError(as_of=integrated.report.last_day, detail=_NOBODY)
    exam = Exam.of(
        held.seen,
        held.asked,
        held.data.catalogue,
        cutoffs=settings.cutoffs,
        bootstrap=Bootstrap(settings.n_resamples, settings.confidence, seed),
        fitted_on=held.data.interactions.histories,
    )
    fell_back = settings.holdout == "auto" and kind != "time"
    stand_in = NO_TIME if fell_back else None
    return Examination(held.data, exam, kind, held.leaks, held.leaked, stand_in)


def _in_time(integrated: Integrated, settings: EvaluateSettings, seed: int) -> _Held:  # noqa: ARG001 - nothing is drawn
    data = _at_cut(integrated, settings)
    assert integrated.holdout is not None, "a matrix up to the cut comes with the plays after it"
    asked = integrated.holdout.histories
    learned, everything = data.interactions.histories, integrated.data.interactions.histories
    leaked = leaked_in_time(
        learned, asked, everything, cut_day=integrated.data.as_of_day - settings.holdout_days
    )
    return _Held(data, learned, asked, TIME_LEAKS, leaked)


def _at_random(integrated: Integrated, settings: EvaluateSettings, seed: int) -> _Held:
    everything = integrated.data.interactions
    split = random_holdout(everything.histories, settings.random_share, seed)
    seen = Interactions(everything.users, everything.items, split.train)
    data = replace(integrated.data, interactions=seen)
    return _Held(data, split.train, split.test, split.leaks, leaked_cells(split.train, split.test))


def _by_session(integrated: Integrated, settings: EvaluateSettings, seed: int) -> _Held:  # noqa: ARG001 - nothing is drawn
    """Learn from the sessions that ended by the cut, with the weights they had on that day."""
    early = _at_cut(integrated, settings)
    split = split_sessions(
        integrated.data.interactions.histories, early.as_of_day, integrated.first_played
    )
    users = IdMap(early.interactions.users.take(split.train_rows))
    ended = early.interactions.histories.rows(split.train_rows)
    data = replace(early, interactions=Interactions(users, early.interactions.items, ended))
    later = split.later
    people = integrated.data.interactions.users.take(split.test_rows)
    leaked = leaked_people(data.interactions, people, later.test)
    leaked += leaked_cells(later.train, later.test)
    return _Held(data, later.train, later.test, later.leaks, leaked)


def _at_cut(integrated: Integrated, settings: EvaluateSettings) -> TrainingData:
    if integrated.at_cut is None:
        detail = _NO_CUT.filled(days=settings.holdout_days)
        raise NotMeasurableError(as_of=integrated.report.last_day, detail=detail)
    return integrated.at_cut


_WAYS: Final[dict[Kind, Callable[[Integrated, EvaluateSettings, int], _Held]]] = {
    "time": _in_time,
    "random": _at_random,
    "sessions": _by_session,
}
