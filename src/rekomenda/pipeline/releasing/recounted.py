"""A release held against the lake that it was made from, where that is still the lake."""

from __future__ import annotations

from pathlib import Path

import pyarrow.parquet as pq

from rekomenda.domain.schema import PLAYS
from rekomenda.domain.warehouse_schema import PLAYS_DAILY
from rekomenda.joining.recount import Recount, recount
from rekomenda.pipeline.bootstrap import House, open_engine
from rekomenda.pipeline.choosing.at_hand import bring
from rekomenda.settings import Settings
from rekomenda.storage.publish import tables_of
from rekomenda.storage.release_manifest import Release


def recounted(house: House, settings: Settings, release: Release, spill: Path) -> Recount | None:
    """Count the lake's plays once more and compare; None where the lake has moved on since.

    Parameters
    ----------
    house : House
    settings : Settings
    release : Release
    spill : Path
        A folder of this command's own.
    """
    snapshot, as_of = house.lake.snapshot(), release.manifest.as_of
    if snapshot.snapshot_id != release.manifest.snapshot_id:
        return None
    parts = snapshot.parts_of(PLAYS.name)
    paths = [part.path for part in parts if part.day is None or part.day <= as_of]
    engine = open_engine(settings, spill)
    bring(house, engine, paths)
    columns = ["day", "plays", "bot_plays"]
    told = pq.read_table(tables_of(release)[PLAYS_DAILY.name], columns=columns)
    return recount(engine, paths, told, as_of=as_of)
