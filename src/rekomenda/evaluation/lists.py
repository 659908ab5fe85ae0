"""The lists of every task, from scores computed once."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

import numpy as np
from numpy.typing import NDArray

from rekomenda.domain.catalogue import Catalogue
from rekomenda.domain.eligible import ItemSets
from rekomenda.domain.interactions import Histories
from rekomenda.domain.top_n import TopN, top_n
from rekomenda.evaluation.tasks import Task, is_member, keys_of, tracks_of

Float32 = NDArray[np.float32]

WIDER: Final = 4
"""How many times n unheard tracks are looked through for those of new artists."""


def rank(
    scores: Float32,
    train: Histories,
    artists: ItemSets,
    catalogue: Catalogue,
    *,
    n: int,
    tasks: Collection[Task],
    cold: NDArray[np.bool_] | None = None,
) -> dict[Task, TopN]:
    """Return the n best items of each user for each task, ties by item index.

    The same lists as `top_n(eligible(task, ...).apply(scores), n)` one task after the other, but
    with one walk over the scores instead of four: what was heard is few items and is gathered;
    the whole catalogue's best are among the best heard and the best unheard; and the best of new
    artists are found among somewhat more of the best unheard, for nearly everyone.

    Parameters
    ----------
    scores : ndarray of float32, shape (B, I)
        Larger is better; changed in place.
    train : Histories, B users
    artists : ItemSets
        Artists each of them has heard (`heard_artists`).
    catalogue : Catalogue of I items
    n : int
    tasks : collection of Task
    cold : ndarray of bool, shape (I,), optional
        Tracks that hardly anybody knows (`cold_tracks`); None: there are none.
    """
    train = train.heard
    scores[:, catalogue.hidden] = -np.inf
    lists: dict[Task, TopN] = {}
    if Task.AGAIN in tasks or Task.ALL in tasks:
        lists[Task.AGAIN] = _best_heard(scores, train, n)
    scores[train.users_of_cells, train.items] = -np.inf
    if Task.COLD_TRACKS in tasks:
        columns = np.flatnonzero(~catalogue.hidden & (False if cold is None else cold))
        lists[Task.COLD_TRACKS] = _best_of(scores, columns, n)
    if Task.NEW_ARTISTS in tasks:
        unheard = top_n(scores, WIDER * n)
        lists[Task.NEW_ARTISTS] = _best_of_new_artists(scores, unheard, artists, catalogue, n)
    else:
        unheard = top_n(scores, n)
    lists[Task.UNHEARD] = TopN(unheard.items[:, :n], unheard.scores[:, :n])
    lists[Task.COLD_AMONG_ALL] = lists[Task.UNHEARD]
    if Task.ALL in tasks:
        lists[Task.ALL] = _merge(lists[Task.AGAIN], lists[Task.UNHEARD], n)
    return {task: lists[task] for task in tasks}


def _best_of_new_artists(
    scores: Float32, unheard: TopN, artists: ItemSets, catalogue: Catalogue, n: int
) -> TopN:
    """Rank the tracks of artists not heard, where needed from all scores of unheard tracks.

    Changes the scores of those users in place.
    """
    n_artists = len(catalogue.artists)
    artist_of = catalogue.artist_of[unheard.items]
    keys = np.arange(len(unheard))[:, None] * n_artists + artist_of
    new = (unheard.items >= 0) & (artist_of >= 0) & ~is_member(keys, keys_of(artists, n_artists))
    best = top_n(np.where(new, unheard.scores, -np.inf), n, np.where(new, unheard.items, -1))
    # Too few among the best unheard, and there are more of those: look through everything.
    short = np.flatnonzero((best.items[:, -1] < 0) & (unheard.items[:, -1] >= 0))
    if len(short):
        heard = tracks_of(artists, catalogue)
        scores[heard.users_of_cells, heard.items] = -np.inf
        rest = scores[short]
        rest[:, catalogue.artist_of < 0] = -np.inf
        again = top_n(rest, n)
        best.items[short], best.scores[short] = again.items, again.scores
    return best


def _best_heard(scores: Float32, train: Histories, n: int) -> TopN:
    """Rank each user's own history: its cells, laid out one row a user and padded."""
    width = max(n, int(train.lengths.max(initial=0)))
    items = np.full((len(train), width), -1, np.int32)
    heard = np.full((len(train), width), -np.inf, np.float32)
    users = train.users_of_cells
    places = np.arange(len(train.items)) - train.indptr[users]
    items[users, places] = train.items
    heard[users, places] = scores[users, train.items]
    return top_n(heard, n, items)


def _best_of(scores: Float32, columns: NDArray[np.intp], n: int) -> TopN:
    """Rank some columns only, those that any row has an opinion of."""
    best = top_n(scores[:, columns], n)
    named = np.append(columns, -1).astype(np.int32)  # the place -1 finds the -1 behind the last
    return TopN(named[best.items], best.scores)


def _merge(first: TopN, second: TopN, n: int) -> TopN:
    """Return the n best of two lists that share no item."""
    return top_n(
        np.concatenate([first.scores, second.scores], axis=1),
        n,
        np.concatenate([first.items, second.items], axis=1),
    )
