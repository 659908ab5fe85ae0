"""What the files of an export are, for the person whom they are about."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from rekomenda.language import Language, Text

_HEAD: Final = Text(
    en="# What is held about {listener}\n\nEverything that this recommendation service holds about "
    "this listener, as of the day it was asked for. Tables are CSV in UTF-8: a comma between "
    "fields, the first line names them. A text that a spreadsheet would take for a formula has a ' "
    "in front.\n\n",
    pt="# O que se guarda sobre {listener}\n\nTudo o que este serviço de recomendação guarda sobre "
    "este ouvinte, no dia do pedido. As tabelas são CSV em UTF-8: vírgula entre os campos, a "
    "primeira linha dá os nomes. Um texto que a planilha tomaria por fórmula leva um ' na "
    "frente.\n\n",
)
_LINE: Final = Text(
    en="- `{name}`: {rows:n} {rows:row|rows}. {what}\n",
    pt="- `{name}`: {rows:n} {rows:linha|linhas}. {what}\n",
)
_END: Final = Text(
    en="- `origin.json`: the files all this came from, with when they were loaded, and the releases "
    "(weekly sets of lists) that are kept.\n\nTo have all of it erased, ask whoever sent you this.\n",
    pt="- `origin.json`: os arquivos de onde tudo isto veio, com o dia em que foram carregados, e as "
    "releases (os conjuntos semanais de listas) guardadas.\n\nPara apagar tudo, peça a quem lhe "
    "enviou isto.\n",
)
_WHAT: Final = {
    "plays": Text("What you played, by day.", "O que você ouviu, por dia."),
    "users": Text("What is known of you.", "O que se sabe de você."),
    "likes": Text("What you said you like.", "O que você disse que curte."),
    "dials": Text(
        "How you set the dial from familiar to new.", "Como você ajustou do conhecido ao novo."
    ),
    "friends": Text(
        "Friendships, whoever named them.", "Amizades, quem quer que as tenha informado."
    ),
    "quarantine": Text(
        "Lines of files that could not be read and that name you.",
        "Linhas de arquivos que não puderam ser lidas e que citam você.",
    ),
    "lists": Text(
        "What was recommended to you, and why.", "O que foi recomendado a você, e por quê."
    ),
    "history": Text(
        "What the model of that release knows of your listening.",
        "O que o modelo dessa release sabe da sua escuta.",
    ),
    "shown_before": Text(
        "Which tracks your lists showed in the weeks before.",
        "Quais faixas suas listas mostraram nas semanas anteriores.",
    ),
    "known_without_history": Text(
        "You are known there, without a history.", "Você é conhecido ali, sem histórico."
    ),
}


def read_me(listener: str, counts: Mapping[str, int], language: Language) -> str:
    """Explain each file of an export."""
    lines = (
        _LINE.render(
            language,
            {"name": name, "rows": rows, "what": _WHAT[name.rsplit("/")[-1].removesuffix(".csv")]},
        )
        for name, rows in sorted(counts.items(), key=lambda item: ("/" in item[0], item[0]))
    )
    head = _HEAD.render(language, {"listener": listener})
    return head + "".join(lines) + _END.render(language)
