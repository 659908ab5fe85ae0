"""Has anything that is asked for been learned from? Counted by keys, not taken on trust."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from rekomenda.domain.interactions import Histories, Interactions
from rekomenda.evaluation.tasks import is_member

Int64 = NDArray[np.int64]


def leaked_in_time(
    learned: Histories, asked: Histories, everything: Histories, *, cut_day: int
) -> int:
    """Count the cells that cannot be right if one cut in time parts the plays.

    Parameters
    ----------
    learned, asked, everything : Histories over the same users and items
        Up to the cut, after it, and both together.
    cut_day : int
        Last day that may be learned from, in days since 1970-01-01.

    Returns
    -------
    int
        Cells learned from that were played after the cut, cells asked for that were first played
        before it, and cells whose plays on both sides are not those of the whole.
    """
    late = np.count_nonzero(learned.last_day[learned.plays > 0] > cut_day)
    early = np.count_nonzero(asked.first_day[asked.plays > 0] <= cut_day)
    return int(late + early + _counted_wrong(learned, asked, everything))


def leaked_cells(learned: Histories, asked: Histories) -> int:
    """Count the (user, item) pairs that are both learned from and asked for, of the same users."""
    known = _keys(learned)[learned.plays > 0]
    return int(np.count_nonzero(is_member(_keys(asked)[asked.plays > 0], known)))


def leaked_people(learned: Interactions, people: pa.Array, asked: Histories) -> int:
    """Count the users who are learned from and asked as well; `people` are the ids of `asked`."""
    examined = np.unique(asked.users_of_cells[asked.plays > 0])
    rows = learned.users.index_of(people.take(pa.array(examined)))
    return int(np.count_nonzero(learned.histories.lengths[rows[rows >= 0]] > 0))


def _counted_wrong(learned: Histories, asked: Histories, everything: Histories) -> int:
    """Count the cells whose plays do not add up, wherever they stand."""
    keys = np.concatenate([_keys(learned), _keys(asked), _keys(everything)])
    plays = np.concatenate([learned.plays, asked.plays, -everything.plays])
    order = np.argsort(keys, kind="stable")
    keys, plays = keys[order], plays[order]
    if len(keys) == 0:
        return 0
    starts = np.flatnonzero(np.append(True, keys[1:] != keys[:-1]))
    return int(np.count_nonzero(np.add.reduceat(plays, starts)))


def _keys(histories: Histories) -> Int64:
    users: NDArray[Any] = histories.users_of_cells.astype(np.int64)
    return np.asarray(users * histories.n_items + histories.items)
