"""Lakes drawn at random that hold every oddity at once, for engines that must agree on all of it."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from support.lake_parts import DAY_0, day, write_plays, write_table

USERS = ["é", "z", "Z", "🎵", "João", "joão", "0010", "10", "ﬁ", "bot'1", "a b", "ç%20"]
TRACKS = [*(f"t{number}" for number in range(9)), "01", "1", "T1", "ção", "𝄞", "ghost", "$x"]
ARTISTS = ["a", "A", "á", "a2", "Z"]
GENRES = ["forró", "Forró", "g/1"]
REGIONS = [None, "PE", "PB", "pe"]
LAST = 8


def crooked_lake(folder: Path, seed: int) -> dict[str, Sequence[Path]]:
    """Write a lake whose days come in several parts: totals, logs that overlap, logs a moment apart."""
    draw = random.Random(seed)
    plays = [path for part in range(5) for path in write_plays(folder, _plays(draw, part))]
    return {
        "plays": plays,
        "tracks": _files(folder, "tracks", (3, 9), lambda: _track(draw)),
        "artists": _files(folder, "artists", (2, 4), lambda: _artist(draw)),
        "users": _files(folder, "users", (2, 5), lambda: _user(draw)),
        "genres": _files(
            folder,
            "genres",
            (1, 2),
            lambda: {
                "genre_id": draw.choice(GENRES),
                "name": draw.choice([None, "nome"]),
            },
        ),
        "likes": _files(folder, "likes", (2, 6), lambda: _like(draw)),
        "dials": _files(
            folder,
            "dials",
            (2, 4),
            lambda: {
                "user_id": draw.choice([*USERS, "nobody"]),
                "dial": draw.choice([None, 0.1, 0.9]),
            },
        ),
        "blocked": _files(
            folder,
            "blocked",
            (2, 3),
            lambda: {
                "kind": "track",
                "id": draw.choice(TRACKS),
                "until": draw.choice([None, day(3), day(9)]),
            },
        ),
    }


def _plays(draw: random.Random, part: int) -> list[dict[str, Any]]:
    """Draw a part: the first two of totals, the others of logs, which share moments or nearly do."""
    rows: dict[Any, dict[str, Any]] = {}
    for _ in range(60):
        number, user, track = draw.randint(1, LAST + 1), draw.choice(USERS), draw.choice(TRACKS)
        moment = None
        if part >= 2:
            beginning = datetime.combine(DAY_0, datetime.min.time(), UTC) + timedelta(number - 1)
            seconds = draw.choice([0, 0, 0.4, 0.9, 1.1, 1.6, 2.5, 90, 3600])
            moment = beginning + timedelta(hours=12, seconds=seconds)
        heavy = user == "bot'1" and draw.random() < 0.3
        rows[number, user, track, moment] = {
            "day": day(number),
            "user_id": user,
            "track_id": track,
            "plays": 900 if heavy else draw.choice([1, 1, 2, 7]) if moment is None else 1,
            "played_at": moment,
        }
    return list(rows.values())


def _files(
    folder: Path, table: str, size: tuple[int, int], one: Callable[[], Mapping[str, Any]]
) -> list[Path]:
    """Write some files of so many rows each."""
    files, rows = size
    drawn = [[one() for _ in range(rows)] for _ in range(files)]
    return [write_table(folder, table, rows_of_file) for rows_of_file in drawn]


def _track(draw: random.Random) -> Mapping[str, Any]:
    return {
        "track_id": draw.choice([*TRACKS[:-2], "unplayed"]),
        "artist_id": draw.choice(ARTISTS),
        "genre_id": draw.choice([None, *GENRES]),
        "title": draw.choice([None, "Ação", ""]),
        "released_on": draw.choice([None, day(2)]),
        "duration_ms": draw.choice([None, 1000]),
        "version_of": draw.choice([None, *TRACKS[:3], "lost"]),
    }


def _artist(draw: random.Random) -> Mapping[str, Any]:
    return {
        "artist_id": draw.choice([*ARTISTS, "silent"]),
        "name": draw.choice([None, "Nome"]),
        "region": draw.choice(REGIONS),
        "feature_1": draw.choice([None, 0.1, -2.5]),
        "feature_3": draw.choice([None, 1e-3]),
    }


def _user(draw: random.Random) -> Mapping[str, Any]:
    return {
        "user_id": draw.choice([*USERS, "never"]),
        "region": draw.choice(REGIONS),
        "birth_year": draw.choice([None, 1990]),
    }


def _like(draw: random.Random) -> Mapping[str, Any]:
    kind, names = draw.choice([("track", TRACKS), ("artist", ARTISTS), ("genre", GENRES)])
    return {
        "user_id": draw.choice([*USERS, "only likes"]),
        "kind": kind,
        "id": draw.choice([*names, "unknown"]),
        "until": draw.choice([None, None, day(3), day(9)]),
    }
