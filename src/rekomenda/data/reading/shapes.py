"""What the ids of a column look like: whole numbers, UUIDs or words; nothing where they differ.

A column whose ids change their looks between two files of a kind no longer names the same things:
nothing of it would meet its catalogue (catalogue B26).
"""

from __future__ import annotations

from collections.abc import Mapping

import pyarrow as pa
import pyarrow.compute as pc

from rekomenda.data.reading.habits import KINDS
from rekomenda.domain.schema import Kind

MIN_IDS = 20
"""Fewer distinct ids say nothing of those to come."""

_NUMBER = r"^[0-9]+$"
_UUID = r"^[0-9a-fA-F]{8}-([0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}$"


def shapes_of(rows: pa.Table) -> Mapping[str, str]:
    """Return the shape of each column of ids: `numbers`, `uuids` or `words`."""
    columns = [name for name in rows.column_names if KINDS.get(name) is Kind.ID]
    shapes = {name: _shape(pc.drop_null(pc.unique(rows[name]))) for name in columns}
    return {name: shape for name, shape in shapes.items() if shape}


def _shape(ids: pa.Array) -> str:
    if len(ids) < MIN_IDS:
        return ""
    numbers, uuids = (pc.match_substring_regex(ids, form) for form in (_NUMBER, _UUID))
    if pc.all(numbers).as_py():
        return "numbers"
    if pc.all(uuids).as_py():
        return "uuids"
    return "" if pc.any(pc.or_(numbers, uuids)).as_py() else "words"
