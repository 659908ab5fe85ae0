"""The best items by inner product, found exactly without looking at most of them.

Items are walked through by falling norm, a tile at a time: by Cauchy and Schwarz no score exceeds
‖z‖ ‖v‖, so a listener is done where that falls below the worst of each of their lists. (C. Teflioudi,
R. Gemulla, O. Mykytiuk, "LEMP: Fast Retrieval of Large Entries in a Matrix Product", SIGMOD 2015,
section 4.1, prunes by length like this; here tiles are matrix products, and listeners who are
done leave the next one.) Regularised factors of items that few people play are short, so most
listeners are done early; where all items are about as long, everything is looked at.

Imports numba, so it is imported where it is called.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numba import njit
from numpy.typing import NDArray

from rekomenda.domain.top_n import TopN
from rekomenda.models.lists.rules import Heaps, Int64, Places, Rules, Wanted
from rekomenda.models.lists.selecting import Tile, offer, ranked
from rekomenda.models.lists.tiles import COLUMNS, ROWS, tile_product

Float32 = NDArray[np.float32]
SLACK: Final = 1e-3
"""How much a computed score may exceed the product of the norms, as a part of it: rounding adds
at most K · 2⁻²³, so K may be 8000."""


@dataclass(frozen=True, eq=False)
class FactorWalk:
    """Items in the order they are walked through; `FactorWalk.of` prepares it once for a model.

    Parameters
    ----------
    places : Places
        By falling norm, equal ones by item index.
    factors : ndarray of float32, shape (P, K)
        Row p belongs to place p.
    limits : ndarray of float64, shape (number of tiles,)
        The greatest norm of each tile, with `SLACK`.
    """

    places: Places
    factors: Float32
    limits: NDArray[np.float64]

    @classmethod
    def of(cls, factors: Float32, known: NDArray[np.bool_]) -> FactorWalk:
        """Order the known items of a model: O(I (K + log I)); memory that of their factors."""
        items = np.flatnonzero(known).astype(np.int32)
        norms = _norms(factors)[items]
        order = np.argsort(-norms, kind="stable")
        return cls(
            places=Places.of(items[order], len(factors)),
            factors=factors[items[order]],
            limits=norms[order][::COLUMNS] * (1 + SLACK),
        )

    def best(self, users: Float32, speaks: NDArray[np.bool_], wanted: Wanted) -> list[TopN]:
        """Rank the items for a block of users.

        Parameters
        ----------
        users : ndarray of float32, shape (B, K)
        speaks : ndarray of bool, shape (B,)
            Users for whom nothing is known get empty lists.
        wanted : sequence of (n, Eligible), each of B users

        Notes
        -----
        Memory: a copy of the users' factors and one tile. Scores have the bits that `tile_product`
        gives the same pair.
        """
        rules = Rules.of(wanted, len(users), self.places)
        best = rules.heaps(len(users))
        norms = _norms(users)
        left = np.flatnonzero(speaks)
        scores = np.empty((ROWS, COLUMNS), np.float32)
        for index, limit in enumerate(self.limits):
            first = index * COLUMNS
            here = left[_open(left, norms * limit, first, rules, best)]
            for start in range(0, len(here), ROWS):
                some = here[start : start + ROWS]
                tile_product(users[some], self.factors[first : first + COLUMNS], scores)
                offer(Tile(scores, some, first, self.places.items), rules, best)
        return ranked(rules.lengths, best)


def _norms(factors: Float32) -> NDArray[np.float64]:
    squares: NDArray[np.float64] = np.einsum("ik,ik->i", factors, factors, dtype=np.float64)
    return np.sqrt(squares)


@njit(cache=True, nogil=True)
def _open(
    users: Int64, bounds: NDArray[np.float64], first: int, rules: Rules, best: Heaps
) -> NDArray[np.bool_]:
    """Tell which users may still find something in the tile that begins at place `first`.

    A bound that is no number closes nothing.
    """
    found = np.zeros(len(users), np.bool_)
    for index in range(len(users)):
        user = users[index]
        for rule in range(len(rules.has_only)):
            if rules.has_only[rule]:
                start, stop = rules.only_ptr[rule, user], rules.only_ptr[rule, user + 1]
                only = rules.only[start:stop]
                place = np.searchsorted(only, first)
                may = place < len(only) and only[place] < first + COLUMNS
            else:
                may = True
            own = slice(rules.lengths[rule], rules.lengths[rule + 1])
            full = best.sizes[user, rule] == rules.lengths[rule + 1] - rules.lengths[rule]
            if may and not (full and bounds[user] < best.scores[user, own][0]):
                found[index] = True
                break
    return found
