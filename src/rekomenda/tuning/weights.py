"""Which candidates to blend with which weights: few, and each only where it clearly adds.

Forward selection as in R. Caruana, A. Niculescu-Mizil, G. Crew, A. Ksikes, "Ensemble Selection from
Libraries of Models", ICML 2004, section 2, with weights refined by coordinate ascent after each step.
A step has to gain more than chance gives: its mean over the listeners must exceed its own standard
error, so that a long grid is not a longer way to fit the validation.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from rekomenda.tuning.pool import Pool, Pools, ndcg_of

Floats = NDArray[np.float64]

MAX_MEMBERS: Final = 4
"""Each costs memory and time whenever lists are made."""
ENTRY: Final = (0.1, 0.2, 0.35, 0.6, 1.0, 1.6)
"""Weights tried for a newcomer, where those already in sum to 1."""
STEPS: Final = (0.5, 0.7, 0.85, 1.2, 1.4, 2.0)
"""What a weight is multiplied by while the weights are refined."""
ROUNDS: Final = 3
"""Of refining, at most, after each newcomer."""
LEAST_GAIN: Final = 0.002
"""A newcomer's gain relative to what there is, at least: each member costs time for ever."""
LEVELS: Final = (0.0, 0.25, 0.5, 0.75, 1.0, 1.25, 1.5, 2.0, 3.0, 5.0)
SPREADS: Final = (0.05, 0.1, 0.2, 0.4, 0.8)
"""Places of heard tracks among unheard ones that are tried."""


@dataclass(frozen=True, eq=False)
class Weights:
    """What was found for one kind of tracks.

    Parameters
    ----------
    weights : ndarray of float64, shape (M,)
        0 for who is not in; they sum to 1.
    alone : ndarray of float64, shape (M,)
        NDCG of each candidate alone; NaN if it was not asked.
    ndcg : float
        Of the blend; NaN where no listener has anything relevant.
    adds, error : ndarray of float64, shape (M,)
        What the NDCG loses without each member, the others' weights as they are, and the standard
        error of that over the listeners; NaN for who is not in.
    """

    weights: Floats
    alone: Floats
    ndcg: float
    adds: Floats
    error: Floats


def find_weights(pool: Pool, allowed: Sequence[bool]) -> Weights:
    """Choose members and weights for the tracks of one pool.

    Parameters
    ----------
    pool : Pool
    allowed : sequence of bool, length M
        Which candidates may take part; at least one.
    """
    n_models = len(allowed)
    measured = pool.n_relevant > 0
    pool = Pool(
        pool.values[:, measured],
        pool.there[measured],
        pool.hits[measured],
        pool.n_relevant[measured],
    )

    def ndcg(weights: Floats) -> Floats:
        return pool.ndcg(pool.blended(weights))

    alone = np.full(n_models, np.nan)
    for place in np.flatnonzero(allowed):
        alone[place] = _mean(ndcg(np.eye(n_models)[place]))
    weights = np.eye(n_models)[int(np.nanargmax(np.where(np.isnan(alone), -1, alone)))]
    values = ndcg(weights)
    while len(values) > 1 and np.count_nonzero(weights) < MAX_MEMBERS:
        found = _newcomer(
            weights, values, ndcg, np.flatnonzero(np.asarray(allowed) & (weights == 0))
        )
        if found is None:
            break
        weights, values = _refined(*found, ndcg)
    weights, values = _pruned(weights, values, ndcg)
    weights = np.round(weights / weights.sum(), 3)
    values = ndcg(weights)
    adds, error = _each_adds(weights, values, ndcg)
    return Weights(weights, alone, _mean(values), adds, error)


def find_place(pools: Pools, unheard: Floats, heard: Floats) -> tuple[float, float] | None:
    """Place heard tracks among the others: level and spread with the best NDCG over all tracks.

    None where nobody played again what they had heard, or nobody anything else: nothing to go by.
    """
    if not (pools.unheard.n_relevant > 0).any() or not (pools.heard.n_relevant > 0).any():
        return None
    new, again = pools.unheard.blended(unheard), pools.heard.blended(heard)
    hits = np.concatenate([pools.unheard.hits, pools.heard.hits], axis=1)
    measured = pools.n_relevant > 0
    best, most = (1.0, 0.2), -1.0
    for level in LEVELS:
        for spread in SPREADS:
            scores = np.concatenate([new, level + np.float32(spread) * again], axis=1)
            mean = _mean(ndcg_of(scores, hits, pools.n_relevant)[measured])
            if mean > most + 1e-9:
                best, most = (level, spread), mean
    return best


def _newcomer(
    weights: Floats, values: Floats, ndcg: Callable[[Floats], Floats], outside: NDArray[np.intp]
) -> tuple[Floats, Floats] | None:
    """Return the weights with whoever gains most, and their NDCG; None if nobody clearly does."""
    best: tuple[Floats, Floats] | None = None
    for place in outside:
        for entry in ENTRY:
            tried = weights / weights.sum()
            tried[place] = entry
            found = ndcg(tried)
            if best is None or _mean(found) > _mean(best[1]) + 1e-9:
                best = tried, found
    if best is None:
        return None
    gain, error = _difference(best[1], values)
    return best if gain > max(error, LEAST_GAIN * _mean(values)) else None


def _refined(
    weights: Floats, values: Floats, ndcg: Callable[[Floats], Floats]
) -> tuple[Floats, Floats]:
    """Climb along one weight after the other until nothing gains."""
    for _ in range(ROUNDS):
        before = _mean(values)
        for place in np.flatnonzero(weights):
            for step in STEPS:
                tried = weights.copy()
                tried[place] *= step
                found = ndcg(tried)
                if _mean(found) > _mean(values) + 1e-9:
                    weights, values = tried, found
        if _mean(values) <= before * 1.0002:
            break
    return weights, values


def _pruned(
    weights: Floats, values: Floats, ndcg: Callable[[Floats], Floats]
) -> tuple[Floats, Floats]:
    """Take out who no longer adds what a newcomer would have to."""
    while np.count_nonzero(weights) > 1:
        adds, error = _each_adds(weights, values, ndcg)
        idle = adds <= np.maximum(error, LEAST_GAIN / 2 * _mean(values))
        if not idle.any():
            break
        weights = weights.copy()
        weights[int(np.nanargmin(np.where(idle, adds, np.nan)))] = 0
        weights, values = _refined(weights, ndcg(weights), ndcg)
    return weights, values


def _each_adds(
    weights: Floats, values: Floats, ndcg: Callable[[Floats], Floats]
) -> tuple[Floats, Floats]:
    adds, error = (np.full(len(weights), np.nan) for _ in range(2))
    members = np.flatnonzero(weights)
    for place in members:
        rest = weights.copy()
        rest[place] = 0
        without = ndcg(rest) if len(members) > 1 else np.zeros(len(values))
        adds[place], error[place] = _difference(values, without)
    return adds, error


def _difference(ours: Floats, theirs: Floats) -> tuple[float, float]:
    """Return the mean difference over the same listeners, and its standard error."""
    difference = ours - theirs
    if len(difference) < 2:
        return _mean(difference), np.inf
    return _mean(difference), float(difference.std(ddof=1) / np.sqrt(len(difference)))


def _mean(values: Floats) -> float:
    return float(values.mean()) if len(values) else np.nan
