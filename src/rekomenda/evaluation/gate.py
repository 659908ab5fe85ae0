"""May it be published? A release that is not proven at least as good as the served one is not."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import NormalDist
from typing import Any, Final, Literal

import numpy as np

from rekomenda.evaluation import gate_words as words
from rekomenda.evaluation.check import Check, Outcome, say
from rekomenda.evaluation.compare import Evaluation
from rekomenda.evaluation.definitions import DEFINITIONS, TASK_DEFINITIONS
from rekomenda.evaluation.difference import Difference, difference
from rekomenda.evaluation.mechanics import Mechanics
from rekomenda.evaluation.tasks import Task
from rekomenda.language import LANGUAGES, Language, Text

FIRST_RUN: Final = Text(
    "The first release: none was in service to compare it with.",
    "A primeira release: não havia outra no ar para comparar.",
)
"""What is said of the release in service where there is none."""


@dataclass(frozen=True)
class GateRules:
    """What a candidate must show.

    Parameters
    ----------
    task : {"all", "again", "unheard", "new_artists"}
    metric : str
        One of `metrics.ACCURACY`.
    cutoff : int
        Its k.
    tolerance : float
        Relative loss against the served release that still counts as equal.
    min_listeners : int
        With fewer nothing is proven.
    min_gain : float, default 0.0
        By how much popularity must be beaten, relative.
    power : float, default 0.8
        The power limit is the loss that so many listeners would show with this probability.
    max_margin : float, default 0.1
        However few listeners, a greater loss than this never counts as equal.
    """

    task: str = "unheard"
    metric: str = "ndcg"
    cutoff: int = 20
    tolerance: float = 0.01
    min_listeners: int = 50
    min_gain: float = 0.0
    power: float = 0.8
    max_margin: float = 0.1


@dataclass(frozen=True)
class Verdict:
    """The decision, and every check behind it.

    `standing` is `unproven` where too few listeners came back to prove the model against
    popularity, and it is published all the same because nothing better is in service.
    """

    decision: Literal["publish", "refuse"]
    standing: Literal["proven", "unproven"]
    checks: tuple[Check, ...]

    @property
    def reasons(self) -> tuple[Text, ...]:
        """Why it was refused; empty where it was not."""
        return tuple(check.text for check in self.checks if check.blocks)

    @property
    def undecided(self) -> bool:
        """Refused only because the data cannot tell: the served release is held, nothing is bad."""
        blocking = {check.outcome for check in self.checks if check.blocks}
        return blocking == {Outcome.UNDECIDED}

    def reasons_in(self, language: Language) -> str:
        """Return the reasons as one line, without the last full stop."""
        return " ".join(reason.render(language) for reason in self.reasons).removesuffix(".")

    def to_json(self) -> dict[str, Any]:
        """Return it ready for JSON, with the definition of every number's metric."""
        return {
            "decision": self.decision,
            "standing": self.standing,
            "undecided": self.undecided,
            "checks": [check.to_json() for check in self.checks],
            "reasons": [
                {language: reason.render(language) for language in LANGUAGES}
                for reason in self.reasons
            ],
        }


def judge(
    candidate: Evaluation,
    popularity: Evaluation,
    champion: Evaluation | None,
    mechanics: Mechanics,
    rules: GateRules,
    *,
    no_champion: Text = FIRST_RUN,
) -> Verdict:
    """Decide whether a candidate may be published.

    Parameters
    ----------
    candidate : Evaluation
        May be `popularity` itself, which then has nothing to beat but the release in service.
    popularity : Evaluation
    champion : Evaluation or None
        The recipe in service, fitted at the same cut; None: there is none, `no_champion` says why.
    mechanics : Mechanics
        Of the lists that would be published.
    rules : GateRules
    no_champion : Text

    Raises
    ------
    ValueError
        If the evaluations are not of the same exam.
    KeyError
        If that exam did not measure what the rules ask for.
    """
    checks = (
        beats_popularity(candidate, popularity, rules),
        not_worse_than_served(candidate, champion, rules, no_champion),
        _model_scores(candidate),
        *mechanics.checks,
    )
    return Verdict(
        decision="refuse" if any(check.blocks for check in checks) else "publish",
        standing="unproven" if any(c.outcome is Outcome.UNPROVEN for c in checks) else "proven",
        checks=checks,
    )


def beats_popularity(candidate: Evaluation, popularity: Evaluation, rules: GateRules) -> Check:
    """Check that the paired difference to popularity is above 0, interval and all."""
    name = "beats_popularity"
    if candidate is popularity:
        text = say(words.IS_POPULARITY, name=candidate.algorithm)
        return Check(name, Outcome.PASSED, np.nan, np.nan, text)
    found = _difference(candidate, popularity, rules, factor=1 + rules.min_gain)
    facts = _facts(found, candidate, popularity, rules)
    if found.n_listeners < rules.min_listeners:
        text = say(words.TOO_FEW, **facts, limit=rules.min_listeners)
        return Check(name, Outcome.UNPROVEN, found.n_listeners, rules.min_listeners, text)
    ahead = found.low > 0
    facts |= {"value": found.value, "low": found.low, "high": found.high}
    text = say(words.AHEAD if ahead else words.NOT_AHEAD, **facts)
    if rules.min_gain:
        more = say(words.NOT_FAR_AHEAD, other=popularity.algorithm, gain=rules.min_gain)
        text = Text(f"{text.en} {more.en}", f"{text.pt} {more.pt}")
    return Check(name, Outcome.PASSED if ahead else Outcome.FAILED, found.low, 0.0, text)


def not_worse_than_served(
    candidate: Evaluation,
    champion: Evaluation | None,
    rules: GateRules,
    no_champion: Text = FIRST_RUN,
) -> Check:
    """Check that the relative paired difference to the served recipe is above the margin.

    The same recipe ranks exactly alike and passes however few listeners there are; anything else
    needs `min_listeners`. An interval on both sides of the margin decides nothing.
    """
    name = "not_worse_than_served"
    if champion is None:
        return Check(name, Outcome.PASSED, np.nan, np.nan, no_champion)
    found = _difference(candidate, champion, rules)
    facts = _facts(found, candidate, champion, rules)
    if found.identical:
        return Check(name, Outcome.PASSED, 0.0, 0.0, say(words.SAME, **facts))
    if found.n_listeners < rules.min_listeners:
        text = say(words.HELD_TOO_FEW, **facts, limit=rules.min_listeners)
        return Check(name, Outcome.UNDECIDED, found.n_listeners, rules.min_listeners, text)
    if found.other <= 0:
        return Check(name, Outcome.PASSED, np.nan, np.nan, say(words.NOTHING_TO_LOSE, **facts))
    margin = margin_of(found, candidate.exam.bootstrap.confidence, rules)
    facts |= {
        "relative": found.relative,
        "low": found.relative_low,
        "high": found.relative_high,
        "margin": margin,
    }
    if found.relative_low >= -margin:
        outcome, text = Outcome.PASSED, words.AS_GOOD
    elif found.relative_high < -margin:
        outcome, text = Outcome.FAILED, words.WORSE
    else:
        outcome, text = Outcome.UNDECIDED, words.CANNOT_TELL
    return Check(name, outcome, found.relative_low, -margin, say(text, **facts))


def margin_of(found: Difference, confidence: float, rules: GateRules) -> float:
    """Return the relative loss that counts as none: the tolerance, or more if it cannot be seen.

    The power limit is the smallest true difference that this many listeners would show with
    probability `power`: (z(confidence) + z(power)) standard errors of the paired difference
    (J. Cohen, "Statistical Power Analysis for the Behavioral Sciences", 1988). It never widens
    the margin beyond `max_margin`, so a noisy candidate cannot buy itself room.
    """
    normal = NormalDist()
    errors = normal.inv_cdf((1 + confidence) / 2) + normal.inv_cdf(rules.power)
    limit = min(errors * found.relative_error, max(rules.max_margin, rules.tolerance))
    return max(rules.tolerance, limit)


def definitions(rules: GateRules) -> tuple[Text, Text]:
    """Return what the gate's task and metric mean: to be printed beside its numbers."""
    return TASK_DEFINITIONS[rules.task], DEFINITIONS[rules.metric]


def _model_scores(candidate: Evaluation) -> Check:
    count = candidate.bad_scores
    text = say(words.SCORES, name=candidate.algorithm, count=count)
    return Check("model_scores", Outcome.FAILED if count else Outcome.PASSED, count, 0.0, text)


def _difference(
    candidate: Evaluation, other: Evaluation, rules: GateRules, *, factor: float = 1.0
) -> Difference:
    return difference(candidate, other, Task(rules.task), rules.metric, rules.cutoff, factor=factor)


def _facts(
    found: Difference, candidate: Evaluation, other: Evaluation, rules: GateRules
) -> dict[str, Any]:
    return {
        "name": candidate.algorithm,
        "other": other.algorithm,
        "task": words.TASKS[Task(rules.task)],
        "metric": rules.metric,
        "k": rules.cutoff,
        "ours": found.candidate,
        "theirs": found.other,
        "listeners": found.n_listeners,
    }
