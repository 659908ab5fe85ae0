"""One history that stands in no data: what somebody likes, found by name, and a shelf ranked for it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rekomenda.domain.catalogue import Catalogue
from rekomenda.domain.interactions import Histories
from rekomenda.domain.names import find
from rekomenda.domain.recommendations import Shelf
from rekomenda.domain.training import TrainingData
from rekomenda.language import Text
from rekomenda.learning.bundle import Bundle
from rekomenda.learning.recipe import POPULARITY_IN_REGION, Recipe
from rekomenda.ranking.fill import Filler
from rekomenda.ranking.personal import PersonalLists
from rekomenda.ranking.popular import popular_lists
from rekomenda.ranking.ranked import Ranked
from rekomenda.ranking.shelves import ShelfRules
from rekomenda.settings import RecommendSettings

ARTIST = Text("Artist", "O artista")
GENRE = Text("Genre", "O gênero")
TRACK = Text("Track", "A faixa")


def find_tastes(
    catalogue: Catalogue,
    listeners: NDArray[np.int64],
    named: Mapping[str, Sequence[str]],
    *,
    where: Text,
) -> dict[str, list[int]]:
    """Return the rows of what is named, each once and in the order given.

    Parameters
    ----------
    catalogue : Catalogue
    listeners : ndarray of int, shape (I,)
        Of each track: of several that share a name the most listened is meant.
    named : mapping
        Ids or names by `artists`, `genres` and `tracks`.
    where : Text
        Says in a message which catalogue it is, with a space before; may be empty.

    Raises
    ------
    UnknownNameError
        If the catalogue does not know one of them; with the closest names.
    """

    def total(group_of: NDArray[np.int32], n_groups: int) -> NDArray[Any]:
        known = group_of >= 0
        return np.bincount(group_of[known], listeners[known], n_groups)

    kinds: dict[str, Any] = {
        "artists": (catalogue.artists, catalogue.artist_names, ARTIST),
        "genres": (catalogue.genres, catalogue.genre_names, GENRE),
        "tracks": (catalogue.items, catalogue.titles, TRACK),
    }
    heard = {
        "artists": total(catalogue.artist_of, len(catalogue.artists)),
        "genres": total(catalogue.genre_of, len(catalogue.genres)),
        "tracks": listeners,
    }
    rows = {}
    for kind, (ids, names, what) in kinds.items():
        facts = {"what": what, "where": where, "listeners": heard[kind]}
        rows[kind] = list(dict.fromkeys(find(name, ids, names, **facts) for name in named[kind]))
    return rows


def shelf_of_one(
    bundle: Bundle,
    history: Histories,
    shelf: Shelf,
    *,
    n: int,
    as_of_day: int,
    settings: RecommendSettings,
) -> Ranked:
    """Rank one shelf for one history, or what is popular where the history is empty.

    Parameters
    ----------
    bundle : Bundle
    history : Histories, 1 user
    shelf : Shelf
        `again` is empty: nothing was heard.
    n : int
        > 0.
    as_of_day : int
    settings : RecommendSettings
        Rules of the lists.
    """
    catalogue = bundle.catalogue
    news = shelf in {Shelf.EXPLORE, Shelf.FRESH}
    everybody = bundle.interactions.histories
    rules = ShelfRules.of(
        catalogue,
        everybody if news else None,
        as_of_day=as_of_day,
        fresh_days=settings.fresh_days,
    )
    if shelf is Shelf.AGAIN or (not len(history.items) and shelf is not Shelf.FOR_YOU):
        return _nothing()
    data = TrainingData(bundle.interactions, catalogue, as_of_day)
    fallback = Recipe(POPULARITY_IN_REGION).fit(data)
    if not len(history.items):
        return popular_lists(
            fallback,
            everybody,
            rules,
            n=n,
            max_per_artist=settings.max_per_artist,
            min_support=settings.min_support,
        ).rows(np.zeros(1, np.int32))
    filler = Filler(catalogue, settings.max_per_artist, settings.candidates)
    lists = PersonalLists(bundle.model, fallback, rules, filler, {shelf: n})
    return lists.lists(history)[shelf]


def _nothing() -> Ranked:
    empty = np.full((1, 1), -1, np.int32)
    return Ranked(
        items=empty,
        scores=np.full((1, 1), -np.inf, np.float32),
        kind=np.zeros((1, 1), np.uint8),
        subject=empty,
        share=np.full((1, 1), np.nan, np.float32),
        detail=np.zeros((1, 1), np.uint8),
    )
