"""What attracts whom: taste groups over artists, season by season."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from rekomenda.data.world import regions
from rekomenda.data.world.catalogue import Floats, Ints, Music
from rekomenda.data.world.genres import GENRES
from rekomenda.data.world.seasons import Season

_ARTISTS_PER_GROUP: Final = 12
_MAX_GROUPS: Final = 48
_MIN_GROUPS: Final = 6
_BREADTH: Final = 0.02
"""Share of the artists over which a group's liking falls to 1/e."""
_MIN_BREADTH: Final = 1.5
"""In artists."""
_COMMON_SHARE: Final = 0.02
"""Part of a group's liking that goes to what everybody knows."""
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


def make_groups(music: Music, rng: np.random.Generator) -> Groups:
    """Make the groups, each around an artist: the nearer another artist sounds, the better liked.

    Nearness counts by rank and not by distance, so that worlds of any size have tastes of the same
    breadth; a little of everything that is popular reaches everybody.
    """
    n_artists = len(music.artist_pull)
    n_groups = int(
        np.clip(n_artists // _ARTISTS_PER_GROUP, min(_MIN_GROUPS, n_artists), _MAX_GROUPS)
    )
    seeds = rng.choice(n_artists, size=n_groups, replace=False)
    centres = music.artist_sound[seeds]
    distances = ((centres[:, None, :] - music.artist_sound[None, :, :]) ** 2).sum(axis=2)
    ranks = distances.argsort(axis=1, kind="stable").argsort(axis=1, kind="stable")
    weights = np.exp(-ranks / max(_BREADTH * n_artists, _MIN_BREADTH)) * music.artist_pull
    weights /= weights.sum(axis=1, keepdims=True)
    known = music.artist_pull / music.artist_pull.sum()
    genre = music.artist_genre[seeds]
    genre_pull = np.array([GENRES[number].weight for number in genre])
    return Groups(
        genre=genre,
        region=music.artist_region[seeds],
        pull=np.sqrt(genre_pull) * rng.lognormal(0.0, 0.4, n_groups),
        birth_year=rng.uniform(1972, 2004, n_groups),
        artist_weights=(1.0 - _COMMON_SHARE) * weights + _COMMON_SHARE * known,
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
