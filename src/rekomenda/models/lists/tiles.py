"""Products of factors in tiles of one shape: quick, and the same bits whoever else is asked for.

BLAS picks its kernel, and so its rounding, by the shape of a product. With one shape the score of
a listener and an item depends on their factors only. A tile of scores, 128 KB, stays in the
second-level cache between the product and whoever reads it. Larger ones are a tenth quicker, and
lose more than that where only a few listeners are asked for.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

Float32 = NDArray[np.float32]
ROWS: Final = 64
COLUMNS: Final = 512


def tile_product(users: Float32, items: Float32, scores: Float32) -> None:
    """Write users · itemsᵀ to the upper left of a tile; the rest of it is then 0.

    Parameters
    ----------
    users : ndarray of float32, shape (b, K)
        b <= R.
    items : ndarray of float32, shape (c, K)
        c <= COLUMNS.
    scores : ndarray of float32, shape (R, COLUMNS)
        Only with the same R are bits the same.
    """
    np.matmul(filled_up(users, len(scores)), filled_up(items, COLUMNS).T, out=scores)


def tiled_product(users: Float32, items: Float32) -> Float32:
    """Return users · itemsᵀ, (B, I), tile by tile."""
    found = np.empty((len(users), len(items)), np.float32)
    scores = np.empty((ROWS, COLUMNS), np.float32)
    for row in range(0, len(users), ROWS):
        rows = users[row : row + ROWS]
        for column in range(0, len(items), COLUMNS):
            columns = items[column : column + COLUMNS]
            tile_product(rows, columns, scores)
            target = found[row : row + ROWS, column : column + COLUMNS]
            target[:] = scores[: len(rows), : len(columns)]
    return found


def filled_up(factors: Float32, n_rows: int) -> Float32:
    """Return the factors with rows of 0 below, `n_rows` in all."""
    if len(factors) == n_rows:
        return np.ascontiguousarray(factors)
    filled = np.zeros((n_rows, factors.shape[1]), np.float32)
    filled[: len(factors)] = factors
    return filled
