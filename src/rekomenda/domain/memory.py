"""How present a played track is in its listener's memory: what tells which ones are heard again.

Models that learn who plays what again and the shelf `again` both rank by it.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from rekomenda.domain.interactions import Histories

DECAY: Final = 0.5
"""d of the base-level equation; the value ACT-R uses throughout."""
GROWTH: Final = 0.7
"""How plays add up: n of them count like n^0.7. Plays come in bouts, and a bout says less than as
many plays spread out; measured (docs/models.md)."""


def activation(
    histories: Histories, as_of_day: int, *, decay: float = DECAY, growth: float = GROWTH
) -> NDArray[np.float32]:
    """Return the strength of the memory of each played cell; larger is better.

    It is the sum of t^-d over all plays, t days ago: the base-level activation of ACT-R before its
    logarithm, which predicts what is heard again (Reiter-Haas, Parada-Cabaleiro, Schedl, Motamedi,
    Tkalčič, Lex: "Predicting Music Relistening Behavior Using the ACT-R Framework", RecSys 2021,
    the base-level component). The days between the first and the last play are not kept, so it is
    approximated as in Petrov, "Computationally Efficient Approximation of the Base-Level Learning
    Equation in ACT-R" (ICCM 2006), the hybrid form with one exact term: the last play as it was,
    the others spread evenly back to the first,

        S = t_1^-d + (n^g - 1) · (t_n^(1-d) - t_1^(1-d)) / ((1 - d) · (t_n - t_1)).

    Parameters
    ----------
    histories : Histories
    as_of_day : int
        Days since 1970-01-01 of the day it is for. Plays after it count as of that day.
    decay : float, >= 0
        d: 0 forgets nothing, and larger values forget faster.
    growth : float, 0 to 1
        g: 1 counts every play, 0 only the last.

    Returns
    -------
    ndarray of float32, shape (nnz,)
        > 0; 0 for a cell without plays. Where the data has no time (last day -1) it is n^g.
    """
    counted = np.maximum(histories.plays, 0).astype(np.float64) ** growth
    # A play of the same day is one day old: t^-d stays finite.
    newest = np.maximum(as_of_day - histories.last_day, 0) + 1.0
    oldest = np.maximum(as_of_day - histories.first_day, 0) + 1.0
    span = np.maximum(oldest - newest, 0.0)
    power = 1 - decay if abs(1 - decay) > 1e-6 else 1e-6  # at d = 1 the limit is a logarithm
    area = newest**power * np.expm1(power * np.log1p(span / newest)) / power
    last = newest**-decay
    others = np.where(span > 0, area / np.maximum(span, 1.0), last)
    strength = last + np.maximum(counted - 1, 0) * others
    score = np.where(histories.last_day >= 0, strength, counted)
    return np.where(histories.plays > 0, score, 0.0).astype(np.float32)
