"""How far short histories are believed, and tracks that nobody liked judged by those who can place them.

Both are chosen on the validation, after the weights. Those were found for everybody alike; where the say
of plays grows with their number, it may end higher. So the weights of members that need plays are tried
times a few numbers together with each prior. A validation has few newcomers: see `short`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from itertools import product
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from rekomenda.domain.interactions import Histories
from rekomenda.evaluation.exam import Exam
from rekomenda.evaluation.tasks import Task
from rekomenda.models.blend.member import BlendedMember
from rekomenda.models.blend.say import Say
from rekomenda.tuning.pool import Pool, ndcg_of, unheard_by
from rekomenda.tuning.short import LEAST_SHORT, short_histories

Floats = NDArray[np.float64]
Float32 = NDArray[np.float32]

LISTENER_PRIORS: Final = (0.0, 1.0, 2.0, 4.0, 8.0, 16.0, 32.0)
OWN_TIMES: Final = (1.0, 1.4, 2.0, 3.0)
ABSENT_SHARES: Final = (0.0, 0.25, 0.5, 0.75, 1.0)


@dataclass(frozen=True)
class SayTrial:
    """What was found; gains in NDCG@20 of unheard tracks are means over listeners.

    Parameters
    ----------
    listener_prior, absent_share : float
        As `blend` takes them.
    own_times : float
        What the weights of members that need plays are multiplied by, before all are made to sum to 1.
    short_histories : int
        How many there were to choose by.
    prior_adds, short_adds : float
        What `listener_prior` and `own_times` gain on the validation, and on the short histories.
    absent_adds, cold_adds : float
        What `absent_share` gains beside it; and what tracks that a member cannot place bring to that.
    """

    listener_prior: float = 0.0
    absent_share: float = 0.0
    own_times: float = 1.0
    short_histories: int = 0
    prior_adds: float = 0.0
    short_adds: float = 0.0
    absent_adds: float = 0.0
    cold_adds: float = 0.0

    def to_json(self) -> dict[str, Any]:
        """Return what a manifest keeps."""
        return {name: round(value, 6) for name, value in asdict(self).items()}


@dataclass(frozen=True, eq=False)
class _Told:
    """What members say of listeners of whom so much is known."""

    known: Histories
    pool: Pool
    items: NDArray[np.int32]

    @classmethod
    def of(
        cls,
        members: Sequence[BlendedMember],
        exam: Exam,
        rows: NDArray[np.intp],
        known: Histories,
    ) -> _Told:
        pool, items = unheard_by([each.model for each in members], exam, rows, known)
        return cls(known, pool, items)

    def scores(self, say: Say) -> Float32:
        """Return what the blend says of each track, (n, W)."""
        shares = say.shares(self.known)
        total = np.einsum("nm,mnw->nw", shares, self.pool.values)
        say.make_up(total, shares, self.items)
        return np.where(self.pool.there, total, np.float32(-np.inf))

    def ndcg(self, say: Say) -> Floats:
        """Return NDCG@20 of each listener, (n,)."""
        return self.pool.ndcg(self.scores(say))

    def ndcg_of_unplaced(self, say: Say) -> Floats:
        """Return what tracks that a member cannot place bring to it, (n,)."""
        beyond = np.any(say.unplaced[say.unheard > 0], axis=0, keepdims=True)[0, self.items]
        return ndcg_of(self.scores(say), self.pool.hits & beyond, self.pool.n_relevant)


def find_say(members: Sequence[BlendedMember], exam: Exam, seed: int) -> tuple[SayTrial, Floats]:
    """Choose `listener_prior`, then `absent_share`, for members whose weights are chosen.

    The prior is the one that gains most, counting the validation's listeners and the short histories
    alike, among those that do not lose on the validation. The share is the largest that brings up tracks
    played later and with which the blend still is no worse there than it was without either.

    Returns
    -------
    found : SayTrial
    weights : ndarray of float64, shape (M,)
        The members' weights for unheard tracks, of sum 1.
    """
    say = Say.of(members, 1.0, 1.0)
    rows = np.flatnonzero(exam.relevant[Task.UNHEARD].counts > 0)
    whole = _Told.of(members, exam, rows, exam.train.rows(rows))
    found = SayTrial()
    speak = say.unheard > 0
    if say.own[speak].any() and not say.own[speak].all():
        long, cut = short_histories(exam, seed, least=1)
        if len(long) >= LEAST_SHORT:
            found = _find_prior(say, whole, _Told.of(members, exam, long, cut))
    if say.unplaced[speak].any():
        found = _find_share(say, whole, found)
    weights = _tilted(say, found.own_times).unheard.astype(np.float64)
    return found, np.round(weights, 3)


def _find_prior(say: Say, whole: _Told, short: _Told) -> SayTrial:
    plain = replace(say, listener_prior=0.0, absent_share=0.0)
    base = whole.ndcg(plain), short.ndcg(plain)
    best = SayTrial(short_histories=len(base[1]))
    for times, prior in product(OWN_TIMES, LISTENER_PRIORS[1:]):
        tried = replace(_tilted(plain, times), listener_prior=prior)
        adds, short_adds = (
            float((told.ndcg(tried) - before).mean())
            for told, before in zip((whole, short), base, strict=True)
        )
        if adds >= 0 and adds + short_adds > best.prior_adds + best.short_adds + 1e-9:
            best = replace(best, listener_prior=prior, own_times=times)
            best = replace(best, prior_adds=adds, short_adds=short_adds)
    return best


def _tilted(say: Say, times: float) -> Say:
    """Give members that need plays so many times their weight; all sum to what they summed to."""
    weights = say.unheard * np.where(say.own, np.float32(times), np.float32(1))
    return replace(say, unheard=weights * (say.unheard.sum() / weights.sum()))


def _find_share(say: Say, whole: _Told, found: SayTrial) -> SayTrial:
    tilted = _tilted(say, found.own_times)
    prior = replace(tilted, listener_prior=found.listener_prior, absent_share=0.0)
    base, cold = whole.ndcg(prior), whole.ndcg_of_unplaced(prior)
    for share in ABSENT_SHARES[:0:-1]:
        tried = replace(prior, absent_share=share)
        adds = float((whole.ndcg(tried) - base).mean())
        cold_adds = float((whole.ndcg_of_unplaced(tried) - cold).mean())
        if found.prior_adds + adds >= 0 and cold_adds > 0:
            return replace(found, absent_share=share, absent_adds=adds, cold_adds=cold_adds)
    return found
