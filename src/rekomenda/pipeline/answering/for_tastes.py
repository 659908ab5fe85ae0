"""Lists for somebody of whom nothing is known but three artists, or genres, or tracks they like."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from rekomenda.domain.catalogue import Catalogue
from rekomenda.domain.interactions import Histories
from rekomenda.domain.recommendations import LIST_SCHEMA, Shelf
from rekomenda.domain.tastes import histories_of, listeners_of
from rekomenda.domain.training import TrainingData
from rekomenda.language import Text
from rekomenda.pipeline.answering.lookup import bundle_of, served_release, with_names
from rekomenda.pipeline.answering.names import find
from rekomenda.pipeline.bootstrap import House
from rekomenda.pipeline.recipe import POPULARITY_IN_REGION, Recipe
from rekomenda.pipeline.releasing.bundle import Bundle
from rekomenda.ranking.fill import Filler
from rekomenda.ranking.personal import PersonalLists
from rekomenda.ranking.popular import popular_lists
from rekomenda.ranking.ranked import Ranked, to_arrow
from rekomenda.ranking.shelves import ShelfRules
from rekomenda.settings import RecommendSettings
from rekomenda.storage.release_manifest import Release

ARTIST = Text("Artist", "O artista")
GENRE = Text("Genre", "O gênero")
TRACK = Text("Track", "A faixa")


@dataclass(frozen=True)
class Tastes:
    """What somebody likes, as ids of a release's catalogue; nothing stands twice."""

    artists: tuple[str, ...]
    genres: tuple[str, ...]
    tracks: tuple[str, ...]


@dataclass(frozen=True)
class TasteList:
    """One list as it is shown.

    Parameters
    ----------
    release : Release
    tastes : Tastes
        What was understood.
    shelf : Shelf
    personalised : bool
        False where what they like says nothing of any track: the list is then the popular one.
    rows : list of dict
        As in `lookup.ListenerList`.
    """

    release: Release
    tastes: Tastes
    shelf: Shelf
    personalised: bool
    rows: list[dict[str, Any]]


def list_for_tastes(
    house: House,
    *,
    artists: Sequence[str] = (),
    genres: Sequence[str] = (),
    tracks: Sequence[str] = (),
    shelf: Shelf,
    n: int,
    settings: RecommendSettings,
    today: date,
) -> TasteList:
    """Rank a shelf for somebody who is not in the data, from the release in service alone.

    Parameters
    ----------
    house : House
    artists, genres, tracks : sequences of str
        Ids or names, whatever their case and accents.
    shelf : Shelf
        `again` is empty: nothing was heard.
    n : int
        Length of the list, > 0.
    settings : RecommendSettings
        Rules of the lists.
    today : date
        What is taken down then is left out.

    Raises
    ------
    NoReleaseError
        If nothing is published yet.
    UnknownNameError
        If the release's catalogue does not know one of them; with the closest names.
    """
    release = served_release(house)
    bundle = bundle_of(house, release, today)
    catalogue, everybody = bundle.catalogue, bundle.interactions.histories
    listeners = listeners_of(everybody)
    named = {"artists": artists, "genres": genres, "tracks": tracks}
    found = _understood(catalogue, listeners, release, named)
    history = histories_of(
        catalogue,
        listeners,
        artists=found["artists"],
        genres=found["genres"],
        tracks=found["tracks"],
    )
    tastes = Tastes(
        artists=tuple(catalogue.artists[row] for row in found["artists"]),
        genres=tuple(catalogue.genres[row] for row in found["genres"]),
        tracks=tuple(catalogue.items[row] for row in found["tracks"]),
    )
    as_of_day = (release.manifest.as_of - date(1970, 1, 1)).days
    ranked = _ranked(bundle, history, shelf, n=n, as_of_day=as_of_day, settings=settings)
    nobody = np.full(1, -1, np.int32)
    batch = to_arrow({shelf: ranked}, nobody, bundle.interactions.users, catalogue)
    rows = with_names(pa.Table.from_batches([batch], LIST_SCHEMA), release.path)
    return TasteList(release, tastes, shelf, bool(len(history.items)), rows.to_pylist())


def _understood(
    catalogue: Catalogue,
    listeners: NDArray[np.int64],
    release: Release,
    named: Mapping[str, Sequence[str]],
) -> dict[str, list[int]]:
    """Return the rows of what is named, each once and in the order given."""

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
        facts = {"what": what, "release_id": release.release_id, "listeners": heard[kind]}
        rows[kind] = list(dict.fromkeys(find(name, ids, names, **facts) for name in named[kind]))
    return rows


def _ranked(
    bundle: Bundle,
    history: Histories,
    shelf: Shelf,
    *,
    n: int,
    as_of_day: int,
    settings: RecommendSettings,
) -> Ranked:
    """Rank one shelf for one history, or what is popular where the history is empty."""
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
