"""Which of a listener's tracks were played last, and which before: as far as the data tells."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

Int32 = NDArray[np.int32]
Int64 = NDArray[np.int64]

UNTOLD: Final = np.iinfo(np.int64).min
"""The moment of a play of which only the day is known."""


def places_in_time(
    indptr: Int64, last_day: NDArray[np.integer[Any]], last_at: Int64 | None = None
) -> Int32:
    """Return how many of the listener's cells are known to have been played last before each one.

    Parameters
    ----------
    indptr : ndarray of int64, shape (B + 1,)
        As in `Histories`.
    last_day : ndarray of int, shape (nnz,)
        Day of the latest play; -1 where the data has no time.
    last_at : ndarray of int64, shape (nnz,), optional
        Moment of the latest play, in any unit; `UNTOLD` where only its day is known.

    Returns
    -------
    ndarray of int32, shape (nnz,)
        0 for the oldest; -1 where the day is not known. Nothing is made up: cells of one moment
        have the same place, and so have all cells of a day of which one moment is untold, for
        that one may be anywhere among them.
    """
    n_cells = np.diff(indptr)
    users = np.repeat(np.arange(len(n_cells), dtype=np.int64), n_cells)
    span = int(last_day.max(initial=-1)) + 2
    days = users * span + last_day + 1  # one number for each listener's day, ascending by listener
    if last_at is None or (last_at == UNTOLD).all():
        order = np.argsort(days, kind="stable")
        first = _starts(days[order])
    else:
        order = _by_day_and_moment(days, last_at)
        days, moments = days[order], last_at[order]
        untold = _of_a_day_untold(days, moments)
        first = _starts(days) | (~untold & _starts(moments))
    older = np.arange(len(order)) - indptr[users]  # users ascend in both orders
    # Each cell takes the place of the first of its equals.
    older = older[np.maximum.accumulate(np.where(first, np.arange(len(order)), 0))]
    places = np.empty(len(order), np.int32)
    places[order] = older
    without = last_day < 0
    if without.any():
        undated = np.bincount(users[without], minlength=len(n_cells))
        places -= undated[users].astype(np.int32)  # what has no day is before nothing
        places[without] = -1
    return places


def _by_day_and_moment(days: Int64, last_at: Int64) -> NDArray[np.intp]:
    """Return the order by (day, moment): sorting one number for both takes a third of the time."""
    by_day = np.argsort(days, kind="stable")
    moments = last_at[by_day]
    first = _starts(days[by_day])
    day = np.cumsum(first) - 1
    told = moments != UNTOLD
    earliest = np.full(int(day[-1]) + 1, np.iinfo(np.int64).max)
    np.minimum.at(earliest, day[told], moments[told])
    since = np.where(told, moments - earliest[day] + 1, 0)
    width = int(since.max()) + 1
    if (int(day[-1]) + 1) * width >= np.iinfo(np.int64).max:
        return np.lexsort((last_at, days))
    return by_day[np.argsort(day * width + since, kind="stable")]


def _starts(ascending: Int64) -> NDArray[np.bool_]:
    """Return where another value begins."""
    return np.append(True, ascending[1:] != ascending[:-1])[: len(ascending)]


def _of_a_day_untold(days: Int64, moments: Int64) -> NDArray[np.bool_]:
    """Return which cells are of a day with an untold moment; within a day those come first."""
    starts = np.flatnonzero(_starts(days))
    lengths = np.diff(np.append(starts, len(days)))
    return np.repeat(moments[starts] == UNTOLD, lengths)
