"""The chapter of how good the lists are, and for whom."""

from __future__ import annotations

from typing import Any, Final

import pandas as pd

from rekomenda.evaluation.definitions import DEFINITIONS
from rekomenda.language import Language, Text
from rekomenda.report.block import Block, Row, Section, Table
from rekomenda.report.charts import listening, quality
from rekomenda.report.content import Content
from rekomenda.report.sections.words import INTERVAL, NUMBER, columns, count, drawn

_QUALITY: Final = Text("Is it good?", "Está bom?")
_QUALITY_LEAD: Final = Text(
    "Every model learned from the days before the cut and was asked for what people played after "
    "it. NDCG@{k}: 0 is no hit, 1 a perfect list. The bar is where the true value lies with 95 % "
    "confidence; the served model is in green.",
    "Cada modelo aprendeu com os dias antes do corte e teve de prever o que as pessoas ouviram "
    "depois. NDCG@{k}: 0 é nenhum acerto, 1 uma lista perfeita. A barra é onde o valor verdadeiro "
    "está com 95 % de confiança; o modelo no ar está em verde.",
)
_GROUPS: Final = Text("For whom is it good?", "Para quem está bom?")
_NUMBERS: Final = Text("all numbers of the served model", "todos os números do modelo no ar")
_REGIONS: Final = Text("By region", "Por região")
_METRIC_COLUMNS: Final = (
    Text("task", "tarefa"),
    Text("metric", "métrica"),
    Text("value", "valor"),
    Text("95 % interval", "intervalo de 95 %"),
    Text("listeners", "ouvintes"),
    Text("what it means", "o que significa"),
)


def section(content: Content, language: Language) -> Section:
    """Say how good the lists are, and for whom."""
    figures = (
        (Text("", ""), "models", quality.models),
        (_GROUPS, "segments", quality.segments),
        (_REGIONS, "regions", listening.by_region),
    )
    blocks = drawn(figures, content, language)
    table = _all_numbers(content, language)
    if table.rows:
        blocks.append(Block(table=table, folded=_NUMBERS.render(language)))
    lead = _QUALITY_LEAD.render(language, {"k": content.k})
    leaks = content.report["holdout"]["leaks"][language]
    return Section("quality", _QUALITY.render(language), f"{lead} {leaks}", blocks)


def _all_numbers(content: Content, language: Language) -> Table:
    found = content.metrics
    rows = found[(found["algorithm"] == content.algorithm) & (found["segment"] == "overall")]
    kinds = ("", "", "number", "number", "number", "")
    heads = columns(_METRIC_COLUMNS, kinds, language)
    return Table(heads, [_number_row(row, language) for _, row in rows.iterrows()])


def _number_row(row: pd.Series[Any], language: Language) -> Row:
    known = pd.notna(row["low"]) and pd.notna(row["high"])
    meaning = DEFINITIONS.get(row["metric"])
    return Row(
        (
            row["task"],
            f"{row['metric']}@{row['k']}",
            NUMBER.render(language, {"value": float(row["value"])}),
            INTERVAL.render(language, {"low": float(row["low"]), "high": float(row["high"])})
            if known
            else "–",
            count(int(row["n_users"]), language),
            meaning.render(language) if meaning else "",
        )
    )
