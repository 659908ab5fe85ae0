"""The n best items of each row of scores, ties broken by id."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, eq=False)
class TopN:
    """Ranked items of a batch of B users.

    Parameters
    ----------
    items : ndarray of int32, shape (B, n)
        Best first; -1 behind the end of a list that has fewer than n eligible items.
    scores : ndarray of float32, shape (B, n)
        -inf where `items` is -1.
    """

    items: NDArray[np.int32]
    scores: NDArray[np.float32]

    def __len__(self) -> int:
        return len(self.items)

    @classmethod
    def empty(cls, n_rows: int, n: int) -> TopN:
        """Make lists without a single item."""
        return cls(np.full((n_rows, n), -1, np.int32), np.full((n_rows, n), -np.inf, np.float32))


def top_n(
    scores: NDArray[np.float32], n: int, items: NDArray[np.integer[Any]] | None = None
) -> TopN:
    """Select the n best items of each row exactly, equal scores by ascending item index.

    Parameters
    ----------
    scores : ndarray of float32, shape (B, C)
        NaN and -inf never enter a list. Not changed.
    n : int
        Length of the lists, > 0; they are padded with -1 where a row has fewer.
    items : ndarray of int, shape (B, C), optional
        Item index of each column of each row, distinct within a row; -1 is never listed.
        Default: the column number.

    Notes
    -----
    O(B C) by selection of the n-th best value, then a sort of about n values a row.
    """
    names = None if items is None else np.asarray(items, np.intp)
    if names is not None:
        # With the columns in item order, "smaller item" and "column further left" are the same.
        order = np.argsort(names, axis=1)
        names = np.take_along_axis(names, order, axis=1)
        scores = np.where(names >= 0, np.take_along_axis(scores, order, axis=1), -np.inf)
    if scores.size and np.isnan(scores.max(axis=1)).any():  # the maximum hands NaN on
        scores = np.where(np.isnan(scores), -np.inf, scores)
    columns, values = _ranked_columns(scores, min(n, scores.shape[1]))
    best = TopN.empty(len(scores), n)
    listed = columns >= 0
    width = columns.shape[1]
    if names is not None:
        columns = np.take_along_axis(names, np.maximum(columns, 0), axis=1)
    best.items[:, :width] = np.where(listed, columns, -1)
    best.scores[:, :width] = values
    return best


def _ranked_columns(
    scores: NDArray[np.float32], n: int
) -> tuple[NDArray[np.intp], NDArray[np.float32]]:
    """Return the columns (B, n) of the n best of each row in order, and their scores."""
    columns, values = _compacted(scores, scores >= _bound(scores, n))
    if columns.shape[1] > n:
        best = _chosen(values, n)
        places, values = _compacted(values, best)
        columns = np.where(places >= 0, np.take_along_axis(columns, places, axis=1), -1)
    order = np.argsort(-values, axis=1, kind="stable")[:, :n]  # equal scores stay in column order
    return np.take_along_axis(columns, order, axis=1), np.take_along_axis(values, order, axis=1)


def _bound(scores: NDArray[np.float32], n: int) -> NDArray[np.float32]:
    """Return a value (B, 1) that at least n cells of each row reach, and few more.

    The n-th best of the maxima of at least 4 n groups of columns: n groups hold a cell as good.
    Maxima take one quick pass where selecting among all cells takes ten slow ones.
    """
    n_columns = scores.shape[1]
    depth = n_columns // max(4 * n, 64)  # cells of a group
    if depth < 4:
        return np.full((len(scores), 1), -np.inf, scores.dtype)
    width = n_columns // depth
    grouped = scores[:, : width * depth].reshape(len(scores), depth, width)
    return -np.partition(-grouped.max(axis=1), n - 1, axis=1)[:, n - 1, None]


def _compacted(
    scores: NDArray[np.float32], wanted: NDArray[np.bool_]
) -> tuple[NDArray[np.intp], NDArray[np.float32]]:
    """Push the wanted finite cells of each row to its left: their columns and scores.

    Both are as wide as the fullest row; behind the end of a row stand -1 and -inf.
    """
    row, column = np.nonzero(wanted & (scores > -np.inf))  # columns ascend within a row
    counts = np.bincount(row, minlength=len(scores))
    place = np.arange(len(row)) - np.repeat(np.cumsum(counts) - counts, counts)
    shape = len(scores), int(counts.max(initial=0))
    columns = np.full(shape, -1, np.intp)
    values = np.full(shape, -np.inf, scores.dtype)
    columns[row, place] = column
    values[row, place] = scores[row, column]
    return columns, values


def _chosen(scores: NDArray[np.float32], n: int) -> NDArray[np.bool_]:
    """Mark n cells of each row: the best ones, the leftmost where they are equal."""
    # Selecting among the negated scores is ten times faster where most of a row is -inf.
    level = -np.partition(-scores, n - 1, axis=1)[:, n - 1, None]  # n-th best
    chosen = scores >= level
    crowded = np.flatnonzero(np.count_nonzero(chosen, axis=1) > n)
    if len(crowded):  # more cells share the n-th best score than there are places left
        above = scores[crowded] > level[crowded]
        equal = chosen[crowded] & ~above
        places = n - np.count_nonzero(above, axis=1)
        chosen[crowded] = above | (equal & (np.cumsum(equal, axis=1) <= places[:, None]))
    return chosen
