"""Does training repeat? Two trainings on a sample of the listeners, compared byte by byte."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import numpy as np

from rekomenda.domain.ids import IdMap
from rekomenda.domain.interactions import Interactions
from rekomenda.domain.training import TrainingData
from rekomenda.errors import FitError
from rekomenda.evaluation.gate.mechanics import Reproduction
from rekomenda.language import Text
from rekomenda.learning.recipe import Recipe
from rekomenda.pipeline.judging.rehearsal import sample_rows

LISTENERS: Final = 500
"""Learned from: enough for every branch of an algorithm, cheap enough to do twice."""

_SLOW = Text(
    en="one takes {seconds:.0f} s, longer than gate.reproduce_seconds.",
    pt="um leva {seconds:.0f} s, mais que gate.reproduce_seconds.",
)
_TOO_LITTLE = Text(
    en="a sample of the listeners is too little to learn from: {why}",
    pt="uma amostra dos ouvintes é pouco para aprender: {why}",
)


def repeat_training(
    recipe: Recipe, data: TrainingData, *, seconds: float, limit: float
) -> Reproduction:
    """Train twice with one seed.

    Parameters
    ----------
    recipe : Recipe
    data : TrainingData
    seconds : float
        What one training on all of it took.
    limit : float
        It is not repeated where that was longer: the cost of many algorithms is in the catalogue,
        and a sample of listeners does not make it smaller.
    """
    if seconds > limit:
        return Reproduction(not_tried=_SLOW.filled(seconds=seconds))
    rows = sample_rows(data.interactions.histories, LISTENERS)
    users = IdMap(data.interactions.users.take(rows))
    histories = data.interactions.histories.rows(rows)
    sample = replace(data, interactions=Interactions(users, data.interactions.items, histories))
    try:
        first, second = (recipe.fit(sample).arrays() for _ in range(2))
    except FitError as error:
        why = Text(en=error.message("en"), pt=error.message("pt-BR"))
        return Reproduction(not_tried=_TOO_LITTLE.filled(why=why))
    names = sorted({*first, *second})
    differing = [
        name
        for name in names
        if name not in first
        or name not in second
        or np.asarray(first[name]).tobytes() != np.asarray(second[name]).tobytes()
    ]
    return Reproduction(listeners=len(rows), differing=tuple(differing))
