"""Lists of some listeners as one table, in the order they were asked for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from rekomenda.domain.catalogue import Catalogue
from rekomenda.domain.cores import n_cores
from rekomenda.domain.models import FittedModel
from rekomenda.domain.recommendations import LIST_SCHEMA, Shelf
from rekomenda.domain.tastes import histories_of, listeners_of
from rekomenda.domain.training import TrainingData
from rekomenda.language import Language, Text
from rekomenda.learning.bundle import Bundle
from rekomenda.learning.one_history import find_tastes, shelf_of_one
from rekomenda.learning.recipe import POPULARITY_IN_REGION, Recipe
from rekomenda.ranking.lists import ListMaker
from rekomenda.ranking.ranked import to_arrow
from rekomenda.ranking.similar import similar_tracks
from rekomenda.recommender.frames import FrameKind
from rekomenda.settings import RecommendSettings

NOBODY = np.full(1, -1, np.int32)


@dataclass(frozen=True, eq=False)
class Lists:
    """What a fitted model shows.

    Parameters
    ----------
    bundle : Bundle
    as_of_day : int
    rules : RecommendSettings
    """

    bundle: Bundle
    as_of_day: int
    rules: RecommendSettings

    @cached_property
    def fallback(self) -> FittedModel:
        """What people without history are shown."""
        data = TrainingData(self.bundle.interactions, self.bundle.catalogue, self.as_of_day)
        return Recipe(POPULARITY_IN_REGION).fit(data)

    def of_listeners(
        self, users: Sequence[str] | None, shelf: Shelf, n: int, dial: float, catalogue: Catalogue
    ) -> pa.Table:
        """Return rows of `LIST_SCHEMA`, ordered as `users`, then by rank; None: everybody."""
        maker = ListMaker(
            model=self.bundle.model,
            interactions=self.bundle.interactions,
            catalogue=catalogue,
            fallback=self.fallback,
            shelves={shelf: n},
            max_per_artist=self.rules.max_per_artist,
            min_support=self.rules.min_support,
            n_candidates=self.rules.candidates,
            as_of_day=self.as_of_day,
            fresh_days=self.rules.fresh_days,
            dial=dial,
            threads=n_cores(),
        )
        if users is None:
            rows = np.arange(len(self.bundle.interactions.users), dtype=np.int32)
            return _table(maker.batches_of(rows))
        wanted = pa.array(users, pa.string())
        rows = self.bundle.interactions.users.index_of(wanted)
        known = _table(maker.batches_of(rows[rows >= 0]))
        if shelf is not Shelf.FOR_YOU or (rows >= 0).all():
            return known
        strangers = wanted.filter(pa.array(rows < 0))
        everybodys = maker.popular.rows(np.zeros(len(strangers), np.int32))
        nobody = np.repeat(NOBODY, len(strangers))
        lists = _table(
            [to_arrow({shelf: everybodys}, nobody, self.bundle.interactions.users, catalogue)]
        )
        lengths = (everybodys.items >= 0).sum(axis=1)
        names = strangers.take(pa.array(np.repeat(np.arange(len(strangers)), lengths)))
        together = pa.concat_tables([known, lists.set_column(0, "user_id", names)])
        place = pc.index_in(together["user_id"], value_set=wanted)
        return together.take(pc.sort_indices(place))  # stable: ranks stay in order

    def of_likes(
        self,
        tracks: Sequence[str],
        artists: Sequence[str],
        genres: Sequence[str],
        shelf: Shelf,
        n: int,
    ) -> pa.Table:
        """Return rows of `LIST_SCHEMA` for somebody of whom only this is known.

        Raises
        ------
        UnknownNameError
            If the catalogue does not know one of them.
        """
        catalogue = self.bundle.catalogue
        listeners = listeners_of(self.bundle.interactions.histories)
        named = {"tracks": tracks, "artists": artists, "genres": genres}
        found = find_tastes(catalogue, listeners, named, where=Text("", ""))
        history = histories_of(
            catalogue,
            listeners,
            artists=found["artists"],
            genres=found["genres"],
            tracks=found["tracks"],
        )
        ranked = shelf_of_one(
            self.bundle, history, shelf, n=n, as_of_day=self.as_of_day, settings=self.rules
        )
        users = self.bundle.interactions.users
        return _table([to_arrow({shelf: ranked}, NOBODY, users, catalogue)])

    def similar(self, items: Sequence[int], n: int) -> pa.Table:
        """Return `track_id, rank, similar_id`, ordered as `items`, then by rank."""
        of = np.array(items, np.int32)
        found = similar_tracks(
            self.bundle.interactions,
            self.bundle.catalogue,
            n=n,
            max_per_artist=self.rules.max_per_artist,
            min_support=1,
            min_residual=-np.inf,
            of=of,
        )
        wanted = self.bundle.catalogue.items.take(of)
        place = pc.index_in(found["track_id"], value_set=wanted)
        return found.take(pc.sort_indices(place))


def without(catalogue: Catalogue, exclude: Sequence[str], only: Sequence[str] | None) -> Catalogue:
    """Return the catalogue with only some tracks to be shown; reasons may still name the others."""
    shown: NDArray[np.bool_] = np.ones(len(catalogue), bool)
    if only is not None:
        shown[:] = False
        shown[_known(catalogue, only)] = True
    shown[_known(catalogue, exclude)] = False
    return replace(catalogue, listed=catalogue.listed & shown)


def tidy(lists: pa.Table, kind: FrameKind, language: Language, *, users: bool = True) -> pa.Table:
    """Return one row a recommendation: user, rank, track, score, reason; ids as they came in."""
    columns: dict[str, Any] = {}
    if users:
        columns[kind.user.name] = kind.user.restore(lists["user_id"])
    columns["rank"] = lists["rank"].cast(pa.int64())
    columns[kind.track.name] = kind.track.restore(lists["track_id"])
    columns["score"] = lists["score"]
    columns["reason"] = lists["reason_pt" if language == "pt-BR" else "reason_en"]
    return pa.table(columns)


def _known(catalogue: Catalogue, ids: Sequence[str]) -> NDArray[np.int32]:
    rows = catalogue.items.index_of(pa.array(ids, pa.string()))
    return rows[rows >= 0]


def _table(batches: Any) -> pa.Table:
    """Return batches as one table of plain text: each came with the ids of everything."""
    plain = pa.schema(
        [
            pa.field(f.name, pa.string() if pa.types.is_dictionary(f.type) else f.type)
            for f in LIST_SCHEMA
        ]
    )
    parts = [pa.Table.from_batches([batch], LIST_SCHEMA).cast(plain) for batch in batches]
    return pa.concat_tables(parts) if parts else plain.empty_table()
