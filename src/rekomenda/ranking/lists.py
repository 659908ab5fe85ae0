"""Everybody's lists: candidates, ranker, re-ranker and reasons, a batch of listeners at a time."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Final, TypeAlias

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from rekomenda.domain.catalogue import Catalogue
from rekomenda.domain.interactions import Histories, Interactions
from rekomenda.domain.models import FittedModel, ReasonKind
from rekomenda.domain.recommendations import LIST_SCHEMA, Recommendations, Shelf
from rekomenda.ranking import candidates
from rekomenda.ranking.explain import CONTROL, CONTROL_ALGORITHM, again_detail
from rekomenda.ranking.popular import of_regions, popular_lists
from rekomenda.ranking.ranked import Ranked, Value, either, place, to_arrow
from rekomenda.ranking.ranker import again_scores
from rekomenda.ranking.rerank import rerank
from rekomenda.ranking.shelves import ShelfRules

Items: TypeAlias = NDArray[np.int32]
Find: TypeAlias = Callable[[NDArray[np.int64], int], tuple[Items, NDArray[Value]]]

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
    batch_size : int, optional
        Listeners ranked together. Default: from the size of the catalogue. It is never taken from
        the machine, so that the same data is cut into the same batches everywhere.
    threads : int
        Batches ranked at the same time. The result does not depend on it.
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
    batch_size: int | None = None
    threads: int = 1

    @cached_property
    def rules(self) -> ShelfRules:
        """The rules of the shelves over this catalogue."""
        return ShelfRules.of(self.catalogue)

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
        n_users = len(self.interactions.users)
        size = self.batch_size or _batch_size(len(self.catalogue))
        if Shelf.FOR_YOU in self.shelves:
            _ = self.popular  # made before the threads need it
        # BLAS rounds differently on several threads, and models that limit it themselves at the
        # same time would undo each other's limit; one limit around them all settles both.
        with threadpool_limits(1, "blas"), ThreadPoolExecutor(self.threads) as pool:
            running: deque[Future[pa.RecordBatch]] = deque()
            for start in range(0, n_users, size):
                running.append(pool.submit(self._batch, start, min(start + size, n_users)))
                if len(running) > self.threads:
                    yield running.popleft().result()
            while running:
                yield running.popleft().result()
        if Shelf.FOR_YOU in self.shelves:
            yield self._general()

    def _batch(self, start: int, stop: int) -> pa.RecordBatch:
        """Make all lists of the listeners from `start` to `stop`."""
        histories = self.interactions.histories.rows(slice(start, stop))
        stranger = histories.lengths == 0
        scores = None
        ranked = {}
        for shelf, n in sorted(self.shelves.items()):
            if shelf is Shelf.AGAIN:
                lists = self._again(histories, n)
            else:
                scores = self.model.score(histories) if scores is None else scores
                lists = self._by_model(shelf, n, histories, scores)
            if shelf is Shelf.FOR_YOU:
                lists = lists.where(stranger, self.popular.rows(histories.region + 1))
            else:
                lists.items[stranger] = -1
            ranked[shelf] = lists
        users = np.arange(start, stop, dtype=np.int32)
        return to_arrow(ranked, users, self.interactions.users, self.catalogue)

    def _general(self) -> pa.RecordBatch:
        """Make the lists of nobody in particular."""
        lists = of_regions(self.popular)
        nobody = np.full(len(lists.items), -1, np.int32)
        return to_arrow({Shelf.FOR_YOU: lists}, nobody, self.interactions.users, self.catalogue)

    def _by_model(
        self, shelf: Shelf, n: int, histories: Histories, scores: NDArray[np.float32]
    ) -> Ranked:
        """Rank by the model's score."""

        def find(rows: NDArray[np.int64], depth: int) -> tuple[Items, NDArray[np.float32]]:
            eligible = self.rules.eligible_for(shelf, histories.rows(rows))
            found = candidates.by_model(scores[rows], eligible, depth)
            return found.items, found.scores

        items, kept = self._fill(find, (len(histories), n), np.float32(-np.inf))
        by_model = items >= 0
        self._complete(shelf, histories, items, kept)
        others = np.where(by_model, -1, items)
        evidence = self.model.explain(histories, np.where(by_model, items, -1))
        if (others >= 0).any():
            evidence = either(
                by_model, evidence, self.fallback.explain(_anywhere(histories), others)
            )
        control = self.model.algorithm == CONTROL_ALGORITHM
        said_nothing = by_model & (evidence.kind == ReasonKind.NONE)
        return Ranked(
            items=items,
            scores=np.minimum.accumulate(kept, axis=1),
            detail=np.where(said_nothing & control, CONTROL, 0).astype(np.uint8),
            **vars(evidence),
        )

    def _complete(
        self, shelf: Shelf, histories: Histories, items: Items, kept: NDArray[np.float32]
    ) -> None:
        """Go on, in place, with what is popular where the model had no opinion of enough tracks.

        Popular with everybody, not in the listener's region: a region may be a handful of people.
        """
        short = np.flatnonzero((items[:, -1] < 0) & (histories.lengths > 0))
        if not len(short):
            return
        theirs = _anywhere(histories.rows(short))
        popular = self.fallback.score(theirs)

        def find(rows: NDArray[np.int64], depth: int) -> tuple[Items, NDArray[np.float32]]:
            eligible = self.rules.eligible_for(shelf, theirs.rows(rows))
            more = candidates.by_model(popular[rows], eligible, depth)
            return (
                np.concatenate([items[short[rows]], more.items], axis=1),
                np.concatenate([kept[short[rows]], more.scores], axis=1),
            )

        filled = self._fill(find, (len(short), items.shape[1]), np.float32(-np.inf))
        items[short], kept[short] = filled

    def _again(self, histories: Histories, n: int) -> Ranked:
        """Rank what was played by how much it is worth hearing again."""
        values = again_scores(histories, self.as_of_day)
        values[~self.rules.worth_again(histories)] = -np.inf
        played = candidates.PlayedTracks.by_value(histories, values)

        def find(rows: NDArray[np.int64], depth: int) -> tuple[Items, NDArray[np.int64]]:
            cells = played.first(depth, rows)
            return _at(histories.items, cells, -1), cells

        items, cells = self._fill(find, (len(histories), n), np.int64(-1))
        plays, last_day = _at(histories.plays, cells, 0), _at(histories.last_day, cells, -1)
        return Ranked(
            items=items,
            scores=_at(values, cells, -np.inf),
            kind=np.full(items.shape, ReasonKind.AGAIN, np.uint8),
            subject=items,
            share=np.full(items.shape, np.nan, np.float32),
            detail=again_detail(plays, last_day, self.as_of_day),
        )

    def _fill(
        self, find: Find[Value], shape: tuple[int, int], missing: Value
    ) -> tuple[Items, NDArray[Value]]:
        """Re-rank candidates into B lists of n, looking further down where a list is short.

        `find` returns the first candidates of some rows of the batch, to a depth, with a value of
        each. Returns items and values, both of `shape` (B, n).
        """
        n_users, n = shape
        items = np.full(shape, -1, np.int32)
        values = np.full(shape, missing)
        short = np.arange(n_users)
        depth = max(self.n_candidates, n)
        while len(short):
            found, of_found = find(short, depth)
            columns = rerank(found, self.catalogue, n=n, max_per_artist=self.max_per_artist)
            items[short] = place(found, columns, -1)
            values[short] = place(of_found, columns, missing.item())
            may_have_more = found[:, -1] >= 0
            short = short[(columns[:, -1] < 0) & may_have_more]
            depth *= 4
        return items, values


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
        batch_size=batch_size,
        threads=threads,
    )
    rows = pa.Table.from_batches(maker.batches(), LIST_SCHEMA)
    return Recommendations(rows.unify_dictionaries())


def _batch_size(n_items: int) -> int:
    """Return how many listeners' scores fit in a batch, 64 to 4096."""
    return max(64, min(4096, _SCORES_IN_MEMORY // max(n_items, 1)))


def _at(values: NDArray[Value], cells: NDArray[np.int64], missing: float) -> NDArray[Value]:
    """Return `values[cells]`, and `missing` where the cell is -1."""
    return np.append(values, values.dtype.type(missing))[cells]


def _anywhere(histories: Histories) -> Histories:
    """Return the same histories of people whose region is not told."""
    return replace(histories, region=np.full(len(histories), -1, np.int32))
