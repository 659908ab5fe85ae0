"""A fitted blend: members' scores on a common scale, added up; and whose say a reason is.

For a listener u and a member m with scores s_m let c_m be the mean of its 20 best scores among the
tracks that u has not heard, μ_m and σ_m mean and standard deviation over those u has. With weights w
and r of sum 1 each,

    score(u, i) = Σ_m a_m s_m(u, i) / c_m / made_up(u, i)                  for unheard i
    score(u, i) = level + spread Σ_m r_m (s_m(u, i) - μ_m) / σ_m           for heard i

with a_m = w_m and nothing made up unless `say` tells otherwise, so that 1 is where the best unheard
tracks lie. A member without an opinion adds 0, which for scores
that add up from plays is what it says; of a heard track it counts as saying the least it says of any.
The division keeps each member's order and lets the contributions of the listener's plays still sum to
the score. It takes nothing but the listener's own best tracks, so it is the same whoever else is asked
for. Lists of a large catalogue are made from candidates: see `lists`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from rekomenda.domain.interactions import Histories
from rekomenda.domain.models import Evidence, Naming
from rekomenda.domain.top_n import TopN, top_n
from rekomenda.language import Text
from rekomenda.models.additive import Additive
from rekomenda.models.base import Arrays, Fitted, Float32, Int32, best_of_scores
from rekomenda.models.blend.lists import (
    EXACT_UP_TO,
    LISTENERS,
    all_of_heard,
    best_of_blend,
    hold_heard,
    of_heard,
    scale_in,
)
from rekomenda.models.blend.member import BlendedMember
from rekomenda.models.blend.reasons import reasons
from rekomenda.models.blend.say import Say
from rekomenda.models.blend.scale import Heard, heard_parts, scale_of
from rekomenda.models.blocks import run_blocks, slices
from rekomenda.models.lists.rules import Wanted


@dataclass(frozen=True, eq=False)
class FittedBlend(Fitted):
    """A weighted sum of models.

    Parameters
    ----------
    members : tuple of BlendedMember
        At least one.
    heard_level, heard_spread : float
    say : Say
        How much each member counts for whom, of unheard tracks.
    left_out : dict of algorithm to Text
        Members of the recipe that could not learn from the data, and why; empty once restored.
    """

    members: tuple[BlendedMember, ...]
    heard_level: float
    heard_spread: float
    say: Say
    left_out: Mapping[str, Text] = field(default_factory=dict)

    @property
    def n_items(self) -> int:
        """I, the number of items it scores."""
        return self.members[0].model.n_items

    @property
    def knows_repeats(self) -> bool:
        """Whether one of those who rank heard tracks does."""
        return any(each.heard > 0 and each.model.knows_repeats for each in self.members)

    def _score(self, histories: Histories) -> Float32:
        return self._all_scores(histories, with_heard=True)

    def _score_at(self, histories: Histories, candidates: Int32) -> Float32:
        """Score candidates; where all were heard nothing else needs to be scored."""
        heard = Heard.of(histories)
        cells = heard.cells_of(candidates)
        if ((cells >= 0) | (candidates < 0)).all():
            again = self.heard_scores(heard, all_of_heard(self.members, histories))
            return np.append(again, np.float32(-np.inf))[cells]
        scores = np.empty(candidates.shape, np.float32)
        for rows in slices(len(histories), 4 * self.n_items):
            scores[rows] = super()._score_at(histories.rows(rows), candidates[rows])
        return scores

    def _all_scores(self, histories: Histories, *, with_heard: bool) -> Float32:
        """Score every item, (B, I); tracks heard before get -inf unless they are asked for."""
        return self._blended(histories, with_heard=with_heard)

    def _blended(
        self,
        histories: Histories,
        parts: dict[int, Float32] | None = None,
        *,
        with_heard: bool = True,
    ) -> Float32:
        """Add the members up, (B, I); each one's part of unheard tracks' scores goes to `parts`.

        Where nobody asks for tracks heard before they get -inf.
        """
        heard = Heard.of(histories)
        total = np.zeros((len(histories), self.n_items), np.float32)
        said = np.zeros(total.shape, np.bool_)
        of_heard: list[Float32] = []
        shares = self.say.shares(histories)
        for member, share in zip(self.members, shares.T, strict=True):
            if not (member.unheard > 0 or (with_heard and member.heard > 0)):
                of_heard.append(np.zeros(len(heard.items), np.float32))  # has no say
                continue
            scores = member.model.score(histories)
            of_heard.append(heard.take_out(scores))
            if member.unheard > 0:
                opinion = scores > -np.inf
                factor = share / scale_of(scores)
                np.copyto(scores, 0, where=~opinion)
                scores *= factor[:, None]
                if parts is not None:
                    parts[member.place] = scores
                total += scores
                said |= opinion
        self.say.make_up(total, shares)
        total[~said] = -np.inf
        if with_heard:
            total[heard.users, heard.items] = self.heard_scores(heard, of_heard)
        return total

    def heard_scores(self, heard: Heard, of_heard: Sequence[Float32]) -> Float32:
        """Return the scores of heard tracks (h,) from each member's, (h,) each."""
        again = np.zeros(len(heard.items), np.float32)
        said = np.zeros(len(heard.items), np.bool_)
        for member, scores in zip(self.members, of_heard, strict=True):
            if member.heard > 0:
                again += np.float32(member.heard) * heard_parts(scores, heard)
                said |= scores > -np.inf
        placed = np.float32(self.heard_level) + np.float32(self.heard_spread) * again
        return np.where(said, placed, np.float32(-np.inf))

    def _ranked(self, histories: Histories, wanted: Wanted) -> list[TopN]:
        if self._is_small:
            return best_of_scores(
                self._all_scores(histories, with_heard=hold_heard(wanted, histories)), wanted
            )
        return best_of_blend(self.members, self.say, self.heard_scores, histories, wanted)

    @property
    def _block_shape(self) -> tuple[int, int]:
        return super()._block_shape if self._is_small else (0, LISTENERS)

    @property
    def _is_small(self) -> bool:
        """Whether lists are made of all scores."""
        return self.n_items <= EXACT_UP_TO

    def factors(self, histories: Histories, items: Int32) -> list[Float32]:
        """Return what each member's score of each item is multiplied by, (B, n) each."""
        known = Heard.of(histories).holds(items)
        found = [np.zeros(items.shape, np.float32) for _ in self.members]

        def work(rows: slice) -> None:
            block = histories.rows(rows)
            heard, shares = Heard.of(block), self.say.shares(block)
            again_asked = bool(known[rows].any())
            for member, share, factor in zip(self.members, shares.T, found, strict=True):
                asks_heard = again_asked and member.heard > 0
                if not (member.unheard > 0 or asks_heard):
                    continue  # it has no say in any of these
                scale, spread = self._sizes(member, block, heard, asks_heard=asks_heard)
                again = np.float32(self.heard_spread * member.heard) / spread
                unheard = np.repeat((share / scale)[:, None], items.shape[1], axis=1)
                self.say.make_up(unheard, shares, items[rows])
                factor[rows] = np.where(known[rows], again[:, None], unheard)

        bytes_per_row, most = self._block_shape
        run_blocks(work, slices(len(histories), bytes_per_row, most=most))
        return found

    def _sizes(
        self, member: BlendedMember, histories: Histories, heard: Heard, *, asks_heard: bool
    ) -> tuple[Float32, Float32]:
        """Return how large a member's scores of unheard tracks are, and how far heard ones' differ, (B,)."""
        if self._is_small:
            scores = member.model.score(histories)
            own = heard.take_out(scores)
            return scale_of(scores), heard.spread(own)[1]
        one = np.ones(len(histories), np.float32)
        return (
            scale_in(member.model, histories, heard) if member.unheard > 0 else one,
            heard.spread(of_heard(member.model, histories))[1] if asks_heard else one,
        )

    def explain(self, histories: Histories, items: Int32) -> Evidence:
        """Name what adds most to each score: a play, over all members, or a member as a whole."""
        models = [member.model for member in self.members]
        return reasons(models, self.factors(histories, items), histories, items)

    def explain_naming(self, histories: Histories, items: Int32, naming: Naming) -> Evidence:
        """Name what adds most of what may be named: see `domain.models.NamesArtists`."""
        models = [member.model for member in self.members]
        return reasons(models, self.factors(histories, items), histories, items, naming)

    def contributions(self, history: Histories, item: int) -> Float32:
        """Return how much each cell of ONE history adds to the score of an item, (nnz,)."""
        amounts = np.zeros(len(history.items), np.float32)
        factors = self.factors(history, np.array([[item]], np.int32))
        for member, factor in zip(self.members, factors, strict=True):
            amounts += factor[0, 0] * member.model.contributions(history, item)
        return amounts

    def similar_items(self, items: Int32, n: int) -> TopN:
        """Return the n nearest items of each given item by the members that know neighbours.

        A member's nearness counts by its weight, relative to the nearest item it knows.
        """
        best = TopN.empty(len(items), n)
        members = [
            (each.model, np.float32(each.unheard))
            for each in self.members
            if isinstance(each.model, Additive)
        ]

        def work(rows: slice) -> None:
            total = np.zeros((len(items[rows]), self.n_items), np.float32)
            for model, weight in members:
                total += weight * _relative(model, items[rows])
            total[total <= 0] = -np.inf
            block = top_n(total, n)
            best.items[rows], best.scores[rows] = block.items, block.scores

        run_blocks(work, slices(len(items), 4 * self.n_items))
        return best

    def arrays(self) -> Arrays:
        """Return every member's arrays, as `PLACE.NAME`."""
        return {
            f"{member.place}.{name}": array
            for member in self.members
            for name, array in member.model.arrays().items()
        }


def _relative(model: Additive, items: Int32) -> NDArray[np.float32]:
    """Return nearness to each of m items, (m, I), as a part of the greatest; 0 for itself."""
    near = model._similarities(items)
    near[np.arange(len(near)), items] = 0
    np.maximum(near, 0, out=near)
    near /= np.maximum(near.max(axis=1, keepdims=True), np.float32(1e-30))
    return near
