"""Small worlds for the evaluation's tests, and a model whose scores are written down."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from rekomenda.domain.catalogue import Catalogue
from rekomenda.domain.ids import IdMap
from rekomenda.domain.interactions import Histories
from rekomenda.domain.top_n import TopN, top_n


@dataclass(frozen=True)
class WrittenScores:
    """A model that scores each listener as one row of a matrix says.

    Histories carry no user number, so these worlds put it where the region stands.
    """

    scores: np.ndarray
    algorithm: str = "written"

    @property
    def n_items(self) -> int:
        return self.scores.shape[1]

    def score(self, histories: Histories, candidates: Any = None) -> np.ndarray:
        assert candidates is None
        return self.scores[histories.region].astype(np.float32)

    def top_n_each(self, histories: Histories, wanted: Any) -> list[TopN]:
        scores = self.score(histories)
        return [top_n(rule.apply(scores.copy()), n) for n, rule in wanted]


def histories(cells: list[list[int]], n_items: int, plays: list[list[int]] | None = None):
    """Histories from the items of each user (plays 1 unless given), numbered in `region`."""
    users = [user for user, items in enumerate(cells) for _ in items]
    return Histories.from_cells(
        np.array(users, int),
        np.array([item for items in cells for item in items], int),
        n_users=len(cells),
        n_items=n_items,
        plays=None if plays is None else np.array([count for row in plays for count in row]),
        region=np.arange(len(cells)),
    )


def catalogue(artist_of: list[int], hidden: list[int] = ()) -> Catalogue:
    """A catalogue where only the artists are known; hidden tracks are alternately blocked and unlisted."""
    n_items = len(artist_of)
    blocked, listed = np.zeros(n_items, bool), np.ones(n_items, bool)
    blocked[list(hidden)[::2]] = True
    listed[list(hidden)[1::2]] = False
    return Catalogue.bare(
        IdMap.of([f"t{number:04d}" for number in range(n_items)]),
        artists=IdMap.of([f"a{number:03d}" for number in range(max(artist_of) + 1)]),
        artist_of=np.array(artist_of, np.int32),
        blocked=blocked,
        listed=listed,
    )
