"""Plays that are nobody's taste: bots, and days on which someone loops one artist."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np

from rekomenda.data.world.catalogue import Ints, Music
from rekomenda.data.world.listeners import People

_BOT_PLAYS: Final = 20_000
_BOT_DAYS: Final = 3
_OBSESSED_PLAYS: Final = (550, 1_400)
_OBSESSED_DAYS: Final = 2


@dataclass(frozen=True, eq=False)
class Odd:
    """Daily totals of odd plays; each (day, listener, track) once.

    Parameters
    ----------
    day, listener, track, plays : ndarray of int64, shape (n,)
    """

    day: Ints
    listener: Ints
    track: Ints
    plays: Ints


def make_oddities(people: People, music: Music, n_days: int, rng: np.random.Generator) -> Odd:
    """Let bots and the obsessed have their days."""
    parts = [*_bot_days(people, music, n_days, rng), *_obsessive_days(people, music, n_days, rng)]
    empty = np.empty(0, dtype=np.int64)
    rows: list[Ints] = [empty, empty, empty, empty]
    if parts:
        sizes = [len(track) for _, _, track, _ in parts]
        rows = [
            np.repeat([day for day, _, _, _ in parts], sizes),
            np.repeat([listener for _, listener, _, _ in parts], sizes),
            np.concatenate([track for _, _, track, _ in parts]),
            np.concatenate([plays for _, _, _, plays in parts]),
        ]
    return Odd(*rows)


_Part = tuple[int, int, Ints, Ints]
"""One day of one listener: day, listener, tracks, plays."""


def _bot_days(
    people: People, music: Music, n_days: int, rng: np.random.Generator
) -> Iterator[_Part]:
    """Half of a farm's plays push one song, the rest hide it among everything there is."""
    for bot in people.bots.tolist():
        pushed = music.first_tracks[rng.integers(len(music.artist_pull))]
        for day in _some_days(_BOT_DAYS, n_days, rng):
            out = np.flatnonzero(music.released <= day)
            weights = np.full(len(out), 0.5 / len(out))
            weights[np.searchsorted(out, pushed)] += 0.5
            plays = rng.multinomial(round(_BOT_PLAYS * rng.uniform(0.9, 1.1)), weights)
            yield day, bot, out[plays > 0], plays[plays > 0]


def _obsessive_days(
    people: People, music: Music, n_days: int, rng: np.random.Generator
) -> Iterator[_Part]:
    """Loop the best-known song of each of the listener's favourite artists."""
    for fan in people.obsessed.tolist():
        loved = music.first_tracks[people.favourites[fan]]
        for day in _some_days(_OBSESSED_DAYS, n_days, rng):
            plays = rng.multinomial(rng.integers(*_OBSESSED_PLAYS), people.favourite_weights[fan])
            track, which = np.unique(loved, return_inverse=True)
            summed = np.bincount(which, weights=plays).astype(np.int64)
            yield day, fan, track[summed > 0], summed[summed > 0]


def _some_days(wanted: int, n_days: int, rng: np.random.Generator) -> list[int]:
    days: list[int] = rng.choice(n_days, size=min(wanted, n_days), replace=False).tolist()
    return sorted(days)
