"""The settings page and the example file, from the sections of `Settings`."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from reference.markdown import code, page, table
from rekomenda.settings import PREFIX, Settings

_INTRODUCTION = """\
Settings are read once, when a command starts. Later ones win: built-in defaults, then
`rekomenda.toml` in the current folder (or the file that `--config` names), then environment
variables, then flags. An unknown setting is an error that names the closest known one.

An environment variable is `REKOMENDA_`, the section, two underscores and the setting, in capitals:
`REKOMENDA_MODEL__SEED=7` sets `seed` of `[model]`. Values are written as in TOML; bare words are
text. `rekomenda config` shows the settings in force."""

_EXAMPLE_HEAD = """\
# Every setting of rekomenda with its default. Copy what you want to change to rekomenda.toml.
# Explained at length in docs/reference/settings.md."""


def settings_page() -> str:
    """Return the page with a table for each section."""
    parts = [_INTRODUCTION]
    for section, meaning, fields in _sections():
        rows = [
            (code(name), code(_toml(field["default"])), _takes(field), field["description"])
            for name, field in fields.items()
        ]
        variable = f"{PREFIX}{section.upper()}__…"
        parts += [
            f"## `[{section}]`",
            f"{meaning} Environment: `{variable}`",
            table(("setting", "default", "takes", "meaning"), rows),
        ]
    return page("Settings", parts)


def example_file() -> str:
    """Return a settings file that holds every default and explains it."""
    blocks = [_EXAMPLE_HEAD]
    for section, meaning, fields in _sections():
        entries = [
            f"# {field['description']}\n# Takes {_takes(field)}.\n{name} = {_toml(field['default'])}"
            for name, field in fields.items()
        ]
        blocks.append("\n".join([f"# {meaning}", f"[{section}]", *entries]))
    return "\n\n".join(blocks) + "\n"


def _sections() -> Iterator[tuple[str, str, dict[str, dict[str, Any]]]]:
    """Yield each section: its name, what it is about, and its fields as JSON Schema."""
    for section, defaults in Settings():
        fields = type(defaults).model_json_schema()["properties"]
        for name, field in fields.items():
            field["default"] = getattr(defaults, name)
            field["description"] = " ".join(field["description"].split())
        yield section, str(defaults.__doc__), fields


def _toml(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key} = {_toml(inner)}" for key, inner in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(_toml, value)) + "]"
    return json.dumps(value, ensure_ascii=False)


_TYPES = {
    "string": "text",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
    "object": "a table",
}


def _takes(field: dict[str, Any]) -> str:
    """Say in words what a setting takes."""
    if "enum" in field:
        return "one of " + ", ".join(code(_toml(value)) for value in field["enum"])
    if field.get("type") == "array":
        return f"a list of {_TYPES[field['items']['type']].removeprefix('a ')}s"
    return _TYPES[field["type"]] + _bounds(field)


def _bounds(field: dict[str, Any]) -> str:
    phrases = {
        "minimum": "at least {}",
        "exclusiveMinimum": "more than {}",
        "maximum": "at most {}",
        "exclusiveMaximum": "less than {}",
    }
    found = [words.format(f"{field[key]:,}") for key, words in phrases.items() if key in field]
    return f", {' and '.join(found)}" if found else ""
