"""Where the days are cut: the last ones to examine on, those before them to choose on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta


@dataclass(frozen=True)
class Cuts:
    """Last days of what may be learned from.

    Parameters
    ----------
    cut : date or None
        Last day before the holdout; None where the days do not allow one.
    validation_cut : date or None
        Last day before a second holdout, which ends at `cut` and is of the same length or a third
        of the days up to it: what `auto` chooses on. None where the days do not allow it.
    """

    cut: date | None
    validation_cut: date | None

    @classmethod
    def of(cls, first: date, last: date, holdout_days: int) -> Cuts:
        """Cut the days from the first to the last with plays."""
        cut = last - timedelta(days=holdout_days)
        # As many days again, but two thirds of those before the cut are left to learn from.
        days = min(holdout_days, ((cut - first).days + 1) // 3)
        return cls(
            cut if first <= cut else None,
            cut - timedelta(days=days) if days > 0 else None,
        )
