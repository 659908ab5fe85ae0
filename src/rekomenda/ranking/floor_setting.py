"""Finding the smallest lift that gives emerging artists their share, and places for the unseen."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, replace
from typing import Any, Final

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
    leeway,
    lifted,
    own_shares,
    raised_order,
)
from rekomenda.ranking.floor_price import FloorPrice
from rekomenda.ranking.ranked import place
from rekomenda.ranking.rerank import rerank
from rekomenda.ranking.reserved_places import (
    artists_to_show,
    reserve,
    reserve_nearest,
    unseen,
)
from rekomenda.ranking.shelves import ShelfRules

Floats = NDArray[np.float64]
Items = NDArray[np.int32]

DEPTH: Final = 10
"""Exposure is that of the first ten places."""
MAX_LIFT: Final = 1.0
"""A lift of 1 takes an emerging artist from place 20 to the top: further nothing is pushed."""
MIN_SUPPORT: Final = 5
"""Listeners from whom on an artist is to be seen by somebody."""
_STEPS: Final = 10
"""Halvings of the range of lifts: to a thousandth."""
_MIN_SAMPLE: Final = 4_000
_MAX_SAMPLE: Final = 50_000
_BLOCK: Final = 2_000
_MARGIN: Final = 2
"""So many times the listeners that are asked for are provided, since what stands on the shelves
`explore` and `fresh` is left out of `discover`."""
_ARTISTS: Final = 256
"""Artists placed together: their scores for the whole sample are dense."""


@dataclass(frozen=True)
class FloorReport:
    """What came of one shelf's floor.

    Parameters
    ----------
    shelf : str
    target : float
        Share of exposure that emerging artists are to have.
    before, after : float
        The share they have without a lift, and with it, in the lists of the sample.
    lift : float
        0 where the lists reach the target by themselves.
    reached : bool
        Whether they have the target; they may not where that would cost too much.
    expected_price : float or None
        Expected relative loss of NDCG@10 (`floor_price`); None where nothing tells it.
    sample : int
        Listeners whose lists were looked at.
    reserved : int
        Places kept for artists whom too few would see.
    unseen : int
        Artists with enough listeners of their own whom too few are shown to, in spite of that.
    """

    shelf: str
    target: float
    before: float
    after: float
    lift: float
    reached: bool
    sample: int
    reserved: int = 0
    unseen: int = 0
    expected_price: float | None = None

    def to_json(self) -> dict[str, Any]:
        """Return it ready for JSON."""
        return asdict(self)


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
    pools = _pools(
        model,
        histories.rows(rows),
        emerging,
        shelves=shelves,
        rules=rules,
        n=n_candidates,
        threads=threads,
    )
    for shelf, pool in pools.items():
        thin = _Thinning(catalogue, max_per_artist)
        report, lift = _choose_lift(pool, thin, shelf, target, price)
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
class _Thinning:
    """The rules of a list after its order."""

    catalogue: Catalogue
    max_per_artist: int

    def columns(self, items: Items, n: int) -> NDArray[np.intp]:
        return rerank(items, self.catalogue, n=n, max_per_artist=self.max_per_artist)

    def lists(self, found: TopN, n: int) -> Items:
        return place(found.items, self.columns(found.items, n), -1)


@dataclass(frozen=True, eq=False)
class _Pool:
    """The candidates of a sample of listeners for one shelf."""

    found: TopN
    leeway: Floats
    tracks: NDArray[np.bool_]

    def at(self, lift: float) -> TopN:
        """Return the candidates in the order they have with a lift."""
        width = self.found.items.shape[1]
        return lifted(self.found, self.tracks, lift * self.leeway, first=width)

    def places(self, lift: float, thin: _Thinning) -> NDArray[np.intp]:
        """Return which candidates the lists begin with, by their place without a lift, (S, 10)."""
        width = self.found.items.shape[1]
        _, order = raised_order(self.found, self.tracks, lift * self.leeway, first=width)
        columns = thin.columns(np.take_along_axis(self.found.items, order, axis=1), DEPTH)
        return place(order, columns, -1)

    def share(self, places: NDArray[np.intp]) -> float:
        """Return the share of the exposure that the marked tracks have in such lists."""
        items = np.take_along_axis(self.found.items, np.maximum(places, 0), axis=1)
        seen = (places >= 0) / np.log2(np.arange(2, DEPTH + 2))
        total = float(seen.sum())
        marked = np.append(self.tracks, False)[items]
        return float(seen[marked].sum()) / total if total > 0 else 0.0


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
        for enough in (self.min_listeners, _MARGIN * self.min_listeners):  # first all, then more
            lacking = unseen(lists, kept, self.catalogue, wanted, enough)
            tracks = self._best_track_of(lacking)
            for start in range(0, len(tracks), _ARTISTS):
                some = tracks[start : start + _ARTISTS]
                near = self._nearness(some, candidates)
                kept = reserve_nearest(
                    kept, lists, near, some, catalogue=self.catalogue, min_listeners=enough
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

    def _nearness(self, tracks: Items, candidates: TopN) -> NDArray[np.float32]:
        """Score tracks for everybody, from the top of each list down; -inf where not allowed."""
        near = np.full((len(self.histories), len(tracks)), -np.inf, np.float32)
        column = np.full(len(self.catalogue), -1)
        column[tracks] = np.arange(len(tracks))
        for rows, batch in self.histories.batches(_BLOCK):
            starts = np.arange(len(batch) + 1, dtype=np.int64) * len(tracks)
            only = ItemSets(starts, np.tile(tracks, len(batch)))
            eligible = replace(self.rules.eligible_for(self.shelf, batch), only=only)
            with threadpool_limits(1, "blas"):
                found = self.model.top_n(batch, len(tracks), eligible)
            top = candidates.scores[rows]
            last = top[:, min(SPREAD_FROM, top.shape[1]) - 1]
            far = np.isfinite(last)  # who has fewer candidates is left alone
            user, place = np.nonzero((found.items >= 0) & far[:, None])
            spread = np.maximum(top[user, 0] - last[user], 1e-9)
            value = (found.scores[user, place] - top[user, 0]) / spread
            near[rows][user, column[found.items[user, place]]] = value
        return near


def _pools(
    model: FittedModel,
    histories: Histories,
    emerging: Emerging,
    *,
    shelves: tuple[Shelf, ...],
    rules: ShelfRules,
    n: int,
    threads: int,
) -> dict[Shelf, _Pool]:
    """Find the candidates of all these shelves while scoring once, block by block."""
    if not shelves:
        return {}

    def find(batch: Histories) -> list[TopN]:
        wanted = [(n, rules.eligible_for(shelf, batch)) for shelf in shelves]
        return model.top_n_each(batch, wanted)

    # As where lists are made: BLAS rounds differently on several threads.
    with threadpool_limits(1, "blas"), ThreadPoolExecutor(threads) as pool:
        blocks = list(pool.map(find, (batch for _, batch in histories.batches(_BLOCK))))
    own = own_shares(histories, emerging.tracks)
    found = [
        TopN(
            np.concatenate([block[place].items for block in blocks]),
            np.concatenate([block[place].scores for block in blocks]),
        )
        for place in range(len(shelves))
    ]
    return {
        shelf: _Pool(best, leeway(best.scores, own, emerging.usual), emerging.tracks)
        for shelf, best in zip(shelves, found, strict=True)
    }


def _choose_lift(
    pool: _Pool, thin: _Thinning, shelf: Shelf, target: float, price: FloorPrice | None
) -> tuple[FloorReport, float]:
    """Find the smallest lift with which the target is reached, or the largest that is cheap enough."""
    plain = pool.places(0.0, thin)
    before = pool.share(plain)

    def suffices(lift: float) -> bool:
        return pool.share(pool.places(lift, thin)) >= target

    def expected(places: NDArray[np.intp]) -> float:
        return 0.0 if price is None else price.expected(shelf, plain, places)

    def is_dear(lift: float) -> bool:
        return price is not None and expected(pool.places(lift, thin)) > price.limit

    lift = 0.0 if before >= target else _least(suffices, MAX_LIFT)[1]
    if lift and is_dear(lift):
        lift, _ = _least(is_dear, lift)
    places = pool.places(lift, thin)
    after = pool.share(places)
    told = price is not None and shelf in price.worth
    report = FloorReport(
        shelf=str(shelf),
        target=target,
        before=before,
        after=after,
        lift=lift,
        reached=after >= target,
        sample=len(pool.found.items),
        expected_price=expected(places) if told else None,
    )
    return report, lift


def _least(holds: Callable[[float], bool], high: float) -> tuple[float, float]:
    """Find by halving where something begins to hold: (not yet, it does), a thousandth apart.

    What holds nowhere up to `high` is taken to begin there.
    """
    if not holds(high):
        return high, high
    low, step = 0.0, high * 2.0**-_STEPS
    while high - low > step:
        middle = (low + high) / 2
        low, high = (low, middle) if holds(middle) else (middle, high)
    return low, high
