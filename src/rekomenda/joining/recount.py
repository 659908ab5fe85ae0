"""Plays of a lake by day, counted once more without joining them, and a release held against that."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from rekomenda.data.sql import read_step
from rekomenda.domain.schema import PLAYS
from rekomenda.engines.base import Engine, Step
from rekomenda.joining.integrate import parts_of

_STEP = "lake_days"


@dataclass(frozen=True)
class Recount:
    """What a lake and a release say of the same days.

    Parameters
    ----------
    days : int
        Days with plays, in either.
    lake_plays, release_plays : int
        All plays up to the release's day, bots' too.
    copies : int
        Plays that several logs of one day hold: a release counts each once.
    differences : int
        Days on which they disagree, copies apart.
    """

    days: int
    lake_plays: int
    release_plays: int
    copies: int
    differences: int


def recount(
    engine: Engine, paths: Sequence[Path], plays_daily: pa.Table, *, as_of: date
) -> Recount:
    """Count the plays of a lake and compare them with those of a release.

    Parameters
    ----------
    engine : Engine
    paths : sequence of Path
        The lake's parts of plays.
    plays_daily : pa.Table
        The release's: `day, plays, bot_plays`, other columns are not looked at.
    as_of : date
        The release's day.

    Raises
    ------
    CorruptError
        If a part cannot be read.
    """
    step = Step(_STEP, read_step(_STEP), {"as_of": as_of}, result=_STEP)
    lake = engine.sql([step], {"lake_plays": parts_of(PLAYS.name, paths)})[_STEP]
    return compare_days(lake, plays_daily)


def compare_days(lake: pa.Table, plays_daily: pa.Table) -> Recount:
    """Compare `day, plays, overlapping` of a lake with the rows of a release, by day."""
    told = pc.add(plays_daily["plays"], plays_daily["bot_plays"])
    by_day = pa.table({"day": plays_daily["day"], "told": told}).group_by("day")
    both = lake.join(by_day.aggregate([("told", "sum")]), "day", join_type="full outer")
    plays, told = (pc.fill_null(both[name], 0) for name in ("plays", "told_sum"))
    missing = pc.subtract(plays, told)
    copied = pc.and_(pc.fill_null(both["overlapping"], False), pc.greater(missing, 0))
    differs = pc.and_not(pc.not_equal(missing, 0), copied)
    copies = pc.if_else(copied, missing, 0)
    return Recount(
        days=both.num_rows,
        lake_plays=_total(plays),
        release_plays=_total(told),
        copies=_total(copies),
        differences=_total(differs),
    )


def _total(values: pa.ChunkedArray) -> int:
    return pc.sum(values).as_py() or 0
