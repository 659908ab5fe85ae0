"""Groups of listeners that are measured apart: by how much they played, how mainstream, by region."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from rekomenda.domain.catalogue import Catalogue
from rekomenda.domain.interactions import Histories

OVERALL: Final = "overall"
NEW_MAX_PLAYS: Final = 3
"""A listener with at most so many plays before the cut is new."""
MIN_LISTENERS: Final = 50
"""No number is given for a smaller group: its interval would say nothing."""


@dataclass(frozen=True, eq=False)
class Partition:
    """Each listener in one named group at most.

    Parameters
    ----------
    names : tuple of str, length G
    labels : ndarray of int32, shape (U,)
        Group of each listener, -1 for none.
    facts : dict
        Where the borders lie, for the report.
    """

    names: tuple[str, ...]
    labels: NDArray[np.int32]
    facts: dict[str, Any]

    def shown(self) -> Partition:
        """Return it without the groups too small for any number: their listeners are in none."""
        n_groups = len(self.names)
        labels = np.where(self.labels < n_groups, self.labels, -1)  # a region nobody has named
        sizes = np.bincount(labels[labels >= 0], minlength=n_groups)
        least = [1 if name == OVERALL else MIN_LISTENERS for name in self.names]
        large = sizes >= np.array(least, int)
        moved = np.append(np.where(large, np.cumsum(large) - 1, -1), -1).astype(np.int32)
        names = tuple(name for name, kept in zip(self.names, large, strict=True) if kept)
        return Partition(names, moved[labels], self.facts)


def everybody(n_users: int) -> Partition:
    """Return one group with everyone in it."""
    return Partition((OVERALL,), np.zeros(n_users, np.int32), {})


def by_activity(train: Histories) -> Partition:
    """Split by plays before the cut: new (at most 3), then light and heavy about their median.

    The median is that of the listeners who are not new; one who sits on it is light.
    """
    plays = np.bincount(train.users_of_cells, weights=train.plays, minlength=len(train))
    active = plays > NEW_MAX_PLAYS
    border = int(np.median(plays[active])) if active.any() else NEW_MAX_PLAYS
    labels = np.where(active, np.where(plays > border, 2, 1), 0).astype(np.int32)
    return Partition(
        ("activity:new", "activity:light", "activity:heavy"),
        labels,
        {"new_max_plays": NEW_MAX_PLAYS, "light_max_plays": border},
    )


def by_mainstreaminess(popularity: NDArray[np.float64]) -> Partition:
    """Split into thirds by how popular what they played is: low, middle and high.

    Recommenders tend to fail those who play what few others play (D. Kowald, M. Schedl, E. Lex,
    "The Unfairness of Popularity Bias in Music Recommendation", ECIR 2020, groups LowMS, MedMS,
    HighMS). Who sits on a border is in the lower group.

    Parameters
    ----------
    popularity : ndarray of float64, shape (U,)
        `metrics.profile_popularity`: mean listeners of what each played before the cut; those
        without history (NaN) are in no group.
    """
    known = ~np.isnan(popularity)
    borders = np.quantile(popularity[known], [1 / 3, 2 / 3]) if known.any() else np.zeros(2)
    labels = np.full(len(popularity), -1, np.int32)
    labels[known] = np.searchsorted(borders, popularity[known])
    return Partition(
        ("mainstream:low", "mainstream:middle", "mainstream:high"),
        labels,
        {"mainstream_borders": [float(border) for border in borders]},
    )


def by_region(train: Histories, catalogue: Catalogue) -> Partition:
    """Split by the listener's region; those whose region is unknown are in no group."""
    names = tuple(f"region:{name}" for name in catalogue.regions.ids.to_pylist())
    return Partition(names, train.region, {})
