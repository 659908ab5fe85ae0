"""Behaviour: what listeners would see, held against what they see today."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from rekomenda.evaluation.check import Check, Outcome, say
from rekomenda.evaluation.gate.rules import GateRules
from rekomenda.evaluation.tasks import is_member
from rekomenda.language import Text

Bools = NDArray[np.bool_]
Items = NDArray[np.int32]

FIRST: Final = 10
"""Tracks from the top of a list that are compared."""
FREE_TOP_SHARE: Final = 0.05
"""A track that stands in fewer of the lists is never shown too often."""

_NOTHING_SERVED: Final = Text(
    "There are no lists in service to compare with.", "Não há listas no ar para comparar."
)
_TOP: Final = Text(
    "The most recommended track stands in {share:.1%} of the lists, {limit:.1%} at most "
    "({served:.1%} in service).",
    "A faixa mais recomendada está em {share:.1%} das listas, no máximo {limit:.1%} "
    "({served:.1%} na release no ar).",
)
_TOP_FIRST: Final = Text(
    "The most recommended track stands in {share:.1%} of the lists; none is in service to compare "
    "with.",
    "A faixa mais recomendada está em {share:.1%} das listas; não há outra no ar para comparar.",
)
_POPULAR_SERVED: Final = Text(
    "In service are the same popular lists for everybody: nobody loses lists of their own.",
    "No ar estão as mesmas listas populares para todos: ninguém perde listas próprias.",
)
_OVERLAP: Final = Text(
    "Half of {listeners:n} {listeners:listener|listeners} keep at least {median:.0%} of the first {first:n} {first:track|tracks}, as far "
    "as both releases could show them; {limit:.0%} is asked for.",
    "Metade de {listeners:n} {listeners:ouvinte|ouvintes} mantém ao menos {median:.0%} das {first:n} primeiras faixas, "
    "entre as que as duas releases podiam mostrar; pede-se {limit:.0%}.",
)
_CHANGED: Final = Text(
    "The lists are mostly new: half of {listeners:n} {listeners:listener|listeners} keep at most {median:.0%} of the first "
    "{first:n} {first:track|tracks}, and {limit:.0%} is asked for. If that is wanted: `rekomenda run "
    "--accept-change`.",
    "As listas são quase todas novas: metade de {listeners:n} {listeners:ouvinte|ouvintes} mantém no máximo "
    "{median:.0%} das {first:n} primeiras faixas, e pede-se {limit:.0%}. Se é o que se quer: "
    "`rekomenda run --accept-change`.",
)
_ACCEPTED: Final = Text(
    "The lists are mostly new (half of {listeners:n} {listeners:listener|listeners} keep at most {median:.0%} of the first "
    "{first:n} {first:track|tracks}), and a person has said yes to that.",
    "As listas são quase todas novas (metade de {listeners:n} {listeners:ouvinte|ouvintes} mantém no máximo "
    "{median:.0%} das {first:n} primeiras faixas), e uma pessoa disse sim a isso.",
)
_LOST: Final = Text(
    "{lost:n} of {listeners:n} {listeners:listener|listeners} served today ({share:.1%}) are without "
    "lists now; at most {limit:.1%} is accepted.",
    "{lost:n} de {listeners:n} {listeners:ouvinte atendido|ouvintes atendidos} hoje ({share:.1%}) "
    "ficam sem listas; aceita-se no máximo {limit:.1%}.",
)
_ERASED: Final = Text(
    "{count:n} {count:listener|listeners} who asked to be forgotten {count:is|are} in the release.",
    "{count:n} {count:ouvinte que pediu|ouvintes que pediram} para ser {count:esquecido|esquecidos} "
    "na release.",
)
_BLOCKED: Final = Text(
    "{count:n} of the shown tracks and artists are taken down{example}.",
    "{count:n} das faixas e artistas mostrados foram retirados{example}.",
)
_EXAMPLE: Final = Text(", such as {name}", ", como {name}")
_SUPPORT: Final = Text(
    "{count:n} of {pairs:n} published similarities rest on fewer than {limit:n} {limit:listener|listeners}.",
    "{count:n} de {pairs:n} semelhanças publicadas se apoiam em menos de {limit:n} {limit:ouvinte|ouvintes}.",
)


@dataclass(frozen=True, eq=False)
class Shown:
    """The `for_you` lists of two releases, for the same n listeners over the same I tracks.

    Parameters
    ----------
    ours, theirs : ndarray of int32, shape (n, N)
        Items by rank, -1 behind the end of a list, or for a track that is not known now. `theirs`
        are those in service.
    personal : ndarray of bool, shape (n,)
        Whether theirs was a list of their own.
    barred : ndarray of int64
        (row, item) pairs that ours could not hold, as row * I + item, ascending: heard, or resting
        since they were shown often and not played.
    known_then : ndarray of bool, shape (I,)
        Tracks that the release in service could show.
    hidden : ndarray of bool, shape (I,)
        Tracks that may not be shown now.
    """

    ours: Items
    theirs: Items
    personal: Bools
    barred: NDArray[np.int64]
    known_then: Bools
    hidden: Bools

    def overlaps(self) -> NDArray[np.float64]:
        """Return the Jaccard overlap of the first ten of each list of their own.

        Over what both could show: a track that is new, gone, taken down, heard in between or
        resting could not stand in both lists, so it does not count as change. Shape (m,); who had
        no such track in either list is left out.
        """
        n_items, rows = len(self.hidden), np.flatnonzero(self.personal)
        theirs, ours = self.theirs[rows], self.ours[rows]
        users = rows[:, None].astype(np.int64)
        may_stay = (theirs >= 0) & ~self.hidden[theirs]
        may_stay &= ~is_member(users * n_items + theirs, self.barred)
        was_there = (ours >= 0) & self.known_then[ours]
        both = [
            np.where(kept & (np.cumsum(kept, axis=1) <= FIRST), items, -1)
            for kept, items in ((was_there, ours), (may_stay, theirs))
        ]
        sizes = [np.count_nonzero(items >= 0, axis=1) for items in both]
        keys = [np.sort((users * n_items + items)[items >= 0]) for items in both]
        in_both = keys[0][is_member(keys[0], keys[1])] // max(n_items, 1)
        shared = np.bincount(in_both, minlength=len(self.ours))[rows]
        union = sizes[0] + sizes[1] - shared
        return np.asarray(shared[union > 0] / union[union > 0], np.float64)


@dataclass(frozen=True, eq=False)
class BehaviourFacts:
    """What a release would show.

    Parameters
    ----------
    ours : ndarray of int32, shape (m, N)
        `for_you` of a sample of listeners, by rank, -1 behind the end.
    shown : Shown or None
        Beside what is in service; None: nothing is.
    listeners_then, listeners_lost : int
        Listeners of the release in service, and those of them who are without lists now.
    erased : int
        Listeners who asked to be forgotten and are in the release.
    blocked : tuple of str
        Ids of shown tracks and artists that are taken down.
    pairs, weak_pairs : int
        Published similarities that were looked at, and those with too few listeners behind them.
    min_support : int
    """

    ours: Items
    shown: Shown | None
    listeners_then: int
    listeners_lost: int
    erased: int
    blocked: tuple[str, ...]
    pairs: int
    weak_pairs: int
    min_support: int


def behaviour_checks(facts: BehaviourFacts, rules: GateRules) -> tuple[Check, ...]:
    """Check what listeners would see."""
    return (
        _no_track_is_everywhere(facts, rules),
        _lists_keep_something(facts.shown, rules),
        _listeners_are_kept(facts, rules),
        _erased_are_gone(facts),
        _nothing_is_blocked(facts),
        _similarities_have_support(facts),
    )


def top_share(items: Items) -> float:
    """Return the share of lists with the most recommended track among their first ten; 0 without."""
    first = items[:, :FIRST]
    n_lists = np.count_nonzero((first >= 0).any(axis=1))
    return float(np.bincount(first[first >= 0]).max() / n_lists) if n_lists else 0.0


def _no_track_is_everywhere(facts: BehaviourFacts, rules: GateRules) -> Check:
    name, share = "no_track_is_everywhere", top_share(facts.ours)
    served = 0.0 if facts.shown is None else top_share(facts.shown.theirs)
    if served == 0.0:
        return _check(name, Outcome.PASSED, share, np.nan, say(_TOP_FIRST, share=share))
    limit = min(max(rules.max_top_share * served, FREE_TOP_SHARE), 1.0)
    text = say(_TOP, share=share, served=served, limit=limit)
    outcome = Outcome.PASSED if share <= limit else Outcome.FAILED
    return _check(name, outcome, share, limit, text)


def _lists_keep_something(shown: Shown | None, rules: GateRules) -> Check:
    name = "lists_keep_something"
    if shown is None:
        return _check(name, Outcome.PASSED, np.nan, np.nan, _NOTHING_SERVED)
    overlaps = shown.overlaps()
    if len(overlaps) == 0:
        return _check(name, Outcome.PASSED, np.nan, np.nan, _POPULAR_SERVED)
    median, limit = float(np.median(overlaps)), rules.min_overlap
    outcome, words = Outcome.PASSED, _OVERLAP
    if median < limit:
        words = _ACCEPTED if rules.accept_change else _CHANGED
        outcome = Outcome.PASSED if rules.accept_change else Outcome.UNDECIDED
    text = say(words, listeners=len(overlaps), median=median, limit=limit, first=FIRST)
    return _check(name, outcome, median, limit, text)


def _listeners_are_kept(facts: BehaviourFacts, rules: GateRules) -> Check:
    name, limit = "listeners_are_kept", rules.max_listeners_lost
    if not facts.listeners_then:
        return _check(name, Outcome.PASSED, np.nan, np.nan, _NOTHING_SERVED)
    share = facts.listeners_lost / facts.listeners_then
    text = say(
        _LOST,
        lost=facts.listeners_lost,
        listeners=facts.listeners_then,
        share=share,
        limit=limit,
    )
    outcome = Outcome.PASSED if share <= limit else Outcome.FAILED
    return _check(name, outcome, share, limit, text)


def _erased_are_gone(facts: BehaviourFacts) -> Check:
    text = say(_ERASED, count=facts.erased)
    return _none("erased_are_gone", facts.erased, text, forceable=False)


def _nothing_is_blocked(facts: BehaviourFacts) -> Check:
    example = say(_EXAMPLE, name=facts.blocked[0]) if facts.blocked else ""
    text = say(_BLOCKED, count=len(facts.blocked), example=example)
    return _none("nothing_is_blocked", len(facts.blocked), text, forceable=False)


def _similarities_have_support(facts: BehaviourFacts) -> Check:
    text = say(_SUPPORT, count=facts.weak_pairs, pairs=facts.pairs, limit=facts.min_support)
    return _none("similarities_have_support", facts.weak_pairs, text)


def _none(name: str, count: int, text: Text, *, forceable: bool = True) -> Check:
    """Return a check that nothing of a kind was found."""
    outcome = Outcome.FAILED if count else Outcome.PASSED
    return Check(name, outcome, count, 0.0, text, "behaviour", forceable)


def _check(name: str, outcome: Outcome, measured: float, limit: float, text: Text) -> Check:
    return Check(name, outcome, measured, limit, text, "behaviour")
