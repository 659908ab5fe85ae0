"""One listener's list with the dial turned: mixed now, from the model in service."""

from __future__ import annotations

from datetime import date

import numpy as np
import pyarrow as pa

from rekomenda.domain.recommendations import LIST_SCHEMA, Shelf
from rekomenda.domain.training import TrainingData
from rekomenda.errors import UnknownListenerError
from rekomenda.learning.recipe import POPULARITY_IN_REGION, Recipe
from rekomenda.pipeline.answering.lookup import (
    ListenerList,
    bundle_of,
    served_release,
    with_names,
)
from rekomenda.pipeline.bootstrap import House
from rekomenda.ranking.lists import ListMaker
from rekomenda.ranking.ranked import to_arrow
from rekomenda.settings import RecommendSettings


def dialled_list(
    house: House,
    listener: str,
    *,
    dial: float,
    n: int,
    settings: RecommendSettings,
    today: date,
) -> ListenerList:
    """Mix `for_you` for one listener, from familiar (0) to new (1).

    It is made of the model and the histories of the release in service. What rests and who is
    lifted for exposure is a matter of the published lists, so at 0.5 it may differ from those.

    Parameters
    ----------
    house : House
    listener : str
    dial : float
        See `ranking.dial.Sources.mixed`.
    n : int
        Length of the list.
    settings : RecommendSettings
    today : date
        What is taken down then is left out.

    Raises
    ------
    UnknownListenerError
        If the release has no history of the listener.
    NoReleaseError
        If nothing is published yet.
    """
    release = served_release(house)
    bundle = bundle_of(house, release, today)
    row = int(bundle.interactions.users.index_of([listener])[0])
    if row < 0:
        raise UnknownListenerError(listener=listener, release_id=release.release_id)
    as_of_day = (release.manifest.as_of - date(1970, 1, 1)).days
    data = TrainingData(bundle.interactions, bundle.catalogue, as_of_day)
    maker = ListMaker(
        model=bundle.model,
        interactions=bundle.interactions,
        catalogue=bundle.catalogue,
        fallback=Recipe(POPULARITY_IN_REGION).fit(data),
        shelves={Shelf.FOR_YOU: n},
        max_per_artist=settings.max_per_artist,
        min_support=settings.min_support,
        n_candidates=settings.candidates,
        as_of_day=as_of_day,
    )
    ranked = maker.dialled(bundle.interactions.histories.rows(np.array([row])), dial)
    users = np.array([row], np.int32)
    batch = to_arrow({Shelf.FOR_YOU: ranked}, users, bundle.interactions.users, bundle.catalogue)
    rows = with_names(pa.Table.from_batches([batch], LIST_SCHEMA), release)
    return ListenerList(release, listener, Shelf.FOR_YOU, True, rows.to_pylist())
