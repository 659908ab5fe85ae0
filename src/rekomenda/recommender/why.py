"""Why a track has the place it has, as a notebook shows it."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from typing import Generic, TypeVar

import pyarrow as pa

from rekomenda.language import Language
from rekomenda.ranking.explain_one import Explanation
from rekomenda.recommender.frames import FrameKind

F = TypeVar("F")


@dataclass(frozen=True, eq=False)
class Why(Generic[F]):
    """What speaks for a track, and against it, for one listener.

    `print` it, or show it in a notebook.

    Attributes
    ----------
    score : float or None
        None where the model has no opinion.
    position : int or None
        Place among the tracks that the listener has not played; None for one that they have.
    reason : str
        The strongest reason.
    additive : bool
        Whether the amounts of `contributions` add up to the score.
    contributions : frame
        Track, `plays`, `amount`, `share`, `reason`: what each play of theirs says, largest first.
    """

    score: float | None
    position: int | None
    reason: str
    additive: bool
    contributions: F
    lines: tuple[str, ...]

    @classmethod
    def of(cls, said: Explanation, kind: FrameKind, language: Language) -> Why[F]:
        """Put an explanation in a frame of this kind."""
        parts = said.contributions
        tracks = pa.array([part.track_id for part in parts], pa.string())
        table = pa.table(
            {
                kind.track.name: kind.track.restore(tracks),
                "plays": pa.array([part.plays for part in parts], pa.int64()),
                "amount": pa.array([part.amount for part in parts], pa.float64()),
                "share": pa.array([part.share for part in parts], pa.float64()),
                "reason": pa.array([part.reason.render(language) for part in parts], pa.string()),
            }
        )
        return cls(
            said.score,
            said.position,
            said.reason.render(language),
            said.additive,
            kind.frame(table),
            tuple(said.lines(language)),
        )

    def __str__(self) -> str:
        return "\n".join(self.lines)

    __repr__ = __str__

    def _repr_html_(self) -> str:
        return "<pre>" + "\n".join(escape(line) for line in self.lines) + "</pre>"
