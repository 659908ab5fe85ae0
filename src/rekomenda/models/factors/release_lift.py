"""How much more a new release is played than its artist's other tracks, week by week."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from rekomenda.domain.training import TrainingData

Floats = NDArray[np.float64]

WINDOW_DAYS: Final = 28
"""Days whose listeners are compared."""
AGES: Final = (7, 14, 28)
"""Ages in days up to which a release belongs to the first, second and third group."""
MOST: Final = 8.0
"""No group is taken to be more than so many times as popular: there may be few to learn from."""


def release_lift(data: TrainingData, prior: float) -> Floats:
    """Return by which factor each track is expected to be played more for being new, shape (I,).

    Of the last `WINDOW_DAYS`, n_i counts the listeners of a track and e_i the share of these days
    it was out. An artist's older tracks have r_a listeners each. With Poisson counts and a gamma
    prior of mean 1 worth `prior` listeners, the posterior mean of a group's factor is

        (Σ n_i + prior) / (Σ e_i r_a(i) + prior).

    A track that is not out yet counts as just released: nothing of it was played, so it teaches
    nothing, but it is what a new release will be. 1 for older tracks, where no release day or no
    artist is known, and where the data has no time; never below 1, as an old track is no worse for
    others being new.

    Parameters
    ----------
    data : TrainingData
    prior : float, >= 0
    """
    catalogue, released = data.catalogue, data.catalogue.released_day
    lift = np.ones(len(catalogue))
    if data.as_of_day < 0:
        return lift
    age = np.where(released >= 0, data.as_of_day - released, AGES[-1] + 1)
    listeners = _lately(data)
    usual = _usual(data, listeners, age)
    out = np.clip((age + 1) / WINDOW_DAYS, 0, 1) * usual
    for group in _groups(age):
        expected = out[group].sum() + prior
        found = (listeners[group & (usual > 0)].sum() + prior) / max(expected, 1e-30)
        lift[group] = np.clip(found, 1.0, MOST)
    return lift


def _groups(age: NDArray[np.integer]) -> list[NDArray[np.bool_]]:
    borders = (np.iinfo(np.int64).min, *AGES)
    return [(age > low) & (age <= high) for low, high in zip(borders, AGES, strict=False)]


def _lately(data: TrainingData) -> Floats:
    """Count the listeners of each track in the last days, shape (I,)."""
    histories = data.interactions.histories
    late = (histories.plays > 0) & (histories.last_day > data.as_of_day - WINDOW_DAYS)
    return np.bincount(histories.items[late], minlength=histories.n_items).astype(np.float64)


def _usual(data: TrainingData, listeners: Floats, age: NDArray[np.integer]) -> Floats:
    """Return the mean listeners of the older tracks of each track's artists, 0 where unknown."""
    shares, n_artists = data.catalogue.artists_of, len(data.catalogue.artists)
    older = (age > AGES[-1]) & data.catalogue.listed
    total, count = shares.sums(listeners * older, n_artists), shares.sums(older, n_artists)
    mean = total / np.where(count > 0, count, 1.0)
    return np.asarray(shares.matrix(n_artists) @ mean)
