"""From the arrays of a world to the tables of its files, in the service's own spellings."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from rekomenda.data.world import regions
from rekomenda.data.world.catalogue import Music
from rekomenda.data.world.genres import GENRES
from rekomenda.data.world.listeners import People
from rekomenda.data.world.names import artist_names, track_titles
from rekomenda.data.world.plays import Plays
from rekomenda.data.world.words import VERSIONS
from rekomenda.domain.schema import N_FEATURES

_SILENT_ARTISTS: Final = 0.04
"""Share of artists without features."""


@dataclass(frozen=True, eq=False)
class Ids:
    """The ids outside. They say nothing: neither order nor popularity.

    Parameters
    ----------
    users, artists : ndarray of str
    tracks : ndarray of str
        Those of the catalogue, then those it lacks.
    """

    users: NDArray[np.str_]
    artists: NDArray[np.str_]
    tracks: NDArray[np.str_]


def make_ids(n_users: int, n_artists: int, n_tracks: int, rng: np.random.Generator) -> Ids:
    """Return ids of each kind in random order: a letter, then a number with leading zeros."""
    return Ids(
        users=_numbered("U", n_users, rng),
        artists=_numbered("A", n_artists, rng),
        tracks=_numbered("T", n_tracks, rng),
    )


def _numbered(letter: str, n: int, rng: np.random.Generator) -> NDArray[np.str_]:
    digits = len(str(n)) + 1
    numbers = rng.permutation(n) + 1
    return np.char.add(letter, np.char.zfill(numbers.astype(np.str_), digits))


def plays_table(plays: Plays, ids: Ids, first_day: date) -> pa.Table:
    """Return `plays`: ascending by day; ids are dictionaries, so that ten million rows are small."""
    day = np.datetime64(first_day, "D") + plays.day
    return pa.table(
        {
            "id_date": pa.array(day, pa.date32()),
            "user_id": pa.DictionaryArray.from_arrays(plays.listener, pa.array(ids.users)),
            "id_tracks": pa.DictionaryArray.from_arrays(plays.track, pa.array(ids.tracks)),
            "plays": pa.array(plays.plays),
        }
    )


def tracks_table(music: Music, ids: Ids, first_day: date, rng: np.random.Generator) -> pa.Table:
    """Return `tracks`."""
    n = len(music.track_artist)
    track_ids = ids.tracks[:n]
    original = music.version_of
    seconds = rng.lognormal(5.2, 0.18, n) * np.where(original >= 0, 1.15, 1.0)
    return pa.table(
        {
            "id_artist": ids.artists[music.track_artist],
            "id_tracks": track_ids,
            "id_genre": np.array([genre.genre_id for genre in GENRES])[music.track_genre],
            "title": _titles(music, rng),
            "released_on": pa.array(np.datetime64(first_day, "D") + music.released, pa.date32()),
            "duration_ms": pa.array(np.rint(seconds * 1000).astype(np.int64)),
            "version_of": pa.array(track_ids[np.maximum(original, 0)], mask=original < 0),
        }
    )


def _titles(music: Music, rng: np.random.Generator) -> list[str]:
    """Return a title for each track; a version has its original's, and says what it is."""
    original = music.version_of.tolist()
    families = [GENRES[number].family for number in music.artist_genre[music.track_artist]]
    songs = iter(
        track_titles(rng, [f for f, source in zip(families, original, strict=True) if source < 0])
    )
    titles: list[str] = []
    versions: dict[int, int] = {}
    for source in original:
        if source < 0:
            titles.append(next(songs))
            continue
        number = versions.get(source, 0)
        versions[source] = number + 1
        again = number // len(VERSIONS)
        titles.append(
            titles[source]
            + VERSIONS[(source + number) % len(VERSIONS)]
            + (f" {again + 1}" if again else "")
        )
    return titles


def artists_table(music: Music, ids: Ids, rng: np.random.Generator) -> pa.Table:
    """Return `artists`. The features are eight noisy coordinates of their sound, followers, tempo."""
    n = len(music.artist_pull)
    families = [GENRES[number].family for number in music.artist_genre]
    bpm = np.array([genre.bpm for genre in GENRES])[music.artist_genre]
    sound = 500.0 + 120.0 * (music.artist_sound + rng.normal(0.0, 0.3, music.artist_sound.shape))
    followers = 4_000.0 * music.artist_pull * rng.lognormal(0.0, 0.5, n)
    tempo = bpm * rng.normal(1.0, 0.06, n)
    features = np.rint(np.column_stack([sound, followers, tempo])).astype(np.int64)
    assert features.shape[1] == N_FEATURES
    silent = np.zeros(n, dtype=bool)
    silent[rng.permutation(n)[: max(1, round(n * _SILENT_ARTISTS))]] = True
    columns = {
        f"Feature{number + 1}": pa.array(features[:, number], mask=silent)
        for number in range(N_FEATURES)
    }
    return pa.table(
        {
            "id_artist": ids.artists,
            "name": artist_names(rng, families),
            "region": np.array(regions.CODES)[music.artist_region],
            **columns,
        }
    )


def users_table(people: People, ids: Ids) -> pa.Table:
    """Return `users`."""
    return pa.table(
        {
            "user_id": ids.users,
            "region": np.array(regions.CODES)[people.region],
            "birth_year": people.birth_year,
        }
    )


def genres_table() -> pa.Table:
    """Return `genres`."""
    parents = [genre.family if genre.family != genre.genre_id else None for genre in GENRES]
    return pa.table(
        {
            "id_genre": [genre.genre_id for genre in GENRES],
            "name": [genre.name for genre in GENRES],
            "parent": pa.array(parents, pa.string()),
        }
    )
