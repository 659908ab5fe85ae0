"""May it be published? The decision over all checks, and what a person decided in spite of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Literal

from rekomenda.evaluation.check import Check, Outcome
from rekomenda.language import Language, Text

MEASURABLE: Final = "measurable"
"""Name of the check that stands there on the manual level only."""


@dataclass(frozen=True)
class Force:
    """A person's word that a release shall be published in spite of failing checks.

    Parameters
    ----------
    reason : str
        Theirs; may be empty.
    """

    reason: str = ""


@dataclass(frozen=True)
class Verdict:
    """The decision, and every check behind it.

    `standing` is `forced` where a person overruled checks, and `unproven` where too few listeners
    came back to prove the model against popularity, and it is published all the same because
    nothing better is in service.
    """

    decision: Literal["publish", "refuse"]
    standing: Literal["proven", "unproven", "forced"]
    checks: tuple[Check, ...]
    force: Force | None = None
    overruled: tuple[Check, ...] = field(default=())

    @property
    def blocking(self) -> tuple[Check, ...]:
        """The checks that keep it from being published; none where a person overruled them."""
        return tuple(c for c in self.checks if c.blocks and c not in self.overruled)

    @property
    def reasons(self) -> tuple[Text, ...]:
        """Why it was refused; empty where it was not."""
        return tuple(check.text for check in self.blocking)

    @property
    def undecided(self) -> bool:
        """Refused only because the data cannot tell: the served release is held, nothing is bad."""
        return {check.outcome for check in self.blocking} == {Outcome.UNDECIDED}

    @property
    def level(self) -> Literal["automatic", "manual"]:
        """Manual: the exam can tell nothing, so what ranks by taste waits for a person."""
        return "manual" if any(c.name == MEASURABLE for c in self.checks) else "automatic"

    def reasons_in(self, language: Language) -> str:
        """Return the reasons as one line, without the last full stop."""
        return " ".join(reason.render(language) for reason in self.reasons).removesuffix(".")

    def to_json(self) -> dict[str, Any]:
        """Return it ready for JSON, with the definition of every number's metric."""
        return {
            "decision": self.decision,
            "standing": self.standing,
            "level": self.level,
            "undecided": self.undecided,
            "checks": [check.to_json() for check in self.checks],
            "reasons": [reason.both() for reason in self.reasons],
            "forced": None
            if not self.overruled or self.force is None
            else {
                "reason": self.force.reason,
                "overruled": [check.name for check in self.overruled],
            },
        }


def decide(checks: Sequence[Check], *, force: Force | None = None) -> Verdict:
    """Decide whether a candidate may be published.

    Parameters
    ----------
    checks : sequence of Check
    force : Force or None
        Overrules every check that blocks, unless one of them can never be overruled: then it
        overrules none.
    """
    blocking = tuple(check for check in checks if check.blocks)
    final = any(not check.forceable for check in blocking)
    overruled = blocking if force is not None and not final else ()
    refused = bool(blocking) and not overruled
    unproven = any(check.outcome is Outcome.UNPROVEN for check in checks)
    return Verdict(
        decision="refuse" if refused else "publish",
        standing="forced" if overruled else "unproven" if unproven else "proven",
        checks=tuple(checks),
        force=force,
        overruled=overruled,
    )
