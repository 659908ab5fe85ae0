"""Every algorithm by name: those that stand alone, and the blends of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from rekomenda.domain.models import FittedModel
from rekomenda.models import singles
from rekomenda.models.base import Algorithm, Arrays
from rekomenda.models.blend.algorithm import Blend
from rekomenda.models.ranker.ranked_blend import RankedBlend

ALGORITHMS: Final[dict[str, type[Algorithm]]] = {
    **singles.SINGLES,
    Blend.algorithm: Blend,
    RankedBlend.algorithm: RankedBlend,
}


def names() -> tuple[str, ...]:
    """Return the name of every algorithm, controls first."""
    return tuple(ALGORITHMS)


def create(name: str, hyperparameters: Mapping[str, Any] | None = None) -> Algorithm:
    """Make an algorithm; what `hyperparameters` does not name keeps its default.

    Raises
    ------
    UnknownAlgorithmError, UnknownHyperparameterError
        With the closest known name.
    HyperparameterError
        If a value has the wrong type or is out of its range.
    """
    return singles.create(name, hyperparameters, ALGORITHMS)


def restore(algorithm: str, hyperparameters: Mapping[str, Any], arrays: Arrays) -> FittedModel:
    """Make a fitted model again from what a release stores of it.

    Parameters
    ----------
    algorithm : str
    hyperparameters : mapping
        Those it was fitted with.
    arrays : mapping of str to ndarray
        What its `arrays()` returned.

    Raises
    ------
    UnknownAlgorithmError, UnknownHyperparameterError, HyperparameterError
        As `create`.
    """
    return create(algorithm, hyperparameters).restore(arrays)
