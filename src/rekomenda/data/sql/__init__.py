"""The integration steps as SQL text, in DuckDB's dialect: one SELECT a file, written once for every engine."""

from __future__ import annotations

from importlib.resources import files
from typing import Final

ALLOWED_FUNCTIONS: Final = frozenset(
    {"count", "date_diff", "least", "max", "min", "row_number", "sum"}
)
"""What the steps may call. Each of these means the same in every dialect that the text is translated
to; a translator passes others on unchanged and in silence, or hours wrong (NFC_NORMALIZE,
TRY_STRPTIME, HASH, `AT TIME ZONE`). Operators, CASE, CAST and COALESCE are syntax, not functions."""


def read_step(name: str) -> str:
    """Return the text of one step, e.g. `daily`."""
    return (files(__name__) / f"{name}.sql").read_text(encoding="utf-8")


def step_names() -> list[str]:
    """Return the name of every step, in alphabetical order."""
    texts = (entry.name for entry in files(__name__).iterdir())
    return sorted(name.removesuffix(".sql") for name in texts if name.endswith(".sql"))
