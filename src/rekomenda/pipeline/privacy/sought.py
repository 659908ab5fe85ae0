"""The listeners who are looked for, in columns of ids and in lines of text."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from rekomenda.data.reading.mapping import SPELLINGS, plain
from rekomenda.domain.schema import LISTENERS

TEXTS = ("file", "text")
"""Columns of set-aside rows in which an id may stand among other words."""


def as_loaded(listener: str) -> str:
    """Return an id as the lake has it: trimmed, its characters composed."""
    return unicodedata.normalize("NFC", listener.strip())


@dataclass(frozen=True)
class Sought:
    """Some listeners.

    Parameters
    ----------
    listeners : tuple of str
        Ids, as the lake has them; sorted.
    """

    listeners: tuple[str, ...]

    @classmethod
    def of(cls, ids: Iterable[str]) -> Sought:
        """Look for these, however they were typed."""
        return cls(tuple(sorted({as_loaded(name) for name in ids} - {""})))

    def columns_of(self, schema: pa.Schema) -> list[str]:
        """Return the columns in which an id of theirs may stand.

        Of a table that is not ours and has no column that we know: every column of text.
        """
        text = [field.name for field in schema if _is_text(field.type)]
        named = [name for name in text if SPELLINGS.get(plain(name), set()) & set(LISTENERS)]
        if set(TEXTS) <= set(text):
            return [*named, *TEXTS]
        known = any(plain(name) in SPELLINGS for name in schema.names)
        return named if known or named else text

    def rows_of(self, rows: pa.Table) -> NDArray[np.bool_]:
        """Mark the rows in which one of them stands."""
        mask = np.zeros(rows.num_rows, bool)
        for name in self.columns_of(rows.schema):
            values = rows[name].cast(pa.string())
            mask |= self._named_in(values) if name in TEXTS else self.among(values)
        return mask

    def among(self, ids: pa.Array | pa.ChunkedArray) -> NDArray[np.bool_]:
        """Mark the ids that are theirs."""
        known = pa.array(self.listeners, pa.string())
        return np.asarray(pc.fill_null(pc.is_in(ids, value_set=known), False), dtype=bool)

    def stands_in(self, line: bytes) -> bool:
        """Whether one of their ids stands in some bytes as a word of its own."""
        return self._words.search(line) is not None

    def _named_in(self, texts: pa.ChunkedArray) -> NDArray[np.bool_]:
        return np.array([self.stands_in((text or "").encode()) for text in texts.to_pylist()], bool)

    @cached_property
    def _words(self) -> re.Pattern[bytes]:
        """Match any of the ids where no letter or figure touches it, as text and JSON spell it."""
        composed = {
            unicodedata.normalize(form, name) for name in self.listeners for form in ("NFC", "NFD")
        }
        forms = composed | {json.dumps(name, ensure_ascii=False)[1:-1] for name in composed}
        ids = b"|".join(re.escape(name.encode()) for name in sorted(forms, key=len, reverse=True))
        return re.compile(rb"(?<![0-9A-Za-z_\x80-\xff])(?:" + ids + rb")(?![0-9A-Za-z_\x80-\xff])")


def _is_text(kind: pa.DataType) -> bool:
    if pa.types.is_dictionary(kind):
        kind = kind.value_type
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind))
