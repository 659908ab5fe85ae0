"""Lists for somebody of whom nothing is known but three artists, or genres, or tracks they like."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import pyarrow as pa

from rekomenda.domain.recommendations import LIST_SCHEMA, Shelf
from rekomenda.domain.tastes import histories_of, listeners_of
from rekomenda.learning.one_history import find_tastes, shelf_of_one
from rekomenda.pipeline.answering.lookup import (
    bundle_of,
    of_release,
    served_release,
    with_names,
)
from rekomenda.pipeline.bootstrap import House
from rekomenda.ranking.ranked import to_arrow
from rekomenda.settings import RecommendSettings
from rekomenda.storage.release_manifest import Release


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
    found = find_tastes(catalogue, listeners, named, where=of_release(release.release_id))
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
    ranked = shelf_of_one(bundle, history, shelf, n=n, as_of_day=as_of_day, settings=settings)
    nobody = np.full(1, -1, np.int32)
    batch = to_arrow({shelf: ranked}, nobody, bundle.interactions.users, catalogue)
    rows = with_names(pa.Table.from_batches([batch], LIST_SCHEMA), release)
    return TasteList(release, tastes, shelf, bool(len(history.items)), rows.to_pylist())
