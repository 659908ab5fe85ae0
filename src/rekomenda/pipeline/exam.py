"""What the models are examined on: the days after the cut, or a stated part of data without time."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from rekomenda.domain.interactions import Interactions
from rekomenda.domain.training import TrainingData
from rekomenda.errors import NotMeasurableError
from rekomenda.evaluation.bootstrap import Bootstrap
from rekomenda.evaluation.exam import Exam
from rekomenda.evaluation.holdout import random_holdout
from rekomenda.language import Text
from rekomenda.pipeline.integrate import Integrated
from rekomenda.settings import EvaluateSettings

TIME_LEAKS = Text(
    en="Cut in time: the models learn from the days up to the cut only.",
    pt="Corte no tempo: os modelos aprendem só com os dias até o corte.",
)
_NOBODY = Text(
    en="nobody played anything in the days held back",
    pt="ninguém ouviu nada nos dias reservados",
)


@dataclass(frozen=True, eq=False)
class Examination:
    """What may be learned, and what is asked.

    Parameters
    ----------
    data : TrainingData
        What the models learn from.
    exam : Exam
    kind : str
        `time` or `random`.
    leaks : Text
        What this way of holding out lets through; printed beside the numbers.
    """

    data: TrainingData
    exam: Exam
    kind: str
    leaks: Text


def set_exam(integrated: Integrated, settings: EvaluateSettings, *, seed: int) -> Examination:
    """Hold out the days after the cut, or where there is none a stated share at random.

    Raises
    ------
    NotMeasurableError
        If nothing was played in what is held out.
    """
    bootstrap = Bootstrap(settings.n_resamples, settings.confidence, seed)
    if integrated.at_cut is not None and integrated.holdout is not None:
        data, asked = integrated.at_cut, integrated.holdout.histories
        kind, leaks = "time", TIME_LEAKS
    else:
        split = random_holdout(integrated.data.interactions.histories, settings.random_share, seed)
        seen = Interactions(
            integrated.data.interactions.users, integrated.data.interactions.items, split.train
        )
        data, asked = replace(integrated.data, interactions=seen), split.test
        kind, leaks = "random", split.leaks
    if not np.any(asked.plays > 0):
        raise NotMeasurableError(as_of=integrated.report.last_day, detail=_NOBODY)
    exam = Exam.of(
        data.interactions.histories,
        asked,
        data.catalogue,
        cutoffs=settings.cutoffs,
        bootstrap=bootstrap,
    )
    return Examination(data, exam, kind, leaks)
