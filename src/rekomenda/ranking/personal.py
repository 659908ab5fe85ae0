"""The shelves a model ranks, with its reasons, completed with what is popular."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from rekomenda.domain.eligible import Eligible, ItemSets
from rekomenda.domain.interactions import Histories
from rekomenda.domain.models import Evidence, FittedModel, ReasonKind
from rekomenda.domain.recommendations import Shelf
from rekomenda.domain.top_n import TopN
from rekomenda.ranking.explore import step_by_step, step_reasons
from rekomenda.ranking.exposure_floor import ExposureFloor
from rekomenda.ranking.fill import Filler, Items
from rekomenda.ranking.named import artist_detail, named_reasons
from rekomenda.ranking.ranked import Ranked, either
from rekomenda.ranking.reason_words import CONTROL, CONTROL_ALGORITHM
from rekomenda.ranking.reserved_places import with_reserved
from rekomenda.ranking.shelves import ShelfRules

Scores: TypeAlias = NDArray[np.float32]
Rows: TypeAlias = NDArray[np.int64]
More: TypeAlias = Callable[[Rows, int], TopN]
"""(rows (b,), depth) -> the best `depth` or more candidates of those rows, padded with -1."""

DISCOVERY: Final = (Shelf.FRESH, Shelf.EXPLORE, Shelf.DISCOVER)
"""Shelves for finding something new, the narrowest first: each has the first choice of what it may
hold, and what stands on one of them is held back on those behind it."""
MADE_BY_MODEL: Final = (Shelf.FOR_YOU, *DISCOVERY)


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
        The shelves, at least one and all `MADE_BY_MODEL`, and how long their lists are.
    floor : ExposureFloor, optional
        What emerging artists are lifted by.
    """

    model: FittedModel
    fallback: FittedModel
    rules: ShelfRules
    filler: Filler
    lengths: Mapping[Shelf, int]
    floor: ExposureFloor | None = None

    def lists(
        self,
        histories: Histories,
        resting: Mapping[Shelf, ItemSets] | None = None,
        reserved: Mapping[Shelf, NDArray[np.int32]] | None = None,
        *,
        best: Mapping[Shelf, TopN] | None = None,
        explained: bool = True,
    ) -> dict[Shelf, Ranked]:
        """Rank the shelves that the model ranks, scoring and explaining once for all of them.

        Parameters
        ----------
        histories : Histories, B users
        resting : mapping of Shelf to ItemSets of B users, optional
            What is held back on a shelf: listed only where the model has no opinion of enough other
            tracks, so that holding back never shortens a list.
        reserved : mapping of Shelf to ndarray of int32, shape (B,), optional
            Item that is to stand in each of these lists, -1 for none (`ExposureFloor`).
        best : mapping of Shelf to TopN, optional
            What `best` returned for these histories and the same `resting`.
        explained : bool, default True
            Whether somebody will read the reasons; else they are left empty.
        """
        resting = resting or {}
        if best is None:
            best = self.best(histories, resting)
        picking = _Picking(self, histories, resting, reserved or {}, best)
        picks = {shelf: picking.pick(shelf) for shelf in best}
        if not explained:
            return {shelf: _bare(pick) for shelf, pick in picks.items()}
        of_model = [np.where(pick.own, pick.items, -1) for pick in picks.values()]
        own_items = np.concatenate(of_model, axis=1)
        reasons = named_reasons(self.model, histories, own_items, self.rules.catalogue)
        ranked: dict[Shelf, Ranked] = {}
        start = 0
        for shelf, pick in picks.items():
            columns = slice(start, start + pick.items.shape[1])
            own = Evidence(*(part[:, columns] for part in vars(reasons).values()))
            ranked[shelf] = self._with_reasons(shelf, pick, own, histories)
            start = columns.stop
        return ranked

    def best(
        self, histories: Histories, resting: Mapping[Shelf, ItemSets] | None = None
    ) -> dict[Shelf, TopN]:
        """Return the model's first candidates for each shelf, all from one scoring.

        They do not depend on the floor: makers that differ in nothing else can share them.
        """
        shelves = [shelf for shelf in MADE_BY_MODEL if shelf in self.lengths]
        wanted = [
            (self.depth(shelf), self.eligible(shelf, histories, (resting or {}).get(shelf)))
            for shelf in shelves
        ]
        return dict(zip(shelves, self.model.top_n_each(histories, wanted), strict=True))

    def depth(self, shelf: Shelf) -> int:
        """Return how many candidates are looked at first: some may stand on other shelves."""
        of_discovery = sum(n for other, n in self.lengths.items() if other in DISCOVERY)
        return max(self.filler.n_candidates, self.lengths[shelf]) + (
            of_discovery if shelf in DISCOVERY else 0
        )

    def eligible(
        self, shelf: Shelf, histories: Histories, resting: ItemSets | None = None
    ) -> Eligible:
        """Return what the shelf may hold, without what rests."""
        eligible = self.rules.eligible_for(shelf, histories)
        if resting is None:
            return eligible
        excluded = eligible.excluded
        return replace(eligible, excluded=resting if excluded is None else excluded.union(resting))

    def _with_reasons(
        self, shelf: Shelf, pick: _Pick, own: Evidence, histories: Histories
    ) -> Ranked:
        """Join what the model says of its own picks with what the fallback says of the others."""
        said_nothing = pick.own & (own.kind == ReasonKind.NONE)
        control = said_nothing & (self.model.algorithm == CONTROL_ALGORITHM)
        others = np.where(pick.own, -1, pick.items)
        evidence = own
        if (others >= 0).any():
            evidence = either(pick.own, own, self.fallback.explain(_anywhere(histories), others))
        if shelf is Shelf.EXPLORE:
            evidence = step_reasons(evidence, pick.items, histories, self.rules.graph)
        if shelf is Shelf.FRESH:
            evidence, detail = self.rules.new.reasons(evidence, pick.items, histories)
        else:
            control &= evidence.kind == ReasonKind.NONE
            by_artist = artist_detail(evidence, pick.items, self.rules.catalogue)
            detail = np.where(control, np.uint8(CONTROL), by_artist)
        return Ranked(
            items=pick.items,
            # The fallback counts otherwise than the model; only the order means something.
            scores=np.minimum.accumulate(pick.scores, axis=1),
            detail=detail,
            **vars(evidence),
        )


class _Picking:
    """The picks of one batch, shelf after shelf: each knows what stands on those before it."""

    def __init__(
        self,
        maker: PersonalLists,
        histories: Histories,
        resting: Mapping[Shelf, ItemSets],
        reserved: Mapping[Shelf, NDArray[np.int32]],
        first: Mapping[Shelf, TopN],
    ) -> None:
        self._maker = maker
        self._histories = histories
        self._resting = resting
        self._reserved = reserved
        self._taken = np.zeros((len(histories), 0), np.int32)
        """What the shelves of `DISCOVERY` that were picked hold, (B, T)."""
        self._first = first

    def pick(self, shelf: Shelf) -> _Pick:
        """Fill a shelf's lists: the model's best, then those held back, then what is popular."""
        maker, histories = self._maker, self._histories
        n = maker.lengths[shelf]
        items = np.full((len(histories), n), -1, np.int32)
        scores = np.full(items.shape, -np.inf, np.float32)
        everybody = np.arange(len(histories))
        self._fill(items, scores, everybody, lambda rows, depth: self._new(shelf, rows, depth))
        if shelf in self._resting or self._taken.shape[1]:
            short = np.flatnonzero(items[:, -1] < 0)
            self._fill(items, scores, short, lambda rows, depth: self._any(shelf, rows, depth))
        self._reserve(shelf, items, scores)
        own = items >= 0
        short = np.flatnonzero((items[:, -1] < 0) & (histories.lengths > 0))
        self._fill(items, scores, short, lambda rows, depth: self._popular(shelf, rows, depth))
        if shelf in DISCOVERY:
            self._taken = np.concatenate([self._taken, items], axis=1)
        return _Pick(items, scores, own)

    def _reserve(self, shelf: Shelf, items: Items, scores: Scores) -> None:
        """Put the reserved tracks in, in place, unless they stand on another shelf already."""
        if shelf not in self._reserved:
            return
        wanted = self._reserved[shelf]
        elsewhere = (self._taken == wanted[:, None]).any(axis=1)
        kept = np.where(elsewhere, np.int32(-1), wanted)
        items[:] = with_reserved(items, kept, self._maker.filler.catalogue)
        # One behind the end of a short list has no score yet: that of the track before it.
        row, place = np.nonzero((items >= 0) & np.isneginf(scores))
        scores[row, place] = np.where(place > 0, scores[row, np.maximum(place - 1, 0)], 0.0)

    def _fill(self, items: Items, scores: Scores, short: Rows, more: More) -> None:
        """Go on, in place, with more candidates behind what stands in some of the lists."""
        if not len(short):
            return

        def find(rows: Rows, depth: int) -> tuple[Items, Scores]:
            of = short[rows]
            found = more(of, depth)
            if not (items[of] >= 0).any():
                return found.items, found.scores
            return (
                np.concatenate([items[of], found.items], axis=1),
                np.concatenate([scores[of], found.scores], axis=1),
            )

        shape = len(short), items.shape[1]
        items[short], scores[short] = self._maker.filler.fill(find, shape, np.float32(-np.inf))

    def _new(self, shelf: Shelf, rows: Rows, depth: int) -> TopN:
        """Return what the model would show and was not held back."""
        spare = self._taken.shape[1]  # so many of the candidates may stand elsewhere
        first = self._first[shelf]
        histories = self._histories.rows(rows)

        def eligible() -> Eligible:
            resting = self._resting.get(shelf)
            held_back = None if resting is None else resting.of_users(rows)
            return self._maker.eligible(shelf, histories, held_back)

        if depth + spare <= self._maker.depth(shelf):
            found = TopN(first.items[rows], first.scores[rows])
        else:
            found = self._maker.model.top_n(histories, depth + spare, eligible())
        return self._without_taken(self._ordered(shelf, found, histories, eligible), rows)

    def _any(self, shelf: Shelf, rows: Rows, depth: int) -> TopN:
        """Return what the model would show, held back or not."""
        histories = self._histories.rows(rows)
        eligible = self._maker.rules.eligible_for(shelf, histories)
        found = self._maker.model.top_n(histories, depth, eligible)
        return self._ordered(shelf, found, histories, lambda: eligible)

    def _popular(self, shelf: Shelf, rows: Rows, depth: int) -> TopN:
        """Return what everybody plays.

        Not in the listener's region: a region may be a handful of people.
        """
        histories = _anywhere(self._histories.rows(rows))
        eligible = self._maker.rules.eligible_for(shelf, histories)
        return self._maker.fallback.top_n(histories, depth, eligible)

    def _ordered(
        self, shelf: Shelf, found: TopN, histories: Histories, eligible: Callable[[], Eligible]
    ) -> TopN:
        """Return candidates in the order of the shelf, which is the model's for most.

        What is eligible is only found where it is asked for: it may be most of the catalogue.
        """
        rules = self._maker.rules
        if shelf is Shelf.EXPLORE:
            return step_by_step(found, histories, rules.graph, n=self._maker.lengths[shelf])
        if shelf is Shelf.FRESH:
            return rules.new.fused(found, histories, eligible(), found.items.shape[1])
        if self._maker.floor is None:
            return found
        first = self._maker.filler.n_candidates
        return self._maker.floor.lift(shelf, found, histories, first=first)

    def _without_taken(self, found: TopN, rows: Rows) -> TopN:
        """Take out what other shelves hold; a gap at the end still means that there is no more."""
        taken = self._taken[rows]
        if not taken.shape[1]:
            return found
        gone = _members(found.items, taken) & (found.items >= 0)
        order = np.argsort(
            ~gone, axis=1, kind="stable"
        )  # gaps to the front, where they hurt nobody
        return TopN(
            np.take_along_axis(np.where(gone, -1, found.items), order, axis=1),
            np.take_along_axis(np.where(gone, -np.inf, found.scores), order, axis=1),
        )


def _members(items: Items, sets: Items) -> NDArray[np.bool_]:
    """Tell which of `items` (B, n) are among the same listener's `sets` (B, T)."""
    width = int(max(items.max(initial=0), sets.max(initial=0))) + 2  # one place is for -1
    users = np.arange(len(items), dtype=np.int64)[:, None] * width + 1
    keys = np.sort((users + sets).ravel())
    wanted = users + items
    return np.asarray(keys[np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)] == wanted)


def _bare(pick: _Pick) -> Ranked:
    """Return a shelf's lists without reasons."""
    shape = pick.items.shape
    return Ranked(
        items=pick.items,
        scores=np.minimum.accumulate(pick.scores, axis=1),
        kind=np.full(shape, ReasonKind.NONE, np.uint8),
        subject=np.full(shape, -1, np.int32),
        share=np.full(shape, np.nan, np.float32),
        detail=np.zeros(shape, np.uint8),
    )


def _anywhere(histories: Histories) -> Histories:
    """Return the same histories of people whose region is not told."""
    return replace(histories, region=np.full(len(histories), -1, np.int32))
