"""The models page, from the registry and the docstrings of its algorithms."""

from __future__ import annotations

import inspect
import re
import sys
from collections.abc import Iterator
from dataclasses import fields
from typing import Any

from reference import portuguese
from reference.markdown import code, page, table, words
from rekomenda.language import Language, Text
from rekomenda.models.base import Algorithm
from rekomenda.models.registry import ALGORITHMS

_TITLE = Text(en="Models", pt="Modelos")
_INTRODUCTION = Text(
    en="Each run measures the models of `[model] compare` side by side on the same days and "
    "publishes the lists of `[model] algorithm`. Hyperparameters are set by model, under "
    "`[model.hyperparameters.NAME]`. A fitted model is stored as a manifest and plain arrays; "
    "nothing in it can run code.",
    pt="Cada execução mede lado a lado, nos mesmos dias, os modelos de `[model] compare` e publica "
    "as listas do modelo de `[model] algorithm`. Hiperparâmetros são definidos por modelo, em "
    "`[model.hyperparameters.NOME]`. Um modelo ajustado é guardado como um manifesto e vetores "
    "simples; nada nele pode executar código.",
)
_HEADER = Text(en="hyperparameter|default|meaning", pt="hiperparâmetro|padrão|significado")
_SOURCE = re.compile(r"^Sources?(?: of[^:]*)?: (.*)", re.DOTALL | re.MULTILINE)
_SOURCE_WORD = Text(en="Source: ", pt="Fonte: ")


def models_page(language: Language) -> str:
    """Return the page in one language."""
    parts = [words(_INTRODUCTION, language)]
    for name, algorithm in ALGORITHMS.items():
        parts += _section(name, algorithm, language)
    return page(words(_TITLE, language), parts, other=(language, "models"))


def _section(name: str, algorithm: type[Algorithm], language: Language) -> Iterator[str]:
    documentation = inspect.getdoc(algorithm) or ""
    about, *_ = re.split(r"\n\n(?:Parameters|Notes)\n-+\n", documentation)
    summary, meanings = " ".join(about.split()), dict(_parameters(documentation))
    if language == "pt-BR":
        summary, meanings = portuguese.MODELS[name]
    yield f"## `{name}`"
    yield summary
    rows = [
        (code(known.name), code(_shown(known.default)), meanings[known.name])
        for known in fields(algorithm)
    ]
    if rows:
        yield table(words(_HEADER, language).split("|"), rows)
    if source := _SOURCE.search(sys.modules[algorithm.__module__].__doc__ or ""):
        yield words(_SOURCE_WORD, language) + " ".join(source[1].split())


def _shown(default: Any) -> str:
    """Write a default; of the members of a blend their names."""
    if isinstance(default, tuple):
        return " + ".join(member["algorithm"] for member in default) or "()"
    return str(default)


def _parameters(documentation: str) -> Iterator[tuple[str, str]]:
    """Yield each parameter of a numpydoc docstring with its meaning."""
    _, _, behind = documentation.partition("Parameters\n----------\n")
    section, *_ = re.split(r"\n\n\w+\n-+\n", behind)
    for name, meaning in re.findall(r"^(\w+) : .*\n((?: {4}.*(?:\n|$))+)", section, re.MULTILINE):
        yield name, " ".join(meaning.split())
