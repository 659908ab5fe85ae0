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

from rekomenda.domain.eligible import Eligible
from rekomenda.domain.interactions import Histories
from rekomenda.domain.models import FittedModel
from rekomenda.domain.top_n import top_n
from rekomenda.evaluation.exam import Exam
from rekomenda.evaluation.metrics import discounts
from rekomenda.evaluation.tasks import Task
from rekomenda.models.blend.lists import (
    EXACT_UP_TO,
    FOR_SCALE,
    LISTENERS,
    ask,
    of_heard,
    scale_by,
)
from rekomenda.models.blend.scale import Heard, heard_parts, scale_of
from rekomenda.models.blocks import slices

Float32 = NDArray[np.float32]
Int32 = NDArray[np.int32]

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
        histories = exam.train.rows(rows)
        heard = Heard.of(histories)
        said, own = _said(models, histories, heard, exam)
        kept[Task.UNHEARD].put(said, exam, Task.UNHEARD, rows, rows)
        kept[Task.AGAIN].put(_again(own, heard, exam), exam, Task.AGAIN, rows, rows)
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
        heard = Heard.of(exam.train.rows(rows[block]))
        said = _unheard(models, known.rows(block), heard, exam)
        kept.put(said, exam, Task.UNHEARD, block, rows[block])
    pool = kept.closed(exam.relevant[Task.UNHEARD].counts[rows])
    return pool, kept.items[:, : pool.there.shape[1]]


class _Said(NamedTuple):
    """Tracks of b listeners that any candidate has among its best, (b, W), -1 for none; what each says."""

    items: Int32
    values: list[Float32]


def _blocks(n: int, n_items: int, n_models: int) -> list[slice]:
    """Cut listeners into blocks of whose scores eight arrays of `BLOCK_BYTES` hold every candidate's.

    Larger than elsewhere: one thread works on all of it, and factors score few listeners at the price
    of many. Of a large catalogue nobody scores everything.
    """
    if n_items > EXACT_UP_TO:
        return slices(n, 0, most=LISTENERS)
    return slices(n, 4 * n_items * -(-n_models // 8))


def _said(
    models: Sequence[FittedModel], histories: Histories, heard: Heard, exam: Exam
) -> tuple[_Said, list[Float32]]:
    """Return what candidates say of unheard tracks, and their scores of heard ones, (h,) each."""
    if heard.n_items > EXACT_UP_TO:
        said = _proposed(models, histories, heard, exam)
        return said, [of_heard(model, histories) for model in models]
    scores = [model.score(histories) for model in models]
    own = [heard.take_out(each) for each in scores]
    return _best(scores, exam), own


def _unheard(models: Sequence[FittedModel], told: Histories, heard: Heard, exam: Exam) -> _Said:
    """Return what candidates say of tracks that are not in `heard`, if they are told so much."""
    if heard.n_items > EXACT_UP_TO:
        return _proposed(models, told, heard, exam)
    scores = [model.score(told) for model in models]
    for each in scores:
        heard.take_out(each)
    return _best(scores, exam)


def _best(scores: Sequence[Float32], exam: Exam) -> _Said:
    """Choose among all tracks, whose scores (b, I) are put on the blend's scale in place."""
    for each in scores:
        np.divide(each, scale_of(each)[:, None], out=each)
        each[:, exam.catalogue.hidden] = -np.inf
    found = _union([top_n(each, BEST).items for each in scores])
    at = np.maximum(found, 0).astype(np.intp)
    return _Said(found, [np.take_along_axis(each, at, axis=1) for each in scores])


def _proposed(models: Sequence[FittedModel], told: Histories, heard: Heard, exam: Exam) -> _Said:
    """Choose among what candidates propose, as lists of a large catalogue are made (`blend/lists.py`)."""
    own, hidden = heard.sets, exam.catalogue.hidden
    wanted = [(FOR_SCALE, Eligible(excluded=own)), (BEST, Eligible(excluded=own, hidden=hidden))]
    asked = [ask(model, told) for model in models]
    answers = [each.propose(wanted) for each in asked]
    found = _union([best.items for _, best in answers])
    return _Said(
        found,
        [
            each.score(found) / scale_by(each, for_scale)[:, None]
            for each, (for_scale, _) in zip(asked, answers, strict=True)
        ],
    )


def _again(own: Sequence[Float32], heard: Heard, exam: Exam) -> _Said:
    """Choose among heard tracks, of the scores (h,) each candidate has for them."""
    starts = heard.sets.indptr
    place = np.arange(len(heard.items)) - starts[heard.users]
    shape = heard.n_users, max(int(np.diff(starts).max(initial=0)), 1)
    items = np.full(shape, -1, np.int32)
    items[heard.users, place] = heard.items
    shown = ~exam.catalogue.hidden[heard.items]
    said = []
    for each in own:
        scores = np.full(shape, -np.inf, np.float32)
        scores[heard.users[shown], place[shown]] = heard_parts(each, heard)[shown]
        said.append(scores)
    found = _union([top_n(each, BEST, items).items for each in said])
    at = heard.cells_of(found) - starts[:-1, None]
    return _Said(found, [np.take_along_axis(each, np.maximum(at, 0), axis=1) for each in said])


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
        said: _Said,
        exam: Exam,
        task: Task,
        rows: slice,
        asked: slice | NDArray[np.intp],
    ) -> None:
        """Keep what is said of some listeners, whose rows in the exam are `asked`."""
        found = said.items
        wide = found.shape[1]
        self.items[rows, :wide] = found
        self.hits[rows, :wide] = exam.hits(task, asked, found)
        for place, taken in enumerate(said.values):
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
