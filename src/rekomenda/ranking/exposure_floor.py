"""A floor under the exposure of emerging artists: who is near the top of a list is lifted into it.

Emerging are the artists outside the smallest set that has four fifths of all plays. Their tracks
are lifted by a part of the distance between the first and the twentieth score of the list at hand,

    s'(u, i) = s(u, i) + lift · (s(u, 1) - s(u, 20)) · (1 + own(u) / usual) / 2    for emerging i,

so who plays emerging artists anyway gets more of them, and who never does is asked for less. One
lift for each shelf is the Lagrange multiplier of "together, the lists give these artists at least
that share of exposure": the lists where it costs least bear most of it (A. Singh, T. Joachims,
"Fairness of Exposure in Rankings", KDD 2018, with the constraint on the sum of all lists; measured
against fixed quotas in each list, as M. Zehlike et al., "FA*IR", CIKM 2017, set them, it cost a
fraction). The smallest lift that suffices is found on the lists themselves, without looking at
anything that was held back.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from rekomenda.domain.catalogue import Catalogue
from rekomenda.domain.interactions import Histories
from rekomenda.domain.popularity import long_tail
from rekomenda.domain.recommendations import Shelf
from rekomenda.domain.top_n import TopN

Bools = NDArray[np.bool_]
Floats = NDArray[np.float64]

SPREAD_FROM: Final = 20
"""The distance between the first score and this one is what a lift is a part of."""
LIFTED: Final = (Shelf.FOR_YOU, Shelf.DISCOVER)
"""Shelves with a floor. `again` is the listener's own doing."""


@dataclass(frozen=True, eq=False)
class Emerging:
    """Whose tracks are lifted, and how much of them everybody plays anyway.

    Parameters
    ----------
    tracks : ndarray of bool, shape (I,)
    share_of_plays : float
        Their share of all plays of tracks that may be shown, 0 to about 0.2.
    usual : float
        Mean over the listeners of the share of emerging artists in what each plays, by weight.
    """

    tracks: Bools
    share_of_plays: float
    usual: float

    @classmethod
    def of(cls, histories: Histories, catalogue: Catalogue) -> Emerging:
        """Find the emerging artists in what everybody plays: O(nnz)."""
        heard = histories.heard
        plays = np.bincount(heard.items, heard.plays, len(catalogue))
        known = catalogue.artist_of >= 0
        by_artist = catalogue.artists_of.sums(plays, len(catalogue.artists))
        tracks = np.append(long_tail(by_artist), False)[catalogue.artist_of]
        shown = plays * (known & ~catalogue.hidden)
        total = float(shown.sum())
        share = float(shown[tracks].sum()) / total if total > 0 else 0.0
        own = own_shares(heard, tracks)
        return cls(tracks, share, float(np.nanmean(own)) if not np.isnan(own).all() else 0.0)


@dataclass(frozen=True, eq=False)
class ExposureFloor:
    """What is added to whom; applied to the candidates of a shelf before they are thinned.

    Parameters
    ----------
    emerging : Emerging
    lifts : mapping of Shelf to float
        > 0; shelves that are not there stay as they are.
    reserved : mapping of Shelf to ndarray of int32, shape (U,)
        Item that is to stand in the list of each listener of the data the floor was made for; -1
        for none.
    """

    emerging: Emerging
    lifts: Mapping[Shelf, float]
    reserved: Mapping[Shelf, NDArray[np.int32]]

    def lift(self, shelf: Shelf, found: TopN, histories: Histories, *, first: int) -> TopN:
        """Order the first candidates of each list anew; the ones behind them stay.

        Parameters
        ----------
        shelf : Shelf
        found : TopN, B lists
        histories : Histories, B users
        first : int
            How many candidates compete. It has to be the same for all depths that are looked at,
            so that looking deeper never changes what stands above.
        """
        lift = self.lifts.get(shelf, 0.0)
        if lift <= 0:
            return found
        push = lift * leeway(found.scores, own_shares(histories, self.emerging.tracks), self.usual)
        return lifted(found, self.emerging.tracks, push, first=first)

    @property
    def usual(self) -> float:
        """See `Emerging`."""
        return self.emerging.usual


def lifted(found: TopN, tracks: Bools, push: Floats, *, first: int) -> TopN:
    """Add `push`, shape (B,), to the marked among the first candidates and order those again.

    Equal scores keep their order. Returned scores fall along each list.
    """
    items = found.items[:, :first]
    raised, order = raised_order(found, tracks, push, first=first)
    best = TopN(np.take_along_axis(items, order, axis=1), np.take_along_axis(raised, order, axis=1))
    if found.items.shape[1] <= first:
        return best
    return TopN(
        np.concatenate([best.items, found.items[:, first:]], axis=1),
        np.concatenate([best.scores, found.scores[:, first:]], axis=1),
    )


def raised_order(
    found: TopN, tracks: Bools, push: Floats, *, first: int
) -> tuple[NDArray[np.float32], NDArray[np.intp]]:
    """Return the first candidates' scores after the push, and their places, best first."""
    items, scores = found.items[:, :first], found.scores[:, :first]
    marked = np.append(tracks, False)[items]
    raised = scores + (push[:, None] * marked).astype(np.float32)
    return raised, np.argsort(-raised, axis=1, kind="stable")


def leeway(scores: NDArray[np.float32], own: Floats, usual: float) -> Floats:
    """Return what a lift of 1 adds in each list, (B,): the spread of its scores, by own taste.

    Parameters
    ----------
    scores : ndarray of float32, shape (B, M)
        Falling along each list, -inf behind its end.
    own : ndarray of float, shape (B,)
        Share of emerging artists in what each listener plays; NaN for who played nothing, who
        counts as usual.
    usual : float
    """
    top = scores[:, :SPREAD_FROM].astype(np.float64)
    n = np.isfinite(top).sum(axis=1)
    last = np.take_along_axis(top, np.maximum(n - 1, 0)[:, None], axis=1)[:, 0]
    spread = np.where(n > 1, np.where(n > 0, top[:, 0], 0.0) - np.where(n > 0, last, 0.0), 0.0)
    taste = own / usual if usual > 0 else np.ones(len(own))
    return np.asarray(spread * (1 + np.where(np.isnan(taste), 1.0, taste)) / 2)


def own_shares(histories: Histories, tracks: Bools) -> Floats:
    """Share of the marked tracks in what each listener plays, by weight, (B,); NaN for nothing."""
    users, n_users = histories.users_of_cells, len(histories)
    total = np.bincount(users, histories.weights, n_users)
    marked = np.bincount(users, histories.weights * tracks[histories.items], n_users)
    return np.asarray(marked / np.where(total > 0, total, np.nan))
