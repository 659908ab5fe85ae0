"""What a fit will take, reckoned from the size of the data alone: no clock, the same everywhere."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from rekomenda.domain.training import TrainingData

DENSE: Final = 1.2e11
"""Multiplications and additions a second in products of large matrices, float32, two cores."""
NARROW: Final = 3e10
"""The same where vectors or small matrices take part and memory is waited for."""
SCATTERED: Final = 1.5e8
"""Cells a second that are read or written at places all over memory."""


@dataclass(frozen=True)
class Cost:
    """What a fit takes on the machine the rates were measured on: two cores of 2024.

    Parameters
    ----------
    seconds : float
        Of that machine, when nothing else runs; a unit to compare and add up, not a promise.
    n_bytes : int
        Most memory at once, beside the data.
    """

    seconds: float
    n_bytes: int


@dataclass(frozen=True)
class Size:
    """The numbers a cost depends on, of what is liked.

    Parameters
    ----------
    n_users, n_items : int
        U and I.
    n_cells : int
        nnz.
    n_pairs : int
        Σ_u (items of u)².
    n_linked : int
        At most so many different pairs of items share a listener.
    """

    n_users: int
    n_items: int
    n_cells: int
    n_pairs: int
    n_linked: int

    @classmethod
    def of(cls, data: TrainingData) -> Size:
        """Count them: a few passes over the cells."""
        histories = data.interactions.histories
        liked = histories.weights > 0
        users, items = histories.users_of_cells[liked], histories.items[liked]
        lengths = np.bincount(users, minlength=len(histories)).astype(np.int64)
        links = np.bincount(items, weights=lengths[users], minlength=histories.n_items)
        return cls(
            n_users=len(histories),
            n_items=histories.n_items,
            n_cells=len(items),
            n_pairs=int(np.square(lengths).sum()),
            n_linked=int(np.minimum(links, histories.n_items).sum()),
        )

    def cost(
        self, *, dense: float = 0, narrow: float = 0, scattered: float = 0, n_bytes: float = 0
    ) -> Cost:
        """Put operations of each kind together; every fit reads its cells a few times."""
        seconds = dense / DENSE + narrow / NARROW + (scattered + 4 * self.n_cells) / SCATTERED
        return Cost(round(float(seconds), 6), int(n_bytes) + 16 * self.n_cells)


def factorising(size: Size, n_factors: int, n_iterations: int) -> Cost:
    """Reckon alternating least squares by conjugate gradients, three steps a round and side."""
    rows = size.n_users + size.n_items
    round_of_both = 16 * size.n_cells * n_factors + 5 * rows * n_factors**2
    return size.cost(narrow=n_iterations * round_of_both, n_bytes=12 * rows * n_factors)
