"""Small fitted models over fixed numbers, keeping the whole contract of `FittedModel`."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from rekomenda.domain.eligible import Eligible
from rekomenda.domain.interactions import Histories
from rekomenda.domain.models import Evidence, ReasonKind
from rekomenda.domain.top_n import TopN, top_n


@dataclass(frozen=True, eq=False)
class LinearFake:
    """Scores are `weights` of the played items, added up: (I, I), row = played item."""

    weights: np.ndarray
    algorithm = "linear_fake"
    knows_repeats = False

    @property
    def n_items(self):
        return len(self.weights)

    def score(self, histories, candidates=None):
        assert candidates is None
        return np.asarray(histories.user_items @ self.weights, np.float32)

    def top_n(self, histories, n, eligible: Eligible) -> TopN:
        return self.top_n_each(histories, [(n, eligible)])[0]

    def top_n_each(self, histories, wanted) -> list[TopN]:
        return [top_n(eligible.apply(self.score(histories)), n) for n, eligible in wanted]

    def explain(self, histories: Histories, items):
        kind = np.zeros(items.shape, np.uint8)
        subject = np.full(items.shape, -1, np.int32)
        share = np.full(items.shape, np.nan, np.float32)
        for b, row in enumerate(items):
            history = histories.rows(slice(b, b + 1))
            for place, item in enumerate(row):
                if item < 0:
                    continue
                parts = self.contributions(history, int(item))
                if not (parts > 0).any():
                    kind[b, place] = ReasonKind.POPULAR
                    continue
                kind[b, place] = ReasonKind.PLAYED
                subject[b, place] = history.items[np.argmax(parts)]
                share[b, place] = parts.max() / parts[parts > 0].sum()
        return Evidence(kind, subject, share)

    def contributions(self, history, item):
        return (history.weights * self.weights[history.items, item]).astype(np.float32)

    def similar_items(self, items, n):
        scores = self.weights[items].astype(np.float32)
        scores[np.arange(len(items)), items] = -np.inf
        return top_n(scores, n)

    def arrays(self):
        return {"weights": self.weights}


@dataclass(frozen=True, eq=False)
class PopularFake:
    """Everybody gets the same scores (I,), but a region has its own where it has a row (R, I).

    A region without listeners of its own has a row of NaN and gets what everybody gets.
    """

    scores: np.ndarray
    regional: np.ndarray | None = None
    algorithm = "popular_fake"
    knows_repeats = False

    @property
    def n_items(self):
        return len(self.scores)

    def score(self, histories, candidates=None):
        assert candidates is None
        scores = np.tile(self.scores, (len(histories), 1)).astype(np.float32)
        own = self._own(histories)
        scores[own] = self.regional[histories.region[own]] if own.any() else 0
        return scores

    def _own(self, histories):
        if self.regional is None:
            return np.zeros(len(histories), bool)
        known = ~np.isnan(self.regional[np.maximum(histories.region, 0), 0])
        return (histories.region >= 0) & known

    def top_n(self, histories, n, eligible: Eligible) -> TopN:
        return self.top_n_each(histories, [(n, eligible)])[0]

    def top_n_each(self, histories, wanted) -> list[TopN]:
        return [top_n(eligible.apply(self.score(histories)), n) for n, eligible in wanted]

    def explain(self, histories, items):
        own = self._own(histories)[:, None] & (items >= 0)
        kind = np.where(items < 0, ReasonKind.NONE, ReasonKind.POPULAR)
        kind = np.where(own, ReasonKind.POPULAR_IN_REGION, kind).astype(np.uint8)
        subject = np.where(own, histories.region[:, None], -1).astype(np.int32)
        return Evidence(kind, subject, np.full(items.shape, np.nan, np.float32))

    def contributions(self, history, item):
        return np.zeros(len(history.items), np.float32)

    def similar_items(self, items, n):
        return TopN.empty(len(items), n)

    def arrays(self):
        return {"scores": self.scores}
