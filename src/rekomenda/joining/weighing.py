"""What plays are worth, as tables of integers: the same on every engine."""

from __future__ import annotations

import math

import numpy as np
import pyarrow as pa

from rekomenda.domain.schema import WEIGHT_SCALE

FACTOR_SCALE = math.isqrt(WEIGHT_SCALE)
"""Damping and decay are integers of this scale each; their product has `WEIGHT_SCALE`."""


def damp_table(max_plays: int) -> pa.Table:
    """Tabulate what n plays of a track in a day are worth: log2(1 + n), so that one is worth 1.

    Returns
    -------
    pa.Table
        `plays` 0 … max_plays, `factor` as integer of `FACTOR_SCALE`.
    """
    plays = np.arange(max_plays + 1)
    factor = np.rint(FACTOR_SCALE * np.log1p(plays) / np.log(2))
    return pa.table({"plays": plays, "factor": factor.astype(np.int32)})


def decay_table(half_life_days: int) -> pa.Table:
    """Tabulate what a play is worth after some days: half after each half-life.

    Returns
    -------
    pa.Table
        `age` in days from 0 until nothing is left, `factor` as integer of `FACTOR_SCALE`.
    """
    last = math.ceil(half_life_days * math.log2(2 * FACTOR_SCALE))  # where it rounds to 0
    age = np.arange(last + 1)
    factor = np.rint(FACTOR_SCALE * 2.0 ** (-age / half_life_days))
    return pa.table({"age": age, "factor": factor.astype(np.int32)})
