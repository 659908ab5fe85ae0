"""What each candidate says of the tracks that matter, kept so that weights can be tried by the hundred.

For each listener of the validation only the best tracks of each candidate are kept, scored by all
of them on the scale that a blend has. A track that is among nobody's best is in no blend's list.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from rekomenda.domain.interactions import Histories
from rekomenda.domain.models import FittedModel
from rekomenda.domain.top_n import top_n
from rekomenda.evaluation.exam import Exam
from rekomenda.evaluation.metrics import discounts
from rekomenda.evaluation.tasks import Task
from rekomenda.models.blend.scale import Heard, heard_parts, scale_of
from rekomenda.models.blocks import slices

Float32 = NDArray[np.float32]

BEST: Final = 80
"""Tracks kept of each candidate for each listener: four lists of 20."""
CUTOFF: Final = 20
"""k of the NDCG that weights are chosen by."""


@dataclass(frozen=True, eq=False)
class Pool:
    """Tracks of n listeners, W places for each, as M candidates score them.

    Parameters
    ----------
    values : ndarray of float32, shape (M, n, W)
        On the blend's scale; 0 where a candidate has no opinion.
    there : ndarray of bool, shape (n, W)
        False for places that hold no track.
    hits : ndarray of bool, shape (n, W)
        The tracks that were played after the cut.
    n_relevant : ndarray of int64, shape (n,)
        How many were, kept here or not.
    """

    values: Float32
    there: NDArray[np.bool_]
    hits: NDArray[np.bool_]
    n_relevant: NDArray[np.int64]

    def blended(self, weights: NDArray[np.floating]) -> Float32:
        """Return the weighted sum, (n, W); -inf where there is no track."""
        total = np.tensordot(np.asarray(weights, np.float32), self.values, axes=1)
        return np.where(self.there, total, np.float32(-np.inf))

    def ndcg(self, scores: Float32) -> NDArray[np.float64]:
        """Return each listener's NDCG of these scores (n, W); NaN for one with nothing relevant."""
        return ndcg_of(scores, self.hits, self.n_relevant)


def ndcg_of(
    scores: Float32, hits: NDArray[np.bool_], n_relevant: NDArray[np.int64]
) -> NDArray[np.float64]:
    """Return NDCG@`CUTOFF` of each row; equal scores share the worst of their places.

    Who says the same of every track, as a model without an opinion of a listener does, has ranked
    nothing. A hit's place is how many score as much or more: no sorting.
    """
    rows, columns = np.nonzero(hits)
    gains = np.zeros(len(scores))
    worth = np.append(discounts(CUTOFF), 0.0)
    for block in slices(len(rows), 5 * scores.shape[1], most=1 << 20):
        own = scores[rows[block], columns[block]]
        above = (scores[rows[block]] >= own[:, None]).sum(axis=1) - 1
        gain = np.where(own > -np.inf, worth[np.minimum(above, CUTOFF)], 0)
        np.add.at(gains, rows[block], gain)
    ideal = np.concatenate([[np.nan], np.cumsum(discounts(CUTOFF))])
    return np.asarray(gains / ideal[np.minimum(n_relevant, CUTOFF)])


class Pools(NamedTuple):
    """Tracks not heard and tracks heard, the same listeners in both.

    Parameters
    ----------
    unheard, heard : Pool
    n_relevant : ndarray of int64, shape (n,)
        Of both together.
    """

    unheard: Pool
    heard: Pool
    n_relevant: NDArray[np.int64]


def fill_pools(models: Sequence[FittedModel], exam: Exam) -> Pools:
    """Let every candidate score every listener of the exam once.

    Memory: a block of scores for each candidate, and 4 M · M `BEST` bytes a listener for each pool.
    """
    n, n_models = len(exam), len(models)
    width = n_models * min(BEST, exam.train.n_items)
    kept = {task: _Kept.empty(n, n_models, width) for task in (Task.UNHEARD, Task.AGAIN)}
    for rows in _blocks(n, exam.train.n_items, n_models):
        for task, blocks in _scored(models, exam, rows).items():
            kept[task].put(blocks, exam, task, rows, rows)
    counts = {task: exam.relevant[task].counts for task in kept}
    return Pools(
        kept[Task.UNHEARD].closed(counts[Task.UNHEARD]),
        kept[Task.AGAIN].closed(counts[Task.AGAIN]),
        counts[Task.UNHEARD] + counts[Task.AGAIN],
    )


def unheard_by(
    models: Sequence[FittedModel], exam: Exam, rows: NDArray[np.intp], known: Histories
) -> tuple[Pool, NDArray[np.int32]]:
    """Let models score what some listeners of an exam have not heard, of whom less may be known.

    Parameters
    ----------
    models : sequence of FittedModel
    exam : Exam
    rows : ndarray of int, shape (n,)
    known : Histories
        What the models are told of these listeners; what they heard is as the exam has it.

    Returns
    -------
    pool : Pool
    items : ndarray of int32, shape (n, W)
        The tracks in its places, -1 for none.
    """
    kept = _Kept.empty(len(rows), len(models), len(models) * min(BEST, known.n_items))
    for block in _blocks(len(rows), known.n_items, len(models)):
        heard, told = Heard.of(exam.train.rows(rows[block])), known.rows(block)
        scores = [_unheard(model.score(told), heard, exam)[0] for model in models]
        kept.put(scores, exam, Task.UNHEARD, block, rows[block])
    pool = kept.closed(exam.relevant[Task.UNHEARD].counts[rows])
    return pool, kept.items[:, : pool.there.shape[1]]


def _blocks(n: int, n_items: int, n_models: int) -> list[slice]:
    """Cut listeners into blocks of whose scores eight arrays of `BLOCK_BYTES` hold every candidate's.

    Larger than elsewhere: one thread works on all of it, and factors score few listeners at the price
    of many.
    """
    return slices(n, 4 * n_items * -(-n_models // 8))


def _unheard(scores: Float32, heard: Heard, exam: Exam) -> tuple[Float32, Float32]:
    """Put scores on the blend's scale, in place, and take out those of heard tracks: (B, I), (h,)."""
    own = heard.take_out(scores)
    scores /= scale_of(scores)[:, None]
    scores[:, exam.catalogue.hidden] = -np.inf
    return scores, own


def _scored(models: Sequence[FittedModel], exam: Exam, rows: slice) -> dict[Task, list[Float32]]:
    """Score some listeners, (b, I) for each candidate, on the blend's scale: unheard and heard."""
    histories = exam.train.rows(rows)
    cells = Heard.of(histories)
    found: dict[Task, list[Float32]] = {Task.UNHEARD: [], Task.AGAIN: []}
    for model in models:
        scores, own = _unheard(model.score(histories), cells, exam)
        again = np.full(scores.shape, -np.inf, np.float32)
        again[cells.users, cells.items] = heard_parts(own, cells)
        again[:, exam.catalogue.hidden] = -np.inf
        found[Task.UNHEARD].append(scores)
        found[Task.AGAIN].append(again)
    return found


@dataclass(frozen=True, eq=False)
class _Kept:
    """A pool while it is filled; `items` is -1 where there is none."""

    values: Float32
    items: NDArray[np.int32]
    hits: NDArray[np.bool_]

    @classmethod
    def empty(cls, n: int, n_models: int, width: int) -> _Kept:
        return cls(
            np.zeros((n_models, n, width), np.float32),
            np.full((n, width), -1, np.int32),
            np.zeros((n, width), np.bool_),
        )

    def put(
        self,
        blocks: Sequence[Float32],
        exam: Exam,
        task: Task,
        rows: slice,
        asked: slice | NDArray[np.intp],
    ) -> None:
        """Keep the best of each candidate for some listeners, whose rows in the exam are `asked`."""
        found = _union([top_n(block, BEST).items for block in blocks])
        wide = found.shape[1]
        self.items[rows, :wide] = found
        self.hits[rows, :wide] = exam.hits(task, asked, found)
        for place, block in enumerate(blocks):
            taken = np.take_along_axis(block, np.maximum(found, 0).astype(np.intp), axis=1)
            self.values[place, rows, :wide] = np.where(taken > -np.inf, taken, 0)

    def closed(self, n_relevant: NDArray[np.int64]) -> Pool:
        """Make the pool, no wider than it has to be."""
        there = self.items >= 0
        wide = max(int(there.sum(axis=1).max(initial=0)), 1)
        return Pool(self.values[:, :, :wide], there[:, :wide], self.hits[:, :wide], n_relevant)


def _union(lists: Sequence[NDArray[np.int32]]) -> NDArray[np.int32]:
    """Return the items of each row that any list holds, each once, -1 behind them."""
    merged = np.sort(np.concatenate(lists, axis=1), axis=1)
    repeated = np.zeros(merged.shape, np.bool_)
    repeated[:, 1:] = merged[:, 1:] == merged[:, :-1]
    merged[repeated] = -1
    merged = -np.sort(-merged, axis=1)
    used = max(int((merged >= 0).sum(axis=1).max(initial=0)), 1)
    return np.ascontiguousarray(merged[:, :used])
