"""What a floor is expected to cost: from how likely a track at each place of a list is played.

A floor moves tracks to other places. If how likely a track is played depended on nothing but the
place at which the model had it, lists with places p_1, ..., p_10 would have

    NDCG@10 ∝ sum over j of v(p_j) / log2(j + 1),

with v(p) the mean worth of a track at place p: 1 / ideal DCG where it is played, 0 elsewhere. v is
estimated on days that were held back inside the training period, for all listeners together, and
made to fall along the list (isotonic regression by pooling adjacent violators: M. Ayer, H. Brunk,
G. Ewing, W. Reid, E. Silverman, Annals of Mathematical Statistics 26, 1955). Some two hundred
numbers from thousands of listeners are much steadier than a difference of two NDCG, which at a
percent is within its own error.

The estimate errs on the dear side: tracks that change places are near each other in score, so less
separates them than two places usually do (measured: docs/fairness.md).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rekomenda.domain.recommendations import Shelf

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class FloorPrice:
    """How much a floor may cost, and what tells it.

    Parameters
    ----------
    worth : mapping of Shelf to ndarray of float, shape (M,)
        v of each place among the candidates, falling; shelves that are not there may cost anything.
    limit : float
        Greatest expected relative loss of NDCG@10.
    """

    worth: Mapping[Shelf, Floats]
    limit: float

    def expected(self, shelf: Shelf, before: NDArray[np.intp], after: NDArray[np.intp]) -> float:
        """Return the expected relative loss of lists; 0 where nothing is known of the shelf.

        Parameters
        ----------
        shelf : Shelf
        before, after : ndarray of int, shape (n, k)
            Place among the model's candidates of what stands at each place of each list, -1 for
            nothing.
        """
        worth = self.worth.get(shelf)
        if worth is None:
            return 0.0
        padded = np.append(worth, 0.0)  # -1, and whatever is further down, is worth nothing
        discounts = 1 / np.log2(np.arange(2, before.shape[1] + 2))
        sums = [
            float((padded[np.where(places < len(worth), places, -1)] @ discounts).sum())
            for places in (before, after)
        ]
        return 1 - sums[1] / sums[0] if sums[0] > 0 else 0.0


def worth_of_places(
    hits: NDArray[np.bool_], listed: NDArray[np.bool_], ideal: Floats
) -> Floats | None:
    """Estimate v from candidates of listeners whose later plays are known.

    Parameters
    ----------
    hits, listed : ndarray of bool, shape (n, M)
        Whether each candidate was played later, and whether there is one.
    ideal : ndarray of float, shape (n,)
        DCG of the best list each could have had; NaN for who played nothing relevant.

    Returns
    -------
    ndarray of float, shape (M,), or None where no candidate was played by anybody.
    """
    known = ~np.isnan(ideal)
    there = listed[known]
    seen = there.sum(axis=0)
    sums = ((hits[known] & there) / ideal[known, None]).sum(axis=0)
    if not sums.any():
        return None
    return falling(sums / np.maximum(seen, 1), seen.astype(np.float64))


def falling(values: Floats, weights: Floats) -> Floats:
    """Return the nearest sequence that never rises, by weighted squares: O(M)."""
    blocks: list[tuple[float, float, int]] = []
    for value, weight in zip(values, weights, strict=True):
        block = (float(value), float(weight), 1)
        while blocks and blocks[-1][0] < block[0]:
            mean, mass, size = blocks.pop()
            together = mass + block[1]
            pooled = (mean * mass + block[0] * block[1]) / together if together > 0 else mean
            block = (pooled, together, size + block[2])
        blocks.append(block)
    return np.concatenate([np.full(size, mean) for mean, _, size in blocks])
