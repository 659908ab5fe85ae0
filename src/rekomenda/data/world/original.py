"""The first sketch's world: uniform noise, as a control. There is nothing to learn in it.

Every day a tenth of the listeners, drawn with replacement, plays 2 to 5 tracks 1 to 19 times, each drawn
alike from ids 1 to N; genres and features are noise as well. The catalogue holds a random seven
eighths of the played ids, so a join loses about 12 % of the plays. Nothing keeps a (listener, track, day)
from coming twice; such rows are one day's total in parts.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import pyarrow as pa

from rekomenda.data.world.spec import WorldSpec
from rekomenda.data.world.truth import Truth
from rekomenda.domain.schema import N_FEATURES

_DAILY_SHARE: Final = 0.1
_TRACKS_A_DAY: Final = (2, 5)
_PLAYS: Final = (1, 19)
_N_GENRES: Final = 4
_CATALOGUE_SHARE: Final = 0.875
_FEATURE_MEANS: Final = (100, 1_500)


def make_original(spec: WorldSpec, rng: np.random.Generator) -> tuple[dict[str, pa.Table], Truth]:
    """Make the three tables of the first sketch, and the truth: everything is liked alike."""
    n_ids = round(spec.tracks / _CATALOGUE_SHARE)
    track = 1 + np.sort(rng.choice(n_ids, size=spec.tracks, replace=False))
    artist = 1 + _deal(spec.tracks, spec.artists, rng)
    tracks = pa.table(
        {
            "id_artist": _text(artist),
            "id_tracks": _text(track),
            "id_genre": pa.array(rng.integers(1, _N_GENRES + 1, spec.tracks)),
        }
    )
    tables = {
        "plays": _plays(spec, n_ids, rng),
        "tracks": tracks,
        "artists": _artists(spec.artists, rng),
    }
    return tables, _indifference(spec, track, artist - 1)


def _plays(spec: WorldSpec, n_ids: int, rng: np.random.Generator) -> pa.Table:
    visits_a_day = max(1, round(spec.listeners * _DAILY_SHARE))
    visitor = rng.integers(1, spec.listeners + 1, spec.days * visits_a_day)
    sizes = rng.integers(_TRACKS_A_DAY[0], _TRACKS_A_DAY[1] + 1, len(visitor))
    day = np.repeat(np.repeat(np.arange(spec.days), visits_a_day), sizes)
    first = np.datetime64(spec.first_day, "D")
    return pa.table(
        {
            "id_date": pa.array(first + day, pa.date32()),
            "user_id": _text(np.repeat(visitor, sizes)),
            "id_tracks": _text(rng.integers(1, n_ids + 1, len(day))),
            "plays": pa.array(rng.integers(_PLAYS[0], _PLAYS[1] + 1, len(day))),
        }
    )


def _artists(n: int, rng: np.random.Generator) -> pa.Table:
    means = rng.integers(*_FEATURE_MEANS, size=N_FEATURES, endpoint=True)
    spreads = means * rng.random(N_FEATURES)
    features = rng.normal(means, spreads, (n, N_FEATURES)).astype(np.int64)
    columns = {f"Feature{number + 1}": features[:, number] for number in range(N_FEATURES)}
    return pa.table({"id_artist": _text(np.arange(1, n + 1)), **columns})


def _deal(n_tracks: int, n_artists: int, rng: np.random.Generator) -> np.ndarray:
    """Deal the tracks to the artists, as evenly as numbers allow, in random order."""
    return rng.permutation(np.arange(n_tracks) % n_artists)


def _text(numbers: np.ndarray) -> pa.Array:
    return pa.array(numbers).cast(pa.string()).dictionary_encode()


def _indifference(spec: WorldSpec, track: np.ndarray, artist: np.ndarray) -> Truth:
    sizes = np.bincount(artist, minlength=spec.artists)
    n = spec.listeners
    return Truth(
        user_ids=np.arange(1, n + 1).astype(np.str_),
        track_ids=track.astype(np.str_),
        groups=np.zeros((n, 1), np.int32),
        group_weights=np.ones((n, 1), np.float32),
        favourites=np.zeros((n, 1), np.int32),
        favourite_weights=np.ones((n, 1), np.float32),
        favourite_share=np.zeros(n, np.float32),
        festive_share=0.0,
        group_artists=np.tile(sizes / sizes.sum(), (2, 1)).astype(np.float32),
        track_artist=artist.astype(np.int32),
        track_share=(1.0 / sizes[artist]).astype(np.float32),
    )
