"""Short histories to choose by: listeners of a validation, no more told of them than their last tracks.

A validation has few listeners of whom little is known. So those of whom more is known are asked a second
time. What counts as heard, and what as played later, stays as it was. The models learned from their
whole histories, so what is found leans to believing plays.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from rekomenda.domain.interactions import Histories
from rekomenda.evaluation.exam import Exam
from rekomenda.evaluation.tasks import Task
from rekomenda.models.additive import liked_tracks

MOST_TRACKS: Final = 3
"""What a short history holds at most."""
LEAST_SHORT: Final = 200
"""With fewer short histories nothing is chosen by them."""


def short_histories(exam: Exam, seed: int, *, least: int) -> tuple[NDArray[np.intp], Histories]:
    """Cut the history of every listener that has more to `least`, … `MOST_TRACKS` tracks in turn.

    Returns
    -------
    rows : ndarray of int, shape (n,)
        Their rows in the exam; all have something relevant that is unheard.
    told : Histories, n listeners
    """
    asked = exam.relevant[Task.UNHEARD].counts > 0
    rows = np.flatnonzero(asked & (liked_tracks(exam.train) > MOST_TRACKS))
    lengths = least + np.arange(len(rows)) % (MOST_TRACKS + 1 - least)
    return rows, last_tracks(exam.train.rows(rows), lengths, seed)


def last_tracks(histories: Histories, lengths: NDArray[np.integer], seed: int) -> Histories:
    """Leave each listener so many of the liked tracks they played last; by chance where time is silent."""
    liked = histories.cells(histories.weights > 0)
    users, chance = liked.users_of_cells, np.random.default_rng(seed).random(len(liked.items))
    ascending = np.lexsort((chance, liked.order, liked.last_day, users))
    later = np.empty(len(users), np.int64)
    later[ascending] = liked.indptr[users + 1] - 1 - np.arange(len(users))
    return liked.cells(later < lengths[users])
