"""Quality: ahead of popularity, and not worse than the release in service, for anybody."""

from __future__ import annotations

from collections.abc import Iterator
from statistics import NormalDist
from typing import Any, Final, NamedTuple

import numpy as np

from rekomenda.evaluation.check import Check, Outcome, say
from rekomenda.evaluation.compare import Evaluation
from rekomenda.evaluation.definitions import DEFINITIONS, TASK_DEFINITIONS
from rekomenda.evaluation.difference import Difference, difference, differences
from rekomenda.evaluation.gate import quality_words as words
from rekomenda.evaluation.gate.rules import GateRules
from rekomenda.evaluation.segments import MIN_LISTENERS, Partition
from rekomenda.evaluation.summary import Measure
from rekomenda.evaluation.tasks import Task
from rekomenda.language import Text

FIRST_RUN: Final = Text(
    "The first release: none was in service to compare it with.",
    "A primeira release: não havia outra no ar para comparar.",
)
"""What is said of the release in service where there is none."""

GROUPS: Final = ("activity", "mainstream")
"""Partitions whose worst group is held apart."""


def quality(
    candidate: Evaluation,
    popularity: Evaluation,
    champion: Evaluation | None,
    rules: GateRules,
    *,
    no_champion: Text = FIRST_RUN,
) -> tuple[Check, ...]:
    """Check what a candidate does on the exam.

    Parameters
    ----------
    candidate : Evaluation
        May be `popularity` itself, which then has nothing to beat but the release in service.
    popularity : Evaluation
    champion : Evaluation or None
        The recipe in service, fitted at the same cut; None: there is none, `no_champion` says why.
    rules : GateRules
    no_champion : Text

    Raises
    ------
    ValueError
        If the evaluations are not of the same exam.
    KeyError
        If that exam did not measure what the rules ask for.
    """
    checks = [
        beats_popularity(candidate, popularity, rules),
        not_worse_than_served(candidate, champion, rules, no_champion),
        model_scores(candidate),
    ]
    if champion is not None:
        checks += [_recall_not_worse(candidate, champion, rules)]
        checks += worst_groups(candidate, champion, rules)
    return tuple(checks)


def beats_popularity(candidate: Evaluation, popularity: Evaluation, rules: GateRules) -> Check:
    """Check the lead over popularity: certainly one, and large enough.

    The interval of the paired difference has to lie above 0, and the gain itself has to reach
    `min_gain`. Asking the interval to lie above `min_gain` would take tens of thousands of
    listeners to tell a gain of 12 % from one of 10 %.
    """
    name = "beats_popularity"
    if candidate is popularity:
        text = say(words.IS_POPULARITY, name=candidate.algorithm)
        return _check(name, Outcome.PASSED, np.nan, np.nan, text)
    measure = measure_of(rules)
    found = difference(candidate, popularity, measure)
    facts = _facts(found, candidate, popularity, measure)
    if found.n_listeners < rules.min_listeners:
        text = say(words.TOO_FEW, **facts, limit=rules.min_listeners)
        return _check(name, Outcome.UNPROVEN, found.n_listeners, rules.min_listeners, text)
    facts |= {"value": found.value, "low": found.low, "high": found.high}
    if not found.low > 0:
        return _check(name, Outcome.FAILED, found.low, 0.0, say(words.NOT_AHEAD, **facts))
    if found.relative < rules.min_gain:  # never where popularity finds nothing: NaN
        facts |= {"relative": found.relative, "gain": rules.min_gain}
        text = say(words.NOT_FAR_AHEAD, **facts)
        return _check(name, Outcome.FAILED, found.relative, rules.min_gain, text)
    return _check(name, Outcome.PASSED, found.low, 0.0, say(words.AHEAD, **facts))


def not_worse_than_served(
    candidate: Evaluation,
    champion: Evaluation | None,
    rules: GateRules,
    no_champion: Text = FIRST_RUN,
    *,
    name: str = "not_worse_than_served",
    measure: Measure | None = None,
) -> Check:
    """Check that the relative paired difference to the served recipe is above the margin.

    The same recipe ranks exactly alike and passes however few listeners there are; anything else
    needs `min_listeners`. An interval on both sides of the margin decides nothing.
    """
    if champion is None:
        return _check(name, Outcome.PASSED, np.nan, np.nan, no_champion)
    measure = measure or measure_of(rules)
    found = difference(candidate, champion, measure)
    facts = _facts(found, candidate, champion, measure)
    if found.identical:
        return _check(name, Outcome.PASSED, 0.0, 0.0, say(words.SAME, **facts))
    if found.n_listeners < rules.min_listeners:
        text = say(words.HELD_TOO_FEW, **facts, limit=rules.min_listeners)
        return _check(name, Outcome.UNDECIDED, found.n_listeners, rules.min_listeners, text)
    if found.other <= 0:
        return _check(name, Outcome.PASSED, np.nan, np.nan, say(words.NOTHING_TO_LOSE, **facts))
    margin = margin_of(found, candidate.exam.bootstrap.confidence, rules)
    facts |= {**_ends(found), "margin": margin}
    if found.relative_low >= -margin:
        outcome, text = Outcome.PASSED, words.AS_GOOD
    elif found.relative_high < -margin:
        outcome, text = Outcome.FAILED, words.WORSE
    else:
        outcome, text = Outcome.UNDECIDED, words.CANNOT_TELL
    return _check(name, outcome, found.relative_low, -margin, say(text, **facts))


def _recall_not_worse(candidate: Evaluation, champion: Evaluation, rules: GateRules) -> Check:
    """Check recall, deeper than the main metric: a list is scrolled, not only begun."""
    return not_worse_than_served(
        candidate,
        champion,
        rules,
        name="recall_not_worse",
        measure=Measure(Task(rules.task), "recall", rules.recall_cutoff),
    )


def worst_groups(candidate: Evaluation, champion: Evaluation, rules: GateRules) -> Iterator[Check]:
    """Check that no group of listeners pays for the others: one check for each partition.

    A group may lose `group_tolerance` beyond its own power limit. One that is too small to show a
    loss of `max_margin` cannot hold a release, but one that certainly lost more refuses it.
    """
    for about in GROUPS:
        partition = candidate.exam.partition(about)
        yield _worst_group(candidate, champion, rules, about, partition)


def _worst_group(
    candidate: Evaluation,
    champion: Evaluation,
    rules: GateRules,
    about: str,
    partition: Partition,
) -> Check:
    name = f"worst_{about}_group"
    measure = measure_of(rules)
    judged = [
        _Judged.of(group, found, candidate.exam.bootstrap.confidence, rules)
        for group, found in differences(candidate, champion, measure, partition).items()
        if found.n_listeners >= MIN_LISTENERS and found.other > 0
    ]
    if not judged:
        text = say(words.NO_GROUP, groups=words.GROUPS[about], limit=MIN_LISTENERS)
        return _check(name, Outcome.PASSED, np.nan, np.nan, text)
    worst = min(judged, key=lambda each: each.badness)
    facts = {
        **_facts(worst.found, candidate, champion, measure),
        **_ends(worst.found),
        "group": words.GROUP_NAMES[worst.group],
        "margin": worst.margin,
    }
    text = say(words.OF_WORST_GROUP[worst.outcome], **facts)
    return _check(name, worst.outcome, worst.found.relative_low, -worst.margin, text)


class _Judged(NamedTuple):
    """One group of listeners, and what came of it."""

    group: str
    found: Difference
    margin: float
    outcome: Outcome

    @classmethod
    def of(cls, group: str, found: Difference, confidence: float, rules: GateRules) -> _Judged:
        limit = power_limit(found, confidence, rules)
        margin = rules.group_tolerance + min(limit, rules.max_margin)
        if found.relative_high < -margin:
            outcome = Outcome.FAILED
        elif found.identical or found.relative_low >= -margin or limit > rules.max_margin:
            outcome = Outcome.PASSED
        else:
            outcome = Outcome.UNDECIDED
        return cls(group, found, margin, outcome)

    @property
    def badness(self) -> tuple[int, float]:
        """What orders groups from the worst: how it ended, then how little was left."""
        order = (Outcome.FAILED, Outcome.UNDECIDED, Outcome.PASSED)
        return order.index(self.outcome), self.found.relative_low + self.margin


def power_limit(found: Difference, confidence: float, rules: GateRules) -> float:
    """Return the smallest true loss that so many listeners would show with probability `power`.

    (z(confidence) + z(power)) standard errors of the paired difference (J. Cohen, "Statistical
    Power Analysis for the Behavioral Sciences", 1988).
    """
    normal = NormalDist()
    errors = normal.inv_cdf((1 + confidence) / 2) + normal.inv_cdf(rules.power)
    return errors * found.relative_error


def margin_of(found: Difference, confidence: float, rules: GateRules) -> float:
    """Return the relative loss that counts as none: the tolerance, or more if it cannot be seen.

    The power limit never widens it beyond `max_margin`, so a noisy candidate cannot buy itself
    room.
    """
    limit = min(power_limit(found, confidence, rules), max(rules.max_margin, rules.tolerance))
    return max(rules.tolerance, limit)


def model_scores(candidate: Evaluation) -> Check:
    """Check that every score of the exam was a number; no word of a person helps one that is not."""
    count = candidate.bad_scores
    text = say(words.SCORES, name=candidate.algorithm, count=count)
    outcome = Outcome.FAILED if count else Outcome.PASSED
    return Check("model_scores", outcome, count, 0.0, text, "mechanics", forceable=False)


def measure_of(rules: GateRules) -> Measure:
    """Return the main number of the comparison."""
    return Measure(Task(rules.task), rules.metric, rules.cutoff)


def definitions(rules: GateRules) -> tuple[Text, Text]:
    """Return what the gate's task and metric mean: to be printed beside its numbers."""
    return TASK_DEFINITIONS[rules.task], DEFINITIONS[rules.metric]


def _check(name: str, outcome: Outcome, measured: float, limit: float, text: Text) -> Check:
    return Check(name, outcome, measured, limit, text, "quality")


def _ends(found: Difference) -> dict[str, float]:
    return {
        "relative": found.relative,
        "low": found.relative_low,
        "high": found.relative_high,
    }


def _facts(
    found: Difference, candidate: Evaluation, other: Evaluation, measure: Measure
) -> dict[str, Any]:
    return {
        "name": candidate.algorithm,
        "other": other.algorithm,
        "task": words.TASKS[measure.task],
        "metric": measure.metric,
        "k": measure.k,
        "ours": found.candidate,
        "theirs": found.other,
        "listeners": found.n_listeners,
    }
