"""Finding the smallest lift that gives emerging artists their share, and places for the unseen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from rekomenda.domain.catalogue import Catalogue
from rekomenda.domain.eligible import ItemSets
from rekomenda.domain.interactions import Histories
from rekomenda.domain.models import FittedModel
from rekomenda.domain.recommendations import Shelf
from rekomenda.domain.top_n import TopN
from rekomenda.ranking.exposure_floor import (
    LIFTED,
    SPREAD_FROM,
    Emerging,
    ExposureFloor,
)
from rekomenda.ranking.floor_lift import BLOCK, FloorReport, Thinning, choose_lift, pools_of
from rekomenda.ranking.floor_price import FloorPrice
from rekomenda.ranking.nearness import Nearness
from rekomenda.ranking.reserved_places import (
    artists_to_show,
    reserve,
    reserve_nearest,
    unseen,
)
from rekomenda.ranking.shelves import ShelfRules

Floats = NDArray[np.float64]
Items = NDArray[np.int32]
Rows = NDArray[np.int64]

MIN_SUPPORT: Final = 5
"""Listeners from whom on an artist is to be seen by somebody."""
_MIN_SAMPLE: Final = 4_000
_MAX_SAMPLE: Final = 50_000
_MARGIN: Final = 2
"""So many times the listeners that are asked for are provided, since what stands on the shelves
`explore` and `fresh` is left out of `discover`."""
_ARTISTS: Final = 256
"""Artists placed together: their scores for the lists that are asked are dense."""
_CHOICE: Final = 4
"""Free lists, at least, that are asked for each place, where not every list can be for every artist."""


def set_floor(
    model: FittedModel,
    histories: Histories,
    catalogue: Catalogue,
    rules: ShelfRules,
    *,
    lengths: Mapping[Shelf, int],
    max_per_artist: int,
    n_candidates: int,
    share: float,
    min_listeners: int,
    price: FloorPrice | None = None,
    threads: int = 1,
) -> tuple[ExposureFloor, tuple[FloorReport, ...]]:
    """Choose the lifts and the reserved places; deterministic, and without looking at any holdout.

    Parameters
    ----------
    model : FittedModel
    histories : Histories, U listeners
        A sample of them, evenly spaced, stands for all: up to 50,000.
    catalogue : Catalogue
    rules : ShelfRules
    lengths : mapping of Shelf to int
        The shelves that are made; those not in `LIFTED` are left alone.
    max_per_artist, n_candidates : int
        As in the lists themselves.
    share : float
        Emerging artists are to have at least this times their share of the plays.
    min_listeners : int
        Every artist with at least 5 listeners is to stand in so many `discover` lists; 0: in none.
    price : FloorPrice, optional
        What the lifts may cost; the smaller of what suffices and what is cheap enough is taken.
    threads : int, default 1
        The result does not depend on it.
    """
    emerging = Emerging.of(histories, catalogue)
    rows = _sample(histories, catalogue, min_listeners)
    lifts: dict[Shelf, float] = {}
    reserved: dict[Shelf, Items] = {}
    reports = []
    target = share * emerging.share_of_plays
    shelves = tuple(shelf for shelf in LIFTED if shelf in lengths and len(rows))
    pools = pools_of(
        model,
        histories.rows(rows),
        emerging,
        shelves=shelves,
        rules=rules,
        n=n_candidates,
        threads=threads,
    )
    for shelf, pool in pools.items():
        thin = Thinning(catalogue, max_per_artist)
        report, lift = choose_lift(pool, thin, shelf, target, price)
        if lift > 0:
            lifts[shelf] = lift
        if shelf is Shelf.DISCOVER and min_listeners:
            places = _Places(
                model,
                histories,
                histories.rows(rows),
                catalogue,
                rules,
                shelf,
                min_listeners,
            )
            candidates = pool.at(lift)
            kept, lacking = places.keep(candidates, thin.lists(candidates, lengths[shelf]))
            reserved[shelf] = np.full(len(histories), -1, np.int32)
            reserved[shelf][rows] = kept
            n_kept = int(np.count_nonzero(kept >= 0))
            report = replace(report, reserved=n_kept, unseen=lacking)
        reports.append(report)
    return ExposureFloor(emerging, lifts, reserved), tuple(reports)


def _sample(histories: Histories, catalogue: Catalogue, min_listeners: int) -> NDArray[np.int64]:
    """Choose evenly spaced listeners with a history: enough to show every artist to some."""
    known = np.flatnonzero(histories.lengths > 0)
    size = int(np.clip(len(catalogue.artists) * _MARGIN * min_listeners, _MIN_SAMPLE, _MAX_SAMPLE))
    if len(known) <= size:
        return known
    return known[np.linspace(0, len(known) - 1, size).astype(np.int64)]


@dataclass(frozen=True, eq=False)
class _Places:
    """Who gets the places that are kept for artists, first among candidates, then among all."""

    model: FittedModel
    everybody: Histories
    histories: Histories
    catalogue: Catalogue
    rules: ShelfRules
    shelf: Shelf
    min_listeners: int

    def keep(self, candidates: TopN, lists: Items) -> tuple[Items, int]:
        """Return an item for each list, (S,), -1 for none; and how many artists stay unseen."""
        wanted = artists_to_show(self.everybody, self.catalogue, MIN_SUPPORT)
        kept, _ = reserve(candidates.items, lists, self.catalogue, wanted, self.min_listeners)
        near = Nearness(lambda some, of: self._nearness(some, candidates, of), len(lists))
        for enough in (self.min_listeners, _MARGIN * self.min_listeners):  # first all, then more
            lacking = unseen(lists, kept, self.catalogue, wanted, enough)
            tracks = self._best_track_of(lacking)
            for start in range(0, len(tracks), _ARTISTS):
                some = tracks[start : start + _ARTISTS]
                likely = self._best_track_of(self._may_lack(lists, kept, wanted))
                rows = None if near.has_room(likely) else _asked(kept, _CHOICE * enough * len(some))
                kept = reserve_nearest(
                    kept,
                    lists,
                    near.of(some, likely, rows),
                    some,
                    catalogue=self.catalogue,
                    min_listeners=enough,
                    rows=rows,
                )
        left = unseen(lists, kept, self.catalogue, wanted, self.min_listeners)
        return kept, int(np.count_nonzero(left))

    def _best_track_of(self, artists: NDArray[np.bool_]) -> Items:
        """Return the track with the most listeners of each marked artist, equal ones by index."""
        listeners = np.bincount(self.everybody.items, minlength=len(self.catalogue))
        shown = np.flatnonzero(~self.catalogue.hidden & (self.catalogue.artist_of >= 0))
        order = shown[np.argsort(-listeners[shown], kind="stable")]
        of, first = np.unique(self.catalogue.artist_of[order], return_index=True)
        return order[first][artists[of]].astype(np.int32)

    def _may_lack(self, lists: Items, kept: Items, wanted: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """Mark the artists who are likely to be asked about sooner or later."""
        return unseen(lists, kept, self.catalogue, wanted, _MARGIN * self.min_listeners)

    def _nearness(self, tracks: Items, candidates: TopN, of: Rows | None) -> NDArray[np.float32]:
        """Score tracks for lists, from the top of each down; -inf where not allowed."""
        histories = self.histories if of is None else self.histories.rows(of)
        scores = candidates.scores if of is None else candidates.scores[of]
        near = np.full((len(histories), len(tracks)), -np.inf, np.float32)
        column = np.full(len(self.catalogue), -1)
        column[tracks] = np.arange(len(tracks))
        for rows, batch in histories.batches(BLOCK):
            starts = np.arange(len(batch) + 1, dtype=np.int64) * len(tracks)
            only = ItemSets(starts, np.tile(tracks, len(batch)))
            eligible = replace(self.rules.eligible_for(self.shelf, batch), only=only)
            with threadpool_limits(1, "blas"):
                found = self.model.top_n(batch, len(tracks), eligible)
            top = scores[rows]
            last = top[:, min(SPREAD_FROM, top.shape[1]) - 1]
            far = np.isfinite(last)  # who has fewer candidates is left alone
            user, place = np.nonzero((found.items >= 0) & far[:, None])
            spread = np.maximum(top[user, 0] - last[user], 1e-9)
            value = (found.scores[user, place] - top[user, 0]) / spread
            near[rows][user, column[found.items[user, place]]] = value
        return near


def _asked(kept: Items, n: int) -> Rows:
    """Choose lists, evenly spaced, of those in which no place is taken yet: n or a few thousand."""
    free = np.flatnonzero(kept < 0)
    size = max(n, _MIN_SAMPLE)
    if len(free) <= size:
        return free
    return free[np.linspace(0, len(free) - 1, size).astype(np.int64)]
