"""One thing that was looked at, and what to do about it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from rekomenda.language import Text

Level = Literal["ok", "warning", "problem"]


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at.

    Parameters
    ----------
    name : str
        Stable, for scripts.
    level : {"ok", "warning", "problem"}
        `problem`: it would stop a run, or what is served is not what it should be.
    text : Text
        What was found, its facts filled in.
    fix : Text or None
        What to do, with a command to paste or the exact setting; None where all is well.
    """

    name: str
    level: Level
    text: Text
    fix: Text | None = None
