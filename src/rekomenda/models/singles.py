"""The algorithms that stand alone, by name: what a blend may have for members."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from difflib import get_close_matches
from typing import Any, Final

from rekomenda.errors import UnknownAlgorithmError, UnknownHyperparameterError
from rekomenda.language import Text
from rekomenda.models.base import Algorithm
from rekomenda.models.baselines.control import Random
from rekomenda.models.baselines.popularity import Popularity, RecentPopularity
from rekomenda.models.baselines.popularity_by_genre import GenrePopularity
from rekomenda.models.baselines.popularity_by_region import RegionPopularity
from rekomenda.models.factors.als import ALS
from rekomenda.models.factors.content import Content
from rekomenda.models.linear.ease import EASE
from rekomenda.models.linear.graph_filter import GraphFilter
from rekomenda.models.linear.item_knn import ItemKNN
from rekomenda.models.linear.rp3beta import RP3Beta
from rekomenda.models.linear.slim import SLIM
from rekomenda.models.over_time.next_play import NextPlay
from rekomenda.models.over_time.relisten import Relisten

SINGLES: Final[dict[str, type[Algorithm]]] = {
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
    )
}


def create(
    name: str,
    hyperparameters: Mapping[str, Any] | None = None,
    kinds: Mapping[str, type[Algorithm]] = SINGLES,
) -> Algorithm:
    """Make one of `kinds`; what `hyperparameters` does not name keeps its default.

    Raises
    ------
    UnknownAlgorithmError, UnknownHyperparameterError
        With the closest known name.
    HyperparameterError
        If a value has the wrong type or is out of its range.
    """
    if name not in kinds:
        raise UnknownAlgorithmError(
            algorithm=name, hint=_did_you_mean(name, tuple(kinds)), names=", ".join(kinds)
        )
    kind = kinds[name]
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


def _did_you_mean(word: str, known: tuple[str, ...]) -> Text:
    close = get_close_matches(word, known, n=1)
    if not close:
        return Text(en="", pt="")
    return Text(en=f" Did you mean {close[0]}?", pt=f" Você quis dizer {close[0]}?")
