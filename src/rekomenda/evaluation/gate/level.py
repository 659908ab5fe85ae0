"""The level of the gate: automatic, or manual where nothing can be measured and a person has to say."""

from __future__ import annotations

from typing import Final

import numpy as np

from rekomenda.evaluation.check import Check, Outcome, say
from rekomenda.evaluation.compare import Evaluation
from rekomenda.evaluation.difference import difference
from rekomenda.evaluation.gate import quality_words as words
from rekomenda.evaluation.gate.quality import measure_of
from rekomenda.evaluation.gate.rules import GateRules
from rekomenda.evaluation.gate.verdict import MEASURABLE
from rekomenda.language import Text

FEWEST: Final = 2
"""Listeners below whom two models cannot be compared: one has no spread."""


def measurable(
    candidate: Evaluation,
    popularity: Evaluation,
    rules: GateRules,
    *,
    stand_in: Text | None,
    in_service: bool,
) -> tuple[Check, ...]:
    """Check that the exam can tell anything; on the automatic level there is no such check.

    On the manual level a model that ranks by taste waits for a person. Plain popularity does not, nor
    does the recipe in service: both are what people would see anyway.

    Parameters
    ----------
    candidate, popularity : Evaluation
        May be the same.
    rules : GateRules
    stand_in : Text or None
        Why the exam only stands in for the one that was meant.
    in_service : bool
        Whether the candidate is the recipe in service.
    """
    measure = measure_of(rules)
    n_listeners = difference(candidate, popularity, measure).n_listeners
    why = stand_in
    if n_listeners < FEWEST:
        why = say(words.TOO_FEW_AT_ALL, listeners=n_listeners, task=words.TASKS[measure.task])
    if why is None:
        return ()
    outcome, text = Outcome.UNDECIDED, words.A_PERSON_HAS_TO_SAY
    if candidate is popularity:
        outcome, text = Outcome.UNPROVEN, words.POPULAR_MEANWHILE
    elif in_service:
        outcome, text = Outcome.UNPROVEN, words.SERVED_MEANWHILE
    said = say(text, why=why, name=candidate.algorithm)
    return (Check(MEASURABLE, outcome, n_listeners, np.nan, said, "quality"),)
