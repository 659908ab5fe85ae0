"""Listening: who plays what on which day.

A listener comes in sessions. A play is either one heard before (chosen from all their earlier
plays, the recent ones first, so what was played much is played more) or a fresh choice: for the
party in June, among the favourites, or by one of their taste groups; then a track of the artist.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from rekomenda.data.world.catalogue import Floats, Ints, Music
from rekomenda.data.world.listeners import People, choose_rows
from rekomenda.data.world.oddities import Odd, make_oddities
from rekomenda.data.world.seasons import Seasons
from rekomenda.data.world.taste import Attraction, Groups, attraction

Advance = Callable[[int, int], None]
"""Told how much is done, of how much."""

_BLOCK: Final = 4_000_000
"""Plays made at a time; a block takes about 100 bytes each."""
_SESSION: Final = 7.0
"""Mean plays of a session."""
_MISSING_SHARE: Final = 0.012
"""Share of fresh choices whose track the catalogue lacks."""


@dataclass(frozen=True, eq=False)
class Plays:
    """Daily totals, ascending by day, listener and track; each of these triples once.

    Parameters
    ----------
    day, listener, track : ndarray of int32, shape (n,)
        Day of the world; rows of `People` and of the played tracks: those of `Music`, then
        those that the catalogue lacks.
    plays : ndarray of int64, shape (n,)
    """

    day: NDArray[np.int32]
    listener: NDArray[np.int32]
    track: NDArray[np.int32]
    plays: Ints


def n_missing(n_tracks: int) -> int:
    """Return how many played tracks the catalogue lacks."""
    return max(1, n_tracks // 100)


def make_plays(
    *,
    people: People,
    music: Music,
    groups: Groups,
    seasons: Seasons,
    rng: np.random.Generator,
    advance: Advance,
) -> Plays:
    """Let everybody listen, block by block of listeners, and sum by day."""
    n_days, n_tracks = len(seasons.day_weights), len(music.track_artist)
    world = _Listening(people, music, groups, seasons, rng)
    width = n_tracks + n_missing(n_tracks)
    total = int(people.n_plays.sum())
    keys: list[Ints] = []
    done = 0
    for first, last in _blocks(people.n_plays):
        day, listener, track = world.listen(first, last)
        keys.append((day * len(people) + listener) * width + track)
        done += len(track)
        advance(done, total)
    odd = make_oddities(people, music, n_days, rng)
    return sum_up(keys, odd, len(people), width)


def _blocks(n_plays: Ints) -> Iterator[tuple[int, int]]:
    """Cut the listeners into ranges of about `_BLOCK` plays."""
    reached = np.cumsum(n_plays)
    first = 0
    while first < len(n_plays):
        limit = (reached[first - 1] if first else 0) + _BLOCK
        last = max(first + 1, int(np.searchsorted(reached, limit, side="right")))
        yield first, last
        first = last


class _Listening:
    """Everything a play depends on, laid out for drawing many at once."""

    def __init__(
        self,
        people: People,
        music: Music,
        groups: Groups,
        seasons: Seasons,
        rng: np.random.Generator,
    ) -> None:
        self._people, self._rng = people, rng
        self._n_tracks = len(music.track_artist)
        ladder = np.cumsum(seasons.day_weights)
        self._day_ladder = ladder / ladder[-1]
        self._n_days = len(ladder)
        self._spans = [
            (span.first, span.last, attraction(groups, music, span)) for span in seasons.spans
        ]
        self._artist_starts = np.r_[music.first_tracks, self._n_tracks]

    def listen(self, first: int, last: int) -> tuple[Ints, Ints, Ints]:
        """Return day, listener and track of each play of the listeners first to last."""
        n_plays = self._people.n_plays[first:last]
        listener = np.repeat(np.arange(first, last), n_plays)
        starts = np.repeat(np.cumsum(n_plays) - n_plays, n_plays)
        position = np.arange(len(listener)) - starts
        day = self._days(listener, position)
        source = self._sources(listener, position)
        fresh = np.flatnonzero(source == np.arange(len(source)))
        track = np.zeros(len(listener), dtype=np.int64)
        track[fresh] = self._choose(listener[fresh], day[fresh])
        return day, listener, track[source]

    def _days(self, listener: Ints, position: Ints) -> Ints:
        """Return the day of each play, ascending within a listener."""
        opens = (position == 0) | (self._rng.random(len(position)) < 1.0 / _SESSION)
        who = listener[opens]
        since = self._people.since[who]
        moment = since + (1.0 - since) * self._rng.random(len(who))
        # Sorting listener + moment sorts the moments within each listener.
        moment = np.sort(who + np.minimum(moment, 1.0 - 1e-9)) - who
        day = np.searchsorted(self._day_ladder, moment, side="right")
        return np.asarray(np.minimum(day, self._n_days - 1)[np.cumsum(opens) - 1])

    def _sources(self, listener: Ints, position: Ints) -> Ints:
        """Return for each play the fresh choice it repeats; itself where it is one."""
        n = len(position)
        again = self._rng.random(n) < self._people.repeat_share[listener]
        lag = 1 + np.floor(position * self._rng.random(n) ** 2).astype(np.int64)
        source = np.arange(n) - np.where(again & (position > 0), np.minimum(lag, position), 0)
        while True:  # each round halves the way back to the fresh choice
            further = source[source]
            if np.array_equal(further, source):
                return source
            source = further

    def _choose(self, listener: Ints, day: Ints) -> Ints:
        """Choose a track for each listener and day."""
        track = np.empty(len(listener), dtype=np.int64)
        for first, last, now in self._spans:
            chosen = np.flatnonzero((day >= first) & (day < last))
            artist = self._artists(listener[chosen], day[chosen], now)
            track[chosen] = self._tracks(artist, now)
        missing = np.flatnonzero(self._rng.random(len(track)) < _MISSING_SHARE)
        depth = self._rng.random(len(missing)) ** 2
        track[missing] = self._n_tracks + np.floor(depth * n_missing(self._n_tracks)).astype(int)
        return track

    def _artists(self, listener: Ints, day: Ints, now: Attraction) -> Ints:
        """Choose an artist: for the party, among favourites, or by a taste group."""
        people, rng, n = self._people, self._rng, len(listener)
        drifted = rng.random(n) * max(self._n_days - 1, 1) < day
        weights = np.where(
            drifted[:, None], people.end_weights[listener], people.start_weights[listener]
        )
        group = people.groups[listener, _pick(weights, rng)]
        party = rng.random(n) < now.festive_share
        group[party] = len(now.group_artists) - 1
        artist = choose_rows(now.group_artists, group, rng)
        loyal = np.flatnonzero(~party & (rng.random(n) < people.favourite_share[listener]))
        fan = listener[loyal]
        artist[loyal] = people.favourites[fan, _pick(people.favourite_weights[fan], rng)]
        return artist

    def _tracks(self, artist: Ints, now: Attraction) -> Ints:
        """Choose a released track of each artist."""
        ladder = np.r_[0.0, np.cumsum(now.track_weights)]
        low, high = ladder[self._artist_starts[artist]], ladder[self._artist_starts[artist + 1]]
        aim = low + (high - low) * self._rng.random(len(artist))
        below = np.minimum(aim, np.nextafter(high, 0.0))
        return np.asarray(np.searchsorted(ladder, below, side="right") - 1)


def _pick(shares: Floats, rng: np.random.Generator) -> Ints:
    """Choose a column in each row of shares that sum to 1."""
    beyond = rng.random(len(shares))[:, None] > np.cumsum(shares, axis=1)
    return np.asarray(np.minimum(beyond.sum(axis=1), shares.shape[1] - 1))


def sum_up(keys: list[Ints], odd: Odd, n_listeners: int, width: int) -> Plays:
    """Count equal (day, listener, track) keys, once for each play or `plays` times for odd ones."""
    every = np.concatenate(keys) if keys else np.empty(0, np.int64)
    every.sort()
    opens = np.flatnonzero(np.r_[True, every[1:] != every[:-1]]) if len(every) else every
    counts = np.diff(np.r_[opens, len(every)])
    odd_key = (odd.day * n_listeners + odd.listener) * width + odd.track
    key, counts = _merge(every[opens], counts, odd_key, odd.plays)
    rest, track = np.divmod(key, width)
    day, listener = np.divmod(rest, n_listeners)
    return Plays(day.astype(np.int32), listener.astype(np.int32), track.astype(np.int32), counts)


def _merge(key: Ints, counts: Ints, odd_key: Ints, odd_counts: Ints) -> tuple[Ints, Ints]:
    """Add the odd plays to the sorted, distinct keys; the odd keys are distinct too."""
    order = np.argsort(odd_key, kind="stable")
    odd_key, odd_counts = odd_key[order], odd_counts[order]
    place = np.searchsorted(key, odd_key)
    known = key[np.minimum(place, len(key) - 1)] == odd_key
    counts = counts.copy()
    counts[place[known]] += odd_counts[known]
    return (
        np.insert(key, place[~known], odd_key[~known]),
        np.insert(counts, place[~known], odd_counts[~known]),
    )
