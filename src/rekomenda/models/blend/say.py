"""How much each member has to say: by how much is known of the listener, and of which tracks.

A model of one's own plays that has seen one play says as much, on the common scale, as one that has
seen a hundred. With listener_prior κ its share grows with the listener's n liked tracks, and
what it does not say yet the members say that need no plays (B. Efron, C. Morris, "Stein's Estimation
Rule and Its Competitors", JASA 68(341), 1973: drawn towards the prior, the less is known the more):

    a_m(u) ∝ w_m n / (n + κ)    for members without an opinion of somebody without plays
    a_m(u) ∝ w_m                for all others,                            Σ_m a_m(u) = 1

A track that nobody liked at training is beyond most members, whatever the listener heard. With
absent_share α the score of such a track is divided by 1 - α Σ a_m(u) over the members that cannot
place it: 0, they count as saying that it is worth nothing; 1, it is judged by the others alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rekomenda.domain.interactions import Histories
from rekomenda.domain.models import FittedModel
from rekomenda.models.additive import liked_tracks
from rekomenda.models.base import Fitted, Float32, Int32
from rekomenda.models.blend.member import BlendedMember

Bools = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Say:
    """The say of M members.

    Parameters
    ----------
    unheard : ndarray of float32, shape (M,)
        Their weights, of sum 1 or all 0.
    own : ndarray of bool, shape (M,)
        Who has no opinion of a listener without plays.
    unplaced : ndarray of bool, shape (M, I)
        The tracks that each cannot have an opinion of.
    listener_prior : float, >= 0
        κ; 0: every listener's plays are believed alike.
    absent_share : float, 0 to 1
        α.
    """

    unheard: Float32
    own: Bools
    unplaced: Bools
    listener_prior: float = 0.0
    absent_share: float = 0.0

    @classmethod
    def of(
        cls, members: Sequence[BlendedMember], listener_prior: float, absent_share: float
    ) -> Say:
        """Ask the members what they can speak of, if it matters."""
        models = [each.model for each in members]
        unheard = np.array([each.unheard for each in members], np.float32)
        if listener_prior == 0 and absent_share == 0:
            own, unplaced = (np.zeros(shape, np.bool_) for shape in (len(models), (len(models), 0)))
            return cls(unheard, own, unplaced)
        own = np.array([_is_of_own_plays(model) for model in models])
        unplaced = np.stack([~_placed(model) for model in models])
        return cls(unheard, own, unplaced, float(listener_prior), float(absent_share))

    def shares(self, histories: Histories) -> Float32:
        """Return a_m(u), (B, M)."""
        weights = np.broadcast_to(self.unheard, (len(histories), len(self.unheard)))
        if self.listener_prior == 0 and self.absent_share == 0:
            return weights
        liked = liked_tracks(histories).astype(np.float32)
        believed = np.where(liked > 0, liked / np.maximum(liked + self.listener_prior, 1), 0)
        said = weights * np.where(self.own, believed[:, None], 1)
        total = said.sum(axis=1, keepdims=True)
        shares = np.where(total > 0, said / np.where(total > 0, total, 1), weights)
        return shares.astype(np.float32)

    def make_up(self, values: Float32, shares: Float32, items: Int32 | None = None) -> None:
        """Divide, in place, scores or factors of unheard tracks for what absent members leave out.

        Parameters
        ----------
        values : ndarray of float32, shape (B, I), or (B, C) of `items`
        shares : ndarray of float32, shape (B, M)
        items : ndarray of int32, shape (B, C), optional
            What stands at -1 means nothing.
        """
        if self.absent_share == 0:
            return
        if items is None:
            some = np.flatnonzero(self.unplaced.any(axis=0))
            values[:, some] /= self._left(shares @ self.unplaced[:, some].astype(np.float32))
            return
        absent = np.zeros(items.shape, np.float32)
        for share, unplaced in zip(shares.T, self.unplaced, strict=True):
            if unplaced.any():
                absent += share[:, None] * unplaced[np.maximum(items, 0)]
        values /= self._left(absent)

    def _left(self, absent: Float32) -> Float32:
        """Return what to divide by; where nobody has an opinion there is nothing to divide."""
        left = 1 - np.float32(self.absent_share) * absent
        return np.where(absent < 1 - 1e-6, left, np.float32(1))


def _is_of_own_plays(model: FittedModel) -> bool:
    none = np.zeros(0, np.int32)
    nobody = Histories.from_cells(none, none, n_users=1, n_items=model.n_items)
    return not bool((model.score(nobody) > -np.inf).any())


def _placed(model: FittedModel) -> Bools:
    return model.placed if isinstance(model, Fitted) else np.ones(model.n_items, np.bool_)
