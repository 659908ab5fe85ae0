"""Reading the settings, once, at the door: defaults < file < environment < flags."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Literal

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from rekomenda.errors import ConfigError, reason_of
from rekomenda.language import Text
from rekomenda.settings.faults import words_of
from rekomenda.settings.sections import Settings

FILE_NAME = "rekomenda.toml"
PREFIX = "REKOMENDA_"


@dataclass(frozen=True)
class Layer:
    """What one place says of the settings.

    Parameters
    ----------
    kind : {"file", "environment", "option"}
    origin : str
        The file, the variable or the option.
    values : dict
        By section and key.
    """

    kind: Literal["file", "environment", "option"]
    origin: str
    values: dict[str, Any]


def load_settings(
    *,
    file: Path | None = None,
    environment: Mapping[str, str] = os.environ,
    flags: Mapping[str, Any] | None = None,
) -> Settings:
    """Read the settings once, at the door.

    Parameters
    ----------
    file : Path, optional
        TOML file; default `rekomenda.toml` in the current folder, which may be missing.
    environment : mapping
        `REKOMENDA_MODEL__SEED=7` sets `model.seed`; lists and tables are written as in TOML.
    flags : mapping, optional
        `{"ingest.locale": "pt-BR"}`; the last word.

    Raises
    ------
    ConfigError
        If a file cannot be read, a key is unknown or a value does not fit; says which and where.
    """
    merged: dict[str, Any] = {}
    for layer in layers_of(file=file, environment=environment, flags=flags):
        merged = _merge(merged, layer.values)
        _validate(merged, layer.origin)
    return _validate(merged, "settings")


def faults_in(
    *,
    file: Path | None = None,
    environment: Mapping[str, str] = os.environ,
) -> list[ConfigError]:
    """Return everything that keeps the settings from being read, in the order of the layers."""
    try:
        layers = layers_of(file=file, environment=environment)
    except ConfigError as error:
        return [error]
    found: list[ConfigError] = []
    for layer in layers:
        try:
            Settings.model_validate(layer.values)
        except ValidationError as error:
            found += [_said(fault, layer.origin) for fault in error.errors()]
    return found


def layers_of(
    *,
    file: Path | None = None,
    environment: Mapping[str, str] = os.environ,
    flags: Mapping[str, Any] | None = None,
) -> list[Layer]:
    """Return what is set besides the defaults, the last word last.

    Raises
    ------
    ConfigError
        If a file cannot be read.
    """
    layers: list[Layer] = []
    path = file or Path(FILE_NAME)
    if file is not None or path.exists():
        layers.append(Layer("file", str(path), _read_file(path)))
    layers.extend(_read_environment(environment))
    layers.extend(
        Layer("option", f"--{key}", _nested(key.split("."), value))
        for key, value in (flags or {}).items()
    )
    return layers


def _validate(values: dict[str, Any], origin: str) -> Settings:
    try:
        return Settings.model_validate(values)
    except ValidationError as error:
        raise _said(error.errors()[0], origin) from error


def _said(fault: ErrorDetails, origin: str) -> ConfigError:
    path = [str(part) for part in fault["loc"]]
    unknown = fault["type"] == "extra_forbidden"
    return ConfigError(
        origin=origin,
        key=".".join(path),
        detail=words_of(fault["type"], fault["msg"], fault.get("ctx", {})),
        hint=_suggestion(path) if unknown else "",
    )


_DID_YOU_MEAN = Text(en=" Did you mean {name}?", pt=" Você quis dizer {name}?")


def _suggestion(path: list[str]) -> Text | str:
    model: Any = Settings
    for part in path[:-1]:
        model = model.model_fields[part].annotation
    close = get_close_matches(path[-1], list(model.model_fields), n=1)
    return _DID_YOU_MEAN.filled(name=".".join([*path[:-1], close[0]])) if close else ""


def _read_file(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ConfigError(origin=str(path), key="file", detail=reason_of(error), hint="") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(origin=str(path), key="TOML", detail=error, hint="") from error


def _read_environment(environment: Mapping[str, str]) -> list[Layer]:
    layers = []
    for name, text in sorted(environment.items()):
        if name.startswith(PREFIX) and "__" in name:
            keys = name.removeprefix(PREFIX).lower().split("__")
            layers.append(Layer("environment", name, _nested(keys, _read_value(text))))
    return layers


def _read_value(text: str) -> Any:
    try:
        return tomllib.loads(f"value = {text}")["value"]
    except tomllib.TOMLDecodeError:
        return text


def _nested(keys: list[str], value: Any) -> dict[str, Any]:
    for key in reversed(keys):
        value = {key: value}
    nested: dict[str, Any] = value
    return nested


def _merge(low: dict[str, Any], high: dict[str, Any]) -> dict[str, Any]:
    merged = dict(low)
    for key, value in high.items():
        both = isinstance(value, dict) and isinstance(merged.get(key), dict)
        merged[key] = _merge(merged[key], value) if both else value
    return merged
