"""What `auto` may blend: one list of candidates for every data set, dearest last within a family."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from rekomenda.models.blend.algorithm import BlendMember


@dataclass(frozen=True)
class Candidate:
    """A model that may become a member of a blend.

    Parameters
    ----------
    name : str
        What it is shown as; distinct in a grid.
    algorithm : str
    hyperparameters : mapping
        Those that differ from the algorithm's defaults.
    unheard, heard : bool
        Whether it may rank tracks not heard before, and those that were.
    """

    name: str
    algorithm: str
    hyperparameters: Mapping[str, Any] = field(default_factory=dict)
    unheard: bool = True
    heard: bool = True

    def member(self, unheard: float, heard: float) -> BlendMember:
        """Return it with its weights."""
        return BlendMember(self.algorithm, unheard, heard, self.hyperparameters)


GRID: Final[tuple[Candidate, ...]] = (
    Candidate("relisten", "relisten", unheard=False),
    Candidate("popularity_recent", "popularity_recent"),
    Candidate("rp3beta", "rp3beta"),
    Candidate("graph_filter", "graph_filter"),
    Candidate("als", "als"),
    Candidate("next_play", "next_play"),
    Candidate(
        "als-256-10",
        "als",
        {"n_factors": 256, "n_iterations": 5, "alpha": 10.0, "regularization": 50.0},
    ),
    Candidate("als-256", "als", {"n_factors": 256, "n_iterations": 5}),
    Candidate("ease", "ease"),
    Candidate("content", "content"),
    Candidate("slim", "slim"),
)
"""The default grid, in the order in which the budget is spent. `item_knn` is not in it:
`rp3beta` says what it says, and less of it depends on single pairs of tracks."""

WIDE_GRID: Final[tuple[Candidate, ...]] = (
    *GRID,
    Candidate("rp3beta-flat", "rp3beta", {"alpha": 1.0, "beta": 0.1}),
    Candidate("rp3beta-niche", "rp3beta", {"alpha": 0.6, "beta": 0.5}),
    Candidate("rp3beta-weights", "rp3beta", {"values": "weights"}),
    Candidate("graph_filter-blunt", "graph_filter", {"sharpening": 0.0}),
    Candidate("graph_filter-sharp", "graph_filter", {"sharpening": 1.0}),
    Candidate("graph_filter-waves", "graph_filter", {"ideal": 0.3}),
    Candidate("als-128", "als", {"n_factors": 128}),
    Candidate("als-128-10", "als", {"n_factors": 128, "alpha": 10.0}),
    Candidate("als-10", "als", {"alpha": 10.0}),
    Candidate("content-128", "content", {"n_factors": 128}),
    Candidate("item_knn", "item_knn"),
    Candidate("item_knn-bm25", "item_knn", {"weighting": "bm25"}),
    Candidate("ease-weights", "ease", {"values": "weights"}),
    Candidate("ease-loose", "ease", {"regularization": 80.0}),
    Candidate("ease-tight", "ease", {"regularization": 500.0}),
    Candidate("slim-loose", "slim", {"regularization": 20.0}),
)
"""What `tune` looks at."""
