"""What a notebook shows of a recommender: one small table, readable by a screen reader."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import Final

from rekomenda.language import Language, Text

TITLE: Final = Text("Recommender", "Recomendador")
ALGORITHM: Final = Text("Algorithm", "Algoritmo")
LISTENERS: Final = Text("Listeners", "Ouvintes")
TRACKS: Final = Text("Tracks", "Faixas")
PAIRS: Final = Text("Listener-track pairs", "Pares de ouvinte e faixa")
UNTIL: Final = Text("Plays until", "Plays até")
CHOICE: Final = Text("Choice", "Escolha")
ROWS: Final = Text("Rows of {name}", "Linhas de {name}")
ACCOUNT: Final = Text(
    "{given:n} given = {learned:n} learned from + {repeated:n} repeated + {set_aside:n} set aside",
    "{given:n} recebidas = {learned:n} aprendidas + {repeated:n} repetidas + {set_aside:n} separadas",
)


def as_text(title: str, rows: Sequence[tuple[str, str]]) -> str:
    """Return facts as lines."""
    width = max(len(name) for name, _ in rows)
    return "\n".join([title, *(f"  {name:<{width}}  {value}" for name, value in rows)])


def as_html(title: str, rows: Sequence[tuple[str, str]], language: Language) -> str:
    """Return facts as a table whose rows have headers; it needs no script and no network."""
    body = "".join(
        f'<tr><th scope="row" style="text-align:left">{escape(name)}</th>'
        f'<td style="text-align:left">{escape(value)}</td></tr>'
        for name, value in rows
    )
    return (
        f'<table lang="{language}"><caption>{escape(title)}</caption><tbody>{body}</tbody></table>'
    )
