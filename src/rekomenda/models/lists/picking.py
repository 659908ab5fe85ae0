"""Several lists picked from one listener's scores for every item: exact, ties by item index.

Scores become whole numbers in the same order (the bits of a float, its sign turned around), which
are compared in vectors and cut by counting. What is good enough for most lists is gathered once for
all of them: strides of `STRIDE` items whose best is among the best strides hold it. What a list must
not hold is stamped, not sorted or looked up; a list that finds too little among the near is picked
from everything. Imports numba, so it is imported where it is called.
"""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from rekomenda.models.lists.rules import Heaps, Int32, Int64, Rules

Float32 = NDArray[np.float32]

STRIDE: Final = 16
"""Neighbouring items of which the best is looked at first."""
NEAR: Final = 4
"""Strides that are gathered for all lists, for each place of the longest."""
NOTHING: Final = -(2**31)
"""The key of what enters no list: below that of -inf."""
_LOW: Final = 0xFFFFFFFF
BINS: Final = 4096
"""Of twelve bits each: keys are counted by the first twelve, and by the next."""


class Desk(NamedTuple):
    """Room to work in, for one thread.

    Parameters
    ----------
    keys : ndarray of int32, shape (I,)
        Scores as whole numbers in the same order.
    most : ndarray of int32, shape (number of strides,)
        The greatest key of each stride.
    near, everything, own : ndarray of int64, shape (I,)
        Key and item in one number: the greater, the better.
    counts : ndarray of int32, shape (`BINS`,)
    barred : ndarray of int64, shape (I,)
        The last list that must not hold an item; what a list holds already is barred as well.
    lists : ndarray of int64, shape (1,)
        How many lists were begun.
    """

    keys: Int32
    most: Int32
    near: Int64
    everything: Int64
    own: Int64
    counts: Int32
    barred: Int64
    lists: Int64

    @classmethod
    def of(cls, n_items: int) -> Desk:
        """Make room: 36 bytes an item."""
        return cls(
            keys=np.empty(n_items, np.int32),
            most=np.empty(-(-n_items // STRIDE), np.int32),
            near=np.empty(n_items + 1, np.int64),
            everything=np.empty(n_items + 1, np.int64),
            own=np.empty(n_items + 1, np.int64),
            counts=np.empty(BINS, np.int32),
            barred=np.zeros(n_items, np.int64),
            lists=np.zeros(1, np.int64),
        )


@njit(cache=True, nogil=True)
def pick_each(scores: Float32, rules: Rules, best: Heaps, desk: Desk) -> None:
    """Pick the lists of B users from their scores (B, I); see `pick`."""
    for user in range(len(scores)):
        pick(scores[user], user, rules, best, desk)


@njit(cache=True, nogil=True)
def pick(scores: Float32, user: int, rules: Rules, best: Heaps, desk: Desk) -> None:
    """Pick a user's lists from scores (I,), best first; NaN and -inf enter none.

    The sets of `rules` are of items, in any order. Time: I, what the sets hold, and what is gathered.
    """
    to_keys(scores, desk.keys)
    longest = 0
    for rule in range(len(rules.has_only)):
        if not rules.has_only[rule]:
            longest = max(longest, rules.lengths[rule + 1] - rules.lengths[rule])
    n_near = n_everything = -1
    whole = False
    for rule in range(len(rules.has_only)):
        length = rules.lengths[rule + 1] - rules.lengths[rule]
        desk.lists[0] += 1
        stamp = desk.lists[0]
        first, last = rules.excluded_ptr[rule, user], rules.excluded_ptr[rule, user + 1]
        for item in rules.excluded[first:last]:
            desk.barred[item] = stamp
        if rules.has_only[rule]:
            first, last = rules.only_ptr[rule, user], rules.only_ptr[rule, user + 1]
            n = _only(rules.only[first:last], stamp, rules.allowed[rule], desk)
        else:
            if n_near < 0:
                _maxima(desk.keys, desk.most)
                bound = nth_key(desk.most, NEAR * longest, desk.counts)
                whole = bound == NOTHING
                n_near = _gather(bound, desk, desk.near)
            n = _may(desk.near[:n_near], stamp, rules.allowed[rule], desk)
            if n < length and not whole:
                if n_everything < 0:
                    n_everything = _gather(NOTHING, desk, desk.everything)
                n = _may(desk.everything[:n_everything], stamp, rules.allowed[rule], desk)
        _write(n, user, rule, scores, rules.lengths, best, desk)


@njit(cache=True, nogil=True)
def _write(  # noqa: PLR0917 - compiled code takes arrays one by one
    n: int, user: int, rule: int, scores: Float32, lengths: Int64, best: Heaps, desk: Desk
) -> None:
    """Put the best of the first n of `desk.own` in their places of a list, best first."""
    start, length = lengths[rule], lengths[rule + 1] - lengths[rule]
    kept = _cut(desk.own[:n], length, desk.counts)
    ranked = np.sort(desk.own[:kept])
    size = min(length, kept)
    for place in range(size):
        item = _LOW - (ranked[kept - 1 - place] & _LOW)
        best.items[user, start + place], best.scores[user, start + place] = item, scores[item]
    best.sizes[user, rule] = size


@njit(cache=True, nogil=True)
def to_keys(scores: Float32, keys: Int32) -> None:
    """Write whole numbers that are ordered as the scores are; `NOTHING` for NaN and -inf."""
    bits = scores.view(np.int32)
    for item in range(len(keys)):
        # Of a negative float the larger bits are the smaller number. 0 has two signs and one key.
        key = bits[item] ^ ((bits[item] >> np.int32(31)) & np.int32(0x7FFFFFFF))
        key = np.int32(0) if scores[item] == 0 else key
        keys[item] = key if scores[item] > -np.inf else NOTHING


@njit(cache=True, nogil=True)
def _maxima(keys: Int32, most: Int32) -> None:
    """Write the greatest key of each stride."""
    n_whole = len(keys) // STRIDE
    for stride in range(n_whole):
        greatest = NOTHING
        for step in range(STRIDE):
            greatest = max(greatest, keys[stride * STRIDE + step])
        most[stride] = greatest
    if n_whole < len(most):
        most[n_whole] = NOTHING
        for item in range(n_whole * STRIDE, len(keys)):
            most[n_whole] = max(most[n_whole], keys[item])


@njit(cache=True, nogil=True)
def nth_key(values: Int32 | Int64, n: int, counts: Int32, shift: int = 0) -> int:
    """Return a key that at least n keys reach and few more; `NOTHING` where there are no n.

    Values are keys `shift` bits further up.
    """
    if n > len(values):
        return NOTHING
    counts[:] = 0
    for value in values:
        counts[(value >> (shift + 20)) + 2048] += 1
    place, above = _reached(counts, n, 0)
    top = place - 2048
    if above + counts[place] <= 2 * n:
        return top << 20
    counts[:] = 0
    for value in values:
        if value >> (shift + 20) == top:
            counts[(value >> (shift + 8)) & 0xFFF] += 1
    place, _ = _reached(counts, n, above)
    return (top << 20) | (place << 8)


@njit(cache=True, nogil=True)
def _reached(counts: Int32, n: int, above: int) -> tuple[int, int]:
    """Return the bin in which the n-th best stands, and how many stand above it."""
    place = len(counts) - 1
    while place > 0 and above + counts[place] < n:
        above += counts[place]
        place -= 1
    return place, above


@njit(cache=True, nogil=True)
def _gather(bound: int, desk: Desk, found: Int64) -> int:
    """Collect what reaches a bound; return how much that is."""
    n = 0
    for stride in range(len(desk.most)):
        if desk.most[stride] < bound or desk.most[stride] == NOTHING:
            continue
        for item in range(stride * STRIDE, min((stride + 1) * STRIDE, len(desk.keys))):
            key = desk.keys[item]
            found[n] = (np.int64(key) << 32) | (_LOW - item)
            n += (key >= bound) & (key != NOTHING)
    return n


@njit(cache=True, nogil=True)
def _may(found: Int64, stamp: int, allowed: NDArray[np.bool_], desk: Desk) -> int:
    """Copy what a list may hold to `desk.own`; return how much that is."""
    n = 0
    for value in found:
        item = _LOW - (value & _LOW)
        desk.own[n] = value
        n += allowed[item] & (desk.barred[item] != stamp)
    return n


@njit(cache=True, nogil=True)
def _only(items: Int32, stamp: int, allowed: NDArray[np.bool_], desk: Desk) -> int:
    """Copy what a list may hold of a set, which may repeat itself, to `desk.own`."""
    n = 0
    for item in items:
        key = desk.keys[item]
        if key != NOTHING and allowed[item] and desk.barred[item] != stamp:
            desk.barred[item] = stamp
            desk.own[n] = (np.int64(key) << 32) | (_LOW - item)
            n += 1
    return n


@njit(cache=True, nogil=True)
def _cut(found: Int64, n: int, counts: Int32) -> int:
    """Move the n best, and few more, to the front; return how many stand there."""
    if len(found) <= 2 * n:
        return len(found)
    bound = np.int64(nth_key(found, n, counts, 32)) << 32
    kept = 0
    for value in found:
        found[kept] = value
        kept += value >= bound
    return kept
