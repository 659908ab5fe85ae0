"""Popularity within the genres that a listener plays."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from rekomenda.domain.interactions import Histories
from rekomenda.domain.models import Evidence, FittedModel, ReasonKind
from rekomenda.domain.training import TrainingData
from rekomenda.models.base import Algorithm, Arrays, Fitted, Float32, Int32, knob
from rekomenda.models.baselines.popularity import known_only, listeners_per_item


@dataclass(frozen=True)
class GenrePopularity(Algorithm):
    """Rank items by P(genre | listener) · P(item | genre).

    P(item | genre) is the item's part of all likes in its genre. P(genre | listener) is the
    genre's part of the listener's weight, drawn towards everybody's: a Dirichlet prior of
    `smoothing` (C. Zhai and J. Lafferty, "A Study of Smoothing Methods for Language Models", ACM
    TOIS 22(2), 2004, eq. 6). Without a history, or where no genre is known, this is `popularity`.

    Parameters
    ----------
    smoothing : float, default 1.0
        Weight of the prior > 0, in units of a history's weights.

    Notes
    -----
    Time: one pass over the cells; two operations for each listener and item. Memory: 8 bytes an
    item.
    """

    algorithm: ClassVar[str] = "popularity_genre"

    smoothing: float = knob(1.0, above=0)

    def _learn(self, data: TrainingData, seed: int) -> FittedModel:  # noqa: ARG002 - nothing is random
        listeners = listeners_per_item(data.interactions.histories, elsewhere=data.work)
        genre_of, n_genres = data.catalogue.genre_of, len(data.catalogue.genres)
        bucket = np.where(genre_of < 0, n_genres, genre_of).astype(np.int32)
        likes = np.bincount(bucket, listeners, minlength=n_genres + 1)
        within = listeners / np.maximum(likes[bucket], 1e-30)
        prior = likes / likes.sum()
        return GenreScores(
            self.algorithm,
            bucket,
            known_only(within.astype(np.float32)),
            prior.astype(np.float32),
            self.smoothing,
        )

    def restore(self, arrays: Arrays) -> FittedModel:
        """Make the fitted model again from its arrays."""
        return GenreScores(
            self.algorithm, arrays["bucket"], arrays["within"], arrays["prior"], self.smoothing
        )


@dataclass(frozen=True, eq=False)
class GenreScores(Fitted):
    """Genre shares of a listener times the place of an item in its genre.

    Parameters
    ----------
    bucket : ndarray of int32, shape (I,)
        Genre of each item; G for those without one.
    within : ndarray of float32, shape (I,)
        P(item | genre); -inf for items nobody likes.
    prior : ndarray of float32, shape (G + 1,)
        Everybody's P(genre).
    smoothing : float
    """

    bucket: Int32
    within: Float32
    prior: Float32
    smoothing: float

    @property
    def n_items(self) -> int:
        """I, the number of items it scores."""
        return len(self.bucket)

    @property
    def placed(self) -> NDArray[np.bool_]:
        """Tracks that somebody likes, (I,)."""
        return np.asarray(self.within > -np.inf)

    def _score(self, histories: Histories) -> Float32:
        scores: Float32 = self._shares(histories)[:, self.bucket] * self.within
        return scores

    def _score_at(self, histories: Histories, candidates: Int32) -> Float32:
        bucket = self.bucket[candidates].astype(np.intp)
        shares = np.take_along_axis(self._shares(histories), bucket, axis=1)
        return shares * self.within[candidates]

    def _shares(self, histories: Histories) -> Float32:
        """Return P(genre | listener), (B, G + 1); each > 0 where anybody plays the genre."""
        heard = self._heard(histories)
        total = heard.sum(axis=1, keepdims=True)
        shares = (heard + self.smoothing * self.prior) / (total + self.smoothing)
        # 0 · -inf is NaN: a genre without any listener only holds items without listeners.
        positive: Float32 = np.maximum(shares, 1e-30).astype(np.float32)
        return positive

    def _heard(self, histories: Histories) -> np.ndarray:
        """Return the weight of each listener in each genre, (B, G + 1)."""
        n_buckets = len(self.prior)
        place = histories.users_of_cells.astype(np.int64) * n_buckets + self.bucket[histories.items]
        flat = np.bincount(place, histories.weights, minlength=len(histories) * n_buckets)
        heard: np.ndarray = flat.reshape(len(histories), n_buckets)
        return heard

    def explain(self, histories: Histories, items: Int32) -> Evidence:
        """Name the genre where the listener plays it, else only that the item is popular."""
        bucket = self.bucket[np.maximum(items, 0)]
        known = (items >= 0) & (self.within[np.maximum(items, 0)] > -np.inf)
        heard = np.take_along_axis(self._heard(histories), bucket.astype(np.intp), axis=1) > 0
        in_genre = known & heard & (bucket < len(self.prior) - 1)
        kind = np.where(known, ReasonKind.POPULAR, ReasonKind.NONE)
        kind[in_genre] = ReasonKind.POPULAR_IN_GENRE
        return Evidence(
            kind.astype(np.uint8),
            np.where(in_genre, bucket, -1).astype(np.int32),
            np.full(items.shape, np.nan, np.float32),
        )

    def arrays(self) -> Arrays:
        """Return `bucket` (I,) int32, `within` (I,) and `prior` (G + 1,) float32."""
        return {"bucket": self.bucket, "within": self.within, "prior": self.prior}
