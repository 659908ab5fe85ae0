"""A model before it has learned: what can be fitted again, at any cut."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from rekomenda.domain.models import FittedModel
from rekomenda.domain.training import TrainingData
from rekomenda.models.registry import create


@dataclass(frozen=True)
class Recipe:
    """An algorithm, its hyperparameters and the start of its random numbers.

    A release competes by its recipe: fitted at the same cut as the candidate, on the same data.

    Parameters
    ----------
    algorithm : str
        Its name in the registry.
    hyperparameters : mapping
        Those that differ from the algorithm's own defaults.
    seed : int
    """

    algorithm: str
    hyperparameters: Mapping[str, Any] = field(default_factory=dict)
    seed: int = 0

    def fit(self, data: TrainingData) -> FittedModel:
        """Learn from this data.

        Raises
        ------
        FitError
            If the data does not allow it.
        """
        return create(self.algorithm, self.hyperparameters).fit(data, seed=self.seed)

    def to_json(self) -> dict[str, Any]:
        """Return what a manifest keeps."""
        return {
            "algorithm": self.algorithm,
            "hyperparameters": dict(self.hyperparameters),
            "seed": self.seed,
        }

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Recipe:
        """Read what a manifest kept."""
        return cls(stored["algorithm"], stored["hyperparameters"], stored["seed"])


POPULARITY_IN_REGION: Final = "popularity_region"
"""What people without history are shown, and who has no more of their own goes on with."""
AUTO: Final = frozenset({"auto", "default"})
"""Names of a candidate that is still to be chosen."""


def choose_recipes(
    algorithm: str,
    compare: tuple[str, ...],
    hyperparameters: Mapping[str, Mapping[str, Any]],
    *,
    chosen: Recipe | None = None,
    n_items: int,
    max_ease_items: int,
    seed: int,
) -> tuple[Recipe, tuple[Recipe, ...], tuple[str, ...]]:
    """Name the candidate, the models beside it, and those that this catalogue is too large for.

    Parameters
    ----------
    algorithm : str
        The candidate; `auto` or `default` is what was chosen.
    compare : tuple of str
    hyperparameters : mapping of algorithm to its settings
    chosen : Recipe, optional
        The blend that was chosen. Without one, `auto` is ease up to
        `max_ease_items` tracks and als above.
    n_items : int
        Tracks in the catalogue.
    max_ease_items : int
    seed : int

    Returns
    -------
    candidate : Recipe
    beside : tuple of Recipe
        The models compared with it, popularity always among them.
    left_out : tuple of str
    """
    too_large = n_items > max_ease_items
    if algorithm in AUTO and chosen is None:
        algorithm = "als" if too_large else "ease"

    def recipe(name: str) -> Recipe:
        if name in AUTO and chosen is not None:
            return chosen
        return Recipe(name, hyperparameters.get(name, {}), seed)

    names = dict.fromkeys(("popularity", *compare))
    left_out = tuple(name for name in names if name == "ease" and too_large)
    beside = tuple(recipe(name) for name in names if name not in left_out and name != algorithm)
    return recipe(algorithm), beside, left_out
