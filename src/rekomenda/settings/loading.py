"""Reading the settings, once, at the door: defaults < file < environment < flags."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from rekomenda.errors import ConfigError, reason_of
from rekomenda.language import Text
from rekomenda.settings.faults import words_of
from rekomenda.settings.sections import Settings

FILE_NAME = "rekomenda.toml"
PREFIX = "REKOMENDA_"


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
    layers: list[tuple[str, dict[str, Any]]] = []
    path = file or Path(FILE_NAME)
    if file is not None or path.exists():
        layers.append((str(path), _read_file(path)))
    layers.extend(_read_environment(environment))
    layers.extend(
        (f"--{key}", _nested(key.split("."), value)) for key, value in (flags or {}).items()
    )
    merged: dict[str, Any] = {}
    for origin, layer in layers:
        merged = _merge(merged, layer)
        _validate(merged, origin)
    return _validate(merged, "settings")


def _validate(values: dict[str, Any], origin: str) -> Settings:
    try:
        return Settings.model_validate(values)
    except ValidationError as error:
        first = error.errors()[0]
        path = [str(part) for part in first["loc"]]
        unknown = first["type"] == "extra_forbidden"
        raise ConfigError(
            origin=origin,
            key=".".join(path),
            detail=words_of(first["type"], first["msg"], first.get("ctx", {})),
            hint=_suggestion(path) if unknown else "",
        ) from error


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


def _read_environment(environment: Mapping[str, str]) -> list[tuple[str, dict[str, Any]]]:
    layers = []
    for name, text in sorted(environment.items()):
        if name.startswith(PREFIX) and "__" in name:
            keys = name.removeprefix(PREFIX).lower().split("__")
            layers.append((name, _nested(keys, _read_value(text))))
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
