"""The shelf `fresh`: what is new in the catalogue, for whom it is new."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from rekomenda.domain.catalogue import Catalogue
from rekomenda.domain.eligible import Eligible
from rekomenda.domain.interactions import Histories
from rekomenda.domain.models import Evidence, ReasonKind
from rekomenda.domain.top_n import TopN, top_n
from rekomenda.ranking.reason_words import HEARD_LATELY, OWN_ARTIST, STARTED

_OF_PLAYS: Final = (ReasonKind.PLAYED, ReasonKind.ARTIST_LISTENERS, ReasonKind.LIKED)
_RANK_OFFSET: Final = 60.0
"""The constant of reciprocal rank fusion (Cormack, Clarke, Büttcher, "Reciprocal Rank Fusion
Outperforms Condorcet and Individual Rank Learning Methods", SIGIR 2009, eq. in section 2)."""
_GENRE_WEIGHT: Final = 0.1
"""What all plays of a genre count beside all plays of an artist."""
_AUDIENCE_WEIGHT: Final = 0.01
"""What being known to everybody counts beside all plays of an artist."""


@dataclass(frozen=True, eq=False)
class NewTracks:
    """The tracks that are new as of a day, and who they may be for.

    Parameters
    ----------
    catalogue : Catalogue
    items : ndarray of int32, shape (F,)
        Ascending.
    is_new : ndarray of bool, shape (I,)
    audience : ndarray of float32, shape (F,)
        Part of all listeners who like the track's artist, 0 to 1.
    since : int
        First day that counts as new; a listener's genre first played since then is a new one.
    heard_since : int
        First day of all plays.
    """

    catalogue: Catalogue
    items: NDArray[np.int32]
    is_new: NDArray[np.bool_]
    audience: NDArray[np.float32]
    since: int
    heard_since: int

    @classmethod
    def of(
        cls, histories: Histories, catalogue: Catalogue, *, as_of_day: int, days: int
    ) -> NewTracks:
        """Find what was released in the last `days` days.

        Where a track has no release date, the first day that anybody played it stands for it; but
        only where the plays reach back far enough to tell a new track from one that nobody had
        played yet: at least `days` days before that first play. A track to be released after the
        as-of day is not new yet. Data without days has no new tracks.

        Parameters
        ----------
        histories : Histories
            Everybody's.
        catalogue : Catalogue
        as_of_day : int
            Days since 1970-01-01; -1 where the data has no time.
        days : int
            > 0.
        """
        since = as_of_day - days + 1
        never = np.iinfo(np.int32).max
        first_play = np.full(len(catalogue), never, np.int32)
        dated = histories.first_day >= 0
        np.minimum.at(first_play, histories.items[dated], histories.first_day[dated])
        start = int(first_play.min(initial=never))
        known = catalogue.released_day >= 0
        by_play = (first_play >= max(since, start + days)) & (first_play < never)
        is_new = np.where(known, catalogue.released_day >= since, by_play)
        is_new &= ~known | (catalogue.released_day <= as_of_day)
        is_new &= ~catalogue.hidden & (as_of_day >= 0)
        items = np.flatnonzero(is_new).astype(np.int32)
        audience = _audience(histories, catalogue, items)
        return cls(catalogue, items, is_new, audience, since, start)

    def fused(self, found: TopN, histories: Histories, eligible: Eligible, depth: int) -> TopN:
        """Rank new tracks by what the model says and by how much the listener plays their kind.

        A model of plays knows little of a track that few have played and nothing of one that
        nobody has; the listener's own artists and genres place those. The two orders are joined by
        their ranks, which needs no common scale: 1 / (60 + rank) is added up.

        Parameters
        ----------
        found : TopN, (B, M)
            The model's order of the new tracks it has an opinion of.
        histories : Histories, B users
        eligible : Eligible
            What the shelf may hold.
        depth : int
            Tracks wanted of each listener.
        """
        n_new = len(self.items)
        if n_new == 0:
            return TopN.empty(len(histories), depth)
        affinity = self.affinity(histories, eligible)
        by_kind = top_n(affinity, n_new)
        value = np.zeros((len(histories), n_new + 1), np.float32)  # the last: no item
        places = 1 / (_RANK_OFFSET + np.arange(1, n_new + 1, dtype=np.float32))
        np.put_along_axis(value, by_kind.items.astype(np.intp), places[None], axis=1)
        column_of = np.full(len(self.is_new) + 1, n_new, np.intp)
        column_of[self.items] = np.arange(n_new)
        columns = column_of[found.items]
        rows = np.arange(len(histories))[:, None]
        model = 1 / (_RANK_OFFSET + np.arange(1, columns.shape[1] + 1, dtype=np.float32))
        value[rows, columns] += model
        value = np.where(affinity > -np.inf, value[:, :n_new], np.float32(-np.inf))
        best = top_n(value, depth)
        items = np.where(best.items >= 0, self.items[np.maximum(best.items, 0)], np.int32(-1))
        return TopN(items.astype(np.int32), best.scores)

    def affinity(self, histories: Histories, eligible: Eligible) -> NDArray[np.float32]:
        """Return how much of what B listeners play is of each new track's kind, (B, F).

        The artist's part of their plays, a tenth of the genre's, and a hundredth of the artist's
        audience, so that strangers' new tracks have an order too; -inf where not eligible.
        """
        artists = self._shares(histories, self.catalogue.artist_of, len(self.catalogue.artists))
        genres = self._shares(histories, self.catalogue.genre_of, len(self.catalogue.genres))
        value = artists + np.float32(_GENRE_WEIGHT) * genres
        value += np.float32(_AUDIENCE_WEIGHT) * self.audience
        return self._eligible(value.astype(np.float32), eligible)

    def reasons(
        self, own: Evidence, items: NDArray[np.int32], histories: Histories
    ) -> tuple[Evidence, NDArray[np.uint8]]:
        """Say why each new track is there, and the detail of it.

        A release by an artist the listener plays; else new in a genre they play, or started to play
        lately; else what the model says of it; else only that it is new.

        Parameters
        ----------
        own : Evidence, (B, n)
            The model's.
        items : ndarray of int32, shape (B, n)
            -1 for none.
        histories : Histories, B users
        """
        catalogue, there = self.catalogue, items >= 0
        artist = np.where(there, catalogue.artist_of[items], -1)
        genre = np.where(there, catalogue.genre_of[items], -1)
        by_artist = self._first_plays(histories, catalogue.artist_of, artist) >= 0
        genre_since = self._first_plays(histories, catalogue.genre_of, genre)
        in_genre = ~by_artist & (genre_since >= 0)
        said = ~by_artist & ~in_genre & np.isin(own.kind, _OF_PLAYS)
        kind = np.where(there, np.uint8(ReasonKind.NEW_RELEASE), np.uint8(ReasonKind.NONE))
        kind = np.where(in_genre & there, np.uint8(ReasonKind.NEW_IN_GENRE), kind)
        subject = np.where(in_genre, genre, artist)
        undated = there & (catalogue.released_day[items] < 0)
        detail = np.where(undated, HEARD_LATELY, 0) + np.where(by_artist, OWN_ARTIST, 0)
        started = (genre_since >= self.since) & (self.heard_since < self.since)
        detail = np.where(in_genre, np.where(started, STARTED, 0), detail)
        evidence = Evidence(
            kind=np.where(said, own.kind, kind),
            subject=np.where(said, own.subject, subject).astype(np.int32),
            share=np.where(said, own.share, np.float32(np.nan)),
        )
        return evidence, np.where(said | ~there, 0, detail).astype(np.uint8)

    def _shares(
        self, histories: Histories, group_of: NDArray[np.int32], n_groups: int
    ) -> NDArray[np.float32]:
        """Return the part of B listeners' weights that lies in each new track's group, (B, F)."""
        group = group_of[histories.items]
        known = group >= 0
        users = histories.users_of_cells
        total = np.bincount(users, histories.weights, minlength=len(histories))
        shares = csr_array(
            (
                (histories.weights / np.maximum(total[users], 1e-30))[known].astype(np.float32),
                (users[known], group[known]),
            ),
            shape=(len(histories), n_groups + 1),  # the last: of no group
        )
        shares.sum_duplicates()
        of_items = np.where(group_of[self.items] < 0, n_groups, group_of[self.items])
        wanted, column = np.unique(of_items, return_inverse=True)
        return np.asarray(shares[:, wanted].toarray()[:, column], np.float32)

    def _eligible(self, value: NDArray[np.float32], eligible: Eligible) -> NDArray[np.float32]:
        """Set to -inf, in place, what a listener must not get."""
        if eligible.hidden is not None:
            value[:, eligible.hidden[self.items]] = -np.inf
        if eligible.excluded is not None:
            column_of = np.full(len(self.is_new), -1, np.intp)
            column_of[self.items] = np.arange(len(self.items))
            columns = column_of[eligible.excluded.items]
            kept = columns >= 0
            value[eligible.excluded.users_of_cells[kept], columns[kept]] = -np.inf
        return value

    def _first_plays(
        self, histories: Histories, group_of: NDArray[np.int32], groups: NDArray[np.int32]
    ) -> NDArray[np.int32]:
        """Return the first day a listener heard each group, (B, n); 0 without days, -1 never."""
        heard = histories.heard
        group, users = group_of[heard.items], heard.users_of_cells
        known = group >= 0
        width = int(group_of.max(initial=-1)) + 2
        keys = users[known].astype(np.int64) * width + group[known]
        days = np.maximum(heard.first_day[known], 0)
        order = np.lexsort((days, keys))
        keys, days = np.append(keys[order], np.iinfo(np.int64).max), np.append(days[order], -1)
        wanted = np.arange(len(groups), dtype=np.int64)[:, None] * width + groups
        places = np.searchsorted(keys, wanted)  # the first of equal keys: the earliest day
        found = (groups >= 0) & (keys[places] == wanted)
        return np.where(found, days[places], -1).astype(np.int32)


def _audience(
    histories: Histories, catalogue: Catalogue, items: NDArray[np.int32]
) -> NDArray[np.float32]:
    """Return the part of all listeners who like a track of each item's artist, (F,)."""
    n_artists = len(catalogue.artists)
    artists = catalogue.artist_of[histories.items]
    liked = (histories.weights > 0) & (artists >= 0)
    pairs = histories.users_of_cells[liked].astype(np.int64) * n_artists + artists[liked]
    pairs.sort()  # three times as fast as np.unique here
    pairs = pairs[np.diff(pairs, prepend=-1) != 0]
    fans = np.bincount(pairs % max(n_artists, 1), minlength=n_artists + 1)  # the last: unknown, -1
    return (fans[catalogue.artist_of[items]] / max(len(histories), 1)).astype(np.float32)
