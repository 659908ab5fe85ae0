"""The shelves a model ranks, with its reasons, completed with what is popular."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from rekomenda.domain.interactions import Histories
from rekomenda.domain.models import Evidence, FittedModel, ReasonKind
from rekomenda.domain.recommendations import Shelf
from rekomenda.ranking import candidates
from rekomenda.ranking.fill import Filler, Items
from rekomenda.ranking.ranked import Ranked, either
from rekomenda.ranking.reason_words import CONTROL, CONTROL_ALGORITHM
from rekomenda.ranking.shelves import ShelfRules

Scores: TypeAlias = NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class _Pick:
    """A shelf's lists before their reasons, all (B, n); `own` where the model ranked the item."""

    items: Items
    scores: Scores
    own: NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class PersonalLists:
    """Ranks shelves by a model's score.

    Parameters
    ----------
    model : FittedModel
    fallback : FittedModel
        A popularity model: goes on where `model` has no opinion of enough tracks.
    rules : ShelfRules
    filler : Filler
    lengths : mapping of Shelf to int
        The shelves, at least one, and how long their lists are.
    """

    model: FittedModel
    fallback: FittedModel
    rules: ShelfRules
    filler: Filler
    lengths: Mapping[Shelf, int]

    def lists(self, histories: Histories) -> dict[Shelf, Ranked]:
        """Rank the shelves that the model ranks, scoring and explaining once for all of them."""
        scores = self.model.score(histories)
        picks = [self._pick(shelf, histories, scores) for shelf in self.lengths]
        own_items = [np.where(pick.own, pick.items, -1) for pick in picks]
        explained = self.model.explain(histories, np.concatenate(own_items, axis=1))
        ranked: dict[Shelf, Ranked] = {}
        start = 0
        for shelf, pick in zip(self.lengths, picks, strict=True):
            columns = slice(start, start + pick.items.shape[1])
            own = Evidence(*(part[:, columns] for part in vars(explained).values()))
            ranked[shelf] = self._with_reasons(pick, own, histories)
            start = columns.stop
        return ranked

    def _with_reasons(self, pick: _Pick, own: Evidence, histories: Histories) -> Ranked:
        """Join what the model says of its own picks with what the fallback says of the others."""
        said_nothing = pick.own & (own.kind == ReasonKind.NONE)
        control = said_nothing & (self.model.algorithm == CONTROL_ALGORITHM)
        others = np.where(pick.own, -1, pick.items)
        evidence = own
        if (others >= 0).any():
            evidence = either(pick.own, own, self.fallback.explain(_anywhere(histories), others))
        return Ranked(
            items=pick.items,
            # The fallback counts otherwise than the model; only the order means something.
            scores=np.minimum.accumulate(pick.scores, axis=1),
            detail=np.where(control, CONTROL, 0).astype(np.uint8),
            **vars(evidence),
        )

    def _pick(self, shelf: Shelf, histories: Histories, scores: Scores) -> _Pick:
        """Fill a shelf's lists: the model's best, then what is popular."""

        def find(rows: NDArray[np.int64], depth: int) -> tuple[Items, Scores]:
            eligible = self.rules.eligible_for(shelf, histories.rows(rows))
            found = candidates.by_model(scores[rows], eligible, depth)
            return found.items, found.scores

        shape = len(histories), self.lengths[shelf]
        items, kept = self.filler.fill(find, shape, np.float32(-np.inf))
        own = items >= 0
        self._complete(shelf, histories, items, kept)
        return _Pick(items, kept, own)

    def _complete(self, shelf: Shelf, histories: Histories, items: Items, kept: Scores) -> None:
        """Go on, in place, with what is popular where the model had no opinion of enough tracks.

        Popular with everybody, not in the listener's region: a region may be a handful of people.
        """
        short = np.flatnonzero((items[:, -1] < 0) & (histories.lengths > 0))
        if not len(short):
            return
        theirs = _anywhere(histories.rows(short))
        popular = self.fallback.score(theirs)

        def find(rows: NDArray[np.int64], depth: int) -> tuple[Items, Scores]:
            eligible = self.rules.eligible_for(shelf, theirs.rows(rows))
            more = candidates.by_model(popular[rows], eligible, depth)
            return (
                np.concatenate([items[short[rows]], more.items], axis=1),
                np.concatenate([kept[short[rows]], more.scores], axis=1),
            )

        filled = self.filler.fill(find, (len(short), items.shape[1]), np.float32(-np.inf))
        items[short], kept[short] = filled


def _anywhere(histories: Histories) -> Histories:
    """Return the same histories of people whose region is not told."""
    return replace(histories, region=np.full(len(histories), -1, np.int32))
