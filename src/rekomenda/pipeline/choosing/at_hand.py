"""What a run reads of the lake: brought to where the engine reads it, and compared with its hashes."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from rekomenda.domain.schema import PLAYS
from rekomenda.engines.base import Engine
from rekomenda.mirror import mirror_of
from rekomenda.pipeline.bootstrap import House
from rekomenda.pipeline.work import Work
from rekomenda.storage.mirroring import fetch


def bring(house: House, engine: Engine, paths: Iterable[Path]) -> None:
    """Fetch parts that only the engine reads, unless it reads them from the bucket."""
    if not _stay_there(house, engine):
        fetch(paths)


def make_sure(house: House, engine: Engine, work: Work) -> None:
    """Compare every byte that a run reads with its hash, or let the bucket say its own of plays that stay there.

    Raises
    ------
    CorruptError
        At the first part that is missing or damaged.
    """
    if not _stay_there(house, engine):
        house.lake.verify(work.read, each=engine.each)
        return
    house.lake.vouch(part for part in work.read if part.table == PLAYS.name)
    house.lake.verify(part for part in work.read if part.table != PLAYS.name)


def _stay_there(house: House, engine: Engine) -> bool:
    return engine.reads_bucket and mirror_of(house.home) is not None
