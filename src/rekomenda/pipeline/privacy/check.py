"""Whether whoever was forgotten is found again: every table of the home, by the keyed hashes alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import pyarrow.compute as pc
import pyarrow.parquet as pq

from rekomenda.errors import ErasureIncompleteError, ErasureOpenError
from rekomenda.pipeline.bootstrap import House
from rekomenda.storage import commit
from rekomenda.storage.erasures import Erasures

NAMING: Final = ("user_id", "friend_id")
"""Columns that name listeners."""


@dataclass(frozen=True)
class Checked:
    """What was looked through without finding anybody.

    Parameters
    ----------
    listeners : int
        Who were forgotten.
    files, rows : int
        Tables that name listeners, and their rows.
    """

    listeners: int
    files: int
    rows: int


def check_erasures(house: House) -> Checked:
    """Look for everybody who was forgotten; nothing is changed.

    Raises
    ------
    ErasureOpenError
        If an erasure was begun and is not finished.
    ErasureIncompleteError
        If somebody who was forgotten is found.
    """
    erasures = Erasures(house.home)
    begun = erasures.open()
    if begun is not None:
        raise ErasureOpenError(n=len(begun.listeners), asked_at=begun.asked_at[:10])
    tombstones = erasures.tombstones()
    files, rows, places = 0, 0, set()
    for path in sorted(house.home.rglob("*.parquet")) if tombstones.hashes else ():
        if commit.STAGING in path.relative_to(house.home).parts:
            continue  # another process is writing it
        table = pq.ParquetFile(path)
        names = [name for name in NAMING if name in table.schema_arrow.names]
        files, rows = files + bool(names), rows + (table.metadata.num_rows if names else 0)
        columns = table.read(columns=names)
        if any(pc.any(tombstones.among(columns[name])).as_py() for name in names):
            places.add("/".join(path.relative_to(house.home).parts[:2]))
    if places:
        raise ErasureIncompleteError(home=house.home, places=", ".join(sorted(places)))
    return Checked(len(tombstones.hashes), files, rows)
