"""The rows of lists as arrays, and what each says about its place in its list."""

from __future__ import annotations

from functools import cached_property
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from rekomenda.domain.catalogue import Catalogue
from rekomenda.domain.ids import IdMap
from rekomenda.domain.recommendations import Shelf

Bools = NDArray[np.bool_]
Int64 = NDArray[np.int64]

SHELVES: Final = tuple(Shelf)
LIST_COLUMNS: Final = ("user_id", "shelf", "rank", "track_id", "score")
"""What `ListRows` looks at as soon as it is made; the words of reasons only when asked for."""


def first_of_each(keys: Int64) -> Bools:
    """Mark where each value stands for the first time."""
    first = np.zeros(len(keys), bool)
    first[np.unique(keys, return_index=True)[1]] = True
    return first


class ListRows:
    """The columns of some rows as arrays: N rows, ids as indices, -1 for what is unknown."""

    def __init__(
        self, lists: pa.RecordBatch | pa.Table, users: IdMap, catalogue: Catalogue
    ) -> None:
        self._lists = lists
        self._catalogue = catalogue
        user_codes, user_ids = _codes(lists.column("user_id"))
        self.of_somebody = user_codes >= 0
        self.users = _indices(user_codes, user_ids, users)
        self.items = _indices(*_codes(lists.column("track_id")), catalogue.items)
        shelf_codes, shelf_names = _codes(lists.column("shelf"))
        names = pa.array([str(shelf) for shelf in SHELVES])
        numbers = np.asarray(pc.fill_null(pc.index_in(shelf_names, names), -1), np.int64)
        self.shelves = np.append(numbers, -1)[shelf_codes]
        self.scores = np.asarray(pc.fill_null(lists.column("score"), np.nan), np.float64)
        self.ranks = np.asarray(lists.column("rank"), np.int64)
        # Lists for nobody in particular have no id to tell them apart: rank 1 starts a new one.
        changed = (user_codes[1:] != user_codes[:-1]) | (shelf_codes[1:] != shelf_codes[:-1])
        restarted = ~self.of_somebody[1:] & (self.ranks[1:] == 1)
        self.starts: Bools = np.concatenate([[True], changed | restarted])

    def __len__(self) -> int:
        return int(self._lists.num_rows)

    @cached_property
    def list_of_row(self) -> Int64:
        """Number of the list that each row is in."""
        return np.cumsum(self.starts) - 1

    @property
    def miscounted(self) -> Bools:
        """Rows whose rank is not one more than how many stand before them in their list."""
        before = np.arange(len(self)) - np.flatnonzero(self.starts)[self.list_of_row]
        return np.asarray(self.ranks != before + 1)

    @property
    def repeated(self) -> Bools:
        """Rows whose song already stands further up in their list."""
        songs = self.of_items(self._catalogue.song_of, missing=-1)
        keys = self.list_of_row * max(len(self._catalogue), 1) + songs
        return np.asarray(~first_of_each(keys) & (songs >= 0))

    @property
    def without_reason(self) -> Bools:
        """Rows that lack the sentence of one of the languages."""
        missing = np.zeros(len(self), bool)
        for name in ("reason_pt", "reason_en"):
            codes, sentences = _codes(self._lists.column(name))
            empty = np.asarray(pc.fill_null(pc.equal(pc.utf8_length(sentences), 0), True))
            missing |= np.append(empty, True)[codes].astype(bool)
        return missing

    def of_items(self, values: NDArray[Any], *, missing: Any) -> NDArray[Any]:
        """Return a value of each row's track."""
        return np.append(values, missing)[self.items]


def _codes(column: pa.Array | pa.ChunkedArray) -> tuple[Int64, pa.StringArray]:
    """Return the place of each value in a dictionary, -1 for null, and the dictionary."""
    if isinstance(column, pa.ChunkedArray):
        column = column.unify_dictionaries().combine_chunks()
        if isinstance(column, pa.ChunkedArray):
            column = column.chunk(0)
    codes = np.asarray(pc.fill_null(column.indices.cast(pa.int64()), -1))
    return codes, column.dictionary.cast(pa.string())


def _indices(codes: Int64, ids: pa.StringArray, known: IdMap) -> Int64:
    """Return the row number in `known` of each id, -1 if it is not there.

    The dictionary of a batch is as a rule that of the id map itself, which is told from the ids
    in use alone: looking a million listeners up for every batch of some hundred would take hours.
    """
    used = np.unique(codes[codes >= 0])
    names = ids.take(pa.array(used))
    if len(used) and used[-1] < len(known) and known.ids.take(pa.array(used)).equals(names):
        return codes
    found = np.full(len(ids) + 1, -1, np.int64)
    found[used] = known.index_of(names)
    return found[codes]
