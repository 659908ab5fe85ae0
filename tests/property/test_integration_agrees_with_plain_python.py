"""The SQL gives what a slow program gives that goes through the rows one by one."""

from __future__ import annotations

import tempfile
from collections import defaultdict
from datetime import UTC, date, datetime, timedelta
from math import log
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rekomenda.engines.embedded import EmbeddedEngine
from rekomenda.errors import NoDataError, NoOverlapError
from rekomenda.joining.integrate import Integrated, integrate
from rekomenda.settings import IntegrateSettings
from support.lake_parts import day, write_plays, write_table

HALF_LIFE, MAX_PLAYS, HEAVY, BOT = 2, 3, 7, 12
OPTIONS = IntegrateSettings(
    half_life_days=HALF_LIFE,
    max_plays_per_day=MAX_PLAYS,
    heavy_plays_per_day=HEAVY,
    bot_plays_per_day=BOT,
    artist_separators=(" & ", " feat. "),
    genre_separators=("|",),
)
PARTS = {
    "a & B": ["a", "B"],
    "B feat. a & é": ["B", "a", "é"],
    "h|g": ["h", "g"],
    "i| g|i": ["i", "g"],
}
USERS, TRACKS = ["é", "z", "Z", "🎵"], ["1", "01", "t", "ç", "T"]
ARTISTS, GENRES = ["a", "B", "a & B", "B feat. a & é", " & "], [None, "g", "h", "h|g", "i| g|i"]
EPOCH = date(1970, 1, 1)
MOMENTS = [datetime(2024, 6, 1, hour, tzinfo=UTC) for hour in (0, 1)]

play = st.fixed_dictionaries(
    {
        "day": st.integers(1, 6).map(day),
        "user_id": st.sampled_from(USERS),
        "track_id": st.sampled_from(TRACKS),
        "plays": st.integers(1, 9),
        "played_at": st.sampled_from([None, None, *MOMENTS]),
    }
)
track = st.fixed_dictionaries(
    {
        "track_id": st.sampled_from(TRACKS),
        "artist_id": st.sampled_from(ARTISTS),
        "genre_id": st.sampled_from(GENRES),
        "version_of": st.sampled_from([None, *TRACKS, "lost"]),
    }
)
block = st.fixed_dictionaries(
    {
        "kind": st.sampled_from(["track", "artist", "genre"]),
        "id": st.sampled_from([*TRACKS, "a", "B", "a & B", "g", "h"]),
        "until": st.none() | st.integers(1, 6).map(day),
    }
)


def files_of(rows: Any, most: int) -> Any:
    return st.lists(st.lists(rows, max_size=most), max_size=3)


@pytest.mark.slow
@settings(max_examples=60, deadline=None)
@given(
    plays=files_of(play, 25),
    tracks=files_of(track, 6),
    blocked=files_of(block, 3),
    as_of=st.integers(3, 6),
    threads=st.sampled_from([1, 2]),
)
def test_every_table_agrees(plays, tracks, blocked, as_of, threads):
    plays = [once_a_part(rows) for rows in plays]
    expected = Slow(plays, tracks, blocked, day(as_of), day(as_of - 2))
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        engine = EmbeddedEngine(home / "temp", memory_limit="200MB", threads=threads)
        parts = {
            "plays": [path for rows in plays for path in write_plays(home, rows)],
            "tracks": [write_table(home, "tracks", rows) for rows in tracks],
            "blocked": [write_table(home, "blocked", rows) for rows in blocked],
        }
        try:
            found = integrate(
                engine, parts, home=home, as_of=day(as_of), cut=day(as_of - 2), options=OPTIONS
            )
        except NoDataError:
            assert not expected.plays
            return
        except NoOverlapError:
            assert expected.catalogue
            assert not expected.catalogue.keys() & {row["track_id"] for row in expected.plays}
            return
    assert cells(found.data.interactions) == expected.cells(EPOCH, expected.as_of)
    assert cells(found.at_cut.interactions) == expected.cells(EPOCH, expected.cut)
    assert cells(found.holdout) == expected.cells(expected.cut, expected.as_of)
    assert catalogue_rows(found) == expected.catalogue_rows()
    assert found.listeners.to_pylist() == expected.listeners()
    assert found.plays_daily.to_pylist() == expected.plays_daily()
    assert found.days.to_pylist() == expected.days()


def once_a_part(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Keep one total of each (day, listener, track), and each timed play once, as the lake does."""
    kept: dict[tuple[Any, ...], dict[str, Any]] = {}
    for row in rows:
        key = (
            natural_key(row) if row["played_at"] else (row["day"], row["user_id"], row["track_id"])
        )
        kept.setdefault(key, row)
    return list(kept.values())


def natural_key(row: dict[str, Any]) -> tuple[Any, ...]:
    """What makes two rows of logs the same play."""
    return tuple(row[name] for name in ("day", "user_id", "track_id", "played_at", "plays"))


def counted(files: list[list[dict[str, Any]]]) -> list[dict[str, Any]]:
    """Return all totals, and each timed play once however many files hold it."""
    rows = [row for rows in files for row in rows]
    timed = {natural_key(row): row for row in rows if row["played_at"]}
    return [*(row for row in rows if not row["played_at"]), *timed.values()]


def in_bytes(text: str) -> bytes:
    return text.encode()


class Slow:
    """The whole integration, row by row."""

    def __init__(self, plays, tracks, blocked, as_of: date, cut: date) -> None:
        self.as_of, self.cut = as_of, cut
        self.plays = [row for row in counted(plays) if row["day"] <= as_of]
        self.catalogue = self._newest(tracks, ("track_id",))
        self.artists, self.genres = (self._all_of(tracks, c) for c in ("artist_id", "genre_id"))
        blocks = self._newest(blocked, ("kind", "id"))
        self.blocked = {
            what for what, row in blocks.items() if not row["until"] or row["until"] >= as_of
        }
        self.daily: dict[tuple[date, str, str], int] = defaultdict(int)
        self.by_day: dict[tuple[date, str], int] = defaultdict(int)
        for row in self.plays:
            self.daily[row["day"], row["user_id"], row["track_id"]] += row["plays"]
            self.by_day[row["day"], row["user_id"]] += row["plays"]
        self.bots = {user for (_, user), n in self.by_day.items() if n > BOT}
        self.heavy = {user for (_, user), n in self.by_day.items() if HEAVY < n <= BOT}

    @staticmethod
    def _newest(files, key) -> dict[Any, dict[str, Any]]:
        newest: dict[Any, dict[str, Any]] = {}
        for rows in files:
            first: dict[Any, dict[str, Any]] = {}
            for row in rows:
                first.setdefault(row[key[0]] if len(key) == 1 else tuple(map(row.get, key)), row)
            newest |= first
        return newest

    @staticmethod
    def _all_of(files, column) -> dict[str, list[str]]:
        """All artists or genres of each track, in the order they are written in its newest file."""
        found: dict[str, list[str]] = {}
        for rows in files:
            for name in {row["track_id"] for row in rows}:
                written = [row[column] for row in rows if row["track_id"] == name and row[column]]
                names = [part for value in written for part in PARTS.get(value, [value])]
                found[name] = list(dict.fromkeys(names))
        return found

    def _is_down(self, name: str) -> bool:
        what = [("track", name), *(("artist", a) for a in self.artists.get(name, []))]
        return not self.blocked.isdisjoint(
            [*what, *(("genre", g) for g in self.genres.get(name, []))]
        )

    def cells(self, after: date, until: date) -> dict[tuple[str, str], tuple[int, int, date, date]]:
        found: dict[tuple[str, str], list[Any]] = {}
        for (when, user, name), n in self.daily.items():
            if user in self.bots or not after < when <= until:
                continue
            damp = round(1000 * log(1 + min(n, MAX_PLAYS)) / log(2))
            weight = damp * round(1000 / 2 ** ((until - when).days / HALF_LIFE))
            total = self.by_day[when, user]
            if total > HEAVY:
                weight = weight * HEAVY // total
            cell = found.setdefault((user, name), [0, 0, when, when])
            cell[0] += weight
            cell[1] += n
            cell[2], cell[3] = min(cell[2], when), max(cell[3], when)
        return {key: tuple(cell) for key, cell in found.items()}

    def catalogue_rows(self) -> list[tuple[Any, ...]]:
        names = {row["track_id"] for row in self.plays} | self.catalogue.keys()
        return [
            (
                name,
                name in self.catalogue or not self.catalogue,
                self.artists.get(name, []),
                self.genres.get(name, []),
                self._is_down(name),
                self._first_version(name, names),
            )
            for name in sorted(names, key=in_bytes)
        ]

    def _first_version(self, name: str, names: set[str]) -> str:
        """Follow the versions; what goes to an absent track or in a circle is one by its members."""
        end = self._follow(name)
        if len(end) == 1 and next(iter(end)) in names:
            return next(iter(end))
        return min((other for other in names if self._follow(other) == end), key=in_bytes)

    def _follow(self, name: str) -> frozenset[str]:
        path = [name]
        while True:
            following = self.catalogue.get(path[-1], {}).get("version_of") or path[-1]
            if following == path[-1]:
                return frozenset([following])
            if following in path:
                return frozenset(path[path.index(following) :])
            path.append(following)

    def listeners(self) -> list[dict[str, Any]]:
        rows = []
        for user in sorted({row["user_id"] for row in self.plays}, key=in_bytes):
            own = {key: n for key, n in self.daily.items() if key[1] == user}
            rows.append(
                {
                    "user_id": user,
                    "region": None,
                    "birth_year": None,
                    "plays": sum(own.values()),
                    "n_tracks": len({name for _, _, name in own}),
                    "bot": user in self.bots,
                    "heavy": user in self.heavy,
                    "first_day": min(when for when, _, _ in own),
                    "last_day": max(when for when, _, _ in own),
                }
            )
        return rows

    def plays_daily(self) -> list[dict[str, Any]]:
        rows: dict[tuple[date, bytes], dict[str, Any]] = {}
        for (when, user, name), n in self.daily.items():
            row = {"day": when, "track_id": name, "plays": 0, "listeners": 0, "bot_plays": 0}
            row = rows.setdefault((when, in_bytes(name)), row)
            row["bot_plays" if user in self.bots else "plays"] += n
            row["listeners"] += user not in self.bots
        return [rows[key] for key in sorted(rows)]

    def days(self) -> list[dict[str, Any]]:
        rows = []
        for when in sorted({row["day"] for row in self.plays}):
            people = {
                key: n
                for key, n in self.daily.items()
                if key[0] == when and key[1] not in self.bots
            }
            everybody = sum(n for key, n in self.daily.items() if key[0] == when)
            rows.append(
                {
                    "day": when,
                    "plays": sum(people.values()),
                    "listeners": len({user for _, user, _ in people}),
                    "tracks": len({name for _, _, name in people}),
                    "bot_plays": everybody - sum(people.values()),
                }
            )
        return rows


def cells(interactions) -> dict[tuple[str, str], tuple[int, int, date, date]]:
    """Return (weight in millionths, plays, first and last day) by listener and track."""
    h = interactions.histories
    users = interactions.users.take(h.users_of_cells).to_pylist()
    tracks = interactions.items.take(h.items).to_pylist()
    millionths = (h.weights.astype(float) * 1_000_000).round().astype(int).tolist()
    days = [
        [EPOCH + timedelta(days=int(n)) for n in column] for column in (h.first_day, h.last_day)
    ]
    numbers = zip(millionths, h.plays.tolist(), *days, strict=True)
    return dict(zip(zip(users, tracks, strict=True), numbers, strict=True))


def catalogue_rows(found: Integrated) -> list[tuple[Any, ...]]:
    catalogue = found.catalogue
    of_each = range(len(catalogue))
    return list(
        zip(
            catalogue.items.ids.to_pylist(),
            catalogue.listed.tolist(),
            [all_of(catalogue.artists_of, catalogue.artists, item) for item in of_each],
            [all_of(catalogue.genres_of, catalogue.genres, item) for item in of_each],
            catalogue.blocked.tolist(),
            catalogue.items.take(catalogue.song_of).to_pylist(),
            strict=True,
        )
    )


def all_of(shares, names, item: int) -> list[str]:
    weights = shares.weights[shares.items == item]
    assert sum(weights) == pytest.approx(1.0 if len(weights) else 0.0)
    return names.take(shares.groups[shares.items == item]).to_pylist()
