"""What every model can do, so that ranking and evaluation need not know which one it is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Any, Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from rekomenda.domain.eligible import Eligible
from rekomenda.domain.interactions import Histories
from rekomenda.domain.top_n import TopN
from rekomenda.domain.training import TrainingData


class ReasonKind(IntEnum):
    """Why a track is in a list. The number is what is stored; the words: `ranking/explain.py`."""

    NONE = 0
    """Nothing can be said (a control model)."""
    PLAYED = 1
    """Its score comes most from a track this listener played (subject: that item)."""
    POPULAR = 2
    """Many people play it (no subject)."""
    POPULAR_RECENTLY = 3
    """Many people play it these days (no subject)."""
    POPULAR_IN_REGION = 4
    """Many people of the listener's region play it (subject: region index)."""
    POPULAR_IN_GENRE = 5
    """Popular in a genre that this listener plays (subject: genre index)."""
    AGAIN = 6
    """The listener played it often and not lately (subject: the item itself)."""
    ARTIST_LISTENERS = 7
    """Listeners of an artist whom this listener plays also play it (subject: artist index)."""
    NEW_IN_GENRE = 8
    """New in a genre that this listener plays (subject: genre index)."""
    NEW_RELEASE = 9
    """New, by an artist whom this listener plays or knows nothing of (subject: artist index or -1)."""
    LIKED = 10
    """The listener said that they like its artist (subject: artist index)."""
    GENRE_LISTENERS = 11
    """Listeners of a genre that this listener plays also play its genre (subject: that genre)."""


@dataclass(frozen=True, eq=False)
class Evidence:
    """The strongest reason for each listed item, as the model computed it.

    Parameters
    ----------
    kind : ndarray of uint8, shape (B, n)
        `ReasonKind`; NONE where there is no item.
    subject : ndarray of int32, shape (B, n)
        What the kind says: an item, artist, genre or region index; -1 for none.
    share : ndarray of float32, shape (B, n)
        Part of the (positive) evidence that the subject gives, 0 to 1; NaN where not additive.
    """

    kind: NDArray[np.uint8]
    subject: NDArray[np.int32]
    share: NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Naming:
    """What a reason may name.

    Parameters
    ----------
    artist_of : ndarray of int32, shape (I,)
        Artist index of each item, -1 unknown.
    hidden : ndarray of bool, shape (I,)
        Items that no reason names (taken down), nor counts as their artist's.
    """

    artist_of: NDArray[np.int32]
    hidden: NDArray[np.bool_]


@runtime_checkable
class NamesArtists(Protocol):
    """A fitted model that can also name the artist whose plays together speak most."""

    def explain_naming(
        self, histories: Histories, items: NDArray[np.int32], naming: Naming
    ) -> Evidence:
        """Return the strongest reason that may be named for each of `items` (B, n).

        ARTIST_LISTENERS where an artist's plays say much more together than any alone; its share is
        theirs.
        """


@runtime_checkable
class FittedModel(Protocol):
    """A model that has learned. Immutable; answers for any history, seen at `fit` or not."""

    @property
    def algorithm(self) -> str:
        """Its name in the registry."""

    @property
    def n_items(self) -> int:
        """I, the number of items it scores."""

    @property
    def knows_repeats(self) -> bool:
        """Whether its scores of tracks heard before say which of them are heard again.

        Most models say how well a track fits a taste; of these, `again` does not ask.
        """

    def score(
        self, histories: Histories, candidates: NDArray[np.int32] | None = None
    ) -> NDArray[np.float32]:
        """Score items for each history; larger is better, only the order means something.

        Parameters
        ----------
        histories : Histories, B users over this model's items
            Need not have been in the training data.
        candidates : ndarray of int32, shape (B, C), optional
            Items to score; -1 gives -inf. Default: every item. What is scored alone may differ by
            rounding from what is scored among all.

        Returns
        -------
        ndarray of float32, shape (B, C) or (B, I)
            Finite, or -inf for "no opinion": such an item is never listed. The caller may change it.
        """

    def top_n(self, histories: Histories, n: int, eligible: Eligible) -> TopN:
        """Return the n best eligible items of each history, ties by item index."""

    def top_n_each(
        self, histories: Histories, wanted: Sequence[tuple[int, Eligible]]
    ) -> list[TopN]:
        """Answer several calls of `top_n`, each (n, eligible), while scoring only once.

        Returns
        -------
        list of TopN
            In the order of `wanted`; the same items and scores as those calls give. They are the
            best by `score`; of a blend over a large catalogue the best of its candidates
            (`models/blend/lists.py`).
        """

    def explain(self, histories: Histories, items: NDArray[np.int32]) -> Evidence:
        """Return the strongest reason for each of `items` (B, n), -1 for no item."""

    def contributions(self, history: Histories, item: int) -> NDArray[np.float32]:
        """How much each cell of ONE user's history speaks for an item, shape (nnz,).

        For additive models these sum to the score; all zero where the history plays no part.
        """

    def similar_items(self, items: NDArray[np.int32], n: int) -> TopN:
        """Return the n nearest items of each given item, itself left out; padded with -1."""

    def arrays(self) -> Mapping[str, NDArray[Any]]:
        """Return everything learned, by name; `registry.restore` makes the model from it again."""


class Model(Protocol):
    """An algorithm with its hyperparameters: a frozen dataclass whose fields they are."""

    @property
    def algorithm(self) -> str:
        """Its name in the registry."""

    def fit(self, data: TrainingData, *, seed: int = 0) -> FittedModel:
        """Learn. The same data and seed give the same arrays.

        Raises
        ------
        FitError
            If this data cannot be learned from with these hyperparameters.
        """
