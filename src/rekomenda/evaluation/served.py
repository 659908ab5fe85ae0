"""The published lists as matrices: the first places of each listener's list, shelf by shelf."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from rekomenda.domain.catalogue import Catalogue
from rekomenda.domain.ids import IdMap
from rekomenda.domain.recommendations import Shelf
from rekomenda.evaluation.list_rows import SHELVES, ListRows


class ServedLists:
    """Gathers lists as they are written; 4 bytes for each place.

    Parameters
    ----------
    users : IdMap, length U
    catalogue : Catalogue
    shelves : sequence of Shelf
        Which to keep.
    k : int
        How many places of each list.
    """

    def __init__(
        self, users: IdMap, catalogue: Catalogue, shelves: Sequence[Shelf], *, k: int = 10
    ) -> None:
        self._users = users
        self._catalogue = catalogue
        self._k = k
        self._items = {
            SHELVES.index(shelf): np.full((len(users), k), -1, np.int32) for shelf in shelves
        }

    def see(self, lists: pa.RecordBatch | pa.Table) -> None:
        """Keep what these rows of `LIST_SCHEMA` say; lists for nobody in particular are not kept."""
        if lists.num_rows == 0:
            return
        rows = ListRows(lists, self._users, self._catalogue)
        top = (rows.users >= 0) & (rows.ranks <= self._k)
        for number, items in self._items.items():
            kept = top & (rows.shelves == number)
            items[rows.users[kept], rows.ranks[kept] - 1] = rows.items[kept]

    def items(self, shelf: Shelf) -> NDArray[np.int32]:
        """Return the lists of a shelf, (U, k); -1 behind the end, or where there is no list."""
        return self._items[SHELVES.index(shelf)]
