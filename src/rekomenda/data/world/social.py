"""What listeners say and who they know: likes, friends, and what was taken down."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final

import numpy as np
import pyarrow as pa

from rekomenda.data.world.catalogue import Music
from rekomenda.data.world.genres import GENRES
from rekomenda.data.world.listeners import People
from rekomenda.data.world.plays import Plays
from rekomenda.data.world.tables import Ids
from rekomenda.data.world.taste import Groups

_TRACK_LIKE_SHARE: Final = 0.02
_ARTIST_LIKE_SHARE: Final = 0.12
_GENRE_LIKE_SHARE: Final = 0.15
_FRIENDS_EACH: Final = 2
_LIKE_MINDED_SHARE: Final = 0.8
_BLOCKED_SHARE: Final = 0.002


def likes_table(
    *,
    people: People,
    music: Music,
    groups: Groups,
    plays: Plays,
    ids: Ids,
    rng: np.random.Generator,
) -> pa.Table:
    """Return `likes`: some tracks they play, favourite artists, and the genre of their own group."""
    n_tracks, n_artists = len(music.track_artist), len(music.artist_pull)
    human = ~np.isin(plays.listener, people.bots) & (plays.track < n_tracks)
    said = human & (rng.random(len(plays.track)) < _TRACK_LIKE_SHARE)
    played = np.unique(plays.listener[said].astype(np.int64) * n_tracks + plays.track[said])
    listens = np.flatnonzero(people.n_plays)
    fans = np.repeat(listens, people.favourites.shape[1])
    loved = fans * n_artists + people.favourites[listens].ravel()
    loved = np.unique(loved[rng.random(len(loved)) < _ARTIST_LIKE_SHARE])
    keen = listens[rng.random(len(listens)) < _GENRE_LIKE_SHARE]
    genre_ids = np.array([genre.genre_id for genre in GENRES])
    parts = [
        ("track", played // n_tracks, ids.tracks[played % n_tracks]),
        ("artist", loved // n_artists, ids.artists[loved % n_artists]),
        ("genre", keen, genre_ids[groups.genre[people.groups[keen, 0]]]),
    ]
    return pa.table(
        {
            "user_id": np.concatenate([ids.users[who] for _, who, _ in parts]),
            "kind": np.repeat([kind for kind, _, _ in parts], [len(who) for _, who, _ in parts]),
            "id": np.concatenate([what for _, _, what in parts]),
        }
    )


def friends_table(people: People, ids: Ids, rng: np.random.Generator) -> pa.Table:
    """Return `friends`: mostly neighbours of the same taste and state; each pair once."""
    n = len(people)
    alike = np.lexsort((rng.random(n), people.region, people.groups[:, 0]))
    place = np.repeat(np.arange(n), _FRIENDS_EACH)
    near = (place + rng.geometric(0.2, len(place))) % n
    left = alike[place]
    like_minded = rng.random(len(place)) < _LIKE_MINDED_SHARE
    right = np.where(like_minded, alike[near], rng.integers(0, n, len(place)))
    low, high = np.minimum(left, right), np.maximum(left, right)
    pairs = np.unique((low * n + high)[low != high])
    return pa.table({"user_id": ids.users[pairs // n], "friend_id": ids.users[pairs % n]})


def blocked_table(
    music: Music, ids: Ids, first_day: date, n_days: int, rng: np.random.Generator
) -> pa.Table:
    """Return `blocked`: a few tracks, one for good, the others until some day; an obscure artist."""
    n_tracks, n_artists = len(music.track_artist), len(music.artist_pull)
    some = rng.permutation(n_tracks)[: max(1, round(n_tracks * _BLOCKED_SHARE))]
    obscure = np.argsort(music.artist_pull, kind="stable")[: min(1, n_artists // 50)]
    last = first_day + timedelta(days=n_days - 1)
    ends = [last + timedelta(days=int(days)) for days in rng.integers(-20, 60, len(some) - 1)]
    return pa.table(
        {
            "kind": ["track"] * len(some) + ["artist"] * len(obscure),
            "id": np.concatenate([ids.tracks[some], ids.artists[obscure]]),
            "until": pa.array([None, *ends, *[None] * len(obscure)], pa.date32()),
        }
    )
