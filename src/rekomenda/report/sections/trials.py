"""The table of candidates that were tried for a blend, of a run or of a tuning."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, Final

from rekomenda.language import Language, Text
from rekomenda.report.block import Row, Table
from rekomenda.report.sections.words import columns

_CANDIDATE: Final = Text("candidate", "candidato")
_SETTINGS: Final = Text("hyperparameters", "hiperparâmetros")
_COLUMNS: Final = (
    Text("cost", "custo"),
    Text("alone, unheard", "sozinho, não ouvidas"),
    Text("weight", "peso"),
    Text("adds", "acrescenta"),
    Text("alone, heard", "sozinho, já ouvidas"),
    Text("weight", "peso"),
    Text("adds", "acrescenta"),
    Text("left out", "de fora"),
)
_SECONDS: Final = Text("{value:.1f} s", "{value:.1f} s")
_VALUE: Final = Text("{value:.4f}", "{value:.4f}")
_ADDS: Final = Text("{value:+.4f} ± {error:.4f}", "{value:+.4f} ± {error:.4f}")
_WEIGHT: Final = Text("{value:.0%}", "{value:.0%}")


def trials_table(
    trials: Sequence[Mapping[str, Any]], language: Language, *, hyperparameters: bool = False
) -> Table:
    """Return a row for each candidate; the members stand out.

    Parameters
    ----------
    trials : sequence of mapping
        As a manifest keeps them (`tuning.choice.Trial`).
    language : {"pt-BR", "en"}
    hyperparameters : bool, default False
        Whether to say what each candidate was set to.
    """
    titles = (_CANDIDATE, *((_SETTINGS,) if hyperparameters else ()), *_COLUMNS)
    kinds = (*("",) * (1 + hyperparameters), *("number",) * 7, "")
    tried = [trial["name"] for trial in trials if trial["unheard_ndcg"] is not None]
    rows = [_row(trial, language, tried, hyperparameters=hyperparameters) for trial in trials]
    return Table(columns(titles, kinds, language), rows)


def _row(
    trial: Mapping[str, Any], language: Language, tried: list[str], *, hyperparameters: bool
) -> Row:
    def say(text: Text, value: float | None, **facts: Any) -> str:
        return "–" if value is None else text.render(language, {"value": value, **facts})

    member = trial["unheard"] or trial["heard"]
    left_out = trial["left_out"] or {}
    settings = _settings(trial["hyperparameters"]) if hyperparameters else ""
    return Row(
        (
            _numbered(trial["name"], tried) if not hyperparameters else trial["name"],
            *((settings,) if hyperparameters else ()),
            say(_SECONDS, trial["cost"]),
            say(_VALUE, trial["unheard_ndcg"]),
            say(_WEIGHT, trial["unheard"] or None),
            say(_ADDS, trial["unheard_adds"], error=trial["unheard_error"]),
            say(_VALUE, trial["heard_ndcg"]),
            say(_WEIGHT, trial["heard"] or None),
            say(_ADDS, trial["heard_adds"], error=trial["heard_error"]),
            left_out.get("pt" if language == "pt-BR" else "en", ""),
        ),
        "ours" if member else "",
    )


def _numbered(name: str, tried: list[str]) -> str:
    """Put the number before a name under which the picture above has it."""
    return f"{tried.index(name) + 1} · {name}" if name in tried else name


def _settings(hyperparameters: Mapping[str, Any]) -> str:
    """Write hyperparameters as a settings file has them; a dash for an algorithm's own defaults."""
    written = (f"{name} = {json.dumps(value)}" for name, value in hyperparameters.items())
    return ", ".join(written) or "–"
