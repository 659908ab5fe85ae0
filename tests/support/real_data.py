"""Where real data sets are looked for. They are not in the repository: see docs/real-data.md."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

DEFAULT_FOLDER = Path("../shared/data")
"""Relative to the checkout, where REKOMENDA_REAL_DATA names no other."""


def real_data(name: str) -> Path:
    """Return the folder of one data set, or skip the test that needs it."""
    folder = Path(os.environ.get("REKOMENDA_REAL_DATA", DEFAULT_FOLDER)) / name
    if not folder.exists():
        pytest.skip(f"real data {name!r} is not in {folder.parent}; see docs/real-data.md")
    return folder
