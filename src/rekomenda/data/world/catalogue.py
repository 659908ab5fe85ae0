"""The artists and tracks of a world, as arrays: what they sound like, not what they are called."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from rekomenda.data.world import regions
from rekomenda.data.world.genres import FAMILIES, GENRES
from rekomenda.data.world.spec import WorldSpec

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

N_LATENT: Final = 8
"""Dimensions of the sound space: six of genre and style, two of place."""
_N_STYLE: Final = 6
_ARTIST_SPREAD: Final = 0.55
_POPULARITY_SPREAD: Final = 0.8
_TRACK_ZIPF: Final = 0.9
_VERSION_SHARE: Final = 0.12
_NEW_SHARE: Final = 0.08
_STRAY_GENRE_SHARE: Final = 0.12
_HOME_BONUS: Final = 5.0


@dataclass(frozen=True, eq=False)
class Sounds:
    """Where genres and states lie in the sound space."""

    genres: Floats  # (G, _N_STYLE)
    places: Floats  # (R, 2)


@dataclass(frozen=True, eq=False)
class Music:
    """A artists and T tracks.

    Parameters
    ----------
    artist_genre, artist_region : ndarray of int64, shape (A,)
        Rows of `GENRES` and `regions.CODES`.
    artist_sound : ndarray of float64, shape (A, N_LATENT)
    artist_pull : ndarray of float64, shape (A,)
        Popularity > 0, unscaled.
    track_artist : ndarray of int64, shape (T,)
        Ascending: the tracks of an artist lie together, and each artist has one at least.
    track_genre : ndarray of int64, shape (T,)
    track_pull : ndarray of float64, shape (T,)
        Popularity among the artist's tracks, > 0, unscaled.
    version_of : ndarray of int64, shape (T,)
        The track this one is a version of, itself no version; -1 for none.
    released : ndarray of int64, shape (T,)
        Day of release, counted from the first day of the world; mostly negative.
    """

    artist_genre: Ints
    artist_region: Ints
    artist_sound: Floats
    artist_pull: Floats
    track_artist: Ints
    track_genre: Ints
    track_pull: Floats
    version_of: Ints
    released: Ints

    @property
    def first_tracks(self) -> Ints:
        """The first track of each artist, shape (A,): it is old, and no version."""
        firsts = np.searchsorted(self.track_artist, np.arange(len(self.artist_pull)))
        return np.asarray(firsts, dtype=np.int64)


def make_sounds(rng: np.random.Generator) -> Sounds:
    """Place the genres near their family, the states near their macro-region."""
    families = rng.normal(0.0, 1.1, (len(FAMILIES), _N_STYLE))
    family_of = [FAMILIES.index(genre.family) for genre in GENRES]
    genres = families[family_of] + rng.normal(0.0, 0.7, (len(GENRES), _N_STYLE))
    macros = sorted({macro for _, macro in regions.STATES.values()})
    centres = rng.normal(0.0, 0.9, (len(macros), 2))
    macro_of = [macros.index(macro) for _, macro in regions.STATES.values()]
    places = centres[macro_of] + rng.normal(0.0, 0.4, (len(macro_of), 2))
    return Sounds(genres=genres, places=places)


def make_music(spec: WorldSpec, sounds: Sounds, fridays: Ints, rng: np.random.Generator) -> Music:
    """Make the artists and their tracks.

    Parameters
    ----------
    fridays : ndarray of int64
        Days of the world on which new music comes out, ascending; may be empty.
    """
    genre = choose_genres(spec.artists, rng)
    region = choose_homes(genre, rng)
    spread = rng.normal(0.0, _ARTIST_SPREAD, (spec.artists, N_LATENT))
    pull = rng.lognormal(0.0, _POPULARITY_SPREAD, spec.artists)
    artist = _share_out(spec.tracks, pull, rng)
    place_in_artist = _places(artist)
    version_of = _versions(artist, place_in_artist, rng)
    return Music(
        artist_genre=genre,
        artist_region=region,
        artist_sound=np.hstack([sounds.genres[genre], sounds.places[region]]) + spread,
        artist_pull=pull,
        track_artist=artist,
        track_genre=_track_genres(genre[artist], rng),
        track_pull=_track_pulls(place_in_artist, version_of, rng),
        version_of=version_of,
        released=_releases(place_in_artist, version_of, fridays, rng),
    )


def choose_genres(n: int, rng: np.random.Generator) -> Ints:
    """Choose n genres by weight, each of them once before any is chosen freely."""
    weights = np.array([genre.weight for genre in GENRES])
    heaviest = np.argsort(-weights, kind="stable")
    free = rng.choice(len(GENRES), size=max(n - len(GENRES), 0), p=weights / weights.sum())
    return np.concatenate([heaviest, free])[:n].astype(np.int64)


def choose_homes(genres: Ints, rng: np.random.Generator) -> Ints:
    """Choose a state for each genre given, likelier where that genre is at home."""
    at_home = np.array([[code in genre.homes for code in regions.CODES] for genre in GENRES])
    weights = regions.WEIGHTS * (1.0 + _HOME_BONUS * at_home)  # (G, R)
    shares = np.cumsum(weights / weights.sum(axis=1, keepdims=True), axis=1)
    chosen = (rng.random(len(genres))[:, None] > shares[genres]).sum(axis=1)
    return np.asarray(np.minimum(chosen, len(regions.CODES) - 1), dtype=np.int64)


def _share_out(n_tracks: int, pull: Floats, rng: np.random.Generator) -> Ints:
    """Give each artist one track and the rest by the root of their pull."""
    weights = np.sqrt(pull) * rng.gamma(2.0, 1.0, len(pull))
    sizes = 1 + rng.multinomial(n_tracks - len(pull), weights / weights.sum())
    return np.repeat(np.arange(len(pull)), sizes)


def _places(artist: Ints) -> Ints:
    """Return the number of each track among its artist's, from 0."""
    starts = np.flatnonzero(np.r_[True, artist[1:] != artist[:-1]])
    sizes = np.diff(np.r_[starts, len(artist)])
    return np.arange(len(artist)) - np.repeat(starts, sizes)


def _versions(artist: Ints, place: Ints, rng: np.random.Generator) -> Ints:
    """Make some tracks live versions or remixes of an earlier track of the same artist."""
    is_version = (rng.random(len(artist)) < _VERSION_SHARE) & (place > 0)
    back = 1 + np.floor(rng.random(len(artist)) * np.minimum(place, 4)).astype(np.int64)
    original = np.arange(len(artist)) - np.minimum(back, place)
    is_version &= ~is_version[original]  # a version of a version would be none
    return np.where(is_version, original, -1)


def _track_genres(artist_genre: Ints, rng: np.random.Generator) -> Ints:
    stray = rng.random(len(artist_genre)) < _STRAY_GENRE_SHARE
    return np.where(stray, rng.integers(0, len(GENRES), len(artist_genre)), artist_genre)


def _track_pulls(place: Ints, version_of: Ints, rng: np.random.Generator) -> Floats:
    """Fall with the rank among the artist's tracks; a version has a part of its original's."""
    pull = (1.0 + place) ** -_TRACK_ZIPF * rng.lognormal(0.0, 0.4, len(place))
    part = rng.uniform(0.3, 0.7, len(place))
    return np.where(version_of >= 0, pull[version_of] * part, pull)


def _releases(place: Ints, version_of: Ints, fridays: Ints, rng: np.random.Generator) -> Ints:
    """Spread the old tracks over twelve years, the recent ones densest; put the new on Fridays."""
    n = len(place)
    old = -1 - np.floor(12 * 365 * rng.random(n) ** 2).astype(np.int64)
    original = np.maximum(version_of, 0)
    gap = np.ceil(rng.random(n) * -old[original] * 0.9).astype(np.int64)
    released = np.where(version_of >= 0, np.minimum(old[original] + gap, -1), old)
    if len(fridays):
        # An artist's first track and the originals of versions stay old.
        free = np.ones(n, dtype=bool)
        free[original[version_of >= 0]] = False
        new = (rng.random(n) < _NEW_SHARE) & free & (place > 0)
        released = np.where(new, fridays[rng.integers(0, len(fridays), n)], released)
    return released
