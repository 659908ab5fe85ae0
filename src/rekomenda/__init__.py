"""rekomenda: music recommendations from listening logs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rekomenda.recommender.recommender import Recommender

__version__ = "0.1.0"
__all__ = ["Recommender", "__version__"]


def __getattr__(name: str) -> Any:
    """Load the Python face when it is asked for: the command line, and `import rekomenda`, need none of it."""
    if name != "Recommender":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from rekomenda.recommender.recommender import Recommender  # noqa: PLC0415 - that is the point

    return Recommender
