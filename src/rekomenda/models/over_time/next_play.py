"""What is played next: tracks that others play near what this listener played last."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np

from rekomenda.domain.interactions import Histories
from rekomenda.domain.models import Evidence, FittedModel, Naming
from rekomenda.domain.top_n import TopN
from rekomenda.domain.training import TrainingData
from rekomenda.errors import FitError
from rekomenda.language import Text
from rekomenda.models.base import Algorithm, Arrays, Float32, Int32, knob
from rekomenda.models.cost import Cost, Size
from rekomenda.models.linear.base import SparseLinear
from rekomenda.models.linear.rows import SparseRows
from rekomenda.models.lists.asked import Asked
from rekomenda.models.lists.rules import Wanted

_NO_ORDER = Text(
    en="the data does not tell in which order anybody played: it needs the moment of each play, or "
    "plays on several days by the same listener",
    pt="os dados não dizem em que ordem alguém ouviu: é preciso o momento de cada play, ou plays "
    "do mesmo ouvinte em vários dias",
)


@dataclass(frozen=True)
class NextPlay(Algorithm):
    """Let each play speak for what others played shortly before or after it, the last plays most.

    Session-based neighbours in the form of Ludewig and Jannach, "Evaluation of session-based
    recommendation algorithms", UMUAI 28, 2018 (sections 3.2 and 3.3: sequential rules, whose weight
    falls with the distance of two plays, and V-SKNN, where the last plays of a session weigh
    most), with the distances of Garg and others, "Sequence and Time Aware Neighborhood for
    Session-based Recommendations: STAN", SIGIR 2019 (eq. 2 and 5). All neighbours are added up once,
    at training, so that the score is a sum over the listener's own plays:

        score(u, j) = Σ_h (1 + r_uh)^-q · s_hj,
        s_hj = Σ_v exp(-gap_v(h, j) / span) / (c_h^α c_j^(1-α) + shrinkage),

    where r_uh is how many tracks u played after h, gap_v how many places lie between two tracks of
    listener v, and c how many listeners a track has. Where the data tells no order (tracks of one
    day), they share the place in their middle.

    Parameters
    ----------
    span : float, default 15.0
        Places after which a pair counts e times less, > 0; beyond four spans it does not count.
    recency : float, default 0.5
        q, how much the listener's last plays outweigh earlier ones, >= 0; 0: all count alike.
    asymmetry : float, default 0.85
        α, 0 to 1: 1 asks how often j is played around h; less holds popular tracks back.
    shrinkage : float, default 10.0
        Pairs of tracks with few listeners count less, >= 0.
    n_neighbours : int, default 200
        Tracks that each track may speak for.

    Notes
    -----
    Order comes from the moments of a log, else from days. Plays before and after count alike:
    counting what came before less was worse wherever it was measured.

    Time: Σ_u L min(L, 8 span). Memory: 8 bytes for each pair kept, 40 for each cell.
    """

    algorithm: ClassVar[str] = "next_play"

    span: float = knob(15.0, above=0)
    recency: float = knob(0.5, least=0)
    asymmetry: float = knob(0.85, least=0, most=1)
    shrinkage: float = knob(10.0, least=0)
    n_neighbours: int = knob(200, least=1)

    def _learn(self, data: TrainingData, seed: int) -> FittedModel:  # noqa: ARG002 - nothing is random
        from rekomenda.models.over_time.transitions import sequences_of, transitions  # noqa: PLC0415 - numba takes a while to import

        histories = data.interactions.histories
        if not (histories.order[histories.weights > 0] > 0).any():
            raise FitError(algorithm=self.algorithm, detail=_NO_ORDER)
        sequences = sequences_of(histories)
        rows = transitions(
            sequences,
            histories.n_items,
            span=self.span,
            asymmetry=self.asymmetry,
            shrinkage=self.shrinkage,
            keep=self.n_neighbours,
        )
        known = np.bincount(sequences.items, minlength=histories.n_items) > 0
        return NextPlayModel(self.algorithm, "weights", known, rows, self.recency)

    def _cost(self, size: Size) -> Cost:
        pairs = min(size.n_pairs, 8 * self.span * size.n_cells)
        kept = min(size.n_linked, size.n_items * self.n_neighbours)
        return size.cost(scattered=4 * pairs + 2 * kept, n_bytes=8 * kept + 40 * size.n_cells)

    def restore(self, arrays: Arrays) -> FittedModel:
        """Make the fitted model again from its arrays."""
        rows = SparseRows.restore(arrays)
        return NextPlayModel(self.algorithm, "weights", arrays["known"], rows, self.recency)


@dataclass(frozen=True, eq=False)
class NextPlayModel(SparseLinear):
    """Sparse weights between items, and how much the last plays outweigh earlier ones.

    Parameters
    ----------
    recency : float
        q.
    """

    recency: float

    def _score(self, histories: Histories) -> Float32:
        return super()._score(self._by_recency(histories))

    def _score_at(self, histories: Histories, candidates: Int32) -> Float32:
        return super()._score_at(self._by_recency(histories), candidates)

    def _ranked(self, histories: Histories, wanted: Wanted) -> list[TopN]:
        return super()._ranked(self._by_recency(histories), wanted)

    def ask(self, histories: Histories) -> Asked:
        """Get ready for a block of users: see `Fitted.ask`."""
        return super().ask(self._by_recency(histories))

    def _explained(self, histories: Histories, items: Int32, naming: Naming | None) -> Evidence:
        return super()._explained(self._by_recency(histories), items, naming)

    def contributions(self, history: Histories, item: int) -> Float32:
        """Return how much each cell of ONE user's history adds to the score of an item, (nnz,)."""
        return super().contributions(self._by_recency(history), item)

    def _by_recency(self, histories: Histories) -> Histories:
        """Weigh each liked cell by how many were played after it; without an order all alike."""
        later = tracks_after(histories)
        weights = np.where(histories.weights > 0, (1 + later) ** -self.recency, 0)
        return replace(histories, weights=weights.astype(np.float32))


def tracks_after(histories: Histories) -> Float32:
    """Return how many tracks the listener played after each cell, (nnz,); 0 without an order.

    Tracks of one place count half of each other: (m - 1) / 2 for m of them.
    """
    users, placed = histories.users_of_cells, histories.order >= 0
    order = np.lexsort((histories.order, users))
    ascending, of = histories.order[order], users[order]
    new = np.append(True, (np.diff(ascending) != 0) | (np.diff(of) != 0))[: len(order)]
    starts = np.flatnonzero(new)
    stops = np.append(starts[1:], len(order))
    ends = histories.indptr[of[starts] + 1]  # users ascend in both orders
    after = (ends - stops) + (stops - starts - 1) / 2
    found = np.empty(len(order), np.float32)
    found[order] = after[np.cumsum(new) - 1]
    return np.where(placed, found, np.float32(0))
