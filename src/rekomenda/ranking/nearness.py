"""How near tracks come to everybody's lists, each track asked about once as far as there is room."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

Items: TypeAlias = NDArray[np.int32]
Rows: TypeAlias = NDArray[np.int64]
Near: TypeAlias = NDArray[np.float32]

IN_MEMORY: Final = 32_000_000
"""Scores that are kept: 128 MB."""


class Nearness:
    """Remembers what was found.

    Parameters
    ----------
    find : callable
        Tracks (C,) and lists (R,), None for all of them, to how near each comes to each, (R, C).
        All tracks of one call cost about as much as one of them.
    n_lists : int
        S.
    """

    def __init__(self, find: Callable[[Items, Rows | None], Near], n_lists: int) -> None:
        self._find = find
        self._tracks = np.zeros(0, np.int32)
        self._near = np.zeros((n_lists, 0), np.float32)

    def has_room(self, tracks: Items) -> bool:
        """Tell whether all lists can be asked about these, and what is found be kept."""
        room = IN_MEMORY // max(len(self._near), 1) - len(self._tracks)
        return len(np.setdiff1d(tracks, self._tracks)) <= room

    def of(self, tracks: Items, likely: Items, rows: Rows | None = None) -> Near:
        """Return the nearness of tracks to some lists, (R, C), or to all of them, (S, C).

        Where there is room for all that are `likely` to follow, these are asked about as well.
        """
        if rows is not None:
            return self._find(tracks, rows)
        unknown = np.setdiff1d(np.union1d(tracks, likely), self._tracks).astype(np.int32)
        if len(np.setdiff1d(tracks, self._tracks)):
            self._near = np.concatenate([self._near, self._find(unknown, None)], axis=1)
            self._tracks = np.concatenate([self._tracks, unknown])
        order = np.argsort(self._tracks)
        return self._near[:, order[np.searchsorted(self._tracks, tracks, sorter=order)]]
