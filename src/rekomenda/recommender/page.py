"""What a notebook shows of a recommender: one small table, readable by a screen reader."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from html import escape
from typing import Final

from rekomenda.data.reading.dates import EPOCH
from rekomenda.language import Language, Text
from rekomenda.learning.bundle import Bundle
from rekomenda.recommender.checked import Account
from rekomenda.tuning.choice import Choice

Facts = Sequence[tuple[str, str]]
"""Name and value of each."""

_TITLE: Final = Text("Recommender", "Recomendador")
_ALGORITHM: Final = Text("Algorithm", "Algoritmo")
_LISTENERS: Final = Text("Listeners", "Ouvintes")
_TRACKS: Final = Text("Tracks", "Faixas")
_PAIRS: Final = Text("Listener-track pairs", "Pares de ouvinte e faixa")
_UNTIL: Final = Text("Plays until", "Plays até")
_CHOICE: Final = Text("Choice", "Escolha")
_ROWS: Final = Text("Rows of {name}", "Linhas de {name}")
_ACCOUNT: Final = Text(
    "{given:n} given = {learned:n} learned from + {repeated:n} repeated + {set_aside:n} set aside",
    "{given:n} {given:recebida|recebidas} = {learned:n} {learned:aprendida|aprendidas} + {repeated:n} {repeated:repetida|repetidas} + {set_aside:n} {set_aside:separada|separadas}",
)
_BOTS: Final = Text("Left out as bots", "Fora por serem robôs")
_NUMBER: Final = Text("{value:n}", "{value:n}")
_DAY: Final = Text("{value}", "{value}")


def facts_of(
    bundle: Bundle,
    *,
    as_of_day: int,
    bots: int,
    choice: Choice | None,
    accounts: Sequence[Account],
    language: Language,
) -> Facts:
    """Return what there is to say of a fitted recommender."""
    interactions = bundle.interactions
    facts: list[tuple[Text, Text | str]] = [
        (_ALGORITHM, bundle.recipe.algorithm),
        (_LISTENERS, _NUMBER.filled(value=len(interactions.users))),
        (_TRACKS, _NUMBER.filled(value=len(interactions.items))),
        (_PAIRS, _NUMBER.filled(value=len(interactions.histories.items))),
    ]
    if as_of_day >= 0:
        facts.append((_UNTIL, _DAY.filled(value=EPOCH + timedelta(days=as_of_day))))
    if bots:
        facts.append((_BOTS, _NUMBER.filled(value=bots)))
    if choice is not None:
        facts.append((_CHOICE, choice.sentence))
    facts += [(_ROWS.filled(name=each.name), _ACCOUNT.filled(**vars(each))) for each in accounts]
    return [
        (name.render(language), value if isinstance(value, str) else value.render(language))
        for name, value in facts
    ]


def as_text(facts: Facts, language: Language) -> str:
    """Return facts as lines."""
    width = max(len(name) for name, _ in facts)
    lines = [f"  {name:<{width}}  {value}" for name, value in facts]
    return "\n".join([_TITLE.render(language), *lines])


def as_html(facts: Facts, language: Language) -> str:
    """Return facts as a table whose rows have headers; it needs no script and no network."""
    left = 'style="text-align:left"'
    rows = "".join(
        f'<tr><th scope="row" {left}>{escape(name)}</th><td {left}>{escape(value)}</td></tr>'
        for name, value in facts
    )
    caption = escape(_TITLE.render(language))
    return f'<table lang="{language}"><caption>{caption}</caption><tbody>{rows}</tbody></table>'
