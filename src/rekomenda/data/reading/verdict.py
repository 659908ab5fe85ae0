"""Whether a file is loaded, held or rejected, by the share of its rows that are bad."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from rekomenda.data.reading.rules import HOLDS_THE_FILE, Rule
from rekomenda.errors import (
    DatesAmbiguousError,
    IdsAlteredError,
    InputHeldError,
    InputRejectedError,
    NumbersAmbiguousError,
    TooManyBadRowsError,
    WrongFormatError,
)
from rekomenda.language import Text

_QUESTIONS: dict[Rule, type[InputHeldError]] = {
    Rule.DATE_AMBIGUOUS: DatesAmbiguousError,
    Rule.NUMBER_AMBIGUOUS: NumbersAmbiguousError,
    Rule.IDS_ALTERED: IdsAlteredError,
}
_CLOCK = Text(
    en=" Many dates are in the future: is the exporter's clock, or the time zone, wrong?",
    pt=" Muitas datas no futuro: o relógio de quem exportou, ou o fuso, está errado?",
)
_FUTURE_RATIO = 0.05


@dataclass(frozen=True)
class Limits:
    """How many bad rows a file may have.

    Parameters
    ----------
    hold : float
        Above this share, 0 to 1, a file is held.
    reject : float
        Above this share it is rejected.
    accept : bool
        Whether files that would be held for their bad rows are loaded without them.
    """

    hold: float = 0.05
    reject: float = 0.25
    accept: bool = False


def judge(
    file: str,
    rows: int,
    reasons: Mapping[str, int],
    examples: Mapping[str, str],
    limits: Limits,
) -> InputHeldError | InputRejectedError | None:
    """Return why a file is not loaded, None if it is.

    A row that speaks of the whole file (an id that went through a spreadsheet, a date or a number
    with two readings) holds it, however few there are. What has two readings stays held until
    somebody says which, whatever else is accepted.

    Parameters
    ----------
    rows : int
        All rows of the file.
    reasons : mapping
        Bad rows by rule code.
    examples : mapping
        Original text of one row by rule code.
    """
    bad = sum(reasons.values())
    plainly_bad = bad - sum(reasons.get(rule, 0) for rule in HOLDS_THE_FILE)
    clock = reasons.get(Rule.DATE_FUTURE, 0) > _FUTURE_RATIO * rows
    facts = {"file": file, "rows": rows, "hint": _CLOCK if clock else ""}
    if plainly_bad > limits.reject * rows:
        return WrongFormatError(**facts, bad=plainly_bad, ratio=plainly_bad / rows)
    for rule, error in _QUESTIONS.items():
        if reasons.get(rule) and not (limits.accept and rule is Rule.IDS_ALTERED):
            return error(file=file, bad=reasons[rule], example=examples[rule])
    if bad > limits.hold * rows and not limits.accept:
        return TooManyBadRowsError(**facts, bad=bad, ratio=bad / rows, limit=limits.hold)
    return None
