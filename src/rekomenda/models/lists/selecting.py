"""Keep the n best of many scores while they are computed: exact, ties by item index.

A list is a heap of its best so far with the worst on top, so that most scores are turned away
by one comparison, and most of those by one comparison for `STRIDE` of them. What a list must not
hold is looked up only for the few scores that would enter, so nothing of size (B, I) is written. For scores that come in tiles; where a
listener's stand side by side, `picking` is quicker.
Imports numba, so it is imported where it is called.
"""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from rekomenda.domain.top_n import TopN
from rekomenda.models.lists.rules import Heaps, Int32, Int64, Rules, in_order

Float32 = NDArray[np.float32]

STRIDE: Final = 64
"""Neighbouring scores whose maximum is compared first."""
SAMPLED: Final = 8
"""One of so many scores tells where the n best of a row that is not so long begin."""


class Tile(NamedTuple):
    """The scores of some users for neighbouring places.

    Parameters
    ----------
    scores : ndarray of float32, shape (>= b, W)
        Row t: those of `users[t]`. NaN and -inf never enter a list.
    users : ndarray of int64, shape (b,)
        Rows of the rules and lists, each at most once.
    first : int
        Place of the first column; columns behind the last place do not count.
    items : ndarray of int32, shape (P,)
        The item at each place, not only at these.
    """

    scores: Float32
    users: Int64
    first: int
    items: Int32


class _List(NamedTuple):
    """One list of one user: a heap, and the places it must not hold."""

    scores: Float32
    items: Int32
    allowed: NDArray[np.bool_]
    excluded: Int32


def ranked(lengths: Int64, best: Heaps) -> list[TopN]:
    """Put every list in order, in place, and return them rule by rule (views of `best`)."""
    _sort(lengths, best)
    return in_order(lengths, best)


@njit(cache=True, nogil=True)
def offer(tile: Tile, rules: Rules, best: Heaps) -> None:
    """Offer the scores of a tile to the lists of its users; changes `best`."""
    for row in range(len(tile.users)):
        user = tile.users[row]
        most = _maxima(tile.scores[row, : len(tile.items) - tile.first])
        for rule in range(len(rules.has_only)):
            own = slice(rules.lengths[rule], rules.lengths[rule + 1])
            start, stop = rules.excluded_ptr[rule, user], rules.excluded_ptr[rule, user + 1]
            wanted = _List(
                best.scores[user, own],
                best.items[user, own],
                rules.allowed[rule],
                rules.excluded[start:stop],
            )
            size = best.sizes[user, rule]
            if rules.has_only[rule]:
                start, stop = rules.only_ptr[rule, user], rules.only_ptr[rule, user + 1]
                size = _walk_only(tile, row, rules.only[start:stop], wanted, size)
            else:
                size = _walk(tile, row, most, wanted, size)
            best.sizes[user, rule] = size


@njit(cache=True, nogil=True)
def _walk(tile: Tile, row: int, most: Float32, best: _List, size: int) -> int:
    """Offer a row of scores to one list; return the list's new size.

    A list that is not full yet takes the most promising scores first: once it holds good items,
    few others are worth a second look. The order makes no difference to what it holds in the end.
    `most` are the maxima of the strides.
    """
    scores = tile.scores[row, : len(tile.items) - tile.first]
    if size < len(best.scores) and len(most) <= 2 * len(best.scores) < len(scores):
        return _walk_down(scores, tile, best, size)
    return _walk_strides(scores, most, tile, best, size)


@njit(cache=True, nogil=True)
def _walk_down(scores: Float32, tile: Tile, best: _List, size: int) -> int:
    """Offer scores level by level until the list is full; return its new size.

    Levels are told by a sample of what may be listed: about as many as there is room for reach the
    first, four times as many the next.
    """
    heap, names, items = best.scores, best.items, tile.items[tile.first :]
    open_ = _open(best, tile.first, len(scores))
    sample = scores[::SAMPLED][open_[::SAMPLED]]
    room = (len(heap) * 5) // (4 * SAMPLED) + 4
    upper, lower = np.float32(np.nan), np.float32(-np.inf)
    while size < len(heap):
        lower = np.float32(_nth_best(sample, room)) if room < len(sample) else np.float32(-np.inf)
        for column in range(len(scores)):
            score = scores[column]
            if open_[column] and score >= lower and not score >= upper:
                size = _put(heap, names, size, score, items[column])
        if lower == -np.inf:
            return size
        upper, room = lower, 4 * room
    if heap[0] < lower:  # it held worse ones before
        for column in range(len(scores)):
            if open_[column] and lower > scores[column] >= heap[0]:
                size = _put(heap, names, size, scores[column], items[column])
    return size


@njit(cache=True, nogil=True)
def _open(best: _List, first: int, width: int) -> NDArray[np.bool_]:
    """Tell which of neighbouring places a list may hold."""
    open_ = best.allowed[first : first + width].copy()
    for index in range(_place(best.excluded, first), len(best.excluded)):
        column = best.excluded[index] - first
        if column >= width:
            break
        open_[column] = False
    return open_


@njit(cache=True, nogil=True)
def _put(heap: Float32, names: Int32, size: int, score: float, item: int) -> int:
    """Let an item into a list if it is good enough; return the new size."""
    if score > -np.inf:
        if size < len(heap):
            _rise(heap, names, size, score, item)
            return size + 1
        if _worse(heap[0], names[0], score, item):
            _sink(heap, names, size, score, item)
    return size


@njit(cache=True, nogil=True)
def _maxima(scores: Float32) -> Float32:
    """Return the greatest score of each stride."""
    n_whole = len(scores) // STRIDE
    found = np.full(-(-len(scores) // STRIDE), -np.inf, np.float32)
    for stride in range(n_whole):
        most = np.float32(-np.inf)
        for step in range(STRIDE):
            most = max(most, scores[stride * STRIDE + step])
        found[stride] = most
    for column in range(n_whole * STRIDE, len(scores)):
        found[n_whole] = max(found[n_whole], scores[column])
    return found


@njit(cache=True, nogil=True)
def _nth_best(values: Float32, n: int) -> float:
    """Return the n-th greatest value, or less: -inf where there are none so many."""
    heap = np.full(n, -np.inf, np.float32)
    names = np.zeros(n, np.int32)
    for value in values:
        if value > heap[0]:
            _sink(heap, names, n, value, 0)
    least: float = heap[0]
    return least


@njit(cache=True, nogil=True)
def _walk_strides(scores: Float32, most: Float32, tile: Tile, best: _List, size: int) -> int:
    """Offer the strides whose maximum `most` is good enough; return the list's new size."""
    bar = best.scores[0] if size == len(best.scores) else np.float32(-np.inf)
    for stride in range(len(most)):
        if not most[stride] >= bar:
            continue
        for column in range(stride * STRIDE, min((stride + 1) * STRIDE, len(scores))):
            if scores[column] >= bar:
                size = _consider(tile.first + column, scores[column], tile.items, best, size)
                if size == len(best.scores):
                    bar = best.scores[0]
    return size


@njit(cache=True, nogil=True)
def _walk_only(tile: Tile, row: int, only: Int32, best: _List, size: int) -> int:
    """Offer the scores of the places `only` to one list; return the list's new size."""
    scores = tile.scores[row]
    last = -1
    for index in range(_place(only, tile.first), len(only)):
        place = only[index]
        if place >= tile.first + len(scores):
            break
        if place != last:  # sets may repeat themselves
            size = _consider(place, scores[place - tile.first], tile.items, best, size)
        last = place
    return size


@njit(cache=True, nogil=True)
def _consider(place: int, score: float, items: Int32, best: _List, size: int) -> int:
    """Let a place into a list if it is good enough and may be there; return the new size."""
    if not (score > -np.inf and best.allowed[place]):
        return size
    item = items[place]
    full = size == len(best.scores)
    if full and not _worse(best.scores[0], best.items[0], score, item):
        return size
    if _holds(best.excluded, place):
        return size
    if full:
        _sink(best.scores, best.items, size, score, item)
        return size
    _rise(best.scores, best.items, size, score, item)
    return size + 1


@njit(cache=True, nogil=True)
def _place(ascending: Int32, value: int) -> int:
    """Return where `value` stands, or would stand."""
    low, high = 0, len(ascending)
    while low < high:
        middle = (low + high) >> 1
        if ascending[middle] < value:
            low = middle + 1
        else:
            high = middle
    return low


@njit(cache=True, nogil=True)
def _holds(ascending: Int32, value: int) -> bool:
    place = _place(ascending, value)
    return place < len(ascending) and ascending[place] == value


@njit(cache=True, nogil=True)
def _worse(score: float, item: int, other_score: float, other_item: int) -> bool:
    return score < other_score or (score == other_score and item > other_item)


@njit(cache=True, nogil=True)
def _rise(heap: Float32, names: Int32, place: int, score: float, item: int) -> None:
    """Put a value at the end, `place`, of a heap that has room."""
    while place > 0:
        above = (place - 1) >> 1
        if not _worse(score, item, heap[above], names[above]):
            break
        heap[place], names[place] = heap[above], names[above]
        place = above
    heap[place], names[place] = score, item


@njit(cache=True, nogil=True)
def _sink(heap: Float32, names: Int32, size: int, score: float, item: int) -> None:
    """Put a value in the place of the worst of the first `size`."""
    place = 0
    while True:
        below = 2 * place + 1
        if below >= size:
            break
        right = below + 1
        if right < size and _worse(heap[right], names[right], heap[below], names[below]):
            below = right
        if not _worse(heap[below], names[below], score, item):
            break
        heap[place], names[place] = heap[below], names[below]
        place = below
    heap[place], names[place] = score, item


@njit(cache=True, nogil=True)
def _sort(lengths: Int64, best: Heaps) -> None:
    """Sort each heap, best first: the worst goes to the end, again and again."""
    for user in range(len(best.sizes)):
        for rule in range(best.sizes.shape[1]):
            heap = best.scores[user, lengths[rule] : lengths[rule + 1]]
            names = best.items[user, lengths[rule] : lengths[rule + 1]]
            for size in range(best.sizes[user, rule] - 1, 0, -1):
                score, item = heap[size], names[size]
                heap[size], names[size] = heap[0], names[0]
                _sink(heap, names, size, score, item)
