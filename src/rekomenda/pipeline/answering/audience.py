"""Who would be shown a track first: an audience for it, before anybody has played it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from rekomenda.domain.catalogue import Catalogue
from rekomenda.domain.interactions import Histories
from rekomenda.domain.models import FittedModel
from rekomenda.domain.names import find
from rekomenda.domain.recommendations import Shelf
from rekomenda.domain.tastes import listeners_of
from rekomenda.domain.training import TrainingData
from rekomenda.learning.one_history import TRACK
from rekomenda.learning.recipe import Recipe
from rekomenda.pipeline.answering.lookup import bundle_of, of_release, served_release
from rekomenda.pipeline.bootstrap import House
from rekomenda.ranking.shelves import ShelfRules
from rekomenda.storage.release_manifest import Release

CONTENT: Final = "content"
"""Has an opinion of every track, played or not."""
LEAST_GROUP: Final = 10
"""No group of fewer listeners is described: it would tell about those people."""
MOST_EXAMINED: Final = 20_000
"""Of more listeners so many are examined, evenly spread over their ids."""
_SCORES_IN_MEMORY: Final = 8_000_000


@dataclass(frozen=True)
class Group:
    """Listeners of a region, or who mostly play a genre."""

    id: str
    name: str
    listeners: int


@dataclass(frozen=True)
class Audience:
    """Who would be shown a track first.

    Parameters
    ----------
    release : Release
    track_id : str
    hidden : bool
        Taken down or not in the catalogue: nobody would be shown it.
    algorithm : str
        The model that says so.
    served : bool
        Whether that is the one in service; if not, that one has no opinion of the track.
    examined : int
        Listeners that were looked at, who have not heard the track nor a version of it.
    listeners : tuple of str
        Ids, the one who would be shown it first in front.
    within_10 : int
        Of `listeners`, those with it among the first ten tracks they have not heard.
    regions, genres : tuple of Group
        Of `listeners`, the largest groups first, none smaller than `LEAST_GROUP`.
    """

    release: Release
    track_id: str
    hidden: bool
    algorithm: str
    served: bool
    examined: int
    listeners: tuple[str, ...]
    within_10: int
    regions: tuple[Group, ...]
    genres: tuple[Group, ...]


def audience_of(house: House, track: str, *, n: int, today: date) -> Audience:
    """Find the listeners in whose lists a track would stand highest.

    Listeners are ordered by the track's place among all tracks that `for_you` may hold for them,
    equal ones by id. Where the model in service has no opinion of the track for anybody, as those
    that learn from plays alone have none of a track without plays, `content` is fitted on what the
    release holds and asked instead.

    Parameters
    ----------
    house : House
    track : str
        Id or title.
    n : int
        At most so many listeners, > 0.
    today : date
        Nobody would be shown what is taken down then.

    Raises
    ------
    NoReleaseError, UnknownNameError
    """
    release = served_release(house)
    bundle = bundle_of(house, release, today)
    catalogue, everybody = bundle.catalogue, bundle.interactions.histories
    item = find(
        track,
        catalogue.items,
        catalogue.titles,
        what=TRACK,
        where=of_release(release.release_id),
        listeners=listeners_of(everybody),
    )
    rows = np.flatnonzero(everybody.lengths > 0)
    rows = rows[:: max(1, -(-len(rows) // MOST_EXAMINED))]
    model = bundle.model
    places = _places(model, everybody.rows(rows), item, catalogue)
    if not catalogue.hidden[item] and not (places > 0).any():
        as_of_day = (release.manifest.as_of - date(1970, 1, 1)).days
        model = Recipe(CONTENT).fit(TrainingData(bundle.interactions, catalogue, as_of_day))
        places = _places(model, everybody.rows(rows), item, catalogue)
    shown = np.flatnonzero(places > 0)
    first = shown[np.argsort(places[shown], kind="stable")][:n]
    histories = everybody.rows(rows[first])
    genre_names = pc.coalesce(catalogue.genre_names, catalogue.genres.ids)
    return Audience(
        release=release,
        track_id=catalogue.items[item],
        hidden=bool(catalogue.hidden[item]),
        algorithm=model.algorithm,
        served=model is bundle.model,
        examined=len(shown),
        listeners=tuple(bundle.interactions.users.take(rows[first]).to_pylist()),
        within_10=int((places[first] <= 10).sum()),
        regions=_groups(histories.region, catalogue.regions.ids, catalogue.regions.ids),
        genres=_groups(_main_genres(histories, catalogue), catalogue.genres.ids, genre_names),
    )


def _places(
    model: FittedModel, histories: Histories, item: int, catalogue: Catalogue
) -> NDArray[np.int64]:
    """Return the track's place in each listener's `for_you`, from 1; 0 where it has none."""
    rules = ShelfRules.of(catalogue)
    places = np.zeros(len(histories), np.int64)
    size = max(1, _SCORES_IN_MEMORY // max(len(catalogue), 1))
    for rows, batch in histories.batches(size):
        scores = rules.eligible_for(Shelf.FOR_YOU, batch).apply(model.score(batch))
        own = scores[:, item, None]
        ahead = (scores > own).sum(axis=1) + (scores[:, :item] == own).sum(axis=1)
        places[rows] = np.where(np.isfinite(own[:, 0]), ahead + 1, 0)
    return places


def _main_genres(histories: Histories, catalogue: Catalogue) -> NDArray[np.int64]:
    """Return the genre that each listener plays most, by weight; -1 without any."""
    n_genres = len(catalogue.genres)
    genre = catalogue.genre_of[histories.items]
    known = genre >= 0
    cells = histories.users_of_cells[known].astype(np.int64) * n_genres + genre[known]
    heard = np.bincount(cells, histories.weights[known], len(histories) * n_genres)
    heard = heard.reshape(len(histories), n_genres)
    if not n_genres:
        return np.full(len(histories), -1)
    return np.where(heard.any(axis=1), heard.argmax(axis=1), -1)


def _groups(
    of: NDArray[np.integer], ids: pa.StringArray, names: pa.StringArray
) -> tuple[Group, ...]:
    counts = Counter(of[of >= 0].tolist())
    large = [(row, count) for row, count in counts.items() if count >= LEAST_GROUP]
    large.sort(key=lambda pair: (-pair[1], pair[0]))
    return tuple(Group(ids[row].as_py(), names[row].as_py(), count) for row, count in large)
