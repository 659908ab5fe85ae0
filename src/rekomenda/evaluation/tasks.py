"""The questions a model is asked: re-listening, unheard tracks and new artists, apart.

Each task says which items may be ranked for a listener and which of them are relevant. Relevant
is what the listener played after the cut (plays > 0), as far as the task may rank it: a hidden
track can never be shown, so missing it is nobody's failure. `Exam` counts what is left out so.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from rekomenda.domain.catalogue import Catalogue
from rekomenda.domain.eligible import Eligible, ItemSets
from rekomenda.domain.interactions import Histories

Int64 = NDArray[np.int64]
Bools = NDArray[np.bool_]

COLD_MAX_LISTENERS: Final = 3
"""A track with at most so many listeners before the cut is cold."""


class Task(StrEnum):
    """What is ranked, and what counts as a hit. A cell of the history counts as heard before."""

    ALL = "all"
    """Every track; relevant: everything played after the cut."""
    AGAIN = "again"
    """Tracks heard before; relevant: those played again."""
    UNHEARD = "unheard"
    """Tracks not heard before; relevant: those played after the cut."""
    NEW_ARTISTS = "new_artists"
    """Tracks by artists never heard before. A track of unknown artist is not among them: nobody
    can tell whether it is new, so it is neither ranked nor relevant."""
    COLD_TRACKS = "cold_tracks"
    """Only tracks not heard before that had 3 listeners or fewer, or none; relevant: those played
    after the cut. Whom is a track without an audience for?"""
    COLD_AMONG_ALL = "cold_among_all"
    """The same tracks are relevant, but every track not heard before is ranked: do they find their
    way into a list at all?"""


COLD: Final = frozenset({Task.COLD_TRACKS, Task.COLD_AMONG_ALL})
"""The tasks of tracks that hardly anybody knows."""


def cold_tracks(listeners: Int64) -> Bools:
    """Tell which tracks, shape (I,), hardly anybody had played, from their listeners before the cut."""
    return np.asarray(listeners <= COLD_MAX_LISTENERS)


def eligible(
    task: Task, train: Histories, catalogue: Catalogue, cold: Bools | None = None
) -> Eligible:
    """Return what a list of this task may hold for each history of a batch.

    `cold`, shape (I,), are the tracks that `cold_tracks` gives; None: there are none.
    """
    train = train.heard
    heard = ItemSets(train.indptr, train.items)
    hidden = catalogue.hidden
    if task is Task.ALL:
        return Eligible(hidden=hidden)
    if task is Task.AGAIN:
        return Eligible(only=heard, hidden=hidden)
    if task in {Task.UNHEARD, Task.COLD_AMONG_ALL}:
        return Eligible(excluded=heard, hidden=hidden)
    if task is Task.COLD_TRACKS:
        warm = True if cold is None else ~cold
        return Eligible(excluded=heard, hidden=hidden | warm)
    return Eligible(
        excluded=tracks_of(heard_artists(train, catalogue), catalogue),
        hidden=hidden | (catalogue.artist_of < 0),
    )


def relevant(
    task: Task,
    train: Histories,
    holdout: Histories,
    catalogue: Catalogue,
    cold: Bools | None = None,
) -> ItemSets:
    """Return what each user of a batch should have been shown, ascending by item.

    Parameters
    ----------
    train, holdout : Histories, the same B users over the same I items
        Before and after the cut.
    catalogue : Catalogue
    cold : ndarray of bool, shape (I,), optional
        What `cold_tracks` gives; without it no track is cold.
    """
    train = train.heard
    users, items = holdout.users_of_cells, holdout.items
    kept = (holdout.plays > 0) & ~catalogue.hidden[items]
    if task in COLD:
        kept &= False if cold is None else cold[items]
    if task in {Task.AGAIN, Task.UNHEARD} | COLD:
        heard = is_member(_keys(users, items, train.n_items), _cells(train))
        kept &= heard if task is Task.AGAIN else ~heard
    elif task is Task.NEW_ARTISTS:
        cell, artists = catalogue.artists_of.expand(items)
        n_artists = len(catalogue.artists)
        known = keys_of(heard_artists(train, catalogue), n_artists)
        met = cell[is_member(_keys(users[cell], artists, n_artists), known)]
        kept &= (catalogue.artist_of[items] >= 0) & (np.bincount(met, minlength=len(items)) == 0)
    return _sets(users[kept], items[kept], len(holdout))


def heard_artists(train: Histories, catalogue: Catalogue) -> ItemSets:
    """Return the (known) artists that each user has heard, each once, ascending.

    Whoever takes part in a track was heard with it.
    """
    train = train.heard
    cell, artists = catalogue.artists_of.expand(train.items)
    n_artists = max(len(catalogue.artists), 1)
    pairs = distinct(_keys(train.users_of_cells[cell], artists, n_artists))
    users, artists = np.divmod(pairs, n_artists)
    return _sets(users, artists.astype(np.int32), len(train))


def tracks_of(artists: ItemSets, catalogue: Catalogue) -> ItemSets:
    """Return every track that each user's artists take part in; one of two of them twice."""
    n_artists, shares = len(catalogue.artists), catalogue.artists_of
    by_artist = np.argsort(shares.groups, kind="stable")
    order = shares.items[by_artist]
    starts = np.searchsorted(shares.groups[by_artist], np.arange(n_artists + 1))
    sizes = starts[artists.items + 1] - starts[artists.items]
    first = np.cumsum(sizes) - sizes  # where the tracks of each artist begin
    places = np.arange(sizes.sum()) + np.repeat(starts[artists.items] - first, sizes)
    return _sets(np.repeat(artists.users_of_cells, sizes), order[places], len(artists))


def is_member(keys: NDArray[Any], members: NDArray[Any]) -> NDArray[np.bool_]:
    """Return which keys are among `members`, which ascend; any shape of keys."""
    if len(members) == 0:
        return np.zeros(keys.shape, bool)
    places = np.minimum(np.searchsorted(members, keys), len(members) - 1)
    return np.asarray(members[places] == keys)


def distinct(keys: NDArray[Any]) -> Int64:
    """Return each key once, ascending. A sort is many times quicker here than `np.unique`."""
    ordered: Int64 = np.sort(keys)
    new = np.append(True, ordered[1:] != ordered[:-1])[: len(ordered)]
    return np.asarray(ordered[new])


def keys_of(sets: ItemSets, n_items: int) -> Int64:
    """Return each (user, item) of the sets as one ascending number, user * I + item."""
    return _keys(sets.users_of_cells, sets.items, n_items)


def _sets(users: NDArray[Any], items: NDArray[np.int32], n_users: int) -> ItemSets:
    """Make sets of (user, item) pairs that ascend by user."""
    counts = np.bincount(users, minlength=n_users)
    return ItemSets(np.concatenate([[0], np.cumsum(counts)]).astype(np.int64), items)


def _cells(histories: Histories) -> Int64:
    return _keys(histories.users_of_cells, histories.items, histories.n_items)


def _keys(users: NDArray[Any], others: NDArray[Any], n_others: int) -> Int64:
    return np.asarray(users.astype(np.int64) * n_others + others)
