"""What attracts whom: taste groups over artists, season by season."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from rekomenda.data.world import regions
from rekomenda.data.world.catalogue import (
    N_LATENT,
    Floats,
    Ints,
    Music,
    Sounds,
    choose_genres,
    choose_homes,
)
from rekomenda.data.world.genres import GENRES
from rekomenda.data.world.seasons import Season

_ARTISTS_PER_GROUP: Final = 12
_MAX_GROUPS: Final = 48
_GROUP_SPREAD: Final = 0.4
_BREADTH: Final = 0.75
"""Width of a group's taste in the sound space; smaller is choosier."""
_NEW_BOOST: Final = 3.0
_NEW_HALF_LIFE: Final = 10.0
_FESTIVE: Final = np.array([genre.festive for genre in GENRES])


@dataclass(frozen=True, eq=False)
class Groups:
    """K taste groups.

    Parameters
    ----------
    genre, region : ndarray of int64, shape (K,)
        At home in.
    pull : ndarray of float64, shape (K,)
        How many listeners it has, unscaled.
    birth_year : ndarray of float64, shape (K,)
        Mean of its listeners.
    artist_weights : ndarray of float64, shape (K, A)
        Attraction of each artist before seasons; rows sum to 1.
    """

    genre: Ints
    region: Ints
    pull: Floats
    birth_year: Floats
    artist_weights: Floats

    def __len__(self) -> int:
        return len(self.genre)


@dataclass(frozen=True, eq=False)
class Attraction:
    """What attracts in one season.

    Parameters
    ----------
    festive_share : float
        Share of choices made for the party, from the last row of `group_artists`.
    group_artists : ndarray of float64, shape (K + 1, A)
        Chance of each artist in each group; rows sum to 1. The last row is the party.
    track_weights : ndarray of float64, shape (T,)
        Of the tracks of an artist, unscaled; 0 for those not yet released.
    """

    festive_share: float
    group_artists: Floats
    track_weights: Floats


def make_groups(music: Music, sounds: Sounds, rng: np.random.Generator) -> Groups:
    """Make the groups and what they like: artists near the group's centre, and known ones."""
    n_groups = int(np.clip(len(music.artist_pull) // _ARTISTS_PER_GROUP, 3, _MAX_GROUPS))
    genre = choose_genres(n_groups, rng)
    region = choose_homes(genre, rng)
    centres = np.hstack([sounds.genres[genre], sounds.places[region]])
    centres += rng.normal(0.0, _GROUP_SPREAD, (n_groups, N_LATENT))
    distances = ((centres[:, None, :] - music.artist_sound[None, :, :]) ** 2).sum(axis=2)
    nearness = -distances / (2.0 * _BREADTH**2)
    nearness -= nearness.max(axis=1, keepdims=True)  # or all of them underflow to nothing
    weights = np.exp(nearness) * music.artist_pull
    genre_pull = np.array([GENRES[number].weight for number in genre])
    return Groups(
        genre=genre,
        region=region,
        pull=genre_pull * rng.lognormal(0.0, 0.4, n_groups),
        birth_year=rng.uniform(1972, 2004, n_groups),
        artist_weights=weights / weights.sum(axis=1, keepdims=True),
    )


def groups_by_region(groups: Groups) -> Floats:
    """Return the chance of each group among the listeners of each state, (R, K)."""
    weights = regions.CLOSENESS[:, groups.region] * groups.pull
    return np.asarray(weights / weights.sum(axis=1, keepdims=True))


def attraction(groups: Groups, music: Music, season: Season) -> Attraction:
    """Apply one season: the party, its lift, and the music that came out so far."""
    festive = _FESTIVE[music.artist_genre]
    lift = 1.0 + (season.festive_lift - 1.0) * festive
    lifted = groups.artist_weights * lift
    party = music.artist_pull * festive
    if not party.any():
        party = music.artist_pull
    rows = np.vstack([lifted, party])
    return Attraction(
        festive_share=season.festive_share,
        group_artists=rows / rows.sum(axis=1, keepdims=True),
        track_weights=_track_weights(music, season.first),
    )


def _track_weights(music: Music, day: int) -> Floats:
    age = day - music.released
    new = np.where(
        music.released >= 0, _NEW_BOOST * 0.5 ** (np.maximum(age, 0) / _NEW_HALF_LIFE), 0.0
    )
    return np.where(age >= 0, music.track_pull * (1.0 + new), 0.0)
