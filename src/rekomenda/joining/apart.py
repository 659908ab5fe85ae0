"""Several artists or genres in one value, parted where a separator was declared; never by a guess."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

import pyarrow as pa

from rekomenda.data.sql import read_step
from rekomenda.engines.base import Engine, Parts, Step
from rekomenda.settings import IntegrateSettings

_WRITTEN = "written"
SCHEMA = pa.schema(
    [
        ("kind", pa.string()),
        ("written", pa.string()),
        ("id", pa.string()),
        ("place", pa.int32()),
    ]
)
"""A row for each name in a value that holds several; a value of one name has none."""


def apart(engine: Engine, tracks: Parts | pa.Table, options: IntegrateSettings) -> pa.Table:
    """Return the names in every value of `tracks` that a declared separator parts.

    The values are gone through here and not in SQL: how text is split differs between engines.
    """
    separators = {"artist": options.artist_separators, "genre": options.genre_separators}
    if not any(separators.values()):
        return SCHEMA.empty_table()
    step = Step(_WRITTEN, read_step(_WRITTEN), result=_WRITTEN)
    written = engine.sql([step], {"lake_tracks": tracks})[_WRITTEN]
    return pa.Table.from_pylist(list(_rows(written, separators)), SCHEMA)


def names_in(value: str, separators: Sequence[str]) -> list[str]:
    """Return the names in a value, each once, without the spaces around them.

    Of separators that begin at one place the longest parts. Where nothing but separators stands
    there, the value is one name.
    """
    if not separators:
        return [value]
    longest_first = sorted(separators, key=len, reverse=True)
    pieces = re.split("|".join(map(re.escape, longest_first)), value)
    return list(dict.fromkeys(piece.strip() for piece in pieces if piece.strip())) or [value]


def _rows(
    written: pa.Table, separators: Mapping[str, Sequence[str]]
) -> Iterator[dict[str, str | int]]:
    for kind, value in zip(
        *(written[name].to_pylist() for name in written.column_names), strict=True
    ):
        names = names_in(value, separators[kind])
        if names != [value]:
            for place, name in enumerate(names):
                yield {"kind": kind, "written": value, "id": name, "place": place}
