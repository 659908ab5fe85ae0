"""What a model is asked for a block of listeners: first to propose, then to score what anybody proposed.

Both often need the same: a listener's factors, or the sum over their rows. Whoever is `Asked` finds
that once.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from rekomenda.domain.top_n import TopN
from rekomenda.models.lists.rules import Int32, Wanted

Float32 = NDArray[np.float32]


class Asked(Protocol):
    """A model that answers for B listeners."""

    @property
    def exact(self) -> bool:
        """Whether it proposes by its very scores, and hands them over."""

    def propose(self, wanted: Wanted) -> list[TopN]:
        """Return most of what a list by the model's scores would hold, for each (n, Eligible).

        The beginning of a longer list is the shorter list.
        """

    def score(self, items: Int32) -> Float32:
        """Return the score of each of `items` (B, C); -inf for -1 and where it has no opinion."""


@dataclass(frozen=True, eq=False)
class AskedTwice:
    """A model that proposes and scores without anything in common."""

    exact: bool
    proposing: Callable[[Wanted], list[TopN]]
    scoring: Callable[[Int32], Float32]

    def propose(self, wanted: Wanted) -> list[TopN]:
        """See `Asked`."""
        return self.proposing(wanted)

    def score(self, items: Int32) -> Float32:
        """See `Asked`."""
        return self.scoring(items)
