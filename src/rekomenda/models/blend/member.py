"""A model within a blend: what it learned, and how much it has to say."""

from __future__ import annotations

from dataclasses import dataclass

from rekomenda.domain.models import FittedModel


@dataclass(frozen=True, eq=False)
class BlendedMember:
    """One member of a fitted blend.

    Parameters
    ----------
    place : int
        Which of the recipe's members it is.
    model : FittedModel
    unheard, heard : float
        Its weights, >= 0; each kind sums to 1 over the members, or all of it is 0.
    """

    place: int
    model: FittedModel
    unheard: float
    heard: float
