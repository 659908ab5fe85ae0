"""Data: as much of it as always, none lost, none of it the answers, and not of last month."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from statistics import median
from typing import Final

import numpy as np

from rekomenda.evaluation.check import Check, Outcome, say
from rekomenda.evaluation.gate.rules import GateRules
from rekomenda.language import Text

LAST_DAYS: Final = 7
"""Days that are compared with the same weekdays before them."""
WEEKS: Final = 8
"""Weeks back that the median looks."""
MIN_WEEKS: Final = 3
"""With fewer of them there is no usual day."""
MIN_ROWS: Final = 1000
"""A usual day with fewer rows says nothing: a few listeners who play for hours double it."""

_ROWS: Final = Text(
    "The last {days:n} {days:day|days} brought as many rows as usual: {ratio:.0%} of the median of the same "
    "weekday on {day}, the day furthest from it ({low:.0%} to {high:.0%} is accepted).",
    "Os últimos {days:n} {days:dia|dias} trouxeram tantas linhas quanto sempre: {ratio:.0%} da mediana do "
    "mesmo dia da semana em {day}, o dia mais distante dela (aceita-se de {low:.0%} a {high:.0%}).",
)
_ODD_ROWS: Final = Text(
    "{day} brought {rows:n} {rows:row|rows}, {ratio:.0%} of the median of the same weekday "
    "({usual:n}); {low:.0%} to {high:.0%} is accepted. Is an export missing, or loaded twice?",
    "{day} trouxe {rows:n} {rows:linha|linhas}, {ratio:.0%} da mediana do mesmo dia da semana "
    "({usual:n}); aceita-se de {low:.0%} a {high:.0%}. Falta uma exportação, ou entrou duas vezes?",
)
_NO_USUAL: Final = Text(
    "There are too few days, or too few rows a day, to say what is usual.",
    "Há dias de menos, ou linhas de menos por dia, para dizer o que é normal.",
)
_QUARANTINE: Final = Text(
    "{count:n} of {rows:n} {rows:row|rows} ({share:.2%}) are in quarantine; at most {limit:.2%} "
    "is accepted.",
    "{count:n} de {rows:n} {rows:linha|linhas} ({share:.2%}) em quarentena; aceita-se no máximo "
    "{limit:.2%}.",
)
_UNACCOUNTED: Final = Text(
    "{count:n} of {rows:n} {rows:row|rows} are neither loaded, nor in quarantine, nor repeated.",
    "{count:n} de {rows:n} {rows:linha|linhas} não estão carregadas, nem em quarentena, nem "
    "repetidas.",
)
_LEAKED: Final = Text(
    "{count:n} {count:cell|cells} of what the models are asked for stood in what they learned from.",
    "{count:n} {count:célula|células} do que se pergunta aos modelos estavam no que eles aprenderam.",
)
_FRESH: Final = Text(
    "The newest plays are {age:n} {age:day|days} old; at most {limit:n} is accepted, since they were "
    "{usual:n} {usual:day|days} old when they came.",
    "Os plays mais novos têm {age:n} {age:dia|dias}; aceita-se no máximo {limit:n}, pois tinham "
    "{usual:n} {usual:dia|dias} quando chegaram.",
)
_STALE: Final = Text(
    "The newest plays are {age:n} {age:day|days} old; at most {limit:n} is accepted, since they used "
    "to be {usual:n} {usual:day|days} old when they came. Load what is missing, or name the day: "
    "`rekomenda run --as-of {day}`.",
    "Os plays mais novos têm {age:n} {age:dia|dias}; aceita-se no máximo {limit:n}, pois costumavam "
    "ter {usual:n} {usual:dia|dias} quando chegavam. Carregue o que falta, ou diga o dia: "
    "`rekomenda run --as-of {day}`.",
)
_DAY_NAMED: Final = Text(
    "The day was named by whoever started the run: its age is wanted.",
    "O dia foi dito por quem iniciou a execução: a idade é desejada.",
)


@dataclass(frozen=True)
class DataFacts:
    """What is known of the data of a run.

    Parameters
    ----------
    rows_by_day : mapping of date to int
        Rows of plays in the lake, by the day they are of.
    as_of : date
        The last day that was read.
    rows_in, loaded, quarantined, deduplicated, erased : int
        The accounting of all files in the lake.
    leaked : int
        Cells that were learned from and asked for as well.
    age_days, usual_age_days : int or None
        How old the last day is, and how old the newest plays used to be when they were loaded.
        None: whoever started the run named the day; nothing is known of it.
    """

    rows_by_day: Mapping[date, int]
    as_of: date
    rows_in: int
    loaded: int
    quarantined: int
    deduplicated: int
    leaked: int
    erased: int = 0
    age_days: int | None = None
    usual_age_days: int | None = None


def data_checks(facts: DataFacts, rules: GateRules) -> tuple[Check, ...]:
    """Check what a run has learned from."""
    return (
        _rows_are_as_usual(facts, rules),
        _quarantine_is_small(facts, rules),
        _rows_are_accounted_for(facts),
        _no_answer_was_learned(facts),
        _plays_are_fresh(facts, rules),
    )


def _rows_are_as_usual(facts: DataFacts, rules: GateRules) -> Check:
    name = "rows_are_as_usual"
    ratios = {}
    for back in range(LAST_DAYS):
        day = facts.as_of - timedelta(days=back)
        usual = usual_rows(facts.rows_by_day, day)
        if usual is not None:
            ratios[day] = facts.rows_by_day.get(day, 0) / usual
    if not ratios:
        return _check(name, True, np.nan, np.nan, _NO_USUAL)
    room = {
        day: min(ratio - rules.min_rows, rules.max_rows - ratio) for day, ratio in ratios.items()
    }
    day = min(room, key=lambda each: room[each])
    ratio, usual_then = ratios[day], usual_rows(facts.rows_by_day, day)
    limit = rules.min_rows if ratio < 1 else rules.max_rows
    text = say(
        _ROWS if room[day] >= 0 else _ODD_ROWS,
        days=LAST_DAYS,
        day=day,
        rows=facts.rows_by_day.get(day, 0),
        usual=round(usual_then or 0),
        ratio=ratio,
        low=rules.min_rows,
        high=rules.max_rows,
    )
    return _check(name, room[day] >= 0, ratio, limit, text)


def usual_rows(rows_by_day: Mapping[date, int], day: date) -> float | None:
    """Return the median of the same weekday in the weeks before; None where that says nothing.

    A day without rows between the first and the last counts as 0.
    """
    first = min(rows_by_day, default=day)
    before = [day - timedelta(weeks=weeks) for weeks in range(1, WEEKS + 1)]
    known = [rows_by_day.get(each, 0) for each in before if each >= first]
    if len(known) < MIN_WEEKS or median(known) < MIN_ROWS:
        return None
    return float(median(known))


def _quarantine_is_small(facts: DataFacts, rules: GateRules) -> Check:
    share = facts.quarantined / facts.rows_in if facts.rows_in else 0.0
    limit = rules.max_quarantine
    text = say(_QUARANTINE, count=facts.quarantined, rows=facts.rows_in, share=share, limit=limit)
    return _check("quarantine_is_small", share <= limit, share, limit, text)


def _rows_are_accounted_for(facts: DataFacts) -> Check:
    lost = facts.rows_in - facts.loaded - facts.quarantined - facts.deduplicated
    lost -= facts.erased
    text = say(_UNACCOUNTED, count=lost, rows=facts.rows_in)
    return _check("rows_are_accounted_for", lost == 0, lost, 0.0, text)


def _no_answer_was_learned(facts: DataFacts) -> Check:
    text = say(_LEAKED, count=facts.leaked)
    return _check("no_answer_was_learned", facts.leaked == 0, facts.leaked, 0.0, text)


def _plays_are_fresh(facts: DataFacts, rules: GateRules) -> Check:
    name = "plays_are_fresh"
    if facts.age_days is None or facts.usual_age_days is None:
        return _check(name, True, np.nan, np.nan, _DAY_NAMED)
    limit = rules.max_age_days + max(facts.usual_age_days, 0)
    fresh = facts.age_days <= limit
    text = say(
        _FRESH if fresh else _STALE,
        age=facts.age_days,
        usual=max(facts.usual_age_days, 0),
        limit=limit,
        day=facts.as_of.isoformat(),
    )
    return _check(name, fresh, facts.age_days, limit, text)


def _check(name: str, passed: bool, measured: float, limit: float, text: Text) -> Check:
    outcome = Outcome.PASSED if passed else Outcome.FAILED
    return Check(name, outcome, measured, limit, text, "data")
