"""Ranked blend: a blend whose first candidates are put in order anew by trees.

Sources: C. J. C. Burges, "From RankNet to LambdaRank to LambdaMART: An Overview", MSR-TR-2010-82,
section 7 (trees grown for the order of a list; `tuning/ranker.py` grows them); P. Covington,
J. Adams, E. Sargin, "Deep Neural Networks for YouTube Recommendations", RecSys 2016, section 2
(few candidates out of many, then a ranker that knows more about each).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar, Final

import numpy as np
from numpy.typing import NDArray

from rekomenda.domain.eligible import Eligible
from rekomenda.domain.interactions import Histories
from rekomenda.domain.models import FittedModel
from rekomenda.domain.top_n import TopN, top_n
from rekomenda.domain.training import TrainingData
from rekomenda.language import Text
from rekomenda.models.additive import liked_tracks
from rekomenda.models.base import Arrays, Float32, Int32
from rekomenda.models.blend.algorithm import Blend
from rekomenda.models.blend.fitted import FittedBlend
from rekomenda.models.blend.lists import best_of_blend, divided
from rekomenda.models.blend.scale import Heard
from rekomenda.models.blocks import run_blocks, slices
from rekomenda.models.lists.rules import Wanted
from rekomenda.models.ranker.features import FEATURES, Facts
from rekomenda.models.ranker.trees import Trees

N_CANDIDATES: Final = 100
"""Five lists of 20. Twice as many took twice as long and ranked no better."""
_FACTS: Final = "facts."
_TREES: Final = Text(
    en="a list of trees, [feature, threshold, left, right] or the value of a leaf",
    pt="uma lista de árvores, [característica, limite, esquerda, direita] ou o valor de uma folha",
)
_WHOLE: Final = Text(en="a whole number >= {least}", pt="um número inteiro >= {least}")


@dataclass(frozen=True)
class RankedBlend(Blend):
    """A `blend` whose best unheard tracks are ordered by trees that know more than the scores.

    The trees see the members' scores and, of listener, track and artist, popularity and its trend,
    ages, region, and how much the listener plays the artist and the genre. They were grown on what
    listeners played after a validation cut; the recipe holds them, so that fitting again at
    another cut needs no later plays: what they ask for is measured anew from the data it is given.

    Parameters
    ----------
    members : list of tables
        As `blend`.
    heard_level : float, default 1.0
        As `blend`.
    heard_spread : float, default 0.25
        As `blend`.
    listener_prior : float, default 0.0
        As `blend`.
    absent_share : float, default 0.0
        As `blend`.
    trees : list of trees
        `[feature, threshold, left, right]`, or the value of a leaf. Without any, this is `blend`.
    n_candidates : int, default 100
        How many of each listener's best unheard tracks are ordered anew.
    ranked_from : int, default 0
        Listeners with fewer liked tracks keep the blend's order.

    Notes
    -----
    Candidates hand their scores on: the best by the trees gets the best score. So the others stay
    behind them, tracks heard before stay where they were, and reasons are those of the blend.
    Time beside the members': nnz to fit; candidates times trees for each listener. Memory: 4 bytes
    for each region and track, and a block of scores of each member.
    """

    algorithm: ClassVar[str] = "ranked_blend"

    trees: tuple[Any, ...] = ()
    n_candidates: int = N_CANDIDATES
    ranked_from: int = 0

    def __post_init__(self) -> None:
        """Check everything, as `Blend` does.

        Raises
        ------
        HyperparameterError, UnknownAlgorithmError, UnknownHyperparameterError
            As `Blend`; also if the trees are no trees.
        """
        super().__post_init__()
        object.__setattr__(self, "trees", tuple(self.trees))
        for name, least in (("n_candidates", 1), ("ranked_from", 0)):
            value = getattr(self, name)
            if not isinstance(value, int) or isinstance(value, bool) or value < least:
                raise self._refused(name, value, _WHOLE.filled(least=least))
        try:
            self._grown()
        except (ValueError, OverflowError) as error:
            raise self._refused("trees", "…", _TREES) from error

    def _grown(self) -> Trees:
        return Trees.from_json(self.trees, len(FEATURES) + len(self.members))

    def _learn(self, data: TrainingData, seed: int) -> FittedModel:
        blend = super()._learn(data, seed)
        assert isinstance(blend, FittedBlend)
        return self.ordering(blend, data)

    def ordering(self, blend: FittedBlend, data: TrainingData) -> FittedRankedBlend:
        """Put the trees behind a blend of these members that was fitted to `data`."""
        return self._with_trees(blend, Facts.of(data))

    def _with_trees(self, blend: FittedBlend, facts: Facts) -> FittedRankedBlend:
        return FittedRankedBlend(
            **vars(blend),
            facts=facts,
            trees=self._grown(),
            n_candidates=self.n_candidates,
            ranked_from=self.ranked_from,
        )

    def restore(self, arrays: Arrays) -> FittedModel:
        """Make the fitted model again from its arrays."""
        own = {name: array for name, array in arrays.items() if name.startswith(_FACTS)}
        blend = super().restore({name: a for name, a in arrays.items() if name not in own})
        assert isinstance(blend, FittedBlend)
        facts = {name.removeprefix(_FACTS): array for name, array in own.items()}
        return self._with_trees(blend, Facts.restore(facts))


@dataclass(frozen=True, eq=False)
class Candidates:
    """The best unheard tracks of B listeners by the blend alone.

    Parameters
    ----------
    items : ndarray of int32, shape (B, C)
        Best first, -1 behind the last.
    scores : ndarray of float32, shape (B, C)
        The blend's; -inf where there is no track.
    features : ndarray of float32, shape (B, C, F)
        `features.FEATURES`, then each member's part of the score, in the recipe's order.
    ordered : ndarray of bool, shape (B,)
        Whose the trees order; the others keep the blend's order.
    """

    items: Int32
    scores: Float32
    features: Float32
    ordered: NDArray[np.bool_]

    def anew(self, trees: Trees) -> Int32:
        """Return the items in the order of the trees: each has the score at its place, (B, C)."""
        return np.take_along_axis(self.items, self.order(trees), axis=1)

    def order(self, trees: Trees) -> NDArray[np.intp]:
        """Return the places of the candidates, the best by the trees first, (B, C).

        Equals keep the blend's order.
        """
        ranked = (self.items >= 0) & self.ordered[:, None]
        said = np.where(ranked, trees.add_up(self.features), -np.inf)
        return np.argsort(-said, axis=1, kind="stable")


@dataclass(frozen=True, eq=False, kw_only=True)
class FittedRankedBlend(FittedBlend):
    """A fitted blend and the trees that put its candidates in order.

    Parameters
    ----------
    facts : Facts
    trees : Trees
    n_candidates : int
    ranked_from : int
    """

    facts: Facts
    trees: Trees
    n_candidates: int
    ranked_from: int = 0

    def _all_scores(self, histories: Histories, *, with_heard: bool) -> Float32:
        parts: dict[int, Float32] = {}
        total = self._blended(histories, parts, with_heard=with_heard)
        if not len(self.trees):
            return total
        found = self._candidates(histories, total, parts)
        best = found.anew(self.trees)
        row, place = np.nonzero(best >= 0)
        total[row, best[row, place]] = found.scores[row, place]
        return total

    def _ranked(self, histories: Histories, wanted: Wanted) -> list[TopN]:
        """Rank by several rules; of a large catalogue only what the blend's lists hold.

        A list of unheard tracks that is deep enough for all candidates holds whatever can come into
        it: those behind them keep their scores, and none of the candidates falls below the last.
        """
        if self._is_small or not len(self.trees):
            return super()._ranked(histories, wanted)
        heard = Heard.of(histories)
        n = min(self.n_candidates, self.n_items)
        asked: list[tuple[int, Eligible]] = [(n, Eligible(excluded=heard.sets))]
        starts = []
        for length, rule in wanted:
            starts.append(len(asked))
            unheard, again = divided(rule, heard)
            asked.append((max(length, n), unheard))
            asked += [] if again is None else [(length, again)]
        parts: dict[int, Float32] = {}
        lists = best_of_blend(
            self.members, self.say, self.heard_scores, histories, asked, parts=parts
        )
        found = self._described(histories, lists[0], parts)
        anew = found.anew(self.trees)
        stops = [*starts[1:], len(asked)]
        return [
            _again(_side_by_side(lists[start:stop]), anew, found.scores, length)
            for start, stop, (length, _) in zip(starts, stops, wanted, strict=True)
        ]

    def candidates(self, histories: Histories) -> Candidates:
        """Return what there is to order of each listener, and all that trees can ask."""
        bytes_per_row, most = self._block_shape
        blocks = slices(len(histories), bytes_per_row, most=most)
        found: dict[int, Candidates] = {}

        def work(rows: slice) -> None:
            found[rows.start] = self._found(histories.rows(rows))

        run_blocks(work, blocks)
        parts = [vars(found[rows.start]).values() for rows in blocks]
        return Candidates(*(np.concatenate(each) for each in zip(*parts, strict=True)))

    def _found(self, histories: Histories) -> Candidates:
        """Find a block's candidates in the way its lists are made."""
        parts: dict[int, Float32] = {}
        if self._is_small:
            total = self._blended(histories, parts, with_heard=False)
            return self._candidates(histories, total, parts)
        n = min(self.n_candidates, self.n_items)
        unheard = Eligible(excluded=Heard.of(histories).sets)
        (best,) = best_of_blend(
            self.members, self.say, self.heard_scores, histories, [(n, unheard)], parts=parts
        )
        return self._described(histories, best, parts)

    def _candidates(
        self, histories: Histories, total: Float32, parts: Mapping[int, Float32]
    ) -> Candidates:
        unheard = total.copy()
        Heard.of(histories).take_out(unheard)
        best = top_n(unheard, min(self.n_candidates, self.n_items))
        item = np.maximum(best.items, 0).astype(np.intp)
        at = {place: np.take_along_axis(part, item, axis=1) for place, part in parts.items()}
        return self._described(histories, best, at)

    def _described(
        self, histories: Histories, best: TopN, parts: Mapping[int, Float32]
    ) -> Candidates:
        """Say what trees can ask of the best (B, C), with the members' parts, (B, C) each."""
        nothing = np.zeros(best.items.shape, np.float32)
        columns = [parts.get(place, nothing) for place in range(self._n_places)]
        known = self.facts.features(histories, best.items, best.scores)
        features = np.concatenate([known, np.stack(columns, axis=2)], axis=2)
        ordered = liked_tracks(histories) >= self.ranked_from
        return Candidates(best.items, best.scores, features, ordered)

    @cached_property
    def _n_places(self) -> int:
        """Members that a tree can ask for: up to the last that learned."""
        asked = int(self.trees.feature.max(initial=-1)) - len(FEATURES)
        return max(asked, *(member.place for member in self.members)) + 1

    def arrays(self) -> Arrays:
        """Return every member's arrays, as `PLACE.NAME`, and the facts, as `facts.NAME`."""
        facts = {_FACTS + name: array for name, array in self.facts.arrays().items()}
        return {**super().arrays(), **facts}


def _side_by_side(lists: Sequence[TopN]) -> TopN:
    return TopN(
        np.concatenate([each.items for each in lists], axis=1),
        np.concatenate([each.scores for each in lists], axis=1),
    )


def _again(listed: TopN, anew: Int32, scores: Float32, length: int) -> TopN:
    """Return lists where each of the candidates `anew` (B, C) has the score (B, C) at its place."""
    n_items = int(max(anew.max(initial=0), listed.items.max(initial=0))) + 1
    users = np.arange(len(anew), dtype=np.int64)[:, None] * (n_items + 1)
    keys = (users + np.where(anew >= 0, anew, n_items)).ravel()
    order = np.argsort(keys, kind="stable")
    wanted = users + listed.items
    place = np.minimum(np.searchsorted(keys, wanted, sorter=order), len(keys) - 1)
    cell = order[place]
    there = (keys[cell] == wanted) & (listed.items >= 0)
    return top_n(np.where(there, scores.ravel()[cell], listed.scores), length, listed.items)
