"""The shelf `explore`: neighbourhoods outside a listener's habits, one step from what they know."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from rekomenda.domain.interactions import Histories
from rekomenda.domain.models import Evidence, ReasonKind
from rekomenda.domain.top_n import TopN
from rekomenda.ranking.genre_graph import GenreGraph

_RANK_OFFSET: Final = 60.0
"""The constant of reciprocal rank fusion (Cormack, Clarke, Büttcher, "Reciprocal Rank Fusion
Outperforms Condorcet and Individual Rank Learning Methods", SIGIR 2009)."""
_NEARNESS: Final = 0.5
"""Exponent of the pull of a genre: how much a near genre counts against the model's order."""
_GENRE_SHARE: Final = 0.3
"""Part of a list that one genre may fill while others have candidates."""


def step_by_step(found: TopN, histories: Histories, graph: GenreGraph, *, n: int) -> TopN:
    """Order what the model would show outside the habits by how near its genre is, and spread it.

    A candidate's value is pull^0.5 / (60 + its place in the model's order): the model says what
    suits the listener, the pull how short the step is. Then no genre gets more than three tenths of
    the list before every other had its turn, so that a list leads into several neighbourhoods.

    Parameters
    ----------
    found : TopN, (B, M)
        The model's candidates for this shelf, best first.
    histories : Histories, B users
    graph : GenreGraph
    n : int
        Length of the list.

    Returns
    -------
    TopN, (B, M)
        The same candidates. Scores fall with the order only where no genre had to wait.
    """
    pull, _, _ = graph.pull(histories, found.items)
    place = np.arange(found.items.shape[1], dtype=np.float32)
    value = np.where(found.items >= 0, pull**_NEARNESS / (_RANK_OFFSET + place), -np.inf)
    value = value.astype(np.float32)
    found = _sorted(TopN(found.items, value), -value)
    genre = np.where(found.items >= 0, graph.genre_of[np.maximum(found.items, 0)], -1)
    turn = _occurrence(genre) // max(1, int(n * _GENRE_SHARE))
    return _sorted(found, np.where(found.items >= 0, turn, np.iinfo(np.int64).max))


def step_reasons(
    own: Evidence, items: NDArray[np.int32], histories: Histories, graph: GenreGraph
) -> Evidence:
    """Say where the step starts, where its listeners do play the track's genre more than others.

    Without genres the step is from the artist that the listener plays most in that neighbourhood to
    the track's, and named only if those two are played by the same people more than chance says.

    Parameters
    ----------
    own : Evidence, (B, n)
        The model's, which stays where no habit leads to the genre.
    items : ndarray of int32, shape (B, n)
    histories : Histories, B users
    graph : GenreGraph
    """
    _, start, lift = graph.pull(histories, items)
    kind = ReasonKind.GENRE_LISTENERS
    if (near := graph.neighbourhoods) is not None:
        kind = ReasonKind.ARTIST_LISTENERS
        start = near.leading(histories, start)
        lift = near.lift(start, np.where(items >= 0, near.artist_of[items], np.int32(-1)))
    elif graph.genre_ids is not None:
        start = np.where(start >= 0, np.append(graph.genre_ids, -1)[start], -1).astype(np.int32)
    leads = (start >= 0) & (lift > 1)
    return Evidence(
        kind=np.where(leads, np.uint8(kind), own.kind),
        subject=np.where(leads, start, own.subject),
        share=np.where(leads, np.float32(np.nan), own.share),
    )


def _sorted(found: TopN, keys: NDArray[np.floating | np.integer]) -> TopN:
    """Return each row in the order of its keys, equal ones as they stand."""
    order = np.argsort(keys, axis=1, kind="stable")
    return TopN(
        np.take_along_axis(found.items, order, axis=1),
        np.take_along_axis(found.scores, order, axis=1),
    )


def _occurrence(groups: NDArray[np.int32]) -> NDArray[np.int64]:
    """Return how many cells of the same group stand before each one in its row, (B, M)."""
    order = np.argsort(groups, axis=1, kind="stable")
    ordered = np.take_along_axis(groups, order, axis=1)
    place = np.broadcast_to(np.arange(groups.shape[1]), groups.shape)
    starts = np.concatenate(
        [np.ones((len(groups), 1), bool), ordered[:, 1:] != ordered[:, :-1]], axis=1
    )[:, : groups.shape[1]]
    first = np.maximum.accumulate(np.where(starts, place, 0), axis=1)
    counts = np.empty(groups.shape, np.int64)
    np.put_along_axis(counts, order, place - first, axis=1)
    return counts
