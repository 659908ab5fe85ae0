"""The sections of `Settings`: what can be set, its default and what it does."""

from __future__ import annotations

from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field, field_validator
from pydantic_core import PydanticCustomError

from rekomenda.settings.spark_conf import spark_conf


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
    on_schema_change: Literal["hold", "accept"] = "hold"
    """A file whose ids look otherwise than those of the file of its kind before it."""
    repair_encoding: bool = False
    """Mend letters that were encoded twice (`ForrÃ³`); otherwise they are counted and kept."""
    max_quarantine_ratio: float = Field(default=0.05, ge=0, le=1)
    """Above this share of bad rows a file is held."""
    reject_ratio: float = Field(default=0.25, ge=0, le=1)
    """Above this share a file is rejected: it is probably the wrong format."""
    accept_quarantine: bool = False
    """Load files over `max_quarantine_ratio` too, without their bad rows; not those over
    `reject_ratio`."""
    memory_mb: int = Field(default=512, ge=128)
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
    near_copies_seconds: int = Field(default=0, ge=0, le=3600)
    """A play that another log told at most so many seconds apart counts once. 0: only where the moments
    are the same. Programs differ by up to a minute; a window also takes short repeats for copies."""
    memory_limit: str = Field(default="4GB", pattern=r"^[1-9][0-9]*(MB|GB|TB)$")
    """What the embedded engine may hold before it spills to disk."""
    like_weight: float = Field(default=4.0, ge=0, le=1000)
    """What a like is worth, in tracks played once today; an artist or a genre shares it out among its
    most listened tracks. 0: likes are not learned from."""
    threads: int = Field(default=0, ge=0)
    """Threads of the embedded engine; 0: one for each core."""
    artist_separators: tuple[Annotated[str, Field(min_length=1)], ...] = ()
    """What stands between several artists of a track in `artist_id`, as `" feat. "`; none: a value is one
    artist. Whoever takes part shares the track equally."""
    genre_separators: tuple[Annotated[str, Field(min_length=1)], ...] = ()
    """The same for `genre_id`, as `"|"`."""


class EngineSettings(Section):
    """Where the heavy work is done."""

    kind: Literal["embedded", "spark"] = "embedded"
    """`embedded`: in this process. `spark`: on Apache Spark (the extra `spark`, and Java)."""
    master: str = Field(default="local[*]", min_length=1)
    """Spark's master: `local[*]`, `spark://HOST:PORT`, `yarn`, `k8s://…`."""
    shared: str = ""
    """Folder that this machine and all executors see, where they hand each other their results; empty:
    the home's own `staging`."""
    s3a: bool = False
    """Whether executors read the plays of a home in S3 from the bucket, over Hadoop's S3A, whose jars Spark needs
    for it; else they read the mirror."""
    conf: dict[str, str] = Field(default_factory=dict)
    """Spark's own settings, passed on: `[engine.conf]`, `"spark.executor.memory" = "8g"`."""

    @field_validator("conf", mode="before")
    @classmethod
    def _must_be_sparks(cls, conf: Any) -> Any:
        return spark_conf(conf)


class ModelSettings(Section):
    """Which models are compared, which one serves, and their hyperparameters."""

    algorithm: str = "auto"
    """The candidate for service. `auto` (or its older name, `default`): a blend of a few models,
    chosen and weighted on days before the cut."""
    tuning: str = Field(default="", pattern=r"^([0-9]{8}-[0-9a-f]{10})?$")
    """The tuning (its id, as `rekomenda tune` prints it) whose winner `auto` takes instead of
    searching in each run; empty: it searches. Another `algorithm` has no use for it."""
    budget_seconds: float = Field(default=120, gt=0)
    """What `auto` may spend on trying models, as reckoned from the size of the data for a machine
    of two cores; no clock is asked, so the same data always gives the same choice."""
    ranker: Literal["auto", "off"] = "auto"
    """Whether `auto` tries to put the blend's first candidates in a better order. `auto`: kept where
    it is shown to gain on listeners it did not learn from; `off`: not tried, for lists take longer."""
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
    share of the plays as their share of exposure, where `max_floor_price` allows; 0: lists are as
    the model ranks them."""
    max_floor_price: float = Field(default=0.01, ge=0, le=1)
    """Relative loss of NDCG@10 that this may be expected to cost, from how the worth of a track falls
    along the lists on days before the cut; where it would cost more, emerging artists get less. 1: at
    any price."""
    artist_listeners: int = Field(default=10, ge=0, le=1000)
    """In how many `discover` lists each artist with at least 5 listeners is to stand, where
    candidates allow; 0: in any number."""


class KeepSettings(Section):
    """What is kept before `gc` removes it."""

    releases: int = Field(default=5, ge=2)
    """Releases kept for rollback."""
    snapshots: int = Field(default=10, ge=1)
    """Lake snapshots kept."""


class WarehouseSettings(Section):
    """Where releases are queried. Passwords are never written here: see `docs/warehouses.md`."""

    kind: Literal["duckdb", "postgres", "redshift"] = "duckdb"
    """`duckdb`: files in the home; `postgres` and `redshift`: a server, reached by the settings below."""
    host: str = "localhost"
    """Of the server."""
    port: int = Field(default=0, ge=0, le=65_535)
    """Of the server; 0: the usual one, 5432 or 5439."""
    database: str = Field(default="rekomenda", min_length=1)
    """Database on the server."""
    schema_name: str = Field(default="rekomenda", pattern=r"^[a-z_][a-z0-9_]{0,62}$")
    """Schema in that database. One home fills it, no two."""
    user: str = ""
    """Who loads; empty: `PGUSER`. The password comes from `REKOMENDA_WAREHOUSE_PASSWORD`, `PGPASSWORD` or,
    for PostgreSQL, `~/.pgpass`."""
    readers: tuple[str, ...] = ()
    """Roles that `rekomenda warehouse init` lets read; `public` is everybody."""
    sslmode: Literal["disable", "prefer", "require", "verify-ca", "verify-full"] = "prefer"
    """Encryption of the connection. `prefer` to Redshift is `verify-full`."""
    cluster: str = ""
    """Redshift: identifier of a cluster to log in to by IAM instead of with a password."""
    workgroup: str = ""
    """Redshift Serverless: workgroup to log in to by IAM instead of with a password."""
    region: str = ""
    """Redshift: AWS region of cluster and bucket; empty: that of the AWS configuration."""
    iam_role: str = Field(
        default="", pattern=r"^(|default|arn:aws[a-z-]*:iam::[0-9]{12}:role/[\w+=,.@/-]+)$"
    )
    """Redshift: role that COPY reads the bucket with, an ARN or `default`."""
    staging: str = Field(default="", pattern=r"^(|s3://[a-z0-9][a-z0-9.-]+(/[\w.=/-]*)?)$")
    """Redshift: `s3://bucket/prefix` where files wait for COPY, and are removed afterwards."""
    statement_seconds: float = Field(default=1800, gt=0)
    """Longest that one statement may take."""
    deadline_seconds: float = Field(default=3600, gt=0)
    """Longest that one piece of work may take, with at most three retries after what passes by itself."""


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
    engine: EngineSettings = EngineSettings()
    model: ModelSettings = ModelSettings()
    evaluate: EvaluateSettings = EvaluateSettings()
    gate: GateSettings = GateSettings()
    recommend: RecommendSettings = RecommendSettings()
    keep: KeepSettings = KeepSettings()
    warehouse: WarehouseSettings = WarehouseSettings()
    log: LogSettings = LogSettings()
