"""The cells of the matrix: each listener's days with each track, in order, weighed and added up.

The rows come sorted from SQL (`data/sql/in_order.sql`), so a cell is a run of neighbours: one pass
adds them up for any span of days. It goes block by block, a few listeners at a time, so that what
lies between is small and stays in the processor's cache.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from rekomenda.domain.cores import n_cores
from rekomenda.domain.schema import WEIGHT_SCALE
from rekomenda.domain.time_order import UNTOLD
from rekomenda.joining.columns import column, moments
from rekomenda.joining.weighing import damping, decay
from rekomenda.settings import IntegrateSettings

Int64 = NDArray[np.int64]
BLOCK_ROWS = 1 << 16


class Cells(NamedTuple):
    """What each listener played of each track in a span of days.

    Parameters
    ----------
    listeners : ndarray of int32, shape (nnz,)
        Listener index, ascending.
    items, first_day, last_day : ndarray of int32, shape (nnz,)
        As in `Histories`; items ascend within a listener.
    plays : ndarray of int64, shape (nnz,)
    weights : ndarray of float32, shape (nnz,)
    last_at : ndarray of int64, shape (nnz,)
        The moment of the latest play in microseconds; `UNTOLD` where only its day is known.
    """

    listeners: NDArray[np.int32]
    items: NDArray[np.int32]
    plays: Int64
    weights: NDArray[np.float32]
    first_day: NDArray[np.int32]
    last_day: NDArray[np.int32]
    last_at: Int64


NO_CELLS = Cells._make(np.zeros(0, kind) for kind in ("i4", "i4", "i8", "f4", "i4", "i4", "i8"))


@dataclass(frozen=True, eq=False)
class HeavyDays:
    """Days on which a listener played more than counts in full."""

    keys: Int64
    """Of listener and day (`_key`), ascending."""
    plays: Int64
    limit: int
    """As which number of plays such a day counts."""

    @classmethod
    def of(cls, flagged: pa.Table, limit: int) -> HeavyDays:
        """Take them from the table of `flagged_days.sql`."""
        flagged = flagged.filter(flagged["heavy"])
        keys = _key(column(flagged, "listener_index", np.int64), column(flagged, "day", np.int64))
        order = np.argsort(keys)
        return cls(keys[order], column(flagged, "plays", np.int64)[order], limit)

    def cap(self, weights: Int64, listeners: NDArray[np.int32], days: NDArray[np.int32]) -> None:
        """Scale down, in place, what somebody played on one of them; listeners ascend."""
        around = _key(listeners[[0, -1]] + np.arange(2), _FIRST_DAY)
        first, last = np.searchsorted(self.keys, around)
        if first == last:
            return
        here, keys = self.keys[first:last], _key(listeners, days)
        place = np.minimum(np.searchsorted(here, keys), len(here) - 1)
        rows = np.flatnonzero(here[place] == keys)
        weights[rows] = weights[rows] * self.limit // self.plays[first:last][place[rows]]


@dataclass(frozen=True, eq=False)
class PlaysInOrder:
    """The rows of `in_order.sql`, and how they are weighed."""

    rows: pa.Table
    heavy: HeavyDays
    damping: Int64
    decay: Int64
    threads: int

    @classmethod
    def of(cls, rows: pa.Table, flagged: pa.Table, options: IntegrateSettings) -> PlaysInOrder:
        """Weigh rows as the settings say."""
        return cls(
            rows,
            HeavyDays.of(flagged, options.heavy_plays_per_day),
            damping(options.max_plays_per_day),
            decay(options.half_life_days),
            options.threads or n_cores(),
        )

    def cells(self, after: int, until: int) -> Cells:
        """Add up the days after one and up to another, both counted since 1970-01-01.

        weight = sum over the days of damp(plays) * decay(age), both scaled integers from tables,
        so that no order of addition shows. On a heavy day everything is scaled down so that the
        listener counts as if they had played as often as the limit says.
        """

        def block(edges: tuple[int, int]) -> Cells:
            start, stop = edges
            return self._block(self.rows.slice(start, stop - start), after, until)

        with ThreadPoolExecutor(self.threads) as pool:  # NumPy lets other threads work meanwhile
            blocks = list(pool.map(block, pairwise(self._edges())))
        return _joined(blocks)

    def _edges(self) -> list[int]:
        """Return where blocks begin and end: between two listeners."""
        listeners = column(self.rows, "listener_index", np.int32)
        at = listeners[::BLOCK_ROWS]
        return [*np.unique(np.searchsorted(listeners, at)).tolist(), len(listeners)]

    def _block(self, rows: pa.Table, after: int, until: int) -> Cells:
        names = ("listener_index", "item_index", "day")
        listeners, items, days = (column(rows, name, np.int32) for name in names)
        plays, last_at = column(rows, "plays", np.int64), moments(rows["last_at"])
        inside = (days > after) & (days <= until)
        if not inside.all():
            listeners, items, days = listeners[inside], items[inside], days[inside]
            plays, last_at = plays[inside], last_at[inside]
        if len(days) == 0:
            return NO_CELLS
        weights = self.damping[np.minimum(plays, len(self.damping) - 1)]
        weights *= self.decay[np.minimum(until - days, len(self.decay) - 1)]
        self.heavy.cap(weights, listeners, days)
        begins = (listeners[1:] != listeners[:-1]) | (items[1:] != items[:-1])
        first = np.flatnonzero(np.append(True, begins))
        return Cells(
            listeners=listeners[first],
            items=items[first],
            plays=np.add.reduceat(plays, first),
            weights=(np.add.reduceat(weights, first) / WEIGHT_SCALE).astype(np.float32),
            first_day=np.minimum.reduceat(days, first),
            last_day=np.maximum.reduceat(days, first),
            last_at=_latest(last_at, days, first),
        )


def _latest(last_at: Int64, days: NDArray[np.int32], first: NDArray[np.intp]) -> Int64:
    """Return the last moment of each cell; untold if that of its last day is."""
    told = last_at != UNTOLD
    if not told.any():
        return np.broadcast_to(np.int64(UNTOLD), first.shape)
    last_day = np.maximum.reduceat(days, first)
    told_day = np.maximum.reduceat(np.where(told, days, _FIRST_DAY), first)
    return np.where(told_day == last_day, np.maximum.reduceat(last_at, first), UNTOLD)


def _joined(blocks: list[Cells]) -> Cells:
    """Join blocks field by field, so that little is there twice at a time."""
    pieces = [list(parts) for parts in zip(*blocks, strict=True)]
    blocks.clear()
    fields = []
    while pieces:
        fields.append(np.concatenate(pieces.pop(0)))
    return Cells(*fields)


_FIRST_DAY = -(1 << 20)
"""Before every day of a calendar, 0001-01-01 too."""


def _key(listeners: NDArray[Any], days: NDArray[Any] | int) -> Int64:
    """Return one number for a listener's day, in the order of both."""
    return (listeners.astype(np.int64) << 23) + (days - _FIRST_DAY)
