"""The data dictionary, from the tables of `domain/schema.py` and `domain/warehouse_schema.py`."""

from __future__ import annotations

from reference.markdown import code, page, table, words
from rekomenda.domain.schema import INPUTS, Column, Kind, Table
from rekomenda.domain.warehouse_schema import WAREHOUSE
from rekomenda.language import Language, Text

_TITLE = Text(en="Data dictionary", pt="Dicionário de dados")
_INTRODUCTION = Text(
    en="What files may hold. Header names are compared without case, accents, spaces and the "
    "marks `_`, `-` and `.`; a column of yours with another name is mapped with "
    "`--map canonical=yours` or in `[ingest.columns]` of the settings. Ids are text, always.",
    pt="O que os arquivos podem ter. Nomes de colunas são comparados sem maiúsculas, acentos, "
    "espaços nem os sinais `_`, `-` e `.`; uma coluna sua com outro nome é mapeada com "
    "`--map canonico=seu` ou em `[ingest.columns]` da configuração. Ids são texto, sempre.",
)
_INPUTS = Text(en="What goes in: your files", pt="O que entra: seus arquivos")
_INPUT_HEADER = Text(
    en="column|kind|required|meaning|other names accepted",
    pt="coluna|tipo|obrigatória|significado|outros nomes aceitos",
)
_WAREHOUSE = Text(en="What comes out: the warehouse", pt="O que sai: o warehouse")
_ABOUT_WAREHOUSE = Text(
    en="Rows are appended by run and never changed. `current_run` names the run in service, and "
    "each table has a view with the rows of that run alone: `current_recommendations` and so on.",
    pt="As linhas são acrescentadas por run e nunca mudam. `current_run` diz qual run está no ar, "
    "e cada tabela tem uma view só com as linhas dela: `current_recommendations` e assim por diante.",
)
_WAREHOUSE_HEADER = Text(
    en="column|kind|never null|meaning",
    pt="coluna|tipo|nunca nula|significado",
)
_KINDS = {
    Kind.ID: Text("id (text)", "id (texto)"),
    Kind.TEXT: Text("text", "texto"),
    Kind.DAY: Text("day", "dia"),
    Kind.TIME: Text("moment", "momento"),
    Kind.COUNT: Text("whole number", "número inteiro"),
    Kind.NUMBER: Text("number", "número"),
    Kind.FLAG: Text("yes or no", "sim ou não"),
    Kind.RANK: Text("place from 1", "posição a partir de 1"),
    Kind.SCORE: Text("number (32 bits)", "número (32 bits)"),
}
_YES = Text(en="yes", pt="sim")
_KEY = Text(en="A row is identified by {key}.", pt="Uma linha é identificada por {key}.")
_PLAYS = Text(
    en="Either `day` and `plays` (totals of a day) or `played_at` (one row a play) is needed.",
    pt="É preciso ter `day` e `plays` (totais do dia) ou `played_at` (uma linha por play).",
)


def data_dictionary_page(language: Language) -> str:
    """Return the page in one language."""
    parts = [f"## {words(_INPUTS, language)}", words(_INTRODUCTION, language)]
    for each in INPUTS.values():
        parts += _section(each, _INPUT_HEADER, language)
        if each.name == "plays":
            parts.append(words(_PLAYS, language))
    parts += [f"## {words(_WAREHOUSE, language)}", words(_ABOUT_WAREHOUSE, language)]
    for each in WAREHOUSE.values():
        parts += _section(each, _WAREHOUSE_HEADER, language)
    return page(words(_TITLE, language), parts, other=(language, "data-dictionary"))


def _section(each: Table, header: Text, language: Language) -> list[str]:
    titles = words(header, language).split("|")
    key = ", ".join(code(name) for name in each.key)
    return [
        f"### {code(each.name)}",
        _KEY.render(language, {"key": key}),
        table(titles, [_row(column, language)[: len(titles)] for column in each.columns]),
    ]


def _row(column: Column, language: Language) -> tuple[str, ...]:
    return (
        code(column.name),
        words(_KINDS[column.kind], language),
        words(_YES, language) if column.required else "",
        words(column.meaning, language),
        ", ".join(code(alias) for alias in column.aliases),
    )
