"""How large the lake is, counted without joining it: what costs are reckoned from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from rekomenda.data.sql import read_step
from rekomenda.domain.schema import PLAYS, TRACKS
from rekomenda.engines.base import Engine, Step
from rekomenda.joining.integrate import parts_of
from rekomenda.models.cost import Size

_STEP = "extent"


@dataclass(frozen=True)
class Extent:
    """The numbers that tell what a run will take.

    Parameters
    ----------
    n_rows : int
        Rows of plays.
    size : Size
        Of what is listened to, bots and all days included.
    """

    n_rows: int
    size: Size


def extent_of(engine: Engine, lake_parts: Mapping[str, Sequence[Path]]) -> Extent:
    """Count listeners, tracks and who played what, in one reading of the plays.

    Parameters
    ----------
    engine : Engine
    lake_parts : mapping of str to sequence of Path
        As `integrate` takes them.

    Raises
    ------
    CorruptError
        If a part cannot be read.
    """
    names = (PLAYS.name, TRACKS.name)
    tables = {f"lake_{name}": parts_of(name, lake_parts.get(name, ())) for name in names}
    step = Step(_STEP, read_step(_STEP), result=_STEP)
    counted = engine.sql([step], tables)[_STEP].to_pylist()[0]
    return Extent(counted.pop("n_rows"), Size(**counted))
