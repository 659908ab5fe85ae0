"""The only crossing between the text ids outside and the row numbers inside."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray


@dataclass(frozen=True, eq=False)
class IdMap:
    """Text ids in the order of their UTF-8 bytes; a row number is a place in that order.

    Because the order is that of the bytes, "the smaller index" and "the smaller id" are the same
    thing: ties broken by index come out alike on every engine, and the numbering does not depend
    on the order in which files arrived (ADR 0003).

    Parameters
    ----------
    ids : pyarrow.StringArray, length n
        Distinct, not null, ascending by UTF-8 bytes. `IdMap.of` sorts and dedupes for you.
    """

    ids: pa.StringArray

    @classmethod
    def of(cls, ids: Any) -> IdMap:
        """Make a map of any array-like of text; repeats and nulls are dropped."""
        array = ids if isinstance(ids, (pa.Array, pa.ChunkedArray)) else pa.array(ids, pa.string())
        distinct = pc.drop_null(pc.unique(array.cast(pa.string())))
        return cls(distinct.take(pc.array_sort_indices(distinct)))

    def __len__(self) -> int:
        return len(self.ids)

    def index_of(self, ids: Any) -> NDArray[np.int32]:
        """Return the row number of each id, -1 where it is unknown or null."""
        array = ids if isinstance(ids, (pa.Array, pa.ChunkedArray)) else pa.array(ids, pa.string())
        found = pc.index_in(array.cast(pa.string()), value_set=self.ids)
        return np.asarray(pc.fill_null(found, -1), dtype=np.int32)

    def take(self, index: NDArray[np.integer[Any]]) -> pa.StringArray:
        """Return the id of each row number; null for -1."""
        indices = pa.array(index, pa.int32(), mask=np.asarray(index) < 0)
        return self.ids.take(indices)

    def __getitem__(self, index: int) -> str:
        return str(self.ids[int(index)].as_py())
