"""The chapter of what was chosen, and out of what."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from rekomenda.language import Language, Text
from rekomenda.report.block import Block, Row, Section, Table
from rekomenda.report.charts import quality
from rekomenda.report.content import Content
from rekomenda.report.naming import KEPT
from rekomenda.report.sections.trials import trials_table
from rekomenda.report.sections.words import capital, columns, figure_block

_TITLE: Final = Text("What was chosen", "O que foi escolhido")
_LEAD: Final = Text(
    "{said}. Each candidate learned from the days before a validation cut inside the training "
    "period; a member stays only where the blend clearly loses without it. Costs are reckoned from "
    "the size of the data, not taken from a clock.",
    "{said}. Cada candidato aprendeu com os dias antes de um corte de validação dentro do período de "
    "treino; um membro só fica onde a mistura claramente perde sem ele. Os custos são calculados do "
    "tamanho dos dados, não tirados de um relógio.",
)
_STAYED: Final = Text(
    "; it was not shown to be as good as the recipe in service, which learned the new days and stays",
    "; não se mostrou que é tão boa quanto a receita no ar, que aprendeu os dias novos e fica",
)
_COST: Final = Text("Quality against cost", "Qualidade e custo")
_RANKER: Final = Text("What the ranker goes by", "Pelo que o ranker se guia")
_PARTS: Final = (
    Text("what it asks for", "o que pergunta"),
    Text("part of what its trees gain", "parte do que as árvores ganham"),
)
_SCORE_OF: Final = Text("score of {name}", "pontuação de {name}")
_LEAST_PART: Final = 0.005
"""Of the gain; what brings less is not listed."""
_WEIGHT: Final = Text("{value:.0%}", "{value:.0%}")


def section(content: Content, language: Language) -> Section:
    """Say which models were blended, what each adds, and what was tried and left out."""
    choice = content.report.get("choice") or {}
    if not choice:
        return Section("choice", _TITLE.render(language))
    blocks = [
        *figure_block(_COST, "cost", quality.quality_and_cost(content, language), language),
        Block(table=trials_table(choice["trials"], language)),
    ]
    if importance := (choice.get("ranker") or {}).get("importance"):
        blocks.append(_ranker(importance, choice["trials"], language))
    said = choice["sentence"][language]
    if content.algorithm.startswith(KEPT):
        said += _STAYED.render(language)
    return Section(
        "choice", _TITLE.render(language), _LEAD.render(language, {"said": capital(said)}), blocks
    )


def _ranker(
    importance: Sequence[Mapping[str, Any]], trials: Sequence[Mapping[str, Any]], language: Language
) -> Block:
    """List what a ranker's trees go by, most first."""
    members = [trial["name"] for trial in trials if trial["unheard"] or trial["heard"]]
    rows = [
        Row((_asked(each, members, language), _WEIGHT.render(language, {"value": each["part"]})))
        for each in importance
        if each["part"] >= _LEAST_PART
    ]
    table = Table(columns(_PARTS, ("", "number"), language), rows)
    return Block(_RANKER.render(language), table=table)


def _asked(feature: Mapping[str, Any], members: list[str], language: Language) -> str:
    """Say what a feature is; a member's score by the member's name."""
    kind, _, place = str(feature["feature"]).rpartition("_")
    if kind == "member" and place.isdigit() and int(place) < len(members):
        return _SCORE_OF.render(language, {"name": members[int(place)]})
    return str(feature["title"][language])
