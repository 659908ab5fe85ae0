"""Plays ⋈ tracks ⋈ artists: from the lake to what models learn from, as of a day.

The work itself is the SQL of `data/sql`, which an engine runs; this module says in which order,
with which parameters, and what comes of the tables. Everything that one run needs (the matrix as of
the day, the one up to the cut, the plays after the cut) is made from one reading of the lake and
over the same ids.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import pairwise
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from rekomenda.data.sql import read_step
from rekomenda.domain.catalogue import Catalogue
from rekomenda.domain.interactions import Interactions
from rekomenda.domain.schema import INPUTS, LIKES, PLAYS, TRACKS
from rekomenda.domain.tastes import Likes, listeners_of, with_likes
from rekomenda.domain.training import HeavyWork, TrainingData
from rekomenda.engines.base import Engine, Parts, Scalar, Step
from rekomenda.errors import NoDataError, NoOverlapError
from rekomenda.joining.apart import apart
from rekomenda.joining.assemble import (
    CATALOGUE,
    assemble_catalogue,
    assemble_dials,
    assemble_interactions,
    assemble_likes,
)
from rekomenda.joining.cells import Cells, PlaysInOrder
from rekomenda.joining.columns import column
from rekomenda.joining.report import IntegrationReport, report_on
from rekomenda.joining.weighed import BEGINNING, WeighedPlays, Weighing, plays_of, spans_of
from rekomenda.language import Text
from rekomenda.settings import IntegrateSettings

UNTIL = Text(" ≤ {last}", " ≤ {last}")  # what `NoDataError` adds where a day was asked for
NO_NEAR_COPIES = pa.schema(
    [
        ("day", pa.date32()),
        ("user_id", pa.string()),
        ("track_id", pa.string()),
        ("played_at", pa.timestamp("us", "UTC")),
        ("part", pa.int32()),
    ]
).empty_table()
"""What stands in the place of the step that looks for them."""
_DAY = 86_400_000_000
"""Microseconds."""


@dataclass(frozen=True, eq=False)
class Integrated:
    """Everything known as of a day.

    Parameters
    ----------
    data : TrainingData
        Rows: everybody who played something or says what they like, and is no bot. Columns: every
        track that the plays or the catalogue name.
    listeners : pa.Table
        `user_id, region, birth_year, plays, n_tracks, bot, heavy, first_day, last_day`: everybody
        whom the plays or the listeners' file name, bots too.
    plays_daily : pa.Table
        `day, track_id, plays, listeners, bot_plays`; bots are in the last column only.
    days : pa.Table
        `day, plays, listeners, tracks, bot_plays`: the same by day.
    report : IntegrationReport
    at_cut : TrainingData or None
        The same ids and rules up to the cut. Who came later has an empty row, what was played only
        later an empty column. (Bots are known by all their days, up to `as_of`.)
    holdout : Interactions or None
        The plays after the cut, over the same ids.
    before : TrainingData or None
        As `at_cut`, up to the validation cut: what `auto` tries candidates on.
    between : Interactions or None
        The plays after the validation cut and up to the cut.
    first_played : ndarray of int64, shape (nnz,), or None
        When each cell of `data` was first played, in microseconds since 1970-01-01 UTC; where only
        daily totals tell of it, the beginning of its first day. None unless asked for.
    likes : Likes
        What the listeners of `data` say they like.
    like_weight : float
        What a like is worth.
    dials : ndarray of float64, shape (U,), or None
        Where each listener of `data` has turned their dial, 0 to 1; NaN for who left it alone. None
        for nobody's.
    """

    data: TrainingData
    listeners: pa.Table
    plays_daily: pa.Table
    days: pa.Table
    report: IntegrationReport
    at_cut: TrainingData | None = None
    holdout: Interactions | None = None
    before: TrainingData | None = None
    between: Interactions | None = None
    first_played: NDArray[np.int64] | None = None
    likes: Likes = field(default_factory=Likes.none)
    like_weight: float = 0.0
    dials: NDArray[np.float64] | None = None

    @property
    def to_serve(self) -> TrainingData:
        """What the model in service learns from: the plays, and what people say they like.

        Likes carry no day on which they were said, so a model that is examined learns from plays
        alone: what somebody likes now may be what they are asked for.
        """
        histories = self.data.interactions.histories
        told = with_likes(
            histories,
            self.likes,
            self.catalogue,
            listeners=listeners_of(histories),
            weight=self.like_weight,
        )
        interactions = replace(self.data.interactions, histories=told)
        return replace(self.data, interactions=interactions)

    @property
    def catalogue(self) -> Catalogue:
        """The catalogue of `data`."""
        return self.data.catalogue


def integrate(
    engine: Engine,
    lake_parts: Mapping[str, Sequence[Path]],
    *,
    home: Path,
    as_of: date,
    cut: date | None = None,
    validation_cut: date | None = None,
    options: IntegrateSettings | None = None,
    moments: bool = False,
) -> Integrated:
    """Join everything in the lake up to `as_of`, and split it at `cut`.

    Parameters
    ----------
    engine : Engine
    lake_parts : mapping of str to sequence of Path
        Parquet files of each table in order of ingestion; a table without files may be missing.
    home : Path
        Named in messages only.
    as_of : date
        Nothing after this day is read.
    cut : date, optional
        Last day before the holdout, earlier than `as_of`.
    validation_cut : date, optional
        Last day before a second holdout that ends at `cut`, earlier than that.
    options : IntegrateSettings, optional
        Default: the default settings.
    moments : bool, default False
        Whether `first_played` is wanted; it takes another reading of the plays.

    Raises
    ------
    NoDataError
        If there are no plays up to `as_of`.
    NoOverlapError
        If there is a catalogue and it names none of the played tracks (B77).
    """
    options = options or IntegrateSettings()
    tables: dict[str, Parts | pa.Table] = {
        f"lake_{name}": parts_of(name, lake_parts.get(name, ())) for name in INPUTS
    }
    if not options.like_weight:
        tables[f"lake_{LIKES.name}"] = parts_of(LIKES.name, ())
    if not options.near_copies_seconds:
        tables["near_copies"] = NO_NEAR_COPIES
    tables["apart"] = apart(engine, tables[f"lake_{TRACKS.name}"], options)
    cuts = [day for day in (validation_cut, cut) if day is not None]
    spans = spans_of(_day_number(as_of), [_day_number(day) for day in cuts])
    weighing = None if engine.work is None else Weighing(spans, options)
    found = engine.sql(_steps(options, weighing, as_of=as_of, moments=moments), tables)
    if found["days"].num_rows == 0:
        raise NoDataError(home=home, until=UNTIL.filled(last=as_of))
    plays = plays_of(found, weighing, options)
    integrated = _integrated(found, plays, as_of=as_of, cuts=cuts, work=engine.work)
    return replace(integrated, like_weight=options.like_weight)


def last_complete_day(days: Iterable[date], *, today: date) -> date | None:
    """Return the last day with plays that is over, the default of `as_of`.

    Today is still going on, so it counts only when there is nothing before it. None without days.
    """
    present = sorted(days)
    return max((day for day in present if day < today), default=present[-1] if present else None)


def parts_of(name: str, paths: Sequence[Path]) -> Parts:
    """Describe a table of the lake; all but the plays carry the line of their file."""
    schema = INPUTS[name].arrow
    if name != PLAYS.name:
        schema = schema.append(pa.field("line", pa.int64()))
    return Parts(schema, tuple(paths))


def _steps(
    options: IntegrateSettings, weighing: Weighing | None, *, as_of: date, moments: bool
) -> list[Step]:
    """Put the steps in their order; with a weighing, of the sorted plays only what it makes comes back."""

    def step(name: str, result: str | None = None, /, **parameters: Scalar) -> Step:
        return Step(name, read_step(name), parameters, result)

    limits = {"heavy": options.heavy_plays_per_day, "bot": options.bot_plays_per_day}
    known = ("known_tracks", "known_artists", "known_users", "known_genres")
    credited = ("credits", "genre_credits")
    steps = [
        *(step(name) for name in (*known, *credited)),
        step("taken_down", as_of=as_of),
        step("listener_ids", as_of=as_of),
        step("track_ids", as_of=as_of),
        *(step(name) for name in ("artist_ids", "genre_ids", "region_ids")),
        step("played_days", as_of=as_of),
        *_near_copies(options),
        step("daily", as_of=as_of),
        step("listener_days"),
        step("flagged_days", "flagged_days", **limits),
        step("flags"),
        step("liked", "liked", as_of=as_of),
        step("dialled", "dialled"),
        step("user_ids", "users"),
        step("listeners", "listeners"),
        step("plays_daily", "plays_daily"),
        step("days", "days"),
        *(step(name, name) for name in CATALOGUE),
        replace(step("in_order", "in_order"), making=weighing),
    ]
    if moments:
        steps.append(step("first_played", "first_played", as_of=as_of))
    return steps


def _near_copies(options: IntegrateSettings) -> list[Step]:
    """Look for plays that two logs tell a few seconds apart, where that is asked for."""
    window = options.near_copies_seconds
    return [Step("near_copies", read_step("near_copies"), {"window": window})] if window else []


def _integrated(
    found: dict[str, pa.Table],
    plays: PlaysInOrder | WeighedPlays,
    *,
    as_of: date,
    cuts: Sequence[date],
    work: HeavyWork | None,
) -> Integrated:
    catalogue = assemble_catalogue({name: found[name] for name in CATALOGUE})
    _require_overlap(found["tracks"])

    def interactions(cells: Cells) -> Interactions:
        return assemble_interactions(cells, users=found["users"], items=catalogue.items)

    def training(cells: Cells, until: date) -> TrainingData:
        return TrainingData(interactions(cells), catalogue, _day_number(until), work)

    everything = plays.cells(BEGINNING, _day_number(as_of))
    found["listeners"] = _with_n_tracks(found["listeners"], everything)
    data = training(everything, as_of)
    del everything
    sides = []
    for cut, until in pairwise((*cuts, as_of)):
        first, last = _day_number(cut), _day_number(until)
        earlier = training(plays.cells(BEGINNING, first), cut)
        sides.append((earlier, interactions(plays.cells(first, last))))
    at_cut, holdout = sides[-1] if sides else (None, None)
    before, between = sides[0] if len(sides) > 1 else (None, None)
    return Integrated(
        data=data,
        listeners=found["listeners"],
        plays_daily=_with_track_ids(found["plays_daily"], catalogue),
        days=found["days"],
        report=report_on(found, data, at_cut, holdout),
        at_cut=at_cut,
        holdout=holdout,
        before=before,
        between=between,
        first_played=_first_played(found["first_played"], data)
        if "first_played" in found
        else None,
        likes=assemble_likes(found["liked"], data.interactions.users),
        dials=assemble_dials(found["dialled"], data.interactions.users),
    )


def _with_n_tracks(listeners: pa.Table, cells: Cells) -> pa.Table:
    """Put the number of different tracks in the place of the listener's number."""
    listener = column(listeners, "listener_index", np.int64)
    n_tracks = np.append(np.bincount(cells.listeners), 0)[listener]  # who has no number has the 0
    place = listeners.schema.get_field_index("listener_index")
    return listeners.set_column(place, "n_tracks", pa.array(n_tracks, pa.int64()))


def _first_played(found: pa.Table, data: TrainingData) -> NDArray[np.int64]:
    """Return the moment of each cell; a day of daily totals counts from its beginning."""
    moments = found["first_at"].cast(pa.int64())
    days = pa.array(data.interactions.histories.first_day, pa.int64())
    beginnings = pc.multiply(days, _DAY)
    return np.asarray(pc.coalesce(moments, beginnings), np.int64)


def _require_overlap(tracks: pa.Table) -> None:
    listed = tracks["listed"]
    played = pc.greater(tracks["plays"], 0)
    if not pc.any(listed).as_py() or pc.any(pc.and_(listed, played)).as_py():
        return
    ours, theirs = tracks["track_id"].filter(played), tracks["track_id"].filter(listed)
    raise NoOverlapError(
        plays=len(ours),
        tracks=len(theirs),
        play_ids=", ".join(ours[:3].to_pylist()),
        track_ids=", ".join(theirs[:3].to_pylist()),
    )


def _with_track_ids(plays_daily: pa.Table, catalogue: Catalogue) -> pa.Table:
    """Put ids in the place of item numbers, as a dictionary: no text is repeated."""
    index = plays_daily["item_index"].combine_chunks()
    track_ids = pa.DictionaryArray.from_arrays(index, catalogue.items.ids)
    place = plays_daily.schema.get_field_index("item_index")
    return plays_daily.set_column(place, "track_id", track_ids)


def _day_number(day: date) -> int:
    return (day - date(1970, 1, 1)).days
