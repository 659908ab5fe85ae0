"""The chapter of where the rows of input went."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from rekomenda.data.reading.rules import RULES
from rekomenda.language import Language, Text
from rekomenda.report.block import Block, Row, Section, Table
from rekomenda.report.charts import accounting
from rekomenda.report.content import Content
from rekomenda.report.sections.words import columns, count, drawn

_ROWS: Final = Text("Where the rows went", "Aonde foram as linhas")
_ROWS_LEAD: Final = Text(
    "{rows_in:n} {rows_in:row|rows} = {loaded:n} loaded + {quarantined:n} in quarantine + {deduplicated:n} "
    "repeated{erased_too}.",
    "{rows_in:n} {rows_in:linha|linhas} = {loaded:n} {loaded:carregada|carregadas} + {quarantined:n} em quarentena + {deduplicated:n} "
    "{deduplicated:repetida|repetidas}{erased_too}.",
)
_AND_ERASED: Final = Text(
    " + {erased:n} of listeners who were forgotten",
    " + {erased:n} de ouvintes que foram esquecidos",
)


_QUALITY: Final = Text("What the data is like", "Como são os dados")
_QUALITY_COLUMNS: Final = (Text("found", "encontrado"), Text("how many", "quantos"))
_FACTS: Final = (
    ("plays", Text("plays", "plays")),
    ("listeners", Text("listeners that are learned from", "ouvintes de que se aprende")),
    ("bots", Text("bots: left out of learning", "bots: fora do aprendizado")),
    ("bot_plays", Text("plays of bots", "plays de bots")),
    (
        "heavy_listeners",
        Text(
            "listeners whose heavy days count for less",
            "ouvintes cujos dias intensos contam menos",
        ),
    ),
    ("played_tracks", Text("tracks that were played", "faixas que foram tocadas")),
    (
        "unmatched_tracks",
        Text(
            "of them without a row in the catalogue (kept)",
            "delas sem linha no catálogo (mantidas)",
        ),
    ),
    ("unmatched_plays", Text("plays of those", "plays dessas")),
    (
        "disputed_tracks",
        Text("tracks that a file gives to two artists", "faixas que um arquivo dá a dois artistas"),
    ),
    ("tracks_without_genre", Text("tracks without a genre", "faixas sem gênero")),
    ("artists_without_features", Text("artists without features", "artistas sem características")),
    ("blocked_tracks", Text("tracks that are taken down", "faixas fora do ar")),
)
_ASIDE: Final = Text("Why rows were set aside", "Por que linhas foram separadas")
_ASIDE_COLUMNS: Final = (
    Text("rule", "regra"),
    Text("what is wrong", "o que há de errado"),
    Text("rows", "linhas"),
)
_RULES: Final = {rule.value: rule.words for rule in RULES}


def section(content: Content, language: Language) -> Section:
    """Say where the rows of input went, and what the data is like."""
    erased = content.lake["erased"]
    too = _AND_ERASED.filled(erased=erased) if erased else ""
    lead = _ROWS_LEAD.render(language, {**content.lake, "erased_too": too})
    figures = ((Text("", ""), "rows", accounting.rows_by_file),)
    blocks = drawn(figures, content, language)
    if content.set_aside:
        blocks.append(_reasons(content.set_aside, language))
    blocks.append(_facts(content.report["integration"], language))
    return Section("rows", _ROWS.render(language), lead, blocks)


def _reasons(set_aside: Mapping[str, int], language: Language) -> Block:
    """List the rules that rows broke, most rows first."""
    ordered = sorted(set_aside.items(), key=lambda each: (-each[1], each[0]))
    rows = [
        Row((rule, _RULES[rule].render(language) if rule in _RULES else "–", count(n, language)))
        for rule, n in ordered
    ]
    table = Table(columns(_ASIDE_COLUMNS, ("", "", "number"), language), rows)
    return Block(_ASIDE.render(language), table=table)


def _facts(found: Mapping[str, Any], language: Language) -> Block:
    """List what joining found, as far as it was counted."""
    rows = [
        Row((words.render(language), count(found[name], language)))
        for name, words in _FACTS
        if name in found
    ]
    table = Table(columns(_QUALITY_COLUMNS, ("", "number"), language), rows)
    return Block(_QUALITY.render(language), table=table)
