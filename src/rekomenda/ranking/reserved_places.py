"""Places in lists that are kept for artists whom too few listeners would be shown."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from rekomenda.domain.catalogue import Catalogue
from rekomenda.domain.interactions import Histories

Bools = NDArray[np.bool_]
Floats = NDArray[np.float32]
Int64 = NDArray[np.int64]
Items = NDArray[np.int32]


def reserve(
    candidates: Items, lists: Items, catalogue: Catalogue, wanted: Bools, min_listeners: int
) -> tuple[Items, Bools]:
    """Choose whose list each artist who is shown to too few is to stand in.

    The nearest pairs of listener and artist come first: those where the track stands highest among
    the listener's candidates. A list gives up one place at most, its last.

    Parameters
    ----------
    candidates : ndarray of int32, shape (S, M)
        Best first, -1 behind the end.
    lists : ndarray of int32, shape (S, n)
        What became of them.
    catalogue : Catalogue
    wanted : ndarray of bool, shape (A,)
        Artists who are to be seen.
    min_listeners : int
        How many lists each of them is to stand in.

    Returns
    -------
    reserved : ndarray of int32, shape (S,)
        An item for each list, -1 for none.
    unseen : ndarray of bool, shape (A,)
        Wanted artists who stand in fewer lists all the same.
    """
    n_artists = len(catalogue.artists)
    missing = np.where(wanted, np.maximum(min_listeners - _seen(lists, catalogue), 0), 0)
    row, column = np.nonzero(_possible(candidates, lists, catalogue, missing > 0))
    items = candidates[row, column]
    reserved = np.full(len(lists), -1, np.int32)
    for depth in np.unique(column):  # at most as many rounds as there are candidates
        here = (column == depth) & (reserved[row] < 0)
        users, tracks = row[here], items[here]
        artists = catalogue.artist_of[tracks]
        order = np.argsort(artists, kind="stable")  # of each artist, as many as are missing
        users, tracks, artists = users[order], tracks[order], artists[order]
        taken = np.arange(len(artists)) - np.searchsorted(artists, artists) < missing[artists]
        reserved[users[taken]] = tracks[taken]
        missing -= np.bincount(artists[taken], minlength=n_artists)
    return reserved, unseen(lists, reserved, catalogue, wanted, min_listeners)


def unseen(
    lists: Items, reserved: Items, catalogue: Catalogue, wanted: Bools, min_listeners: int
) -> Bools:
    """Mark the wanted artists who stand in too few lists, with what is reserved in them, (A,)."""
    seen = _seen(with_reserved(lists, reserved, catalogue), catalogue)
    return np.asarray(wanted & (seen < min_listeners))


def reserve_nearest(
    reserved: Items,
    lists: Items,
    nearness: Floats,
    tracks: Items,
    *,
    catalogue: Catalogue,
    min_listeners: int,
    rows: Int64 | None = None,
) -> Items:
    """Find places for artists who stand among nobody's candidates, or among too few.

    Parameters
    ----------
    reserved : ndarray of int32, shape (S,)
        What is reserved already, -1 for none; those lists give no further place.
    lists : ndarray of int32, shape (S, n)
    nearness : ndarray of float, shape (R, C)
        How near each track comes to each list that is asked, larger is nearer; -inf where the list
        may not hold it.
    tracks : ndarray of int32, shape (C,)
        One for each artist.
    catalogue : Catalogue
    min_listeners : int
        How many lists each of these artists is to stand in.
    rows : ndarray of int64, shape (R,), optional
        The lists that are asked, each once; all by default.

    Returns
    -------
    ndarray of int32, shape (S,)
        The reserved items, with as many new ones as could be placed: in turns, each artist takes
        the nearest list that is free.
    """
    found = reserved.copy()
    seen = _seen(with_reserved(lists, reserved, catalogue), catalogue)
    missing = np.maximum(min_listeners - seen[catalogue.artist_of[tracks]], 0)
    asked = np.arange(len(found)) if rows is None else rows
    there = _stands_in(np.broadcast_to(tracks, nearness.shape), lists[asked], catalogue)
    near = np.where((found[asked] >= 0)[:, None] | there, -np.inf, nearness)
    while len(near) and (open_ := (missing > 0) & (near.max(axis=0) > -np.inf)).any():
        columns = np.flatnonzero(open_)
        nearest = near[:, columns].argmax(axis=0)
        taken, first = np.unique(nearest, return_index=True)  # of two for one list, the first
        found[asked[taken]] = tracks[columns[first]]
        missing[columns[first]] -= 1
        near[taken] = -np.inf
    return found


def with_reserved(lists: Items, reserved: Items, catalogue: Catalogue) -> Items:
    """Put the reserved items, shape (B,), at the end of the lists, shape (B, n).

    In place of the last track, or behind it where the list is short. Not where the artist or the
    song stands in the list already.
    """
    if not (reserved >= 0).any():
        return lists
    artists = np.append(catalogue.artist_of, np.int32(-1))
    songs = np.append(catalogue.song_of, np.int32(-1))
    there = (artists[lists] == artists[reserved][:, None]) | (
        songs[lists] == songs[reserved][:, None]
    )
    rows = np.flatnonzero((reserved >= 0) & ~(there & (lists >= 0)).any(axis=1))
    ends = np.minimum((lists >= 0).sum(axis=1), lists.shape[1] - 1)
    changed = lists.copy()
    changed[rows, ends[rows]] = reserved[rows]
    return changed


def artists_to_show(histories: Histories, catalogue: Catalogue, min_support: int) -> Bools:
    """Mark the artists with at least so many listeners and a track that may be shown, (A,)."""
    n_artists = len(catalogue.artists)
    heard = histories.heard
    artists = catalogue.artist_of[heard.items]
    known = artists >= 0
    keys = np.sort(heard.users_of_cells[known].astype(np.int64) * n_artists + artists[known])
    first = np.ones(len(keys), bool)
    first[1:] = keys[1:] != keys[:-1]
    listeners = np.bincount(keys[first] % max(n_artists, 1), minlength=n_artists)
    visible = catalogue.artist_of[~catalogue.hidden]
    showable = np.bincount(visible[visible >= 0], minlength=n_artists) > 0
    return np.asarray((listeners >= min_support) & showable)


def _seen(lists: Items, catalogue: Catalogue) -> Int64:
    """Count the lists that each artist stands in, (A,)."""
    artists = np.sort(np.append(catalogue.artist_of, np.int32(-1))[lists], axis=1)
    new = artists >= 0
    new[:, 1:] &= artists[:, 1:] != artists[:, :-1]
    return np.bincount(artists[new], minlength=len(catalogue.artists)).astype(np.int64)


def _possible(candidates: Items, lists: Items, catalogue: Catalogue, lacking: Bools) -> Bools:
    """Mark the candidates, (S, M), whose artist lacks listeners and is not in that list yet."""
    artists = np.append(catalogue.artist_of, np.int32(-1))[candidates]
    there = _stands_in(candidates, lists, catalogue)
    return np.asarray(np.append(lacking, False)[artists] & ~there)


def _stands_in(items: Items, lists: Items, catalogue: Catalogue) -> Bools:
    """Tell for each row's items, (S, M), whether their artist stands in the row's list."""
    artist_of = np.append(catalogue.artist_of, np.int32(-1))
    rows = np.arange(len(lists), dtype=np.int64)[:, None] * (len(catalogue.artists) + 1)
    return np.isin(rows + artist_of[items] + 1, rows + artist_of[lists] + 1)
