"""How models are named to people."""

from __future__ import annotations

from typing import Final

from rekomenda.language import Language, Text

KEPT: Final = "served:"
"""What stands before the name of the recipe that was in service already."""
_KEPT: Final = Text("{name}, kept", "{name}, mantida")


def model_name(algorithm: str, language: Language) -> str:
    """Return an algorithm's name; of the recipe that was in service already it is said so."""
    if not algorithm.startswith(KEPT):
        return algorithm
    return _KEPT.render(language, {"name": algorithm.removeprefix(KEPT)})
