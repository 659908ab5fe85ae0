"""Choosing one shelf's lift: the smallest that suffices, or the largest that is cheap enough."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from rekomenda.domain.catalogue import Catalogue
from rekomenda.domain.interactions import Histories
from rekomenda.domain.models import FittedModel
from rekomenda.domain.recommendations import Shelf
from rekomenda.domain.top_n import TopN
from rekomenda.ranking.exposure_floor import Emerging, leeway, lifted, own_shares, raised_order
from rekomenda.ranking.floor_price import FloorPrice
from rekomenda.ranking.ranked import place
from rekomenda.ranking.rerank import rerank
from rekomenda.ranking.shelves import ShelfRules

Floats = NDArray[np.float64]
Items = NDArray[np.int32]

DEPTH: Final = 10
"""Exposure is that of the first ten places."""
MAX_LIFT: Final = 1.0
"""A lift of 1 takes an emerging artist from place 20 to the top: further nothing is pushed."""
_STEPS: Final = 10
"""Halvings of the range of lifts: to a thousandth."""
BLOCK: Final = 2_000
"""Listeners scored together."""


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


@dataclass(frozen=True, eq=False)
class Thinning:
    """The rules of a list after its order."""

    catalogue: Catalogue
    max_per_artist: int

    def columns(self, items: Items, n: int) -> NDArray[np.intp]:
        """Return which columns of the candidates the lists hold, (S, n), -1 behind the last."""
        return rerank(items, self.catalogue, n=n, max_per_artist=self.max_per_artist)

    def lists(self, found: TopN, n: int) -> Items:
        """Return the lists themselves."""
        return place(found.items, self.columns(found.items, n), -1)


@dataclass(frozen=True, eq=False)
class Pool:
    """The candidates of a sample of listeners for one shelf."""

    found: TopN
    leeway: Floats
    tracks: NDArray[np.bool_]

    def at(self, lift: float) -> TopN:
        """Return the candidates in the order they have with a lift."""
        width = self.found.items.shape[1]
        return lifted(self.found, self.tracks, lift * self.leeway, first=width)

    def places(self, lift: float, thin: Thinning) -> NDArray[np.intp]:
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


def pools_of(
    model: FittedModel,
    histories: Histories,
    emerging: Emerging,
    *,
    shelves: tuple[Shelf, ...],
    rules: ShelfRules,
    n: int,
    threads: int,
) -> dict[Shelf, Pool]:
    """Find the candidates of all these shelves while scoring once, block by block."""
    if not shelves:
        return {}

    def find(batch: Histories) -> list[TopN]:
        wanted = [(n, rules.eligible_for(shelf, batch)) for shelf in shelves]
        return model.top_n_each(batch, wanted)

    # As where lists are made: BLAS rounds differently on several threads.
    with threadpool_limits(1, "blas"), ThreadPoolExecutor(threads) as pool:
        blocks = list(pool.map(find, (batch for _, batch in histories.batches(BLOCK))))
    own = own_shares(histories, emerging.tracks)
    found = [
        TopN(
            np.concatenate([block[place].items for block in blocks]),
            np.concatenate([block[place].scores for block in blocks]),
        )
        for place in range(len(shelves))
    ]
    return {
        shelf: Pool(best, leeway(best.scores, own, emerging.usual), emerging.tracks)
        for shelf, best in zip(shelves, found, strict=True)
    }


def choose_lift(
    pool: Pool, thin: Thinning, shelf: Shelf, target: float, price: FloorPrice | None
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
