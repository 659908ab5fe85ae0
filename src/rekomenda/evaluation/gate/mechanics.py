"""Mechanics: the release works in a process that knows nothing but its files."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from rekomenda.evaluation.check import Check, Outcome, say
from rekomenda.evaluation.gate.rules import GateRules
from rekomenda.language import Text

LOADS: Final = "loads_in_new_process"
"""Name of the check without which there is nothing to look at."""

_NOT_REHEARSED: Final = Text(
    "Not rehearsed: gate.rehearsal_listeners is 0.", "Sem ensaio: gate.rehearsal_listeners é 0."
)
_LOADED: Final = Text(
    "A new process read the release and answered {listeners:n} {listeners:listener|listeners}.",
    "Um processo novo leu a release e respondeu a {listeners:n} {listeners:ouvinte|ouvintes}.",
)
_NOT_LOADED: Final = Text(
    "A new process cannot read the release: {why}",
    "Um processo novo não consegue ler a release: {why}",
)
_SAME: Final = Text(
    "{count:n} of {listeners:n} answers of the new process differ from those of the model that was "
    "trained.",
    "{count:n} de {listeners:n} respostas do processo novo diferem das do modelo treinado.",
)
_NUMBERS: Final = Text(
    "{count:n} {count:score of the new process is no number|scores of the new process are no numbers}.",
    "{count:n} {count:score do processo novo não é número|scores do processo novo não são números}.",
)
_TIME: Final = Text(
    "Of 100 answers 99 take at most {ours:.1f} ms; up to {limit:.1f} ms is accepted.",
    "De 100 respostas, 99 levam no máximo {ours:.1f} ms; aceita-se até {limit:.1f} ms.",
)
_SIZE: Final = Text(
    "The model takes {ours:.1f} MB; up to {limit:.1f} MB is accepted.",
    "O modelo ocupa {ours:.1f} MB; aceita-se até {limit:.1f} MB.",
)
_TIME_ALONE: Final = Text(
    "Of 100 answers 99 take at most {ours:.1f} ms; nothing in service to compare with.",
    "De 100 respostas, 99 levam no máximo {ours:.1f} ms; nada no ar para comparar.",
)
_SIZE_ALONE: Final = Text(
    "The model takes {ours:.1f} MB; nothing in service to compare with.",
    "O modelo ocupa {ours:.1f} MB; nada no ar para comparar.",
)
_REPRODUCED: Final = Text(
    "Two trainings with one seed on {listeners:n} {listeners:listener|listeners} gave equal bytes.",
    "Dois treinos com a mesma semente em {listeners:n} {listeners:ouvinte|ouvintes} deram bytes "
    "iguais.",
)
_NOT_REPRODUCED: Final = Text(
    "Two trainings with one seed on {listeners:n} {listeners:listener|listeners} gave other bytes: "
    "{arrays}.",
    "Dois treinos com a mesma semente em {listeners:n} {listeners:ouvinte|ouvintes} deram bytes "
    "diferentes: {arrays}.",
)
_NOT_TRIED: Final = Text("Training was not repeated: {why}", "O treino não foi repetido: {why}")


@dataclass(frozen=True)
class Rehearsal:
    """What a new process made of a release.

    Parameters
    ----------
    broken : Text or None
        Why it cannot be read; None: it can.
    listeners : int
        So many were answered.
    differing : int
        Answers that are not those of the model in the process that trained it.
    bad_scores : int
        NaN and +infinity among the scores of the listed tracks.
    p99_ms : float
        99th percentile of the time of one answer.
    served_p99_ms : float or None
        The same of the release in service, in the same process, in turns; None: there is none, or
        it cannot be read any more.
    size, served_size : int, or None
        Bytes of the model's folder.
    """

    broken: Text | None
    listeners: int = 0
    differing: int = 0
    bad_scores: int = 0
    p99_ms: float = 0.0
    served_p99_ms: float | None = None
    size: int = 0
    served_size: int | None = None


@dataclass(frozen=True)
class Reproduction:
    """What a second training gave.

    Parameters
    ----------
    listeners : int
        The sample that was learned from.
    differing : tuple of str
        Names of the arrays whose bytes differ.
    not_tried : Text or None
        Why there was none.
    """

    listeners: int = 0
    differing: tuple[str, ...] = ()
    not_tried: Text | None = None


def rehearsal_checks(found: Rehearsal | None, rules: GateRules) -> tuple[Check, ...]:
    """Check that the files alone answer as the trained model does, as quick and as small as before.

    Time and size are held against the release in service, and never below a floor: at small sizes
    the ratio of two times is noise, and nobody notices either.
    """
    if found is None:
        return (_check(LOADS, True, np.nan, np.nan, _NOT_REHEARSED),)
    if found.broken is not None:
        text = say(_NOT_LOADED, why=found.broken)
        return (_check(LOADS, False, 0, np.nan, text, forceable=False),)
    n = found.listeners
    answered = say(_LOADED, listeners=n)
    return (
        _check(LOADS, True, n, np.nan, answered, forceable=False),
        _check(
            "answers_are_the_same",
            found.differing == 0,
            found.differing,
            0.0,
            say(_SAME, count=found.differing, listeners=n),
        ),
        _check(
            "answers_are_numbers",
            found.bad_scores == 0,
            found.bad_scores,
            0.0,
            say(_NUMBERS, count=found.bad_scores),
            forceable=False,
        ),
        _answers_are_quick(found, rules),
        _model_is_small(found, rules),
    )


def reproduction_check(found: Reproduction) -> Check:
    """Check that the same data and seed give the same model."""
    name = "training_repeats"
    if found.not_tried is not None:
        return _check(name, True, np.nan, np.nan, say(_NOT_TRIED, why=found.not_tried))
    words = _NOT_REPRODUCED if found.differing else _REPRODUCED
    text = say(words, listeners=found.listeners, arrays=", ".join(found.differing))
    return _check(name, not found.differing, len(found.differing), 0.0, text)


def _answers_are_quick(found: Rehearsal, rules: GateRules) -> Check:
    limit = np.inf
    if found.served_p99_ms is not None:
        limit = max(rules.max_slowdown * found.served_p99_ms, rules.always_fast_ms)
    text = say(_TIME if np.isfinite(limit) else _TIME_ALONE, ours=found.p99_ms, limit=limit)
    return _check("answers_are_quick", found.p99_ms <= limit, found.p99_ms, limit, text)


def _model_is_small(found: Rehearsal, rules: GateRules) -> Check:
    size, limit = found.size / 1e6, np.inf
    if found.served_size is not None:
        limit = max(rules.max_growth * found.served_size / 1e6, rules.always_small_mb)
    text = say(_SIZE if np.isfinite(limit) else _SIZE_ALONE, ours=size, limit=limit)
    return _check("model_is_small", size <= limit, size, limit, text)


def _check(
    name: str, passed: bool, measured: float, limit: float, text: Text, *, forceable: bool = True
) -> Check:
    outcome = Outcome.PASSED if passed else Outcome.FAILED
    return Check(name, outcome, measured, limit, text, "mechanics", forceable)
