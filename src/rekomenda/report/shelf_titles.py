"""What each shelf is called where people see it."""

from __future__ import annotations

from typing import Final

from rekomenda.language import Text

SHELF_TITLES: Final = {
    "for_you": Text("For you", "Para você"),
    "again": Text("Again", "De novo"),
    "discover": Text("Discover", "Descobrir"),
    "explore": Text("Explore", "Explorar"),
    "fresh": Text("Fresh", "Novidades"),
}
