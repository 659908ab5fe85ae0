"""What came of trying a ranker: kept or not, its trees, what it gains and what it goes by."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from rekomenda.language import LANGUAGES, Text
from rekomenda.models.ranker.features import FEATURES
from rekomenda.models.ranker.ranked_blend import N_CANDIDATES

MEMBER: Final = Text(en="score of member {number}", pt="pontuação do membro {number}")


@dataclass(frozen=True)
class RankerTrial:
    """What came of trying a ranker.

    Parameters
    ----------
    kept : bool
    why : Text
    trees : tuple
        As `ranked_blend` takes them; empty unless kept.
    ranked_from : int
        Liked tracks from which on they order a listener's candidates.
    n_candidates : int
        Of how many candidates they make the order.
    listeners : int
        Asked, with anything relevant.
    blend_ndcg, ndcg : float
        NDCG@20 of unheard tracks on listeners not learned from; NaN where it was not tried.
    gain, low, high : float
        The difference, and its paired interval.
    importance : dict of str to float
        Part of the gain in the trees' objective that each feature brings, largest first.
    """

    kept: bool
    why: Text
    trees: tuple[Any, ...] = ()
    ranked_from: int = 0
    n_candidates: int = N_CANDIDATES
    listeners: int = 0
    blend_ndcg: float = np.nan
    ndcg: float = np.nan
    gain: float = np.nan
    low: float = np.nan
    high: float = np.nan
    importance: Mapping[str, float] | None = None

    def to_json(self) -> dict[str, Any]:
        """Return what a manifest keeps beside the recipe, which holds the trees."""
        numbers = {
            name: getattr(self, name) for name in ("blend_ndcg", "ndcg", "gain", "low", "high")
        }
        return {
            "kept": self.kept,
            "why": {name: self.why.render(name) for name in LANGUAGES},
            "ranked_from": self.ranked_from,
            "n_candidates": self.n_candidates,
            "listeners": self.listeners,
            **{name: None if np.isnan(value) else value for name, value in numbers.items()},
            "importance": [
                {
                    "feature": name,
                    "part": part,
                    "title": _title(name).both(),
                }
                for name, part in (self.importance or {}).items()
            ],
        }


def _title(name: str) -> Text:
    if name in FEATURES:
        return FEATURES[name]
    return MEMBER.filled(number=int(name.removeprefix("member_")) + 1)
