"""Popularity: what everybody plays, of all time or of the last days."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar, Final

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from scipy.sparse import csr_array

from rekomenda.domain.interactions import Histories
from rekomenda.domain.models import Evidence, FittedModel, ReasonKind
from rekomenda.domain.top_n import TopN
from rekomenda.domain.training import HeavyWork, TrainingData
from rekomenda.models.base import Algorithm, Arrays, Fitted, Float32, Int32, knob
from rekomenda.models.lists.rules import Wanted

if TYPE_CHECKING:
    from rekomenda.models.lists.factor_walk import FactorWalk

AUDIENCE: Final = pa.schema([("listeners", pa.int64()), ("weight", pa.float64())])


def listeners_per_item(
    histories: Histories,
    cells: NDArray[np.bool_] | None = None,
    *,
    elsewhere: HeavyWork | None = None,
) -> Float32:
    """Count the listeners who like each item, (I,); listened weight parts equal counts.

    Parameters
    ----------
    histories : Histories
    cells : ndarray of bool, shape (nnz,), optional
        Cells that count; default: those of positive weight that were heard.
    elsewhere : HeavyWork, optional
        Who counts instead of this process; the bits are the same.

    Returns
    -------
    ndarray of float32
        Listeners, plus less than a half for the item's share of the largest total weight; 0 for
        an item without listeners.
    """
    counted = (histories.weights > 0) & histories.known if cells is None else cells
    listeners, weight = _audience(histories, counted, elsewhere)
    largest = max(float(weight.max(initial=0.0)), 1e-30)
    return (listeners + 0.49 * weight / largest).astype(np.float32)


def _audience(
    histories: Histories, counted: NDArray[np.bool_], elsewhere: HeavyWork | None
) -> tuple[NDArray[Any], NDArray[Any]]:
    """Count the listeners of each item and add up their weights, both (I,)."""
    if elsewhere is None:
        items, n_items = histories.items[counted], histories.n_items
        weight = np.bincount(items, histories.weights[counted], minlength=n_items)
        return np.bincount(items, minlength=n_items), weight
    starts = np.concatenate([[0], np.cumsum(counted)])[histories.indptr]
    by_user = (histories.weights[counted], histories.items[counted], starts)
    item_users = csr_array(csr_array(by_user, shape=(len(histories), histories.n_items)).T)
    found = list(elsewhere.rows(audience_rows, (item_users,), histories.n_items, AUDIENCE))
    table = pa.Table.from_batches(found, AUDIENCE)
    return table["listeners"].to_numpy(), table["weight"].to_numpy()


def audience_rows(matrices: Sequence[csr_array], start: int, stop: int) -> Iterator[pa.RecordBatch]:
    """Yield how many cells each row of a matrix has, and their sum."""
    (matrix,) = matrices
    lengths = np.diff(matrix.indptr[start : stop + 1])
    values = matrix.data[matrix.indptr[start] : matrix.indptr[stop]]
    row = np.repeat(np.arange(stop - start), lengths)
    weight = np.bincount(row, values, minlength=stop - start)
    columns = [pa.array(lengths, pa.int64()), pa.array(weight, pa.float64())]
    yield pa.RecordBatch.from_arrays(columns, schema=AUDIENCE)


def known_only(score: Float32) -> Float32:
    """Return scores with -inf for items without any listener: nobody can call those popular."""
    return np.where(score > 0, score, -np.inf).astype(np.float32)


@dataclass(frozen=True)
class Popularity(Algorithm):
    """Rank items by the number of distinct listeners who like them, alike for everybody.

    Counting listeners and not plays keeps one obsessive listener (or a bot) from making a hit.

    Notes
    -----
    Time and memory: one pass over the cells, 4 bytes an item.
    """

    algorithm: ClassVar[str] = "popularity"

    def _learn(self, data: TrainingData, seed: int) -> FittedModel:  # noqa: ARG002 - nothing is random
        score = known_only(listeners_per_item(data.interactions.histories, elsewhere=data.work))
        return SameForAll(self.algorithm, score, ReasonKind.POPULAR)

    def restore(self, arrays: Arrays) -> FittedModel:
        """Make the fitted model again from its arrays."""
        return _restored(self.algorithm, arrays)


@dataclass(frozen=True)
class RecentPopularity(Algorithm):
    """Rank items by the number of distinct listeners who played them in the last days.

    A history keeps the first and last day of each cell, so this counts exactly the listeners
    whose last play of the item is no older than `window_days`. Items nobody played in the window
    stand behind all others, ordered by all-time popularity. Data without days has no "lately":
    there it equals `popularity`, and its reasons say so.

    Parameters
    ----------
    window_days : int, default 14
        Days that count, the as-of day included.

    Notes
    -----
    Time and memory: one pass over the cells, 4 bytes an item.
    """

    algorithm: ClassVar[str] = "popularity_recent"

    window_days: int = knob(14, least=1)

    def _learn(self, data: TrainingData, seed: int) -> FittedModel:  # noqa: ARG002 - nothing is random
        histories = data.interactions.histories
        ever = listeners_per_item(histories, elsewhere=data.work)
        recent = (histories.weights > 0) & (
            histories.last_day > max(data.as_of_day - self.window_days, -1)
        )
        if data.as_of_day < 0 or not recent.any():
            return SameForAll(self.algorithm, known_only(ever), ReasonKind.POPULAR)
        lately = listeners_per_item(histories, recent, elsewhere=data.work)
        # Not heard lately: below the smallest count (1), still in all-time order.
        score = np.where(lately > 0, lately, ever / (ever.max() + 1)).astype(np.float32)
        return SameForAll(self.algorithm, known_only(score), ReasonKind.POPULAR_RECENTLY)

    def restore(self, arrays: Arrays) -> FittedModel:
        """Make the fitted model again from its arrays."""
        return _restored(self.algorithm, arrays)


@dataclass(frozen=True, eq=False)
class SameForAll(Fitted):
    """One order of the items for everybody.

    Parameters
    ----------
    item_score : ndarray of float32, shape (I,)
        Listeners of each item; -inf for items nobody likes.
    reason : ReasonKind
        What may be said of the listed items.
    """

    item_score: Float32
    reason: ReasonKind

    @property
    def n_items(self) -> int:
        """I, the number of items it scores."""
        return len(self.item_score)

    @property
    def placed(self) -> NDArray[np.bool_]:
        """Tracks that somebody likes, (I,)."""
        return np.asarray(self.item_score > -np.inf)

    def _score(self, histories: Histories) -> Float32:
        return np.tile(self.item_score, (len(histories), 1))

    def _score_at(self, histories: Histories, candidates: Int32) -> Float32:  # noqa: ARG002 - alike for all
        return self.item_score[candidates]

    def _ranked(self, histories: Histories, wanted: Wanted) -> list[TopN]:
        """Walk down the one order until every list is full: few items are ever looked at."""
        everybody = len(histories)
        return self._walk.best(
            np.ones((everybody, 1), np.float32), np.ones(everybody, np.bool_), wanted
        )

    @cached_property
    def _walk(self) -> FactorWalk:
        from rekomenda.models.lists.factor_walk import FactorWalk  # noqa: PLC0415 - numba takes a while to import

        one_factor = np.where(self.placed, self.item_score, np.float32(0))[:, None]
        return FactorWalk.of(one_factor, self.placed)

    @property
    def _block_shape(self) -> tuple[int, int]:
        return 0, 2048

    def explain(self, histories: Histories, items: Int32) -> Evidence:  # noqa: ARG002 - alike for all
        """Say that many people play it; POPULAR where that was not in the last days."""
        score = self.item_score[np.maximum(items, 0)]
        listed = (items >= 0) & (score > -np.inf)
        reason = self.reason
        kind = np.where(listed, reason, ReasonKind.NONE)
        if reason == ReasonKind.POPULAR_RECENTLY:
            kind[listed & (score < 1)] = ReasonKind.POPULAR
        return Evidence(
            kind.astype(np.uint8),
            np.full(items.shape, -1, np.int32),
            np.full(items.shape, np.nan, np.float32),
        )

    def arrays(self) -> Arrays:
        """Return `item_score` (I,) float32 and `reason`, one uint8."""
        return {"item_score": self.item_score, "reason": np.array(self.reason, np.uint8)}


def _restored(algorithm: str, arrays: Arrays) -> FittedModel:
    return SameForAll(algorithm, arrays["item_score"], ReasonKind(int(arrays["reason"])))
