"""Every algorithm by name: the only place that lists them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from difflib import get_close_matches
from typing import Any, Final

from rekomenda.domain.models import FittedModel
from rekomenda.errors import UnknownAlgorithmError, UnknownHyperparameterError
from rekomenda.language import Text
from rekomenda.models.als import ALS
from rekomenda.models.base import Algorithm, Arrays
from rekomenda.models.blend import Blend
from rekomenda.models.content import Content
from rekomenda.models.control import Random
from rekomenda.models.ease import EASE
from rekomenda.models.graph_filter import GraphFilter
from rekomenda.models.item_knn import ItemKNN
from rekomenda.models.next_play import NextPlay
from rekomenda.models.popularity import Popularity, RecentPopularity
from rekomenda.models.popularity_by_genre import GenrePopularity
from rekomenda.models.popularity_by_region import RegionPopularity
from rekomenda.models.ranked_blend import RankedBlend
from rekomenda.models.relisten import Relisten
from rekomenda.models.rp3beta import RP3Beta
from rekomenda.models.slim import SLIM

ALGORITHMS: Final[dict[str, type[Algorithm]]] = {
    algorithm.algorithm: algorithm
    for algorithm in (
        Random,
        Popularity,
        RecentPopularity,
        GenrePopularity,
        RegionPopularity,
        ItemKNN,
        RP3Beta,
        GraphFilter,
        SLIM,
        EASE,
        ALS,
        Content,
        NextPlay,
        Relisten,
        Blend,
        RankedBlend,
    )
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
    if name not in ALGORITHMS:
        raise UnknownAlgorithmError(
            algorithm=name, hint=_did_you_mean(name, names()), names=", ".join(names())
        )
    kind = ALGORITHMS[name]
    known = tuple(field.name for field in fields(kind))
    for key in hyperparameters or {}:
        if key not in known:
            raise UnknownHyperparameterError(
                algorithm=name,
                name=key,
                hint=_did_you_mean(key, known),
                names=", ".join(known) or "—",
            )
    return kind(**(hyperparameters or {}))


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


def _did_you_mean(word: str, known: tuple[str, ...]) -> Text:
    close = get_close_matches(word, known, n=1)
    if not close:
        return Text(en="", pt="")
    return Text(en=f" Did you mean {close[0]}?", pt=f" Você quis dizer {close[0]}?")
