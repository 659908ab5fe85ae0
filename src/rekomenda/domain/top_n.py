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


def top_n(
    scores: NDArray[np.float32], n: int, items: NDArray[np.integer[Any]] | None = None
) -> TopN:
    """Select the n best items of each row exactly, equal scores by ascending item index.

    Parameters
    ----------
    scores : ndarray of float32, shape (B, C)
        NaN and -inf never enter a list.
    n : int
        Length of the lists, > 0; they are padded with -1 where a row has fewer.
    items : ndarray of int, shape (B, C), optional
        Item index of each column of each row; -1 is never listed. Default: the column number.

    Notes
    -----
    O(B C) by selection of the n-th best value, then a sort of about n values a row.
    """
    raise AssertionError("written by the models room")
