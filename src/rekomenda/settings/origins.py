"""Every setting with where its value comes from, as it may be shown: secrets stay hidden."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal

from rekomenda.settings.lines import lines_of_keys
from rekomenda.settings.loading import Layer, layers_of
from rekomenda.settings.sections import Settings

Kind = Literal["default", "file", "environment", "option"]
HIDDEN: Final = "••••"
_SECRET: Final = re.compile(
    r"(?i)(^|_)(password|passwd|senha|secret|segredo|token|api_?key|credentials?)$"
)
_IN_ADDRESS: Final = re.compile(r"(?<=://)([^/@:\s]*):[^/@\s]+(?=@)")


@dataclass(frozen=True)
class Origin:
    """Where a value comes from.

    Parameters
    ----------
    kind : {"default", "file", "environment", "option"}
    name : str
        Of the file, the variable or the option.
    line : int or None
        In the file, from 1.
    """

    kind: Kind
    name: str = ""
    line: int | None = None


DEFAULT: Final = Origin("default")


def shown_settings(
    settings: Settings,
    *,
    file: Path | None = None,
    environment: Mapping[str, str] = os.environ,
    flags: Mapping[str, Any] | None = None,
) -> dict[str, dict[str, tuple[Any, Origin]]]:
    """Return, by section and key, each value ready for JSON and its origin.

    A table that is filled from several places has the origin of the last.

    Parameters
    ----------
    settings : Settings
    file, environment, flags
        What they were read from, as `load_settings` takes it.
    """
    layers = layers_of(file=file, environment=environment, flags=flags)
    return {
        section: {
            key: (masked(key, value), _origin(layers, section, key))
            for key, value in values.items()
        }
        for section, values in settings.model_dump(mode="json").items()
    }


def masked(key: str, value: Any) -> Any:
    """Hide what is a secret by its name, and a password inside an address, at any depth."""
    if isinstance(value, dict):
        return {name: masked(name, item) for name, item in value.items()}
    if isinstance(value, list):
        return [masked(key, item) for item in value]
    if _SECRET.search(key) and value not in ("", None):
        return HIDDEN
    return _IN_ADDRESS.sub(rf"\1:{HIDDEN}", value) if isinstance(value, str) else value


def _origin(layers: list[Layer], section: str, key: str) -> Origin:
    for layer in reversed(layers):
        if key in layer.values.get(section, {}):
            return _described(layer, (section, key))
    return DEFAULT


def _described(layer: Layer, path: tuple[str, ...]) -> Origin:
    if layer.kind == "option":
        return Origin("option", layer.origin.replace(".", "-"))  # as it is typed: --log-level
    if layer.kind == "environment":
        return Origin("environment", layer.origin)
    lines = lines_of_keys(Path(layer.origin).read_text(encoding="utf-8"))
    return Origin("file", layer.origin, lines.get(path))
