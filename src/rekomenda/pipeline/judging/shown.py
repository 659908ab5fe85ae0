"""What the lists of a release show, read from its files for the gate."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from numpy.typing import NDArray

from rekomenda.domain.catalogue import Catalogue
from rekomenda.domain.ids import IdMap
from rekomenda.domain.recommendations import Shelf
from rekomenda.evaluation.list_rows import ListRows
from rekomenda.storage.parquet_layout import pieces

_COLUMNS: Final = ("user_id", "shelf", "rank", "track_id", "score", "personalised")


def read_for_you(
    lists: Path, users: IdMap, catalogue: Catalogue, rows: NDArray[np.int64], depth: int
) -> tuple[NDArray[np.int32], NDArray[np.bool_]]:
    """Read the beginning of some listeners' `for_you`.

    Parameters
    ----------
    lists : Path
        A release's lists; the release may be another than that of the ids.
    users, catalogue
        The ids as they are now.
    rows : ndarray of int64, shape (n,)
        Which of the users.
    depth : int

    Returns
    -------
    items : ndarray of int32, shape (n, depth)
        By rank; -1 behind the end, or for a track that is not in the catalogue.
    personal : ndarray of bool, shape (n,)
        Whether any of it was made for this listener.
    """
    items = np.full((len(rows), depth), -1, np.int32)
    personal = np.zeros(len(rows), bool)
    place_of = np.full(len(users) + 1, -1, np.int64)
    place_of[rows] = np.arange(len(rows))
    for piece in pieces(lists, _COLUMNS):
        part = piece.filter(_wanted(piece, depth))
        if part.num_rows == 0:
            continue
        found = ListRows(part, users, catalogue)
        places = place_of[found.users]
        kept = places >= 0
        items[places[kept], found.ranks[kept] - 1] = found.items[kept]
        own = kept & np.asarray(part.column("personalised"))
        personal[places[own]] = True
    return items, personal


def _wanted(rows: pa.Table, depth: int) -> Any:
    of_shelf = pc.equal(rows["shelf"].cast(pa.string()), str(Shelf.FOR_YOU))
    return pc.and_(of_shelf, pc.less_equal(rows["rank"], depth))


def shown_ids(folder: Path, tables: dict[str, str]) -> tuple[pa.Array, pa.Array]:
    """Return the different track ids and artist ids that a release names to anybody."""
    tracks = [
        _different(folder / tables[name], column)
        for name, column in (("recommendations", "track_id"), ("similar_tracks", "similar_id"))
    ]
    artists = pq.read_table(folder / tables["similar_artists"], columns=["similar_id"])
    return pc.unique(pa.concat_arrays(tracks)), pc.unique(artists["similar_id"])


def _different(path: Path, column: str) -> pa.Array:
    """Return the different values of a column."""
    found = pa.array([], pa.string())
    for piece in pieces(path, [column]):
        here = pc.unique(piece[column]).cast(pa.string())
        found = pc.unique(pa.concat_arrays([found, here]))
    return found
