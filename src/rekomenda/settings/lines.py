"""In which line of a TOML file each key stands: the parser does not tell."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from typing import Any, Final

_TABLE: Final = re.compile(r"^\s*(\[[^\[].*?\])\s*(#.*)?$")
_KEY: Final = re.compile(
    r"""^\s*((?:[\w-]+|"[^"]*"|'[^']*')(?:\s*\.\s*(?:[\w-]+|"[^"]*"|'[^']*'))*)\s*="""
)


def lines_of_keys(text: str) -> dict[tuple[str, ...], int]:
    """Return the line, from 1, of each key of a valid document, by its path of at most two parts.

    A section's key that is written deeper (`[model.hyperparameters.als]`) has the line of the first
    place that names it.
    """
    found: dict[tuple[str, ...], int] = {}
    table: tuple[str, ...] = ()
    for number, line in _statements(text):
        header = _TABLE.match(line)
        if header:
            table = _path(tomllib.loads(header[1]))
            found.setdefault(table[:2], number)
            continue
        key = _KEY.match(line)
        if key:
            own = (*table, *_path(tomllib.loads(f"{key[1]} = 0")))
            found.setdefault(own[:2], number)
            for inner in _inline(line, own):
                found.setdefault(inner, number)
    return found


def _statements(text: str) -> Iterator[tuple[int, str]]:
    """Yield lines that begin something: all above them must be a document, not an open text or list."""
    lines = text.splitlines()
    for number, line in enumerate(lines, start=1):
        if line.strip() and not line.lstrip().startswith("#") and _is_whole(lines[: number - 1]):
            yield number, line


def _is_whole(lines: list[str]) -> bool:
    try:
        tomllib.loads("\n".join(lines))
    except tomllib.TOMLDecodeError:
        return False
    return True


def _path(nested: dict[str, Any]) -> tuple[str, ...]:
    """Return the only path in a document of one key."""
    parts: list[str] = []
    while nested:
        (name, inner), *_ = nested.items()
        parts.append(name)
        nested = inner if isinstance(inner, dict) else {}
    return tuple(parts)


def _inline(line: str, own: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    """Yield the keys of `model = { seed = 7 }`."""
    if len(own) != 1:
        return
    try:
        value = tomllib.loads(line).get(own[0])
    except tomllib.TOMLDecodeError:
        return
    if isinstance(value, dict):
        yield from ((own[0], key) for key in value)
