"""Whether the disk has room for a run, told before it begins."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from typing import Final

from rekomenda.errors import CannotWriteError
from rekomenda.joining.extent import Extent, extent_of
from rekomenda.language import Text
from rekomenda.pipeline.answering.reckon import Reckoning, measured_before, reckon
from rekomenda.pipeline.bootstrap import House, open_engine
from rekomenda.pipeline.choosing.at_hand import bring
from rekomenda.pipeline.work import Work
from rekomenda.settings import Settings

SPARE: Final = 1.5
"""Free space has to be this multiple of what is reckoned: a draft, what spills, an error of the estimate."""
NEGLIGIBLE: Final = 64_000_000
"""Bytes. A need below this is not reckoned with: the estimate is no finer, and a disk as full as that is told
of where it is written to."""
AT_MOST: Final = 8_000
"""Bytes for a row of plays, which no release has come near to: 150 are usual."""

_NO_ROOM: Final = Text(
    en="the run needs about {needed:.1f} GB, {free:.1f} GB are free",
    pt="a execução precisa de cerca de {needed:.1f} GB, há {free:.1f} GB livres",
)


def reckon_work(house: House, settings: Settings, work: Work) -> tuple[Extent, Reckoning]:
    """Count the data of a run and reckon what it will take."""
    with tempfile.TemporaryDirectory() as spill:
        engine = open_engine(settings, Path(spill))
        bring(house, engine, (path for paths in work.parts.values() for path in paths))
        extent = extent_of(engine, work.parts)
    measured = measured_before(house.attempts.list(), settings, work.rows)
    return extent, reckon(extent, settings, measured)


def free_at(home: Path) -> int:
    """Return the free bytes where a home lies or will lie."""
    return shutil.disk_usage(existing(home)).free


def existing(path: Path) -> Path:
    """Return the folder, or the nearest above it that is there."""
    return next(each for each in (path, *path.absolute().parents) if each.exists())


def shortage(home: Path, reckoning: Reckoning, free: int) -> CannotWriteError | None:
    """Return what stops a run that has too little room; None: there is enough."""
    needed = SPARE * reckoning.disk_bytes
    if needed < NEGLIGIBLE or free >= needed:
        return None
    return CannotWriteError(path=home, detail=_NO_ROOM.filled(needed=needed / 1e9, free=free / 1e9))


def require_room(house: House, settings: Settings, work: Work) -> None:
    """See that there is room before anything is done; where there is plenty, without counting the data.

    Raises
    ------
    CannotWriteError
        If the disk is too small for what the run would write.
    """
    free = free_at(house.home)
    if free >= SPARE * AT_MOST * work.rows and free >= NEGLIGIBLE:
        return
    _, reckoning = reckon_work(house, settings, work)
    short = shortage(house.home, reckoning, free)
    if short is not None:
        raise short
