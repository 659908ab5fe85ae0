"""Models whose score is a sum over the listener's own plays, and so explains itself."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rekomenda.domain.interactions import Histories
from rekomenda.domain.models import Evidence, Naming, ReasonKind
from rekomenda.domain.top_n import TopN, top_n
from rekomenda.models.base import Fitted, Float32, Int32
from rekomenda.models.blocks import Padded, pad, padded_rows, run_blocks, slices
from rekomenda.models.naming import named


@dataclass(frozen=True, eq=False)
class Additive(Fitted):
    """Base of models where score(u, i) = Σ_h contribution(u, h, i) over the cells h of u.

    A listener without a liked cell, and an item that nobody liked at training, get -inf: the
    model knows nothing of them and says so, instead of listing items in id order.
    """

    @abstractmethod
    def _contributions(self, users: Padded, items: Int32) -> Float32:
        """Return what each cell says for each item: L cells, n items -> (b, L, n).

        `items` (b, n) holds no -1; padding cells and cells of weight 0 contribute 0.
        """

    @property
    @abstractmethod
    def _bytes_per_cell(self) -> int:
        """Memory of `_contributions` for one cell, beside what it returns."""

    @property
    def _bytes_per_user(self) -> int:
        """Memory of `_contributions` for one user, beside that of the cells."""
        return 0

    @abstractmethod
    def _similarities(self, items: Int32) -> Float32:
        """How near every item is to each of m given ones, (m, I); -inf where it is not."""

    def explain(self, histories: Histories, items: Int32) -> Evidence:
        """Name the cell that contributes most to each item, and its part of the positive sum."""
        return self._explained(histories, items, None)

    def explain_naming(self, histories: Histories, items: Int32, naming: Naming) -> Evidence:
        """Name what contributes most of what may be named: see `domain.models.NamesArtists`."""
        return self._explained(histories, items, naming)

    def _explained(self, histories: Histories, items: Int32, naming: Naming | None) -> Evidence:
        kind = np.full(items.shape, ReasonKind.NONE, np.uint8)
        subject = np.full(items.shape, -1, np.int32)
        share = np.full(items.shape, np.nan, np.float32)

        def work(block: tuple[np.ndarray, int]) -> None:
            users = pad(histories, *block)
            listed = items[users.rows] >= 0
            contributions = self._contributions(users, np.maximum(items[users.rows], 0))
            found = named(contributions, users.items, naming)
            np.maximum(contributions, 0, out=contributions)
            speaks = listed & (found.kind != ReasonKind.NONE)
            kind[users.rows] = np.where(speaks, found.kind, ReasonKind.NONE)
            subject[users.rows] = np.where(speaks, found.subject, -1)
            total = np.where(speaks, contributions.sum(axis=1), 1)
            share[users.rows] = np.where(speaks, found.amount / total, np.nan)

        n_bytes = (8 if naming is None else 48) * items.shape[1] + self._bytes_per_cell
        run_blocks(work, list(padded_rows(histories, n_bytes, self._bytes_per_user)))
        return Evidence(kind, subject, share)

    def contributions(self, history: Histories, item: int) -> Float32:
        """Return how much each cell of ONE user's history adds to the score of an item, (nnz,)."""
        amounts = np.zeros(len(history.items), np.float32)
        for rows, length in padded_rows(history, self._bytes_per_cell):
            users = pad(history, rows, length)
            values = self._contributions(users, np.array([[item]], np.int32))[:, :, 0]
            amounts[users.cells[users.filled]] = values[users.filled]
        return amounts

    def similar_items(self, items: Int32, n: int) -> TopN:
        """Return the n nearest items of each given item, itself left out; padded with -1."""
        best = TopN.empty(len(items), n)

        def work(rows: slice) -> None:
            near = self._similarities(items[rows])
            near[np.arange(len(near)), items[rows]] = -np.inf
            block = top_n(near, n)
            best.items[rows], best.scores[rows] = block.items, block.scores

        run_blocks(work, slices(len(items), 4 * self.n_items))
        return best


def liked_tracks(histories: Histories) -> NDArray[np.int64]:
    """Count the liked cells of each listener, (B,)."""
    users = histories.users_of_cells[histories.weights > 0]
    return np.bincount(users, minlength=len(histories))


def liking(histories: Histories) -> NDArray[np.bool_]:
    """Tell who has a liked cell, shape (B,)."""
    return liked_tracks(histories) > 0


def without_opinion(scores: Float32, histories: Histories, known: np.ndarray) -> Float32:
    """Set to -inf, in place, the rows of listeners without a liked cell and unknown items."""
    scores[~liking(histories)] = -np.inf
    if not known.all():
        scores[:, ~known] = -np.inf
    return scores


def without_opinion_at(
    scores: Float32, histories: Histories, known: np.ndarray, candidates: Int32
) -> Float32:
    """Do the same to scores of candidates (B, C)."""
    scores[~liking(histories)] = -np.inf
    if not known.all():
        scores[~known[candidates]] = -np.inf
    return scores
