"""What a model may learn from."""

from __future__ import annotations

from dataclasses import dataclass

from rekomenda.domain.catalogue import Catalogue
from rekomenda.domain.interactions import Interactions


@dataclass(frozen=True, eq=False)
class TrainingData:
    """Everything known up to one day, and nothing after it.

    Parameters
    ----------
    interactions : Interactions
        Columns are those of `catalogue.items`.
    catalogue : Catalogue
    as_of_day : int
        The last day in the interactions, as days since 1970-01-01; -1 where data has no time.
    """

    interactions: Interactions
    catalogue: Catalogue
    as_of_day: int
