"""What plays are worth, as tables of integers: the same on every machine."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from rekomenda.domain.schema import WEIGHT_SCALE

FACTOR_SCALE = math.isqrt(WEIGHT_SCALE)
"""Damping and decay are integers of this scale each; their product has `WEIGHT_SCALE`."""


def damping(max_plays: int) -> NDArray[np.int64]:
    """Tabulate what n plays of a track in a day are worth: log2(1 + n), so that one is worth 1.

    Returns
    -------
    ndarray of int64, shape (max_plays + 1,)
        Of `FACTOR_SCALE`.
    """
    plays = np.arange(max_plays + 1)
    return np.asarray(np.rint(FACTOR_SCALE * np.log1p(plays) / np.log(2)), np.int64)


def decay(half_life_days: int) -> NDArray[np.int64]:
    """Tabulate what a play is worth after some days: half after each half-life.

    Returns
    -------
    ndarray of int64
        Of `FACTOR_SCALE`, by age in days from 0 until nothing is left: the last is 0.
    """
    last = math.ceil(half_life_days * math.log2(2 * FACTOR_SCALE))  # where it rounds to 0
    age = np.arange(last + 1)
    return np.asarray(np.rint(FACTOR_SCALE * 2.0 ** (-age / half_life_days)), np.int64)
