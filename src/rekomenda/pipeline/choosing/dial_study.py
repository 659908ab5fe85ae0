"""What the dial from familiar to new does, measured at the cut: novelty gained and accuracy paid."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from rekomenda.evaluation.exam import Exam
from rekomenda.evaluation.metrics import ndcg, novelty
from rekomenda.evaluation.tasks import Task, is_member, keys_of
from rekomenda.ranking.lists import ListMaker

STOPS: Final = (0.0, 0.25, 0.5, 0.75, 1.0)
K: Final = 20
"""Places of a list that are looked at."""
MAX_LISTENERS: Final = 2_000
"""Listeners measured, evenly spread over those examined: what bounds the cost."""
_WIDTH: Final = 1.96
"""Standard errors on each side of a mean: 95 %."""

Items = NDArray[np.int32]
Floats = NDArray[np.float64]


def measure_dial(maker: ListMaker, exam: Exam) -> list[dict[str, Any]]:
    """Measure `for_you` of a sample of the examined listeners at every stop of the dial.

    Parameters
    ----------
    maker : ListMaker
        Of the model fitted up to the cut; its `for_you` has any length, 20 places of which count.
    exam : Exam

    Returns
    -------
    list of dict
        For each of `STOPS`: `dial`; `never_heard` (share of the tracks) and `new_artists` (share of
        the tracks whose artist was never heard); `artist_novelty` (mean bits of surprise at the
        artists, Vargas and Castells 2011); `ndcg_all` and `ndcg_unheard` (NDCG@20 of the same list
        as an answer to each task). Each number is {"value", "low", "high", "listeners"}: the mean
        and 95 % of a normal approximation, None where nobody can be measured.
    """
    step = max(1, -(-len(exam) // MAX_LISTENERS))
    rows = np.arange(0, len(exam), step)
    lists: dict[float, list[Items]] = {dial: [] for dial in STOPS}
    with threadpool_limits(1, "blas"):
        for start in range(0, len(rows), 512):
            histories = exam.train.rows(rows[start : start + 512])
            sources = maker.sources(histories, {}, explained=False)
            for dial in STOPS:
                mixed = maker.mixed(sources, np.full(len(histories), dial))
                lists[dial].append(mixed.items[:, :K])
    return [
        {"dial": dial, **_measures(np.concatenate(found), rows, exam)}
        for dial, found in lists.items()
        if found
    ]


def _measures(items: Items, rows: NDArray[np.int64], exam: Exam) -> dict[str, Any]:
    """Return every measure of the lists (n, k) of the examined listeners `rows`."""
    catalogue, n_artists = exam.catalogue, max(len(exam.catalogue.artists), 1)
    listed, users = items >= 0, rows[:, None]
    heard = exam.train.heard
    tracks = np.sort(heard.users_of_cells.astype(np.int64) * len(catalogue) + heard.items)
    unheard = listed & ~is_member(users * len(catalogue) + items, tracks)
    artists = np.where(listed, catalogue.artist_of[items], -1)
    met = is_member(users * n_artists + artists, keys_of(exam.artists, n_artists))
    new = (artists >= 0) & ~met
    fans = np.bincount(exam.artists.items, minlength=n_artists)
    return {
        "never_heard": _mean(_share(unheard, listed)),
        "new_artists": _mean(_share(new, listed)),
        "artist_novelty": _mean(novelty(artists, fans, len(exam))),
        "ndcg_all": _mean(_ndcg(Task.ALL, items, rows, exam)),
        "ndcg_unheard": _mean(_ndcg(Task.UNHEARD, items, rows, exam)),
    }


def _share(of: NDArray[np.bool_], among: NDArray[np.bool_]) -> Floats:
    """Return the share of each list's tracks, (n,); NaN for an empty list."""
    lengths = among.sum(axis=1)
    return np.asarray(of.sum(axis=1) / np.where(lengths > 0, lengths, np.nan))


def _ndcg(task: Task, items: Items, rows: NDArray[np.int64], exam: Exam) -> Floats:
    """Return NDCG@k of the lists of some examined listeners, (n,); NaN with nothing to hit."""
    relevant = exam.relevant[task]
    hits = is_member(rows[:, None] * exam.train.n_items + items, relevant.keys) & (items >= 0)
    return ndcg(hits, relevant.counts[rows])


def _mean(values: Floats) -> dict[str, float | int | None]:
    known = values[~np.isnan(values)]
    if not len(known):
        return {"value": None, "low": None, "high": None, "listeners": 0}
    mean = float(known.mean())
    error = _WIDTH * float(known.std(ddof=1)) / np.sqrt(len(known)) if len(known) > 1 else 0.0
    return {"value": mean, "low": mean - error, "high": mean + error, "listeners": len(known)}
