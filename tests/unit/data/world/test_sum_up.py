"""Plays become daily totals; the odd ones are added to them."""

from __future__ import annotations

import numpy as np

from rekomenda.data.world.oddities import Odd
from rekomenda.data.world.plays import sum_up


def key(day: int, listener: int, track: int) -> int:
    return (day * 3 + listener) * 5 + track  # three listeners, five tracks


def test_equal_keys_are_counted_and_odd_plays_added_where_they_belong():
    blocks = [
        np.array([key(1, 2, 4), key(0, 1, 3), key(1, 2, 4)]),
        np.array([key(0, 0, 1), key(1, 2, 4)]),
    ]
    odd = Odd(
        day=np.array([2, 0, 0]),
        listener=np.array([0, 1, 1]),
        track=np.array([2, 3, 0]),
        plays=np.array([50, 70, 90]),
    )
    plays = sum_up(blocks, odd, 3, 5)
    rows = list(zip(plays.day, plays.listener, plays.track, plays.plays, strict=True))
    assert rows == [(0, 0, 1, 1), (0, 1, 0, 90), (0, 1, 3, 71), (1, 2, 4, 3), (2, 0, 2, 50)]
