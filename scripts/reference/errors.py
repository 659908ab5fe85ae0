"""The errors page: every class of the tree, under the exit code it leaves with."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator

from reference.markdown import code, page, table, words
from rekomenda.cli.exits import EXIT_CODES
from rekomenda.data.reading.rules import RULES
from rekomenda.errors import RekomendaError
from rekomenda.language import Language, Text

_TITLE = Text(en="Errors and exit codes", pt="Erros e códigos de saída")
_INTRODUCTION = Text(
    en="An error says what happened, where, and what to do next, on standard error; with `--json` "
    "its code is in the answer as well. The exit code tells a script which kind it was. "
    "Braces stand for the facts of the moment.",
    pt="Um erro diz o que houve, onde e o que fazer, na saída de erro; com `--json` o código dele "
    "também está na resposta. O código de saída diz a um script de que tipo foi. "
    "Chaves marcam os fatos do momento.",
)
_EXIT_TITLE = Text(en="Exit codes", pt="Códigos de saída")
_HEADER = Text(en="code|means", pt="código|significa")
_LEAVES_WITH = Text(en="Exit code {exit_code}", pt="Código de saída {exit_code}")
_RETRY = Text(
    en="Running the same command again may help.",
    pt="Rodar o mesmo comando de novo pode resolver.",
)
_RULES_TITLE = Text(en="Rules of quarantine", pt="Regras da quarentena")
_ABOUT_RULES = Text(
    en="A row that breaks one of these is set aside with its file, line, column, rule and original "
    "text; the rest of the file is loaded, unless too much of it is bad.",
    pt="Uma linha que quebra uma destas regras é separada com arquivo, linha, coluna, regra e texto "
    "original; o resto do arquivo é carregado, a menos que haja linhas ruins demais.",
)
_PLURAL = re.compile(r"\{\w+:[^{}|]*\|([^{}|]*)\}")
"""`{n:row|rows}`, of which the page shows the second."""
_RULES_HEADER = Text(en="rule|what is wrong", pt="regra|o que há de errado")


def errors_page(language: Language) -> str:
    """Return the page in one language."""
    parts = [
        words(_INTRODUCTION, language),
        f"## {words(_EXIT_TITLE, language)}",
        table(
            words(_HEADER, language).split("|"),
            [(code(str(number)), words(text, language)) for number, text in EXIT_CODES.items()],
        ),
    ]
    for exit_code, errors in _by_exit_code().items():
        parts.append(f"## {_LEAVES_WITH.render(language, {'exit_code': exit_code})}")
        parts += [entry for error in errors for entry in _entry(error, language)]
    parts += [
        f"## {words(_RULES_TITLE, language)}",
        words(_ABOUT_RULES, language),
        table(
            words(_RULES_HEADER, language).split("|"),
            [(code(rule.value), words(rule.words, language)) for rule in RULES],
        ),
    ]
    return page(words(_TITLE, language), parts, other=(language, "errors"))


def _entry(error: type[RekomendaError], language: Language) -> Iterator[str]:
    yield f"### `{error.code}`"
    said = _PLURAL.sub(r"\1", words(error.text, language))
    yield f"> {said}"
    if error.retryable:
        yield words(_RETRY, language)


def _by_exit_code() -> dict[int, list[type[RekomendaError]]]:
    grouped: dict[int, list[type[RekomendaError]]] = defaultdict(list)
    for error in _raised(RekomendaError):
        grouped[error.exit_code].append(error)
    return {number: sorted(grouped[number], key=lambda e: e.code) for number in sorted(grouped)}


def _raised(base: type[RekomendaError]) -> Iterator[type[RekomendaError]]:
    """Yield the classes that have words of their own: the others only group them."""
    for child in base.__subclasses__():
        if "text" in vars(child):
            yield child
        yield from _raised(child)
