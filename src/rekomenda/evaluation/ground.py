"""What lists are held against: who played what, and what is known of the tracks."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from rekomenda.domain.catalogue import Catalogue
from rekomenda.domain.interactions import Histories
from rekomenda.domain.popularity import long_tail, popularity_bands
from rekomenda.evaluation.breadth import artist_vectors
from rekomenda.evaluation.exam import Exam, Relevant
from rekomenda.evaluation.metrics import profile_popularity
from rekomenda.evaluation.segments import Partition, by_mainstreaminess, everybody
from rekomenda.evaluation.tasks import Task

Bools = NDArray[np.bool_]
Floats = NDArray[np.float64]
Int32 = NDArray[np.int32]


@dataclass(frozen=True, eq=False)
class Ground:
    """Listeners, tracks and artists as they stand before the lists are made.

    Popularity is that of what the model learned from, never of what came after it.

    Parameters
    ----------
    train : Histories, n listeners
        Those whose lists are looked at, in the order of the lists.
    catalogue : Catalogue
    fitted_on : Histories
        Everybody the model learned from: the source of all popularity.
    plays_after : ndarray of int64, shape (I,), or None
        Plays of each track in the days held back; None where nothing was.
    relevant : Relevant or None
        What each of the n listeners played after the cut, as far as a list may hold it; None
        where nothing was held back.
    """

    train: Histories
    catalogue: Catalogue
    fitted_on: Histories
    plays_after: NDArray[np.int64] | None = None
    relevant: Relevant | None = None

    @classmethod
    def of_exam(cls, exam: Exam, fitted_on: Histories, task: Task) -> Ground:
        """Return the ground under the lists that an exam asks for in one task."""
        return cls(
            train=exam.train,
            catalogue=exam.catalogue,
            fitted_on=fitted_on,
            plays_after=exam.plays_after,
            relevant=exam.relevant[task],
        )

    def __len__(self) -> int:
        return len(self.train)

    @cached_property
    def listeners(self) -> NDArray[np.int64]:
        """phi, the people who played each track, shape (I,)."""
        return np.bincount(
            self.fitted_on.items[self.fitted_on.plays > 0], minlength=len(self.catalogue)
        )

    @cached_property
    def n_listeners(self) -> int:
        """N, the people who played anything."""
        return int(np.count_nonzero(self.fitted_on.lengths))

    @cached_property
    def plays(self) -> Floats:
        """Plays of each track, shape (I,)."""
        plays = np.bincount(self.fitted_on.items, self.fitted_on.plays, len(self.catalogue))
        return plays.astype(np.float64)

    @cached_property
    def bands(self) -> NDArray[np.int8]:
        """Head, middle or long tail, for each track: `popularity.popularity_bands`."""
        return popularity_bands(self.plays)

    @cached_property
    def popularity_rank(self) -> NDArray[np.int64]:
        """1 for the track with the most listeners, equal ones by index, shape (I,)."""
        ranks = np.empty(len(self.listeners), np.int64)
        ranks[np.argsort(-self.listeners, kind="stable")] = np.arange(1, len(ranks) + 1)
        return ranks

    @cached_property
    def showable_artists(self) -> Bools:
        """Artists with a track that a list may hold, shape (A,)."""
        return self.by_artist(~self.catalogue.hidden) > 0

    @cached_property
    def emerging(self) -> Bools:
        """Artists outside the smallest set that has four fifths of the plays, shape (A,)."""
        return long_tail(self.by_artist(self.plays))

    @cached_property
    def artist_listeners(self) -> NDArray[np.int64]:
        """People who played anything by each artist, shape (A,)."""
        return np.asarray(np.diff(self._user_artists.tocsc().indptr), np.int64)

    @cached_property
    def genre_of_artist(self) -> Int32:
        """The genre most of an artist's tracks are of, the first of equals; -1 unknown; (A,)."""
        catalogue = self.catalogue
        n_artists, n_genres = len(catalogue.artists), len(catalogue.genres)
        if not n_genres:
            return np.full(n_artists, -1, np.int32)
        known = (catalogue.artist_of >= 0) & (catalogue.genre_of >= 0)
        keys = catalogue.artist_of[known].astype(np.int64) * n_genres + catalogue.genre_of[known]
        counts = np.bincount(keys, minlength=n_artists * n_genres).reshape(n_artists, n_genres)
        return np.where(counts.any(axis=1), counts.argmax(axis=1), -1).astype(np.int32)

    @cached_property
    def vectors(self) -> NDArray[np.float32]:
        """Where each artist lies among the others, by who plays them, shape (A, K)."""
        return artist_vectors(self._user_artists)

    @cached_property
    def profile_popularity(self) -> Floats:
        """Mean phi of what each listener played, shape (n,); NaN for who played nothing."""
        return profile_popularity(self.train, self.listeners)

    @cached_property
    def partitions(self) -> tuple[Partition, ...]:
        """Everybody, and the listeners by how popular what they play is."""
        return everybody(len(self)), by_mainstreaminess(self.profile_popularity)

    def by_artist(self, values: NDArray[Any]) -> Floats:
        """Share values of tracks out over their artists, (I,) -> (A,)."""
        return self.catalogue.artists_of.sums(values, len(self.catalogue.artists))

    def artists(self, items: NDArray[Any]) -> Int32:
        """Return the (first) artist of each item; -1 for -1 or where the artist is unknown."""
        return self._of(self.catalogue.artist_of, items)

    def genres(self, items: NDArray[Any]) -> Int32:
        """Return the (first) genre of each item, -1 unknown."""
        return self._of(self.catalogue.genre_of, items)

    def regions(self, items: NDArray[Any]) -> Int32:
        """Return the region of each item's artist, -1 unknown."""
        return self._of(self.catalogue.region_of_artist, self.artists(items))

    @staticmethod
    def _of(values: Int32, index: NDArray[Any]) -> Int32:
        return np.asarray(np.append(values, np.int32(-1))[index])

    @cached_property
    def _user_artists(self) -> Any:
        """Weights of what was played, (U, A); nothing of weight 0, nobody of unknown name."""
        histories, n_artists = self.fitted_on, len(self.catalogue.artists)
        liked = np.flatnonzero(histories.weights > 0)
        shares = self.catalogue.artists_of
        place, artists = shares.expand(histories.items[liked])
        cells = liked[place]
        weights = histories.weights[cells] / shares.counts[histories.items[cells]].astype(
            np.float64
        )
        places = histories.users_of_cells[cells], artists
        return csr_array((weights, places), shape=(len(histories), n_artists))
