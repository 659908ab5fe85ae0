"""The settings page and the example file, from the sections of `Settings`."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from reference import portuguese
from reference.markdown import code, page, table, words
from rekomenda.language import Language, Text
from rekomenda.settings import PREFIX, Settings

_TITLE = Text(en="Settings", pt="Configuração")
_INTRODUCTION = Text(
    en="""\
Settings are read once, when a command starts. Later ones win: built-in defaults, then
`rekomenda.toml` in the current folder (or the file that `--config` names), then environment
variables, then flags. An unknown setting is an error that names the closest known one.

An environment variable is `REKOMENDA_`, the section, two underscores and the setting, in capitals:
`REKOMENDA_MODEL__SEED=7` sets `seed` of `[model]`. Values are written as in TOML; bare words are
text. `rekomenda config` shows the settings in force, and `rekomenda.example.toml` holds them all.""",
    pt="""\
A configuração é lida uma vez, quando um comando começa. Vale o que vem depois: padrões embutidos,
`rekomenda.toml` na pasta atual (ou o arquivo que `--config` indicar), variáveis de ambiente e, por
fim, opções do comando. Uma configuração desconhecida é um erro que cita a mais parecida.

Uma variável de ambiente é `REKOMENDA_`, a seção, dois sublinhados e o nome, em maiúsculas:
`REKOMENDA_MODEL__SEED=7` define `seed` de `[model]`. Valores são escritos como em TOML; palavras
soltas são texto. `rekomenda config` mostra o que está em vigor, e `rekomenda.example.toml` traz tudo.""",
)
_HEADER = Text(en="setting|default|takes|meaning", pt="nome|padrão|aceita|significado")
_ENVIRONMENT = Text(en="Environment: `{variable}`", pt="Ambiente: `{variable}`")
_EXAMPLE_HEAD = """\
# Every setting of rekomenda with its default. Copy what you want to change to rekomenda.toml.
# Explained in docs/reference/settings.md; em português: docs/reference/settings.pt-BR.md."""


def settings_page(language: Language) -> str:
    """Return the page with a table for each section."""
    parts = [words(_INTRODUCTION, language)]
    for section, meaning, fields in _sections(language):
        rows = [
            (
                code(name),
                code(_toml(field["default"])),
                words(_takes(field), language),
                field["description"],
            )
            for name, field in fields.items()
        ]
        variable = {"variable": f"{PREFIX}{section.upper()}__…"}
        parts += [
            f"## `[{section}]`",
            f"{meaning} {_ENVIRONMENT.render(language, variable)}",
            table(words(_HEADER, language).split("|"), rows),
        ]
    return page(words(_TITLE, language), parts, other=(language, "settings"))


def example_file() -> str:
    """Return a settings file that holds every default and explains it."""
    blocks = [_EXAMPLE_HEAD]
    for section, meaning, fields in _sections("en"):
        entries = [
            f"# {field['description']}\n# Takes {_takes(field).en.replace('`', '')}.\n"
            f"{name} = {_toml(field['default'])}"
            for name, field in fields.items()
        ]
        blocks.append("\n".join([f"# {meaning}", f"[{section}]", *entries]))
    return "\n\n".join(blocks) + "\n"


def _sections(language: Language) -> Iterator[tuple[str, str, dict[str, dict[str, Any]]]]:
    """Yield each section: its name, what it is about, and its fields as JSON Schema."""
    for section, defaults in Settings():
        fields = type(defaults).model_json_schema()["properties"]
        for name, field in fields.items():
            field["default"] = getattr(defaults, name)
            field["description"] = " ".join(field["description"].split())
            if language == "pt-BR":
                field["description"] = portuguese.SETTINGS[f"{section}.{name}"]
        meaning = str(defaults.__doc__) if language == "en" else portuguese.SECTIONS[section]
        yield section, meaning, fields


def _toml(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key} = {_toml(inner)}" for key, inner in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(_toml, value)) + "]"
    return json.dumps(value, ensure_ascii=False)


_TYPES = {
    "string": Text(en="text", pt="texto"),
    "integer": Text(en="a whole number", pt="um número inteiro"),
    "number": Text(en="a number", pt="um número"),
    "boolean": Text(en="true or false", pt="true ou false"),
    "object": Text(en="a table", pt="uma tabela"),
}
_LISTS = {
    "string": Text(en="a list of texts", pt="uma lista de textos"),
    "integer": Text(en="a list of whole numbers", pt="uma lista de números inteiros"),
    "number": Text(en="a list of numbers", pt="uma lista de números"),
}
_ONE_OF = Text(en="one of {values}", pt="um destes: {values}")
_BOUNDS = {
    "minimum": Text(en=", at least {bound:n}", pt=", no mínimo {bound:n}"),
    "exclusiveMinimum": Text(en=", more than {bound:n}", pt=", maior que {bound:n}"),
    "maximum": Text(en=", at most {bound:n}", pt=", no máximo {bound:n}"),
    "exclusiveMaximum": Text(en=", less than {bound:n}", pt=", menor que {bound:n}"),
}


def _takes(field: dict[str, Any]) -> Text:
    """Say in words what a setting takes."""
    if "enum" in field:
        return _ONE_OF.filled(values=", ".join(code(_toml(value)) for value in field["enum"]))
    if field.get("type") == "array":
        return _LISTS[field["items"]["type"]]
    kind = _TYPES[field["type"]]
    bounds = [text.filled(bound=field[key]) for key, text in _BOUNDS.items() if key in field]
    en, pt = ("".join(bound.en for bound in bounds), "".join(bound.pt for bound in bounds))
    return Text(kind.en + en, kind.pt + pt)
