"""Lists of a blend from candidates: each member proposes, and only what is proposed is blended.

What is best by a weighted sum is nearly always among the best by one of its parts. (R. Fagin, A.
Lotem, M. Naor, "Optimal Aggregation Algorithms for Middleware", JCSS 66, 2003, know when to be
sure; that takes looking at most of the catalogue.) So every member proposes, for every list, its
best `PROPOSED` of what the list may hold, and all members score what any of them proposed. How
large a member's scores are is told by what it proposes of all unheard tracks. The tracks that a
listener has heard are few, and all of them are candidates.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
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
from rekomenda.models.lists.asked import Asked, AskedTwice
from rekomenda.models.lists.rules import Heaps, Wanted, lengths_of

Bools = NDArray[np.bool_]
Members: TypeAlias = Sequence[BlendedMember]
EXACT_UP_TO: Final = 8000
"""Tracks of a catalogue that is scored as a whole: candidates would save nothing. With the shelves of a
release, four lists of 200 and more candidates, they took 1.4 times as long for 5,000 tracks."""
PROPOSED: Final = 64
"""How many tracks each member proposes for a list, at least; as many as are listed, if those are more."""
FOR_SCALE: Final = 2 * DEPTH
"""How many it proposes to tell its scale, which are the `DEPTH` best of these: more, as not every
member proposes by its very scores."""
LISTENERS: Final = 128
"""Listeners of a block: what members keep of them between proposing and scoring stays small."""


def best_of_blend(
    members: Members,
    say: Say,
    heard_scores: Callable[[Heard, Sequence[Float32]], Float32],
    histories: Histories,
    wanted: Wanted,
    *,
    parts: dict[int, Float32] | None = None,
) -> list[TopN]:
    """Rank a block of listeners by several rules.

    `heard_scores` is `FittedBlend.heard_scores`: what the members together say of heard tracks.

    Scores are those of `FittedBlend.score` but for rounding, and for what a scale owes to tracks
    that its member did not propose. What a rule gives does not depend on the others.
    If it is given, `parts` is told each member's part of the scores of the first list, which holds
    unheard tracks only, by the member's place; nothing is made up there for absent members.

    Time: the members' proposals; one score of each member for each candidate, about `PROPOSED`
    times members for each rule. Memory: 5 + R bytes for each candidate, three times that at once, and
    what the members keep (`linear/asked.py`).
    """
    from rekomenda.models.lists.candidate_kernels import offer_cells  # noqa: PLC0415 - numba takes a while to import
    from rekomenda.models.lists.selecting import ranked  # noqa: PLC0415 - as above

    heard = Heard.of(histories)
    shares = say.shares(histories)
    asked = [
        _Member(each.place, share, ask(each.model, histories))
        for each, share in zip(members, shares.T, strict=True)
        if each.unheard > 0
    ]
    found = Proposed.of(asked, heard, wanted)
    lengths = lengths_of(wanted)
    best = Heaps.empty(len(histories), len(wanted), int(lengths[-1]))
    starts = np.arange(len(histories) + 1) * found.items.shape[1]
    for_lists = found.member.reshape(len(wanted), -1)
    scores = _unheard_scores(asked, say, shares, found).ravel()
    offer_cells(starts, found.items.ravel(), scores, for_lists, lengths, best)
    may = np.array([_may_hold(rule, heard) for _, rule in wanted]).reshape(len(wanted), -1)
    if may.any():
        starts = np.searchsorted(heard.users, np.arange(len(histories) + 1))
        scores = heard_scores(heard, all_of_heard(members, histories))
        offer_cells(starts, heard.items, scores, may, lengths, best)
    lists = ranked(lengths, best)
    if parts is not None:
        for member, scale in zip(asked, found.scales, strict=True):
            parts[member.place] = member.part(lists[0].items, scale)[0]
    return lists


@dataclass(frozen=True, eq=False)
class _Member:
    """A member that has a say of unheard tracks, asked for B listeners; `share` (B,) is how much."""

    place: int
    share: Float32
    asked: Asked

    def scale(self, best: TopN) -> Float32:
        """Return how large its scores are, (B,), of the best unheard tracks it proposes."""
        return scale_by(self.asked, best)

    def part(self, items: Int32, scale: Float32) -> tuple[Float32, Bools]:
        """Return what it adds to the score of each of `items` (B, C), and where it says anything."""
        scores = self.asked.score(np.ascontiguousarray(items))
        opinion = scores > -np.inf
        return np.where(opinion, scores, 0) * (self.share / scale)[:, None], opinion


def scale_by(asked: Asked, best: TopN) -> Float32:
    """Return how large a model's scores are, (B,), of the `FOR_SCALE` best unheard it proposes."""
    if asked.exact:
        return scale_of(best.scores[:, :DEPTH])  # the best come first
    return scale_of(asked.score(np.ascontiguousarray(best.items)))


def scale_in(model: FittedModel, histories: Histories, heard: Heard) -> Float32:
    """Return how large a model's scores of unheard tracks are, (B,), without scoring them all."""
    asked = ask(model, histories)
    (best,) = asked.propose([(FOR_SCALE, Eligible(excluded=heard.sets))])
    return scale_by(asked, best)


def ask(model: FittedModel, histories: Histories) -> Asked:
    """Get any model ready to propose and to score."""
    if isinstance(model, Fitted):
        return model.ask(histories)
    return AskedTwice(
        exact=True,
        proposing=lambda wanted: model.top_n_each(histories, wanted),
        scoring=lambda items: model.score(histories, items),
    )


@dataclass(frozen=True, eq=False)
class Proposed:
    """What M members proposed to B listeners for R lists.

    Parameters
    ----------
    items : ndarray of int32, shape (B, C)
        Each once; -1 behind the last.
    member : ndarray of bool, shape (R, B, C)
        For which lists.
    scales : ndarray of float32, shape (M, B)
        How large each member's scores are.
    """

    items: Int32
    member: Bools
    scales: Float32

    @classmethod
    def of(cls, members: Sequence[_Member], heard: Heard, wanted: Wanted) -> Proposed:
        """Ask every member once, for lists that hold all unheard tracks together with the scale."""
        from rekomenda.models.lists.candidate_kernels import unite  # noqa: PLC0415 - numba takes a while to import

        own = heard.sets
        lengths = [max(n, PROPOSED) for n, _ in wanted]
        plain = [_is_all_unheard(rule, own) for _, rule in wanted]
        together = max(
            [FOR_SCALE, *(n for n, is_plain in zip(lengths, plain, strict=True) if is_plain)]
        )
        questions = [(together, Eligible(excluded=own))]
        places = []
        for (_, rule), n, is_plain in zip(wanted, lengths, plain, strict=True):
            places.append(0 if is_plain else len(questions))
            if not is_plain:
                questions.append((n, _without(rule, own)))
        scales = np.ones((len(members), heard.n_users), np.float32)
        lists: list[Int32] = [np.zeros((heard.n_users, 0), np.int32)]
        for member, scale in zip(members, scales, strict=True):
            answers = member.asked.propose(questions)
            first = answers[0]
            scale[:] = member.scale(TopN(first.items[:, :FOR_SCALE], first.scores[:, :FOR_SCALE]))
            lists += [answers[at].items[:, :n] for at, n in zip(places, lengths, strict=True)]
        everything = np.concatenate(lists, axis=1)
        belongs = np.tile(np.repeat(np.arange(len(wanted)), lengths), len(members))
        items = np.full(everything.shape, -1, np.int32)
        member_of = np.zeros((len(wanted), *everything.shape), np.bool_)
        most = unite(everything, belongs, heard.n_items, items, member_of)
        return cls(np.ascontiguousarray(items[:, :most]), member_of[:, :, :most], scales)


def _is_all_unheard(rule: Eligible, own: ItemSets) -> bool:
    """Tell a list for which every track may stand that was not heard, and nothing else."""
    if rule.only is not None or rule.excluded is None:
        return False
    if rule.hidden is not None and rule.hidden.any():
        return False
    same = np.array_equal(rule.excluded.indptr, own.indptr)
    return same and np.array_equal(rule.excluded.items, own.items)


def _without(rule: Eligible, own: ItemSets) -> Eligible:
    """Return the rule for unheard tracks alone."""
    excluded = own if rule.excluded is None else rule.excluded.union(own)
    return Eligible(excluded=excluded, only=rule.only, hidden=rule.hidden)


def _unheard_scores(
    members: Sequence[_Member], say: Say, shares: Float32, found: Proposed
) -> Float32:
    """Return the score of each candidate, (B, C): the first formula of `fitted`."""
    total = np.zeros(found.items.shape, np.float32)
    said = np.zeros(total.shape, np.bool_)
    for member, scale in zip(members, found.scales, strict=True):
        part, opinion = member.part(found.items, scale)
        total += part
        said |= opinion
    say.make_up(total, shares, found.items)
    return np.where(said, total, np.float32(-np.inf))


def hold_heard(wanted: Wanted, histories: Histories) -> bool:
    """Tell whether one of the lists may hold tracks that its listener has heard."""
    heard = Heard.of(histories)
    return any(_may_hold(rule, heard).any() for _, rule in wanted)


def divided(rule: Eligible, heard: Heard) -> tuple[Eligible, Eligible | None]:
    """Return the rule for unheard tracks alone, and for heard ones if there may be any."""
    may = _may_hold(rule, heard)
    if not may.any():
        return rule, None
    allowed = replace(heard, users=heard.users[may], items=heard.items[may])
    return _without(rule, heard.sets), Eligible(only=allowed.sets)


def _may_hold(rule: Eligible, heard: Heard) -> Bools:
    """Tell which heard tracks (h,) a list may hold."""
    if _is_all_unheard(rule, heard.sets):
        return np.zeros(len(heard.items), np.bool_)
    may = np.ones(len(heard.items), np.bool_)
    if rule.hidden is not None:
        may &= ~rule.hidden[heard.items]
    if rule.excluded is not None:
        may &= ~_holds(rule.excluded, heard)
    if rule.only is not None:
        may &= _holds(rule.only, heard)
    return may


def _holds(sets: ItemSets, heard: Heard) -> Bools:
    """Tell which heard tracks (h,) are in their listener's set."""
    from rekomenda.models.lists.candidate_kernels import mark_members  # noqa: PLC0415 - numba takes a while to import

    own = heard.sets
    found = np.zeros(len(own.items), np.bool_)
    mark_members(own.indptr, own.items, sets.indptr, sets.items, heard.n_items, found)
    return found


def all_of_heard(members: Members, histories: Histories) -> list[Float32]:
    """Return each member's scores of what every listener has heard, (h,) each; 0 without a say."""
    return [
        of_heard(each.model, histories)
        if each.heard > 0
        else np.zeros(int(np.count_nonzero(histories.known)), np.float32)
        for each in members
    ]


def of_heard(model: FittedModel, histories: Histories) -> Float32:
    """Return a member's scores of each listener's own heard tracks, (h,)."""
    heard = histories.heard
    found = np.empty(len(heard.items), np.float32)
    for rows, length in padded_rows(heard, 4 * len(heard)):
        users = pad(heard, rows, length)
        own = np.where(users.filled, users.items, np.int32(-1))
        found[users.cells[users.filled]] = model.score(histories.rows(rows), own)[users.filled]
    return found
