"""Lists of a blend from candidates: each member proposes, and only what is proposed is blended.

What is best by a weighted sum is nearly always among the best by one of its parts. (R. Fagin, A.
Lotem, M. Naor, "Optimal Aggregation Algorithms for Middleware", JCSS 66, 2003, know when to be
sure; that takes looking at most of the catalogue.) So every member proposes, for every list, its
best `PROPOSED` of what the list may hold, and all members score what any of them proposed. How
large a member's scores are is told by proposals too, of all unheard tracks. The tracks that a listener
has heard are few, and all of them are candidates.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from rekomenda.domain.eligible import Eligible, ItemSets
from rekomenda.domain.interactions import Histories
from rekomenda.domain.models import FittedModel
from rekomenda.domain.top_n import TopN
from rekomenda.models.base import Fitted, Float32, Int32
from rekomenda.models.blend.member import BlendedMember
from rekomenda.models.blend.say import Say
from rekomenda.models.blend.scale import DEPTH, Heard, scale_of
from rekomenda.models.blocks import pad, padded_rows
from rekomenda.models.lists.rules import Places, Rules, Wanted

Bools = NDArray[np.bool_]
Members: TypeAlias = Sequence[BlendedMember]
EXACT_UP_TO: Final = 4000
"""Tracks of a catalogue that is scored as a whole: candidates would save nothing."""
PROPOSED: Final = 64
"""How many tracks each member proposes for a list, at least; as many as are listed, if those are more."""
FOR_SCALE: Final = 2 * DEPTH
"""How many it proposes to tell its scale, which are the `DEPTH` best of these: more, as not every
member proposes by its very scores."""


def best_of_blend(
    members: Members,
    say: Say,
    heard_scores: Callable[[Heard, Sequence[Float32]], Float32],
    histories: Histories,
    wanted: Wanted,
) -> list[TopN]:
    """Rank a block of listeners by several rules.

    `heard_scores` is `FittedBlend.heard_scores`: what the members together say of heard tracks.

    Scores are those of `FittedBlend.score` but for rounding, and for what a scale owes to tracks
    that nobody proposed. What a rule gives does not depend on the others.

    Time: the members' `propose`; one score of each member for each candidate, about `PROPOSED`
    times members for each rule. Memory: 5 + R bytes for each candidate, three times that at once.
    """
    from rekomenda.models.lists.candidate_kernels import offer_cells  # noqa: PLC0415 - numba takes a while to import
    from rekomenda.models.lists.selecting import ranked  # noqa: PLC0415 - as above

    heard = Heard.of(histories)
    found = Proposed.of(members, histories, heard, wanted)
    rules = Rules.of(wanted, len(histories), Places.all(histories.n_items))
    best = rules.heaps(len(histories))
    starts = np.arange(len(histories) + 1) * found.items.shape[1]
    for_lists = found.member[1:].reshape(len(wanted), -1)
    scores = _unheard_scores(members, say, histories, found).ravel()
    offer_cells(starts, found.items.ravel(), scores, for_lists, rules.lengths, best)
    may = np.array([_may_hold(rule, heard) for _, rule in wanted]).reshape(len(wanted), -1)
    if may.any():
        starts = np.searchsorted(heard.users, np.arange(len(histories) + 1))
        scores = heard_scores(heard, [_of_heard(each.model, histories) for each in members])
        offer_cells(starts, heard.items, scores, may, rules.lengths, best)
    return ranked(rules, best)


@dataclass(frozen=True, eq=False)
class Proposed:
    """What was proposed for B listeners and R lists.

    Parameters
    ----------
    items : ndarray of int32, shape (B, C)
        Each once; -1 behind the last.
    member : ndarray of bool, shape (R + 1, B, C)
        For what: the scale, then each list.
    """

    items: Int32
    member: Bools

    @classmethod
    def of(cls, members: Members, histories: Histories, heard: Heard, wanted: Wanted) -> Proposed:
        """Ask every member that has a say of unheard tracks."""
        from rekomenda.models.lists.candidate_kernels import unite  # noqa: PLC0415 - numba takes a while to import

        own = ItemSets(np.searchsorted(heard.users, np.arange(heard.n_users + 1)), heard.items)
        asked = [(FOR_SCALE, Eligible(excluded=own))]
        asked += [(max(n, PROPOSED), _without(rule, own)) for n, rule in wanted]
        lists = [_proposed(each.model, histories, asked) for each in members if each.unheard > 0]
        if not lists:
            shape = len(asked), len(histories), 0
            return cls(np.zeros(shape[1:], np.int32), np.zeros(shape, np.bool_))
        everything = np.concatenate([best.items for each in lists for best in each], axis=1)
        belongs = np.repeat(np.arange(len(asked)), [n for n, _ in asked])
        items = np.full(everything.shape, -1, np.int32)
        member = np.zeros((len(asked), *everything.shape), np.bool_)
        most = unite(everything, np.tile(belongs, len(lists)), histories.n_items, items, member)
        return cls(np.ascontiguousarray(items[:, :most]), member[:, :, :most])


def _proposed(model: FittedModel, histories: Histories, wanted: Wanted) -> list[TopN]:
    if isinstance(model, Fitted):
        return model.propose(histories, wanted)
    return model.top_n_each(histories, wanted)


def _without(rule: Eligible, own: ItemSets) -> Eligible:
    """Return the rule for unheard tracks alone."""
    excluded = own if rule.excluded is None else rule.excluded.union(own)
    return Eligible(excluded=excluded, only=rule.only, hidden=rule.hidden)


def _unheard_scores(members: Members, say: Say, histories: Histories, found: Proposed) -> Float32:
    """Return the score of each candidate, (B, C): the first formula of `fitted`."""
    total = np.zeros(found.items.shape, np.float32)
    said = np.zeros(total.shape, np.bool_)
    shares = say.shares(histories)
    for member, share in zip(members, shares.T, strict=True):
        if member.unheard > 0:
            scores = member.model.score(histories, found.items)
            opinion = scores > -np.inf
            for_scale = np.where(found.member[0], scores, np.float32(-np.inf))
            factor = share / scale_of(for_scale)
            total += np.where(opinion, scores, 0) * factor[:, None]
            said |= opinion
    say.make_up(total, shares, found.items)
    return np.where(said, total, np.float32(-np.inf))


def _may_hold(rule: Eligible, heard: Heard) -> Bools:
    """Tell which heard tracks (h,) a list may hold."""
    may = np.ones(len(heard.items), np.bool_)
    if rule.hidden is not None:
        may &= ~rule.hidden[heard.items]
    if rule.excluded is not None:
        may &= ~_holds(rule.excluded, heard)
    if rule.only is not None:
        may &= _holds(rule.only, heard)
    return may


def _holds(sets: ItemSets, heard: Heard) -> Bools:
    mine = heard.users.astype(np.int64) * heard.n_items + heard.items
    theirs = sets.users_of_cells.astype(np.int64) * heard.n_items + sets.items
    return np.isin(mine, theirs)


def _of_heard(model: FittedModel, histories: Histories) -> Float32:
    """Return a member's scores of each listener's own heard tracks, (h,)."""
    heard = histories.heard
    found = np.empty(len(heard.items), np.float32)
    for rows, length in padded_rows(heard, 4 * len(heard)):
        users = pad(heard, rows, length)
        own = np.where(users.filled, users.items, np.int32(-1))
        found[users.cells[users.filled]] = model.score(histories.rows(rows), own)[users.filled]
    return found
