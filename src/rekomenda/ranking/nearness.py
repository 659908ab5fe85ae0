"""How near tracks come to everybody's lists, each track asked about once as far as there is room."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

Items: TypeAlias = NDArray[np.int32]
Near: TypeAlias = NDArray[np.float32]

IN_MEMORY: Final = 32_000_000
"""Scores that are kept: 128 MB."""


class Nearness:
    """Remembers what was found.

    Parameters
    ----------
    find : callable
        Tracks (C,) to their nearness to each of S lists, (S, C). All of one call cost about as much
        as one of them.
    n_lists : int
        S.
    """

    def __init__(self, find: Callable[[Items], Near], n_lists: int) -> None:
        self._find = find
        self._tracks = np.zeros(0, np.int32)
        self._near = np.zeros((n_lists, 0), np.float32)

    def of(self, tracks: Items, likely: Items) -> Near:
        """Return the nearness of tracks, (S, C); while at it ask about those `likely` to follow."""
        room = IN_MEMORY // max(len(self._near), 1) - len(self._tracks)
        unknown = np.setdiff1d(tracks, self._tracks)
        if len(unknown) > room:
            return self._find(tracks)
        if len(unknown):
            others = np.setdiff1d(likely, np.concatenate([self._tracks, unknown]))
            asked = np.concatenate([unknown, others[: room - len(unknown)]]).astype(np.int32)
            self._near = np.concatenate([self._near, self._find(asked)], axis=1)
            self._tracks = np.concatenate([self._tracks, asked])
        order = np.argsort(self._tracks)
        return self._near[:, order[np.searchsorted(self._tracks, tracks, sorter=order)]]
