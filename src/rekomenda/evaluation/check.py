"""One question the gate asks of a release, and its answer in words and numbers."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final, Literal

from rekomenda.language import Text

Blessing = Literal["quality", "mechanics", "data", "behaviour", "exposure"]
BLESSINGS: Final[tuple[Blessing, ...]] = (
    "quality",
    "mechanics",
    "data",
    "behaviour",
    "exposure",
)
"""What a release needs, in the order in which it is told."""


class Outcome(StrEnum):
    """What came of a check."""

    PASSED = "passed"
    FAILED = "failed"
    UNDECIDED = "undecided"
    """The data cannot tell, or a person has to; the release in service is kept."""
    UNPROVEN = "unproven"
    """Too few listeners to tell, and nothing in service to protect: no obstacle, but said."""


@dataclass(frozen=True)
class Check:
    """A check that was made.

    Parameters
    ----------
    name : str
        Short and stable: a label in metrics and JSON.
    outcome : Outcome
    measured, limit : float
        What was found and what it was held against; NaN where there is no such number.
    text : Text
        The finding as a sentence, its numbers filled in.
    about : str
        The blessing it belongs to: quality, mechanics, data, behaviour or exposure.
    forceable : bool
        Whether a person may publish in spite of it.
    """

    name: str
    outcome: Outcome
    measured: float
    limit: float
    text: Text
    about: Blessing = "mechanics"
    forceable: bool = True

    @property
    def passed(self) -> bool:
        """Whether it is proven."""
        return self.outcome is Outcome.PASSED

    @property
    def blocks(self) -> bool:
        """Whether nothing may be published because of it."""
        return self.outcome in {Outcome.FAILED, Outcome.UNDECIDED}

    def to_json(self) -> dict[str, Any]:
        """Return it ready for JSON; NaN and infinity become null."""
        return {
            "name": self.name,
            "outcome": str(self.outcome),
            "passed": self.passed,
            "measured": self.measured if math.isfinite(self.measured) else None,
            "limit": self.limit if math.isfinite(self.limit) else None,
            "about": self.about,
            "forceable": self.forceable,
            "text": self.text.both(),
        }


def say(template: Text, **facts: Any) -> Text:
    """Fill a template in both languages; facts that are texts are said in the language at hand."""

    def filled(language: Any) -> str:
        spoken = {
            name: fact.render(language) if isinstance(fact, Text) else fact
            for name, fact in facts.items()
        }
        # What comes out is a Text again: a brace in an id must not be taken for a field.
        return template.render(language, spoken).replace("{", "{{").replace("}", "}}")

    return Text(en=filled("en"), pt=filled("pt-BR"))
