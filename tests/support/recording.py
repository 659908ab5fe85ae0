"""An engine that lets another do the work and keeps what came back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa

from rekomenda.engines.base import Engine, Parts, Step

ANY_ORDER = {
    "flagged_days": ("day", "listener_index"),
    "in_order": ("span", "listeners", "items"),  # as what is made of it comes, piece by piece
}
"""Results whose text does not say the whole order of their rows, and what does."""


@dataclass
class Recording:
    """Keeps the results of `sql` by name.

    `weighing`: as if it had tasks, so that sorted plays are added up by it and not by whoever asks.
    """

    engine: Engine
    weighing: bool = False
    found: dict[str, pa.Table] = field(default_factory=dict)

    def sql(
        self, steps: Sequence[Step], tables: Mapping[str, Parts | pa.Table]
    ) -> dict[str, pa.Table]:
        results = self.engine.sql(steps, tables)
        self.found |= results
        return dict(results)

    @property
    def work(self) -> Any:
        return self if self.weighing else self.engine.work

    def tables(self) -> dict[str, pa.Table]:
        """Return what was found, every row in its place."""
        return {
            name: table.sort_by([(column, "ascending") for column in ANY_ORDER[name]])
            if set(ANY_ORDER.get(name, ["-"])) <= set(table.column_names)
            else table
            for name, table in self.found.items()
        }
