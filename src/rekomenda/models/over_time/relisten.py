"""Listening again: which of their own tracks a listener plays next, and how fast they forget."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Final

import numpy as np
from numpy.typing import NDArray

from rekomenda.domain.interactions import Histories
from rekomenda.domain.memory import DECAY, GROWTH, activation
from rekomenda.domain.models import Evidence, FittedModel, ReasonKind
from rekomenda.domain.training import TrainingData
from rekomenda.models.base import Algorithm, Arrays, Fitted, Float32, Int32, knob
from rekomenda.models.cost import Cost, Size

_SPREAD: Final = 0.25
"""Standard deviation of what is believed of d before there is data."""
_STEPS: Final = 30
"""Newton finds d in five or so; this only bounds it."""


@dataclass(frozen=True)
class Relisten(Algorithm):
    """Rank a listener's own tracks by how present they are in memory; say nothing of others.

    The score is the base-level activation of `domain.memory.activation`, whose decay d is learned
    from who came back to a track after its first play, and when.

    Parameters
    ----------
    growth : float, default 0.7
        How plays of one track add up, 0 to 1: n of them count like n^growth.
    window_days : int, default 7
        The last days of the data, whose plays show what was come back to.

    Notes
    -----
    What stood in a history before a play is known exactly for tracks with a single play before it,
    as the plays between the first and the last are not kept. Let T be the first day of the window.
    At risk are the tracks first played before T which until then had one play; those with a second
    play since T came back. (A track with more plays since is left out: how many it had before is
    not known.) Given that a listener came back to m of them, which ones is modelled as

        P(i) = g_i^-d / Σ_j g_j^-d,    g_i = days from the only play to the middle of the window,

    the conditional logit of D. McFadden, "Conditional logit analysis of qualitative choice
    behavior", 1974, eq. 12 (for m > 1 with replacement). Its likelihood with a normal prior of mean
    0.5 (ACT-R's d) and deviation 0.25 is concave in d; Newton's method finds the maximum. What
    differs between listeners (how much they repeat) falls out of it.

    Nothing but the training data is looked at, so nothing of the days that are asked for is known.
    Data without days forgets nothing: there the plays decide.

    Time: a few passes over the cells. Memory: 60 bytes a cell while fitting, 12 bytes afterwards.
    """

    algorithm: ClassVar[str] = "relisten"

    growth: float = knob(GROWTH, least=0, most=1)
    window_days: int = knob(7, least=1)

    def _learn(self, data: TrainingData, seed: int) -> FittedModel:  # noqa: ARG002 - nothing is random
        histories, as_of_day = data.interactions.histories, data.as_of_day
        decay = fit_decay(histories, as_of_day, self.window_days) if as_of_day >= 0 else DECAY
        return RelistenModel(self.algorithm, histories.n_items, self.growth, decay, as_of_day)

    def _cost(self, size: Size) -> Cost:
        return size.cost(n_bytes=60 * size.n_cells)

    def restore(self, arrays: Arrays) -> FittedModel:
        """Make the fitted model again from its arrays."""
        n_items, as_of_day = (int(arrays[name]) for name in ("n_items", "as_of_day"))
        return RelistenModel(
            self.algorithm, n_items, self.growth, float(arrays["decay"]), as_of_day
        )


def fit_decay(histories: Histories, as_of_day: int, window_days: int) -> float:
    """Return the most likely d, from 0 to 2; 0.5 where nothing tells."""
    before = as_of_day - window_days
    returned = (histories.plays == 2) & (histories.last_day > before)
    once = (histories.plays == 1) | returned
    at_risk = once & histories.known & (histories.first_day >= 0) & (histories.first_day <= before)
    users = histories.users_of_cells[at_risk]
    middle = before + (window_days + 1) / 2
    waited = np.log(middle - histories.first_day[at_risk])  # >= 0: the middle is a day later
    came_back = returned[at_risk]
    times = np.bincount(users, came_back, minlength=len(histories))
    observed = float(waited[came_back].sum())
    decay = DECAY
    for _ in range(_STEPS):
        mean, variance = _moments(users, waited, decay, len(histories))
        slope = float(times @ mean) - observed - (decay - DECAY) / _SPREAD**2
        curvature = float(times @ variance) + 1 / _SPREAD**2
        step = float(np.clip(slope / curvature, -0.5, 0.5))
        decay = min(max(decay + step, 0.0), 2.0)
        if abs(step) < 1e-7:
            break
    return decay


def _moments(
    users: Int32, waited: NDArray[np.float64], decay: float, n_users: int
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return mean and variance of each listener's log waits, weighted by wait^-d; 0 without any."""
    chance = np.exp(-decay * waited)
    total = np.maximum(np.bincount(users, chance, minlength=n_users), 1e-300)
    mean = np.bincount(users, chance * waited, minlength=n_users) / total
    square = np.bincount(users, chance * waited**2, minlength=n_users) / total
    return mean, np.maximum(square - mean**2, 0.0)


@dataclass(frozen=True, eq=False)
class RelistenModel(Fitted):
    """What was learned of memory.

    Parameters
    ----------
    n_tracks : int
        I.
    growth : float
    decay : float
        d, 0 to 2.
    as_of_day : int
        The day scores are for: the last of the training data; -1 where it had no days.
    """

    n_tracks: int
    growth: float
    decay: float
    as_of_day: int

    @property
    def n_items(self) -> int:
        """I, the number of items it scores."""
        return self.n_tracks

    @property
    def knows_repeats(self) -> bool:
        """That it does: it ranks what was played before, and nothing else."""
        return True

    def _of_cells(self, histories: Histories) -> Float32:
        """Return the score of each cell, (nnz,); -inf for what was not heard or is not liked."""
        strength = activation(histories, self.as_of_day, decay=self.decay, growth=self.growth)
        liked = histories.known & (histories.plays > 0) & (histories.weights > 0)
        return np.where(liked, strength, np.float32(-np.inf))

    def _score(self, histories: Histories) -> Float32:
        scores = np.full((len(histories), self.n_tracks), -np.inf, np.float32)
        scores[histories.users_of_cells, histories.items] = self._of_cells(histories)
        return scores

    def _score_at(self, histories: Histories, candidates: Int32) -> Float32:
        """Look candidates up among the cells alone."""
        found = _cells_of(histories, candidates)
        return np.append(self._of_cells(histories), np.float32(-np.inf))[found]

    def explain(self, histories: Histories, items: Int32) -> Evidence:
        """Say of each played track that it was: AGAIN, and the track itself."""
        again = _cells_of(histories, items) >= 0
        again[again] = self.score(histories, items)[again] > -np.inf
        return Evidence(
            np.where(again, ReasonKind.AGAIN, ReasonKind.NONE).astype(np.uint8),
            np.where(again, items, -1).astype(np.int32),
            np.full(items.shape, np.nan, np.float32),
        )

    def contributions(self, history: Histories, item: int) -> Float32:
        """Return the score at the cell of the item itself: no other play speaks for it."""
        return np.where(history.items == item, np.maximum(self._of_cells(history), 0), 0)

    def arrays(self) -> Arrays:
        """Return `decay` (float64), `as_of_day` (int32) and `n_items` (int64), one number each."""
        return {
            "decay": np.array(self.decay, np.float64),
            "as_of_day": np.array(self.as_of_day, np.int32),
            "n_items": np.array(self.n_tracks, np.int64),
        }


def _cells_of(histories: Histories, items: Int32) -> NDArray[np.int64]:
    """Return which cell of its row each item of (B, n) is, -1 where it is none."""
    keys = histories.users_of_cells.astype(np.int64) * histories.n_items + histories.items
    wanted = np.arange(len(histories))[:, None] * histories.n_items + items
    places = np.minimum(np.searchsorted(keys, wanted), max(len(keys) - 1, 0))
    if not len(keys):
        return np.full(items.shape, -1, np.int64)
    return np.where((keys[places] == wanted) & (items >= 0), places, -1)
