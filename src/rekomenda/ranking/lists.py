"""Everybody's lists: candidates, ranker, re-ranker and reasons, a batch of listeners at a time."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, Final

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from rekomenda.domain.catalogue import Catalogue
from rekomenda.domain.eligible import ItemSets
from rekomenda.domain.interactions import Histories, Interactions
from rekomenda.domain.models import FittedModel
from rekomenda.domain.recommendations import LIST_SCHEMA, Recommendations, Shelf
from rekomenda.ranking.again import again_lists
from rekomenda.ranking.dial import NEUTRAL, Sources
from rekomenda.ranking.exposure_floor import ExposureFloor
from rekomenda.ranking.fill import Filler
from rekomenda.ranking.floor_lift import FloorReport
from rekomenda.ranking.floor_price import FloorPrice
from rekomenda.ranking.floor_setting import set_floor
from rekomenda.ranking.personal import MADE_BY_MODEL, PersonalLists
from rekomenda.ranking.popular import of_regions, popular_lists
from rekomenda.ranking.ranked import Ranked, to_arrow
from rekomenda.ranking.shelves import ShelfRules

_SCORES_IN_MEMORY: Final = 8_000_000
"""Scores of one batch: 32 MB, of which each thread holds two or three."""


@dataclass(frozen=True, eq=False)
class ListMaker:
    """Makes every listener's lists, and the popular ones for people without history.

    Parameters
    ----------
    model : FittedModel
        Ranks `for_you` and `discover`, and gives the reasons for its ranking.
    interactions : Interactions
        All listeners; columns as `catalogue.items`.
    catalogue : Catalogue
    fallback : FittedModel
        A popularity model, regional where possible: answers for empty histories, and goes on
        where `model` has no opinion of enough tracks.
    shelves : mapping of Shelf to int
        Length of the list of each shelf that is wanted, > 0.
    max_per_artist : int
        Tracks of one artist that a list may hold, > 0.
    min_support : int
        Listeners of a region behind each track that its popular list names.
    n_candidates : int
        Candidates considered for each list at first. Where artist cap and versions leave a list
        short, more are considered, so a list is short only when nothing eligible remains.
    as_of_day : int
        Days since 1970-01-01 of the day the lists are for; -1 where the data has no time.
    fresh_days : int
        How many days a track is new, > 0.
    dial : float, or ndarray of float, shape (U,)
        0 (familiar) to 1 (new): what `for_you` is mixed of, for all or for each; see `dial.Sources`.
    resting : mapping of Shelf to ItemSets of all listeners
        What was shown for weeks and passed over: it comes last, and only where a list would
        otherwise be short.
    emerging_share : float
        Emerging artists get at least this times their share of the plays as their share of
        exposure, on `for_you` and `discover`; 0: lists are as the model ranks.
    floor_price : FloorPrice, optional
        What that may cost; without one it may cost anything.
    artist_listeners : int
        In how many `discover` lists each artist with enough listeners is to stand; 0: in any
        number.
    batch_size : int, optional
        Listeners ranked together. Default: from the size of the catalogue. It is never taken from
        the machine, so that the same data is cut into the same batches everywhere.
    threads : int
        Batches ranked at the same time. The result does not depend on it.
    found_floor : optional
        What `floor` found in another process, so that it need not be looked for again.
    """

    model: FittedModel
    interactions: Interactions
    catalogue: Catalogue
    fallback: FittedModel
    shelves: Mapping[Shelf, int]
    max_per_artist: int
    min_support: int
    n_candidates: int
    as_of_day: int
    fresh_days: int = 30
    emerging_share: float = 0.0
    floor_price: FloorPrice | None = None
    artist_listeners: int = 0
    dial: float | NDArray[np.floating[Any]] = NEUTRAL
    resting: Mapping[Shelf, ItemSets] = field(default_factory=dict)
    batch_size: int | None = None
    threads: int = 1
    found_floor: tuple[ExposureFloor | None, tuple[FloorReport, ...]] | None = None

    @cached_property
    def rules(self) -> ShelfRules:
        """The rules of the shelves over this catalogue."""
        return ShelfRules.of(
            self.catalogue,
            self.interactions.histories,
            as_of_day=self.as_of_day,
            fresh_days=self.fresh_days,
        )

    @cached_property
    def filler(self) -> Filler:
        """How candidates become lists."""
        return Filler(self.catalogue, self.max_per_artist, self.n_candidates)

    @cached_property
    def personal(self) -> PersonalLists:
        """The shelves that the model ranks."""
        lengths: dict[Shelf, int] = {
            shelf: n for shelf, n in self.shelves.items() if shelf in MADE_BY_MODEL
        }
        return PersonalLists(
            self.model, self.fallback, self.rules, self.filler, lengths, self.floor[0]
        )

    @cached_property
    def floor(self) -> tuple[ExposureFloor | None, tuple[FloorReport, ...]]:
        """What emerging artists are lifted by, and what comes of it on each shelf."""
        if self.found_floor is not None:
            return self.found_floor
        if not (self.emerging_share or self.artist_listeners):
            return None, ()
        return set_floor(
            self.model,
            self.interactions.histories,
            self.catalogue,
            self.rules,
            lengths=self.shelves,
            max_per_artist=self.max_per_artist,
            n_candidates=self.n_candidates,
            share=self.emerging_share,
            min_listeners=self.artist_listeners,
            price=self.floor_price,
            threads=self.threads,
        )

    def _reserved(self, users: NDArray[np.int32]) -> dict[Shelf, NDArray[np.int32]]:
        floor = self.floor[0]
        reserved = {} if floor is None else floor.reserved
        return {shelf: items[users] for shelf, items in reserved.items()}

    @cached_property
    def popular(self) -> Ranked:
        """What people without history are shown on `for_you`, one list for each region."""
        return popular_lists(
            self.fallback,
            self.interactions.histories,
            self.rules,
            n=self.shelves[Shelf.FOR_YOU],
            max_per_artist=self.max_per_artist,
            min_support=self.min_support,
        )

    def batches(self) -> Iterator[pa.RecordBatch]:
        """Yield all rows in their order, so that they need not all be in memory.

        Ordered by user id (bytes), shelf (by name) and rank; `LIST_SCHEMA`. Listeners without
        history have one list, `for_you`, of what is popular in their region or everywhere. The
        lists of null users come last: the one for everybody, then one for each region that has one.

        The dictionaries of ids are the same objects in all batches; those of the reasons differ.
        """
        yield from self.batches_of(np.arange(len(self.interactions.users), dtype=np.int32))
        yield from self.general_batches()

    def general_batches(self) -> Iterator[pa.RecordBatch]:
        """Yield the lists of nobody in particular: for everybody, then for each region."""
        if Shelf.FOR_YOU in self.shelves:
            yield self._general()

    @property
    def listeners_a_batch(self) -> int:
        """How many listeners are ranked together; who cuts them otherwise may round otherwise."""
        return self.batch_size or _batch_size(len(self.catalogue))

    def batches_of(self, users: NDArray[np.int32]) -> Iterator[pa.RecordBatch]:
        """Yield the rows of some listeners, by their index and in that order; see `batches`."""
        size = self.listeners_a_batch
        _ = self.personal  # made before the threads need them
        if Shelf.FOR_YOU in self.shelves:
            _ = self.popular
        # BLAS rounds differently on several threads, and models that limit it themselves at the
        # same time would undo each other's limit; one limit around them all settles both.
        with threadpool_limits(1, "blas"), ThreadPoolExecutor(self.threads) as pool:
            running: deque[Future[pa.RecordBatch]] = deque()
            for start in range(0, len(users), size):
                running.append(pool.submit(self._batch, users[start : start + size]))
                if len(running) > self.threads:
                    yield running.popleft().result()
            while running:
                yield running.popleft().result()

    def _batch(self, users: NDArray[np.int32]) -> pa.RecordBatch:
        """Make all lists of some listeners."""
        histories = self.interactions.histories.rows(users)
        resting = {shelf: sets.of_users(users) for shelf, sets in self.resting.items()}
        ranked: dict[Shelf, Ranked] = {}
        if self.personal.lengths:
            ranked = self.personal.lists(histories, resting, self._reserved(users))
        if Shelf.FOR_YOU in ranked:
            dials = np.broadcast_to(self.dial, len(self.interactions.users))[users]
            ranked[Shelf.FOR_YOU] = self._turned(ranked[Shelf.FOR_YOU], histories, dials, resting)
        if Shelf.AGAIN in self.shelves:
            ranked[Shelf.AGAIN] = self._again(histories, self.shelves[Shelf.AGAIN], resting)
        stranger = histories.lengths == 0
        for shelf, lists in ranked.items():
            if shelf is Shelf.FOR_YOU:
                popular = self.popular.rows(histories.region + 1)
                ranked[shelf] = lists.where(stranger, popular)
            else:
                lists.items[stranger] = -1
        in_order = dict(sorted(ranked.items()))
        return to_arrow(in_order, users, self.interactions.users, self.catalogue)

    def _turned(
        self,
        lists: Ranked,
        histories: Histories,
        dials: NDArray[np.floating[Any]],
        resting: Mapping[Shelf, ItemSets],
    ) -> Ranked:
        """Return `for_you` of B listeners with those mixed anew whose dial, (B,), is turned."""
        turned = np.flatnonzero(dials != NEUTRAL)
        if not len(turned):
            return lists
        held_back = {shelf: sets.of_users(turned) for shelf, sets in resting.items()}
        mixed = self.dialled(histories.rows(turned), dials[turned], held_back)
        place = np.zeros(len(dials), np.int32)
        place[turned] = np.arange(len(turned))
        return lists.where(dials != NEUTRAL, mixed.rows(place))

    def dialled(
        self,
        histories: Histories,
        dial: float | NDArray[np.floating[Any]],
        resting: Mapping[Shelf, ItemSets] | None = None,
    ) -> Ranked:
        """Return `for_you` of B listeners as a dial says, one for all or one for each, (B,)."""
        dials = np.broadcast_to(np.asarray(dial, np.float64), len(histories))
        return self.mixed(self.sources(histories, resting or {}), dials)

    def sources(
        self, histories: Histories, resting: Mapping[Shelf, ItemSets], *, explained: bool = True
    ) -> Sources:
        """Return what the dialled lists of B listeners are mixed of; without reasons if so asked."""
        n = self.shelves[Shelf.FOR_YOU]
        personal = replace(self.personal, lengths={Shelf.FOR_YOU: n, Shelf.DISCOVER: n})
        found = personal.lists(histories, resting, explained=explained)
        again = self._again(histories, n, resting)
        return Sources(again, found[Shelf.FOR_YOU], found[Shelf.DISCOVER])

    def mixed(self, sources: Sources, dial: NDArray[np.floating[Any]]) -> Ranked:
        """Mix `for_you` of what `sources` found, one dial for each list."""
        n, cap = self.shelves[Shelf.FOR_YOU], self.max_per_artist
        return sources.mixed(dial, self.catalogue, n=n, max_per_artist=cap)

    def _again(self, histories: Histories, n: int, resting: Mapping[Shelf, ItemSets]) -> Ranked:
        return again_lists(
            self.model,
            histories,
            self.rules,
            self.filler,
            n=n,
            as_of_day=self.as_of_day,
            resting=resting.get(Shelf.AGAIN),
        )

    def _general(self) -> pa.RecordBatch:
        """Make the lists of nobody in particular."""
        lists = of_regions(self.popular)
        nobody = np.full(len(lists.items), -1, np.int32)
        return to_arrow({Shelf.FOR_YOU: lists}, nobody, self.interactions.users, self.catalogue)


def make_lists(
    model: FittedModel,
    interactions: Interactions,
    catalogue: Catalogue,
    *,
    fallback: FittedModel,
    shelves: Mapping[Shelf, int],
    max_per_artist: int,
    min_support: int,
    n_candidates: int,
    as_of_day: int,
    fresh_days: int = 30,
    batch_size: int | None = None,
    threads: int = 1,
) -> Recommendations:
    """Return the rows of `ListMaker.batches` as one table; parameters as there."""
    maker = ListMaker(
        model=model,
        interactions=interactions,
        catalogue=catalogue,
        fallback=fallback,
        shelves=shelves,
        max_per_artist=max_per_artist,
        min_support=min_support,
        n_candidates=n_candidates,
        as_of_day=as_of_day,
        fresh_days=fresh_days,
        batch_size=batch_size,
        threads=threads,
    )
    rows = pa.Table.from_batches(maker.batches(), LIST_SCHEMA)
    return Recommendations(rows.unify_dictionaries())


def _batch_size(n_items: int) -> int:
    """Return how many listeners' scores fit in a batch, 512 to 4096.

    Of large catalogues nobody scores everything, and small batches cost more than they hold.
    """
    return max(512, min(4096, _SCORES_IN_MEMORY // max(n_items, 1)))
