"""The chapter of the last tuning: the wider search, and what became of its winner."""

from __future__ import annotations

from datetime import date
from typing import Final

from rekomenda.language import Language, Text
from rekomenda.report.block import Block, Section
from rekomenda.report.content import Content
from rekomenda.report.sections.trials import trials_table
from rekomenda.report.sections.words import capital

_TITLE: Final = Text("The last tuning", "O último tuning")
_LEAD: Final = Text(
    "{said}. Tuning {tuning_id}, by rekomenda {code}, of the lake {snapshot_id} with plays up to "
    "{as_of}, candidates within {budget:.0f} s. {standing}",
    "{said}. Tuning {tuning_id}, pelo rekomenda {code}, do lake {snapshot_id} com plays até {as_of}, "
    "candidatos em até {budget:.0f} s. {standing}",
)
_IN_USE: Final = Text("This release came from it.", "Esta release veio dele.")
_NOT_IN_USE: Final = Text(
    "This release did not come from it: model.tuning makes its winner the candidate of a run.",
    "Esta release não veio dele: model.tuning faz do vencedor o candidato de uma execução.",
)


def section(content: Content, language: Language) -> Section:
    """Show every candidate of the newest tuning of the home."""
    tuning, title = content.tuning, _TITLE.render(language)
    if tuning is None or not tuning["trials"]:
        return Section("tuning", title)
    facts = {
        **{name: tuning[name] for name in ("tuning_id", "code", "snapshot_id", "budget")},
        "said": capital(tuning["sentence"][language]),
        "as_of": date.fromisoformat(tuning["as_of"]),
        "standing": _IN_USE if tuning["in_use"] else _NOT_IN_USE,
    }
    table = trials_table(tuning["trials"], language, hyperparameters=True)
    return Section("tuning", title, _LEAD.render(language, facts), [Block(table=table)])
