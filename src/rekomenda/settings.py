"""One typed object: defaults < rekomenda.toml < REKOMENDA_SECTION__KEY < flags."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator
from pydantic_core import PydanticCustomError

from rekomenda.errors import ConfigError, reason_of
from rekomenda.language import Text


class Section(BaseModel):
    """Base of every section: frozen, unknown keys refused."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)


class IngestSettings(Section):
    """How files are read and checked."""

    locale: Literal["auto", "pt-BR", "en"] = "auto"
    """How numbers and dates are written in the files; `auto` decides for each file, or asks."""
    timezone: str = "America/Fortaleza"
    """IANA zone of times that carry none."""
    encoding: str = "auto"
    """`auto` (UTF-8, UTF-16 by its mark, else Windows-1252) or a codec name."""
    separator: str = Field(default="auto", pattern=r"^(auto|[^\"\n\r\x80-\U0010FFFF])$")
    """Character between columns; `auto` finds comma, semicolon, tab or pipe for each file."""
    date_format: Literal["auto", "ymd", "dmy", "mdy", "excel"] = "auto"
    """Order of day, month and year; `auto` decides for each file, or holds it and asks. `excel`
    reads a spreadsheet's serial numbers too."""
    on_overlap: Literal["hold", "sum", "replace"] = "hold"
    """Daily totals for days that another file already brought."""
    max_quarantine_ratio: float = Field(default=0.05, ge=0, le=1)
    """Above this share of bad rows a file is held."""
    reject_ratio: float = Field(default=0.25, ge=0, le=1)
    """Above this share a file is rejected: it is probably the wrong format."""
    accept_quarantine: bool = False
    """Load files over `max_quarantine_ratio` too."""
    memory_mb: int = Field(default=1024, ge=128)
    """Rows held in memory before they are spilled, in MB."""
    threads: int = Field(default=0, ge=0)
    """Blocks of a file checked at once; 0: one for each core."""
    columns: dict[str, str] = Field(default_factory=dict)
    """Names of your columns: `canonical = "yours"`."""

    @field_validator("timezone")
    @classmethod
    def _must_be_a_zone(cls, name: str) -> str:
        try:
            ZoneInfo(name)
        except (KeyError, ValueError, OSError) as error:  # not there, a path, or a folder of zones
            raise PydanticCustomError("no_time_zone", "no time zone") from error
        return name


class IntegrateSettings(Section):
    """How plays become interactions."""

    half_life_days: int = Field(default=60, ge=1, le=36_500)
    """After so many days a play weighs half."""
    max_plays_per_day: int = Field(default=20, ge=1, le=86_400)
    """Plays of one track by one listener in a day that count; the rest is kept but not learned."""
    bot_plays_per_day: int = Field(default=2880, ge=1, le=1_000_000)
    """A listener with more plays in a day (86,400 s of 30 s plays) is flagged a bot: left out."""
    heavy_plays_per_day: int = Field(default=500, ge=1, le=1_000_000)
    """A listener-day with more is flagged heavy: its weight is capped at this many plays."""
    memory_limit: str = Field(default="4GB", pattern=r"^[1-9][0-9]*(MB|GB|TB)$")
    """What the embedded engine may hold before it spills to disk."""
    like_weight: float = Field(default=4.0, ge=0, le=1000)
    """What a like is worth, in tracks played once today; an artist or a genre shares it out among its
    most listened tracks. 0: likes are not learned from."""
    threads: int = Field(default=0, ge=0)
    """Threads of the embedded engine; 0: one for each core."""


class ModelSettings(Section):
    """Which models are compared, which one serves, and their hyperparameters."""

    algorithm: str = "auto"
    """The candidate for service. `auto` (or its older name, `default`): a blend of a few models,
    chosen and weighted on days before the cut."""
    budget_seconds: float = Field(default=120, gt=0)
    """What `auto` may spend on trying models, as reckoned from the size of the data for a machine
    of two cores; no clock is asked, so the same data always gives the same choice."""
    compare: tuple[str, ...] = (
        "random",
        "popularity",
        "popularity_recent",
        "popularity_genre",
        "popularity_region",
        "item_knn",
        "ease",
        "als",
    )
    """Models measured side by side in each run, besides the candidate."""
    max_ease_items: int = Field(default=15_000, ge=1)
    """Catalogues above this many tracks leave EASE out: it needs 4 bytes for each pair of tracks."""
    seed: int = Field(default=20_240_219, ge=0)
    """Start of every random number; the same seed gives the same lists."""
    hyperparameters: dict[str, dict[str, Any]] = Field(default_factory=dict)
    """By algorithm: `[model.hyperparameters.als]`, `n_factors = 64`."""


class EvaluateSettings(Section):
    """How models are measured."""

    holdout: Literal["auto", "time", "random", "sessions"] = "auto"
    """What is kept for testing. `time`: the last days; `random`: tracks of each listener, for data
    without time; `auto`: time where the days allow it, else random. `sessions`: each user id is one
    session; of those that end in the last days the first half is shown and the rest asked for."""
    holdout_days: int = Field(default=7, ge=1, le=36_500)
    """The last days, kept for testing."""
    cutoffs: tuple[Annotated[int, Field(ge=1)], ...] = Field(default=(10, 20), min_length=1)
    """k of the metrics; the gate's is measured too."""
    n_resamples: int = Field(default=1000, ge=100)
    """Bootstrap resamples of each interval."""
    confidence: float = Field(default=0.95, gt=0.5, lt=1)
    """Coverage of each interval."""
    random_share: float = Field(default=0.2, gt=0, lt=1)
    """Random holdout: share of each listener's tracks held out."""


class GateSettings(Section):
    """What a candidate must show before it is published."""

    metric: Literal["ndcg", "recall", "precision", "mrr", "map", "hit_rate"] = "ndcg"
    """Metric of the comparison."""
    cutoff: int = Field(default=20, ge=1)
    """Its k."""
    task: Literal["all", "again", "unheard", "new_artists"] = "unheard"
    """Task of the comparison."""
    tolerance: float = Field(default=0.01, ge=0, le=1)
    """Relative loss against the release in service that still counts as equal."""
    recall_cutoff: int = Field(default=50, ge=1)
    """Recall has to hold as well, at this k."""
    group_tolerance: float = Field(default=0.03, ge=0, le=1)
    """Relative loss that the worst group of listeners may suffer, beyond what so few can show."""
    min_listeners: int = Field(default=50, ge=1)
    """With fewer listeners in the holdout nothing is proven; the release is marked `unproven`."""
    min_gain: float = Field(default=0.1, ge=0)
    """By how much popularity must be beaten, relative."""
    power: float = Field(default=0.9, gt=0.5, lt=1)
    """A loss that so many listeners would not show with this probability counts as equal."""
    max_margin: float = Field(default=0.1, ge=0, le=1)
    """However few listeners, a greater relative loss than this never counts as equal."""
    rehearsal_listeners: int = Field(default=200, ge=0)
    """Listeners that a new process answers from the release's files before it is published; 0:
    no rehearsal."""
    reproduce_seconds: float = Field(default=20, ge=0)
    """Two trainings with one seed are compared, byte by byte, where one takes at most so long."""
    max_slowdown: float = Field(default=1.5, ge=1)
    """Answer time (99th percentile), as a multiple of that of the release in service."""
    max_growth: float = Field(default=1.5, ge=1)
    """Size of the model, as a multiple of that of the release in service."""
    always_fast_ms: float = Field(default=100, ge=0)
    """Answers as quick as this are never too slow."""
    always_small_mb: float = Field(default=64, ge=0)
    """A model as small as this is never too large."""
    min_rows: float = Field(default=0.5, ge=0, le=1)
    """Rows of each of the last days, at least this multiple of the median of the same weekday."""
    max_rows: float = Field(default=2, ge=1)
    """And at most this multiple."""
    max_quarantine: float = Field(default=0.05, ge=0, le=1)
    """Share of the lake's rows that may have been set aside."""
    max_age_days: int = Field(default=14, ge=1)
    """Without `--as-of`: days that the newest plays may be older than when such files arrived."""
    max_top_share: float = Field(default=2, ge=1)
    """Share of the lists that hold the most recommended track, as a multiple of today's."""
    min_overlap: float = Field(default=0.3, ge=0, le=1)
    """Median overlap (Jaccard) of the first ten of `for_you` with the release in service."""
    accept_change: bool = False
    """A person says yes to lists that overlap less."""
    max_listeners_lost: float = Field(default=0.05, ge=0, le=1)
    """Share of the listeners served today who may be without lists."""
    max_exposure_loss: float = Field(default=0.25, ge=0, le=1)
    """Relative loss of artist coverage, and of every other measure of exposure."""


class RecommendSettings(Section):
    """How lists are made."""

    for_you: int = Field(default=50, ge=1, le=1000)
    """Tracks in `for_you`."""
    again: int = Field(default=20, ge=1, le=1000)
    """Tracks in `again`."""
    discover: int = Field(default=20, ge=1, le=1000)
    """Tracks in `discover`."""
    explore: int = Field(default=20, ge=1, le=1000)
    """Tracks in `explore`."""
    fresh: int = Field(default=20, ge=1, le=1000)
    """Tracks in `fresh`."""
    fresh_days: int = Field(default=30, ge=1, le=36_500)
    """How many days a track is new, from its release or else from its first play."""
    dial: float = Field(default=0.5, ge=0, le=1)
    """What `for_you` is mixed of, from familiar (0: only tracks worth hearing again) to new (1: only
    artists never heard); 0.5: tracks never heard, as the model ranks them."""
    rest_after_weeks: int = Field(default=3, ge=0, le=520)
    """After so many weekly releases on a listener's shelf, a track that was not played rests there;
    0: nothing rests."""
    rest_weeks: int = Field(default=4, ge=1, le=520)
    """For how many weeks it rests: it comes last, where a list would otherwise be short."""
    max_per_artist: int = Field(default=3, ge=1)
    """Tracks of one artist that a list may hold."""
    candidates: int = Field(default=200, ge=10)
    """Candidates ranked for each list."""
    similar: int = Field(default=20, ge=1, le=200)
    """Similar tracks and artists published for each."""
    min_support: int = Field(default=10, ge=1)
    """Listeners behind each published similarity."""
    emerging_share: float = Field(default=1.0, ge=0, le=5)
    """Emerging artists (outside those who have 80 % of the plays) get at least this times their
    share of the plays as their share of exposure; 0: lists are as the model ranks them."""
    artist_listeners: int = Field(default=10, ge=0, le=1000)
    """In how many `discover` lists each artist with at least 5 listeners is to stand, where
    candidates allow; 0: in any number."""


class KeepSettings(Section):
    """What is kept before `gc` removes it."""

    releases: int = Field(default=5, ge=2)
    """Releases kept for rollback."""
    snapshots: int = Field(default=10, ge=1)
    """Lake snapshots kept."""


class LogSettings(Section):
    """What is logged to standard error."""

    level: Literal["debug", "info", "warning", "error"] = "warning"
    """Least severe level shown."""
    format: Literal["text", "json"] = "text"
    """For people, or one JSON object a line."""


class Settings(Section):
    """Everything that can be set."""

    ingest: IngestSettings = IngestSettings()
    integrate: IntegrateSettings = IntegrateSettings()
    model: ModelSettings = ModelSettings()
    evaluate: EvaluateSettings = EvaluateSettings()
    gate: GateSettings = GateSettings()
    recommend: RecommendSettings = RecommendSettings()
    keep: KeepSettings = KeepSettings()
    log: LogSettings = LogSettings()


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
            detail=_fault(first["type"], first["msg"], first.get("ctx", {})),
            hint=_suggestion(path) if unknown else "",
        ) from error


_UNKNOWN = Text(en="unknown setting", pt="configuração desconhecida")
_NOT_ACCEPTED = Text(en="not a value it takes: {words}", pt="valor não aceito: {words}")
_FAULTS = {
    "greater_than_equal": Text(en="must be at least {ge}", pt="precisa ser no mínimo {ge}"),
    "greater_than": Text(en="must be more than {gt}", pt="precisa ser maior que {gt}"),
    "less_than_equal": Text(en="must be at most {le}", pt="precisa ser no máximo {le}"),
    "less_than": Text(en="must be less than {lt}", pt="precisa ser menor que {lt}"),
    "literal_error": Text(en="must be one of {choices}", pt="precisa ser um de {choices}"),
    "int_parsing": Text(en="must be a whole number", pt="precisa ser um número inteiro"),
    "int_from_float": Text(en="must be a whole number", pt="precisa ser um número inteiro"),
    "float_parsing": Text(en="must be a number", pt="precisa ser um número"),
    "bool_parsing": Text(en="must be true or false", pt="precisa ser true ou false"),
    "string_type": Text(en="must be text", pt="precisa ser texto"),
    "model_type": Text(en="must be a table", pt="precisa ser uma tabela"),
    "dict_type": Text(en="must be a table", pt="precisa ser uma tabela"),
    "tuple_type": Text(en="must be a list", pt="precisa ser uma lista"),
    "too_short": Text(en="must not be empty", pt="não pode ficar vazio"),
    "string_pattern_mismatch": Text(
        en="must match the pattern {pattern}", pt="precisa seguir o padrão {pattern}"
    ),
    "no_time_zone": Text(
        en="there is no such time zone; write it like America/Fortaleza",
        pt="não existe esse fuso; escreva como America/Fortaleza",
    ),
}
"""What pydantic found wrong, by its name for it."""


def _fault(kind: str, words: str, facts: Mapping[str, Any]) -> Text:
    """Say in both languages why a value is refused."""
    if kind == "extra_forbidden":
        return _UNKNOWN
    choices = str(facts.get("expected", "")).replace(" or ", ", ")
    return _FAULTS.get(kind, _NOT_ACCEPTED).filled(**facts, words=words, choices=choices)


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
