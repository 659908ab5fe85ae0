"""The days of a world: weekday rhythm, June festivities, and Fridays, when new music comes out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

import numpy as np
from numpy.typing import NDArray

WEEKDAYS: Final = (0.86, 0.84, 0.88, 0.95, 1.25, 1.45, 1.20)
"""Plays by weekday, Monday first, against the mean."""
FESTIVE_SHARE: Final = (0.05, 0.10)
"""Share of choices made for the party and not by taste: in June, and from the eve of Saint
Anthony (12) to Saint Peter (29)."""
FESTIVE_LIFT: Final = (2.0, 3.5)
"""Factor on the fully festive genres within one's own taste, likewise."""
_FRIDAY: Final = 4


@dataclass(frozen=True, eq=False)
class Season:
    """Days `first` to `last` (exclusive), in which taste and catalogue stay the same."""

    first: int
    last: int
    festive_share: float
    festive_lift: float


@dataclass(frozen=True, eq=False)
class Seasons:
    """The days of a world.

    Parameters
    ----------
    day_weights : ndarray of float64, shape (D,)
        Plays of each day against the mean.
    spans : tuple of Season
        They follow each other and cover every day.
    fridays : ndarray of int64
        Days on which new music comes out.
    """

    day_weights: NDArray[np.float64]
    spans: tuple[Season, ...]
    fridays: NDArray[np.int64]


def make_seasons(first_day: date, n_days: int, rng: np.random.Generator) -> Seasons:
    """Lay out the days; a span begins on each Friday and wherever the festivities change."""
    days = [first_day + timedelta(days=number) for number in range(n_days)]
    noise = rng.lognormal(0.0, 0.03, n_days)
    phases = [_phase(day) for day in days]
    fridays = [number for number, day in enumerate(days) if day.weekday() == _FRIDAY]
    turns = [number for number in range(1, n_days) if phases[number] != phases[number - 1]]
    starts = sorted({0, *fridays, *turns})
    spans = [
        Season(first, last, *phases[first])
        for first, last in zip(starts, [*starts[1:], n_days], strict=True)
    ]
    weights = np.array([WEEKDAYS[day.weekday()] for day in days]) * noise
    return Seasons(weights, tuple(spans), np.array(fridays, dtype=np.int64))


def _phase(day: date) -> tuple[float, float]:
    """Return how festive a day is: share of choices, lift of genres."""
    if day.month != 6:
        return 0.0, 1.0
    peak = int(12 <= day.day <= 29)
    return FESTIVE_SHARE[peak], FESTIVE_LIFT[peak]
