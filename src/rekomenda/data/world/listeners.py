"""The listeners of a world: where they live, what they like, how much and since when they listen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from rekomenda.data.world import regions
from rekomenda.data.world.catalogue import Floats, Ints
from rekomenda.data.world.spec import WorldSpec
from rekomenda.data.world.taste import Groups, groups_by_region

N_GROUPS_EACH: Final = 3
"""Taste groups of a listener at the start; a fourth waits for those who drift."""
N_FAVOURITES: Final = 8
_SILENT_SHARE: Final = 0.02
_COLD_SHARE: Final = 0.08
_COLD_PLAYS: Final = 3
_LATE_SHARE: Final = 0.15
_DRIFT_SHARE: Final = 0.3
_DRIFT_SIZE: Final = 0.6
_ACTIVITY_SPREAD: Final = 1.05
LISTENERS_PER_BOT: Final = 5_000
LISTENERS_PER_OBSESSION: Final = 1_000
_MIN_FOR_ODDITIES: Final = 20


@dataclass(frozen=True, eq=False)
class People:
    """U listeners.

    Parameters
    ----------
    region, birth_year : ndarray of int64, shape (U,)
    groups : ndarray of int64, shape (U, 4)
        Taste groups; the first is the listener's own at the start.
    start_weights, end_weights : ndarray of float64, shape (U, 4)
        Share of each group on the first and on the last day; rows sum to 1. In between the
        one passes evenly into the other.
    favourites : ndarray of int64, shape (U, 8)
        Artists they come back to, by their own choice.
    favourite_weights : ndarray of float64, shape (U, 8)
        Rows sum to 1.
    favourite_share, repeat_share : ndarray of float64, shape (U,)
        Share of choices among favourites; share of plays heard before.
    since : ndarray of float64, shape (U,)
        When they joined, as a share of the world's time, 0 to 1.
    n_plays : ndarray of int64, shape (U,)
        Plays by taste; 0 for bots and the silent.
    bots, obsessed : ndarray of int64
        Rows of those.
    """

    region: Ints
    birth_year: Ints
    groups: Ints
    start_weights: Floats
    end_weights: Floats
    favourites: Ints
    favourite_weights: Floats
    favourite_share: Floats
    repeat_share: Floats
    since: Floats
    n_plays: Ints
    bots: Ints
    obsessed: Ints

    def __len__(self) -> int:
        return len(self.region)


def make_people(spec: WorldSpec, groups: Groups, rng: np.random.Generator) -> People:
    """Make the listeners."""
    n = spec.listeners
    region = rng.choice(len(regions.WEIGHTS), size=n, p=regions.WEIGHTS / regions.WEIGHTS.sum())
    by_region = groups_by_region(groups)
    chosen = choose_rows(by_region, np.repeat(region, N_GROUPS_EACH + 1), rng)
    chosen = chosen.reshape(n, N_GROUPS_EACH + 1)
    start, end = _group_weights(n, rng)
    own_years = groups.birth_year[chosen[:, 0]]
    since = np.where(rng.random(n) < _LATE_SHARE, rng.random(n) * 0.95, 0.0)
    roles = rng.permutation(n)
    bots, obsessed, n_plays = _activity(spec, roles, since, rng)
    return People(
        region=region,
        birth_year=np.clip(np.rint(rng.normal(own_years, 7.0)), 1940, 2011).astype(np.int64),
        groups=chosen,
        start_weights=start,
        end_weights=end,
        favourites=_favourites(chosen, start, groups, rng),
        favourite_weights=_descending_shares(n, N_FAVOURITES, 0.7, rng),
        favourite_share=rng.beta(4.0, 6.0, n),
        repeat_share=rng.beta(5.0, 5.0, n),
        since=since,
        n_plays=n_plays,
        bots=bots,
        obsessed=obsessed,
    )


def choose_rows(shares: Floats, rows: Ints, rng: np.random.Generator) -> Ints:
    """Choose one column for each entry of `rows`, with the chances of that row of `shares`.

    Parameters
    ----------
    shares : ndarray, shape (R, C)
        Chances; rows sum to 1.
    rows : ndarray of int64, shape (n,)

    Returns
    -------
    ndarray of int64, shape (n,)
    """
    n_columns = shares.shape[1]
    ladder = np.cumsum(shares, axis=1)
    ladder /= ladder[:, -1:]
    ladder += np.arange(len(shares))[:, None]  # one ascending ladder of all rows
    found = np.searchsorted(ladder.ravel(), rows + rng.random(len(rows)), side="right")
    return np.asarray(np.clip(found - rows * n_columns, 0, n_columns - 1))


def _descending_shares(n: int, width: int, evenness: float, rng: np.random.Generator) -> Floats:
    parts = np.sort(rng.gamma(evenness, 1.0, (n, width)), axis=1)[:, ::-1] + 1e-9
    return np.asarray(parts / parts.sum(axis=1, keepdims=True))


def _group_weights(n: int, rng: np.random.Generator) -> tuple[Floats, Floats]:
    """Return the weights at the start and at the end; a part of the listeners drifts."""
    start = np.hstack([_descending_shares(n, N_GROUPS_EACH, 0.4, rng), np.zeros((n, 1))])
    end = start.copy()
    moved = np.where(rng.random(n) < _DRIFT_SHARE, _DRIFT_SIZE, 0.0) * start[:, 0]
    end[:, 0] -= moved
    end[:, -1] += moved
    return start, end


def _favourites(chosen: Ints, weights: Floats, groups: Groups, rng: np.random.Generator) -> Ints:
    n = len(chosen)
    listener = np.repeat(np.arange(n), N_FAVOURITES)
    ladder = np.cumsum(weights[:, :N_GROUPS_EACH], axis=1)
    slot = (rng.random(len(listener))[:, None] > ladder[listener]).sum(axis=1)
    group = chosen[listener, np.minimum(slot, N_GROUPS_EACH - 1)]
    return choose_rows(groups.artist_weights, group, rng).reshape(n, N_FAVOURITES)


def _activity(
    spec: WorldSpec, roles: Ints, since: Floats, rng: np.random.Generator
) -> tuple[Ints, Ints, Ints]:
    """Return the bots, the obsessed and how often each listener plays; `roles` is a shuffle."""
    n = spec.listeners
    odd = n >= _MIN_FOR_ODDITIES
    n_bots = max(1, n // LISTENERS_PER_BOT) if odd else 0
    n_obsessed = max(1, n // LISTENERS_PER_OBSESSION) if odd else 0
    n_silent, n_cold = round(n * _SILENT_SHARE), round(n * _COLD_SHARE)
    bots, silent, cold, rest = np.split(roles, np.cumsum([n_bots, n_silent, n_cold]))
    n_plays = np.zeros(n, dtype=np.int64)
    n_plays[cold] = np.minimum(rng.integers(1, _COLD_PLAYS + 1, len(cold)), spec.n_plays // n)
    weights = rng.lognormal(0.0, _ACTIVITY_SPREAD, len(rest)) * (1.0 - since[rest])
    remaining = spec.n_plays - int(n_plays.sum())
    n_plays[rest] = rng.multinomial(remaining, weights / weights.sum())
    assert not n_plays[silent].any()
    return np.sort(bots), np.sort(rest[:n_obsessed]), n_plays
