"""What a ranker is told of a listener and a candidate: numbers that mean the same at every cut.

Everything comes from the training data up to its last day and from the listener's own history, so
nothing of the days after a cut can get in. Counts are logarithms of parts and not of numbers, days
are ages: what was learned at one cut can be applied at the next.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from rekomenda.domain.interactions import Histories
from rekomenda.domain.training import TrainingData
from rekomenda.language import Text
from rekomenda.models.base import Arrays, Float32, Int32

RECENT_DAYS: Final = 14
"""What counts as these days, for tracks and for listeners."""
PRIOR_LIKES: Final = 100.0
"""A region's likes are drawn towards everybody's by so many."""
PRIOR_WEIGHT: Final = 2.0
"""A taste is drawn towards no taste by so much listening."""
LONGEST: Final = 400.0
"""Days beyond which ages are equal; also where nothing tells an age."""
UNKNOWN: Final = -1.0

FEATURES: Final[dict[str, Text]] = {
    "score": Text(en="score of the blend", pt="pontuação da mistura"),
    "place": Text(en="place in the blend's order", pt="lugar na ordem da mistura"),
    "popularity": Text(en="listeners of the track", pt="ouvintes da faixa"),
    "trend": Text(en="its listeners these days", pt="ouvintes recentes da faixa"),
    "newcomers": Text(en="listeners who found it these days", pt="quem a descobriu há pouco"),
    "age": Text(en="days since its release", pt="dias desde o lançamento"),
    "first_heard": Text(en="days since anybody's first play", pt="dias desde o primeiro play"),
    "artist_popularity": Text(en="plays of the artist's tracks", pt="força do artista"),
    "region": Text(
        en="how much more it is played in the listener's region",
        pt="quanto mais se ouve na região do ouvinte",
    ),
    "artist_near": Text(en="artist of the listener's region", pt="artista da região do ouvinte"),
    "artist_part": Text(
        en="the artist's part of what they play", pt="parte do artista no que ouve"
    ),
    "artist_tracks": Text(
        en="tracks of the artist they know", pt="faixas do artista que já conhece"
    ),
    "artist_rest": Text(
        en="days since they played the artist", pt="dias desde que ouviu o artista"
    ),
    "genre_part": Text(en="the genre's part of what they play", pt="parte do gênero no que ouve"),
    "fame_gap": Text(
        en="more popular than what they play", pt="mais popular do que aquilo que ouve"
    ),
    "activity": Text(en="tracks the listener knows", pt="faixas que o ouvinte conhece"),
    "rest": Text(en="days since they played anything", pt="dias desde o último play do ouvinte"),
    "mainstream": Text(en="popularity of what they play", pt="popularidade do que ouve"),
    "curiosity": Text(
        en="part of their tracks found these days", pt="parte do que ouve descoberta há pouco"
    ),
    "artists": Text(en="artists for each track they know", pt="artistas por faixa que conhece"),
}
"""Their names, in order; the members' parts of the score stand behind them."""


@dataclass(frozen=True, eq=False)
class Facts:
    """What the training data says of every track.

    Parameters
    ----------
    tracks : ndarray of float32, shape (I, 6)
        `popularity` to `artist_popularity` of `FEATURES`.
    artist_of, genre_of, region_of : ndarray of int32, shape (I,)
        Region of the track's artist; -1 unknown.
    regional : ndarray of float32, shape (R + 1, I)
        Logarithm of a track's part of a region's likes over its part of all; the last row, of no
        region, is 0.
    as_of_day : int
        Last day of the data, -1 where it has no time.
    """

    tracks: Float32
    artist_of: Int32
    genre_of: Int32
    region_of: Int32
    regional: Float32
    as_of_day: int

    @classmethod
    def of(cls, data: TrainingData) -> Facts:
        """Count. O(nnz + R I), 4 bytes for each region and track."""
        catalogue, histories = data.catalogue, data.interactions.histories
        artist = catalogue.artist_of
        near = np.append(catalogue.region_of_artist, np.int32(-1))[artist]  # artist -1 is the last
        return cls(
            tracks=_of_tracks(data),
            artist_of=artist,
            genre_of=catalogue.genre_of,
            region_of=near.astype(np.int32),
            regional=_of_regions(histories, len(catalogue.regions)),
            as_of_day=data.as_of_day,
        )

    def arrays(self) -> Arrays:
        """Return everything, by name."""
        return {**vars(self), "as_of_day": np.array(self.as_of_day, np.int64)}

    @classmethod
    def restore(cls, arrays: Arrays) -> Facts:
        """Make it again from its arrays."""
        rest = {name: array for name, array in arrays.items() if name != "as_of_day"}
        return cls(**rest, as_of_day=int(arrays["as_of_day"]))

    def features(self, histories: Histories, items: Int32, scores: Float32) -> Float32:
        """Return `FEATURES` of candidates, (B, C, F); no NaN.

        Parameters
        ----------
        histories : Histories, B listeners
        items : ndarray of int32, shape (B, C)
            Candidates, best first; -1 for none (what stands there means nothing).
        scores : ndarray of float32, shape (B, C)
            The blend's.
        """
        item, shape = np.maximum(items, 0), items.shape
        own = _Listeners.of(histories, self)
        popularity = self.tracks[item, 0]
        columns = [
            np.where(items >= 0, scores, 0),
            np.broadcast_to(np.log1p(np.arange(shape[1], dtype=np.float32)), shape),
            *np.moveaxis(self.tracks[item], 2, 0),
            self.regional[histories.region[:, None], item],
            self._near(histories.region, item),
            *own.of_artists(self.artist_of[item]),
            own.of_genres(self.genre_of[item]),
            popularity - own.mainstream[:, None],
            *(np.broadcast_to(value[:, None], shape) for value in own.alone),
        ]
        return np.stack(columns, axis=2, dtype=np.float32)

    def _near(self, region: Int32, item: Int32) -> NDArray[np.float32]:
        """1 for an artist of the listener's region, 0 of another, `UNKNOWN` where not known."""
        theirs, own = self.region_of[item], region[:, None]
        return np.where((theirs >= 0) & (own >= 0), theirs == own, np.float32(UNKNOWN)).astype(
            np.float32
        )


@dataclass(frozen=True, eq=False)
class _Listeners:
    """What B listeners are like.

    `artists`, `genres`: pairs (listener, artist) and what is known of each pair. `alone`: the five
    last `FEATURES`, (B,) each.
    """

    artists: _Pairs
    genres: _Pairs
    alone: tuple[NDArray[np.floating[Any]], ...]
    mainstream: NDArray[np.floating[Any]]

    @classmethod
    def of(cls, histories: Histories, facts: Facts) -> _Listeners:
        users, items, n = histories.users_of_cells, histories.items, len(histories)
        weight = np.bincount(users, histories.weights, n)
        rests = _ages(facts.as_of_day, histories.last_day)
        artists = _Pairs.of(users, facts.artist_of[items], histories, rests, weight)
        genres = _Pairs.of(users, facts.genre_of[items], histories, rests, weight)
        count = np.maximum(histories.lengths, 1)
        fame = np.bincount(users, facts.tracks[items, 0], n) / count
        rest = np.full(n, LONGEST)
        np.minimum.at(rest, users, rests)
        found = _ages(facts.as_of_day, histories.first_day) < RECENT_DAYS
        alone = (
            np.log1p(histories.lengths),
            rest,
            fame,
            np.bincount(users, found, n) / count,
            np.bincount(artists.users, minlength=n) / count,
        )
        return cls(artists, genres, alone, fame)

    def of_artists(self, artists: Int32) -> tuple[NDArray[np.floating[Any]], ...]:
        part, tracks, rest = self.artists.look_up(artists)
        return part, np.log1p(tracks), rest

    def of_genres(self, genres: Int32) -> NDArray[np.floating[Any]]:
        part: NDArray[np.float64] = self.genres.look_up(genres)[0]
        return part


@dataclass(frozen=True, eq=False)
class _Pairs:
    """What listeners have to do with groups of tracks: (P,) each, ascending by listener and group.

    `keys` are listener · (groups + 1) + group; `values` (3, P + 1): the group's part of what they
    play, its tracks they heard, days since the last play. The last column stands for no such pair.
    """

    keys: NDArray[np.int64]
    users: NDArray[np.int64]
    n_groups: int
    values: NDArray[np.float64]

    @classmethod
    def of(
        cls,
        users: Int32,
        groups: Int32,
        histories: Histories,
        rests: NDArray[np.floating[Any]],
        weight: NDArray[Any],
    ) -> _Pairs:
        known = groups >= 0
        n_groups = int(groups.max(initial=-1)) + 1
        cells = users[known].astype(np.int64) * n_groups + groups[known]
        keys, pair = np.unique(cells, return_inverse=True)
        owners = keys // max(n_groups, 1)
        played = np.bincount(pair, histories.weights[known], len(keys))
        tracks = np.bincount(pair, histories.known[known], len(keys))
        rest = np.full(len(keys), LONGEST)
        np.minimum.at(rest, pair, rests[known])
        part = played / (weight[owners] + PRIOR_WEIGHT)
        none = np.array([[0.0], [0.0], [LONGEST]])
        return cls(
            keys, owners, n_groups, np.concatenate([np.stack([part, tracks, rest]), none], 1)
        )

    def look_up(self, groups: Int32) -> NDArray[np.float64]:
        """Return the three values for groups (B, C) of each listener: (3, B, C)."""
        if not len(self.keys):
            return np.broadcast_to(self.values[:, -1, None, None], (3, *groups.shape))
        wanted = np.arange(len(groups), dtype=np.int64)[:, None] * self.n_groups + groups
        place = np.minimum(np.searchsorted(self.keys, wanted), len(self.keys) - 1)
        there = (self.keys[place] == wanted) & (groups >= 0) & (groups < self.n_groups)
        return self.values[:, np.where(there, place, len(self.keys))]


def _of_tracks(data: TrainingData) -> Float32:
    catalogue, histories = data.catalogue, data.interactions.histories
    liked = histories.known & (histories.weights > 0)
    items, n_items = histories.items[liked], histories.n_items
    listeners = np.bincount(items, minlength=n_items)
    last = _ages(data.as_of_day, histories.last_day[liked]) < RECENT_DAYS
    first = _ages(data.as_of_day, histories.first_day[liked])
    oldest = np.zeros(n_items)
    np.maximum.at(oldest, items, first)
    artist = np.where(catalogue.artist_of >= 0, catalogue.artist_of, len(catalogue.artists))
    by_artist = np.bincount(artist, listeners)
    by_artist = np.append(by_artist, np.zeros(len(catalogue.artists) + 1 - len(by_artist)))
    by_artist[-1] = 0
    released = catalogue.released_day
    age = np.where(released >= 0, _ages(data.as_of_day, released), UNKNOWN)
    people = max(len(np.unique(histories.users_of_cells[liked])), 1)
    return np.stack(
        [
            np.log((listeners + 0.5) / people),
            _part(np.bincount(items, last, n_items), listeners),
            _part(np.bincount(items, first < RECENT_DAYS, n_items), listeners),
            age,
            np.where(listeners > 0, oldest, UNKNOWN),
            np.log((by_artist[artist] + 0.5) / people),
        ],
        axis=1,
        dtype=np.float32,
    )


def _of_regions(histories: Histories, n_regions: int) -> Float32:
    """Return the logarithm of the lift of each region and track, (R + 1, I).

    Likes are drawn towards everybody's as `popularity_region` draws them, and half a like is added
    to both sides of the fraction, so that tracks hardly anybody plays stand near 0.
    """
    liked = histories.known & (histories.weights > 0)
    region = histories.region[histories.users_of_cells].astype(np.int64)
    n_items = histories.n_items
    everywhere = np.bincount(histories.items[liked], minlength=n_items)
    part = everywhere / max(everywhere.sum(), 1)
    counted = liked & (region >= 0)
    place = region[counted] * n_items + histories.items[counted]
    likes = np.bincount(place, minlength=n_regions * n_items).reshape(n_regions, n_items)
    expected = likes.sum(axis=1, keepdims=True) * part
    prior = PRIOR_LIKES * part + 0.5
    lift = np.log((likes + prior) / (expected + prior))
    return np.vstack([lift, np.zeros(n_items)]).astype(np.float32)


def _ages(as_of_day: int, day: NDArray[np.integer[Any]]) -> NDArray[np.float64]:
    """Return days up to the last, 0 to `LONGEST`; that where there is no time."""
    known = (day >= 0) & (as_of_day >= 0)
    return np.where(known, np.clip(as_of_day - day.astype(np.float64), 0, LONGEST), LONGEST)


def _part(some: NDArray[Any], of: NDArray[np.integer[Any]]) -> NDArray[Any]:
    """Return a part, drawn towards 0 where little is known."""
    part: NDArray[np.float64] = some / (of + PRIOR_WEIGHT)
    return part
