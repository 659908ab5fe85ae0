"""The dial from familiar to new: one list of what was played, what suits, and who was never heard."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from rekomenda.domain.catalogue import Catalogue
from rekomenda.ranking.ranked import Ranked, place
from rekomenda.ranking.rerank import rerank

NEUTRAL: Final = 0.5
"""Where the list is `for_you` as the model ranks it."""

Floats = NDArray[np.floating[Any]]


@dataclass(frozen=True, eq=False)
class Sources:
    """What a dialled list is mixed of: B lists of three kinds, each as long as the list itself.

    Parameters
    ----------
    familiar : Ranked
        Tracks worth hearing again (`again`).
    suiting : Ranked
        Tracks never heard, by anybody (`for_you`).
    new : Ranked
        Tracks by artists never heard (`discover`, shared with no other shelf).
    """

    familiar: Ranked
    suiting: Ranked
    new: Ranked

    def mixed(self, dial: Floats, catalogue: Catalogue, *, n: int, max_per_artist: int) -> Ranked:
        """Mix one list for each listener.

        Below the middle, 1 - 2d of the places are familiar and the others `for_you`; above it,
        2d - 1 are by new artists and the others `for_you`; in the middle the list is `for_you`
        itself. Places are dealt out evenly, so that every stretch of the list has the shares of the
        whole: the j-th track of a kind with share s stands at j / s. Where one kind runs out the
        other goes on, and no song stands twice.

        Parameters
        ----------
        dial : ndarray of float, shape (B,)
            0 (what the listener plays already) to 1 (artists never heard).
        catalogue : Catalogue
        n, max_per_artist : int
            Of the mixed list.

        Returns
        -------
        Ranked, B lists of n
            Scores only fall: they say the order in the mix and nothing of the model.
        """
        side = np.abs(
            2 * np.asarray(dial, np.float64) - 1
        )  # (B,): share of the kind beside for_you
        other = self.familiar.where(np.asarray(dial) > NEUTRAL, self.new)
        both = Ranked(
            **{
                name: np.concatenate([mine, getattr(self.suiting, name)], axis=1)
                for name, mine in vars(other).items()
            }
        )
        at = np.concatenate(
            [_places(other.items, side), _places(self.suiting.items, 1 - side)], axis=1
        )
        order = np.argsort(at, axis=1, kind="stable")  # at one place the kind that was asked for
        columns = rerank(
            place(both.items, order, -1), catalogue, n=n, max_per_artist=max_per_artist
        )
        chosen = np.where(columns >= 0, place(order, columns, -1), -1)
        missing = {"items": -1, "scores": -np.inf, "subject": -1, "share": np.nan}
        mixed = Ranked(
            **{
                name: place(values, chosen, missing.get(name, 0))
                for name, values in vars(both).items()
            }
        )
        falling = np.linspace(1, 0, n, endpoint=False, dtype=np.float32)
        scores = np.where(mixed.items >= 0, falling, np.float32(-np.inf))
        untouched = np.asarray(dial) == NEUTRAL
        mixed.scores[:] = np.where(untouched[:, None], mixed.scores, scores)
        return mixed


def _places(items: NDArray[np.int32], share: Floats) -> NDArray[np.float64]:
    """Return where each track of a kind would stand, (B, n); without a share, behind all others."""
    nth = np.arange(1, items.shape[1] + 1)
    share = share[:, None]
    behind = np.float64(1e9)  # in its own order still
    return np.where(share > 1e-9, nth / np.maximum(share, 1e-9), behind + nth)
