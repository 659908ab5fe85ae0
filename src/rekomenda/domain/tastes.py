"""What people say they like, as cells that models can learn from and start from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import IntEnum
from typing import Any, Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from rekomenda.domain.catalogue import Catalogue
from rekomenda.domain.interactions import Histories

Int32: TypeAlias = NDArray[np.int32]

LIKE_WEIGHT: Final = 4.0
"""What a like is worth, in tracks played once today."""
TRACKS_PER_ARTIST: Final = 5
"""An artist somebody likes stands for so many of its tracks, the most listened to."""
TRACKS_PER_GENRE: Final = 10
"""A genre stands for so many, each by another artist."""


class Liked(IntEnum):
    """What is liked."""

    TRACK = 0
    ARTIST = 1
    GENRE = 2


@dataclass(frozen=True, eq=False)
class Likes:
    """Who likes what; nothing stands twice.

    Parameters
    ----------
    users : ndarray of int32, shape (n,)
        Row of each listener.
    kinds : ndarray of uint8, shape (n,)
        `Liked`.
    subjects : ndarray of int32, shape (n,)
        Item, artist or genre index, by kind.
    """

    users: Int32
    kinds: NDArray[np.uint8]
    subjects: Int32

    def __len__(self) -> int:
        return len(self.users)

    @classmethod
    def none(cls) -> Likes:
        """Nobody likes anything."""
        return cls(np.zeros(0, np.int32), np.zeros(0, np.uint8), np.zeros(0, np.int32))

    def of(self, kind: Liked) -> tuple[Int32, Int32]:
        """Return the rows and subjects of one kind."""
        chosen = self.kinds == kind
        return self.users[chosen], self.subjects[chosen]


def listeners_of(histories: Histories) -> NDArray[np.int64]:
    """Count who played each track, shape (I,)."""
    played = histories.items[(histories.plays > 0) & histories.known]
    return np.bincount(played, minlength=histories.n_items)


def with_likes(
    histories: Histories,
    likes: Likes,
    catalogue: Catalogue,
    *,
    listeners: NDArray[np.integer[Any]],
    weight: float = LIKE_WEIGHT,
) -> Histories:
    """Add to the histories what their listeners say they like.

    A liked track gets the weight of a like, and counts as known to the listener: lists for new
    things leave it out. An artist shares one like out among its most listened tracks, a genre
    among those of different artists; nobody heard those (`known` is False), unless they did: then
    the weight is added to that of the plays.

    Parameters
    ----------
    histories : Histories, B users over the I items of the catalogue
    likes : Likes
        Rows of these users.
    catalogue : Catalogue
        What may not be shown stands for no artist and no genre.
    listeners : ndarray of int, shape (I,)
        Listeners of each track; equal ones by item index.
    weight : float, > 0

    Returns
    -------
    Histories
        New cells have no plays, no days and no order.
    """
    if not len(likes):
        return histories
    users, items, weights, known = _cells(likes, catalogue, listeners, weight)
    return _merged(histories, users, items, weights, known)


def histories_of(
    catalogue: Catalogue,
    listeners: NDArray[np.integer[Any]],
    *,
    artists: Sequence[int] = (),
    genres: Sequence[int] = (),
    tracks: Sequence[int] = (),
    weight: float = LIKE_WEIGHT,
    region: int = -1,
) -> Histories:
    """Return the history of one person of whom nothing is known but what they like.

    Parameters
    ----------
    catalogue, listeners, weight
        As in `with_likes`.
    artists, genres, tracks : sequences of int
        Artist, genre and item indices; repeats count once.
    region : int
        Region index, -1 unknown.
    """
    named = [np.unique(np.asarray(subjects, np.int32)) for subjects in (tracks, artists, genres)]
    subjects = np.concatenate(named)
    kinds = np.repeat(np.array(list(Liked), np.uint8), [len(of_kind) for of_kind in named])
    nothing = Histories.from_cells(
        np.zeros(0, np.int32),
        np.zeros(0, np.int32),
        n_users=1,
        n_items=len(catalogue),
        region=np.array([region]),
    )
    likes = Likes(np.zeros(len(subjects), np.int32), kinds, subjects)
    return with_likes(nothing, likes, catalogue, listeners=listeners, weight=weight)


_Cells: TypeAlias = tuple[Int32, Int32, NDArray[np.float32], NDArray[np.bool_]]


def _cells(
    likes: Likes, catalogue: Catalogue, listeners: NDArray[np.integer[Any]], weight: float
) -> _Cells:
    """Return the user, item, weight and `known` of every cell; pairs may stand twice."""
    users, items = likes.of(Liked.TRACK)
    parts = [(users, items, np.full(len(items), weight), np.ones(len(items), bool))]
    shown = np.flatnonzero(~catalogue.hidden)
    best_first = shown[np.lexsort((shown, -listeners[shown]))]
    for kind, pairs, most in (
        (Liked.ARTIST, catalogue.artists_of.expand(best_first), TRACKS_PER_ARTIST),
        (Liked.GENRE, _one_an_artist(best_first, catalogue), TRACKS_PER_GENRE),
    ):
        users, groups = likes.of(kind)
        places, found_groups = pairs
        cells, found = _first_of_each(best_first[places], found_groups, groups, most)
        shares = weight / np.bincount(cells, minlength=len(groups))[cells]
        parts.append((users[cells], found.astype(np.int32), shares, np.zeros(len(found), bool)))
    users, items, weights, known = (np.concatenate(column) for column in zip(*parts, strict=True))
    return users, items, weights.astype(np.float32), known


def _one_an_artist(
    items: NDArray[np.intp], catalogue: Catalogue
) -> tuple[NDArray[np.int64], Int32]:
    """Keep of each genre the first track of each (first) artist, in the order given.

    Returns pairs as `Shares.expand`: (place in `items`, genre).
    """
    places, genres = catalogue.genres_of.expand(items)
    n_artists = len(catalogue.artists) + 1
    pairs = genres.astype(np.int64) * n_artists + catalogue.artist_of[items[places]]
    _, first = np.unique(pairs, return_index=True)
    kept = np.sort(first)
    return places[kept], genres[kept]


def _first_of_each(
    items: NDArray[np.intp], groups: Int32, wanted: Int32, most: int
) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Return the first items of each wanted group: (place in `wanted`, item), at most `most` each.

    `groups` is that of each of `items`; an item of several stands there once for each.
    """
    order = np.argsort(groups, kind="stable")
    ordered, groups = items[order], groups[order]
    starts = np.searchsorted(groups, wanted)
    counts = np.minimum(np.searchsorted(groups, wanted, side="right") - starts, most)
    places = np.repeat(np.arange(len(wanted)), counts)
    within = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)
    return places, ordered[starts[places] + within]


def _merged(
    histories: Histories,
    users: Int32,
    items: Int32,
    weights: NDArray[np.float32],
    known: NDArray[np.bool_],
) -> Histories:
    """Add cells: weights of equal (user, item) are summed, all else comes from what was played."""
    n_items, n_new = histories.n_items, len(items)
    keys = np.concatenate(
        [
            histories.users_of_cells.astype(np.int64) * n_items + histories.items,
            users.astype(np.int64) * n_items + items,
        ]
    )
    order = np.argsort(keys, kind="stable")  # of equal ones the played cell is the first
    keys = keys[order]
    first = np.flatnonzero(np.append(True, keys[1:] != keys[:-1])[: len(keys)])
    kept = order[first]

    def column(played: NDArray[Any], new: float) -> NDArray[Any]:
        return np.concatenate([played, np.full(n_new, new, played.dtype)])[kept]

    every_weight = np.concatenate([histories.weights, weights])[order]
    every_known = np.concatenate([histories.known, known])[order]
    counts = np.bincount(keys[first] // max(n_items, 1), minlength=len(histories))
    return replace(
        histories,
        indptr=np.concatenate([[0], np.cumsum(counts)]).astype(np.int64),
        items=(keys[first] % max(n_items, 1)).astype(np.int32),
        weights=np.add.reduceat(every_weight, first) if len(first) else every_weight,
        plays=column(histories.plays, 0),
        first_day=column(histories.first_day, -1),
        last_day=column(histories.last_day, -1),
        known=np.logical_or.reduceat(every_known, first) if len(first) else every_known,
        order=column(histories.order, -1),
    )
