"""Ids and names, a column at a time: trimmed, composed, and checked for what must not be in them.

Ids are text, always. Spaces around one are trimmed and its characters composed (Unicode NFC), so
that the same id from two systems is the same id; nothing else is touched: case, leading zeros and
length stay. An id that a spreadsheet has turned into a number (`1.23E+05`, `123.0`) cannot be
mended, because what it was is lost (catalogue B17, B46, B47, B59).
"""

from __future__ import annotations

import string
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from rekomenda.data.reading.rules import Rule

Faults = NDArray[np.uint8]

MAX_LENGTH = 1_000
"""Characters an id or a name may have."""

_ALTERED = r"^[+-]?(\d+([.,]\d+)?[eE]\+\d+|\d+[.,]\d+[eE]-?\d+|\d+[.,]0+)$"
_CONTROL = r"[\x00-\x1f\x7f-\x{9f}]"
_MISSING = pa.array(["", "NULL", "null", "\\N", "NaN", "nan", "<NA>"])

_KINDS = {
    **dict.fromkeys(("track", "tracks", "faixa", "musica", "música", "song"), "track"),
    **dict.fromkeys(("artist", "artists", "artista"), "artist"),
    **dict.fromkeys(("genre", "genres", "genero", "gênero"), "genre"),
}

_PLAIN = (string.ascii_letters + string.digits + "-_:/|@#=~*$%&!?").encode()
"""Bytes that need no closer look in an id; spaces, marks, controls and all but ASCII do."""


def clean_ids(ids: pa.StringArray, *, required: bool) -> tuple[pa.StringArray, Faults | None]:
    """Clean a column of ids.

    Returns
    -------
    (ids, faults)
        Missing ids are null; faults hold `Rule.number` a row, None where nothing is wrong.
    """
    if not _needs_a_look(ids):
        return ids, None
    encoded = ids.dictionary_encode()
    distinct = pc.utf8_normalize(pc.utf8_trim_whitespace(encoded.dictionary), "NFC")
    missing = pc.is_in(distinct, value_set=_MISSING)
    faults = np.zeros(len(distinct), np.uint8)
    faults[_mask(pc.match_substring_regex(distinct, _ALTERED))] = Rule.IDS_ALTERED.number
    faults[_mask(pc.match_substring_regex(distinct, _CONTROL))] = Rule.NUL.number
    faults[_mask(pc.greater(pc.utf8_length(distinct), MAX_LENGTH))] = Rule.TOO_LONG.number
    if required:
        faults[_mask(missing)] = Rule.ID_MISSING.number
    distinct = pc.if_else(missing, pa.scalar(None, pa.string()), distinct)
    return _spread(distinct, faults, encoded.indices)


def clean_texts(texts: pa.StringArray, *, required: bool) -> tuple[pa.StringArray, Faults | None]:
    """Clean a column of names: trimmed, empty ones null; anything but NUL may be in them."""
    encoded = texts.dictionary_encode()
    distinct = pc.utf8_trim_whitespace(encoded.dictionary)
    missing = pc.is_in(distinct, value_set=pa.array(["", "\\N"]))
    faults = np.zeros(len(distinct), np.uint8)
    faults[_mask(pc.match_substring(distinct, "\x00"))] = Rule.NUL.number
    faults[_mask(pc.greater(pc.utf8_length(distinct), MAX_LENGTH))] = Rule.TOO_LONG.number
    if required:
        faults[_mask(missing)] = Rule.TEXT_MISSING.number
    distinct = pc.if_else(missing, pa.scalar(None, pa.string()), distinct)
    return _spread(distinct, faults, encoded.indices)


def clean_kinds(texts: pa.StringArray) -> tuple[pa.StringArray, Faults | None]:
    """Clean a column that says what an id is of: `track`, `artist` or `genre`."""
    encoded = texts.dictionary_encode()
    words = pc.utf8_lower(pc.utf8_trim_whitespace(encoded.dictionary)).to_pylist()
    distinct = pa.array([_KINDS.get(word) for word in words], pa.string())
    faults = np.where(_mask(pc.is_null(distinct)), Rule.VALUE_UNKNOWN.number, 0).astype(np.uint8)
    return _spread(distinct, faults, encoded.indices)


def _needs_a_look(ids: pa.StringArray) -> bool:
    """Look at the bytes of all ids at once: nearly every block of every file ends here."""
    if len(ids) == 0:
        return False
    offsets = np.frombuffer(ids.buffers()[1], np.int32)[ids.offset : ids.offset + len(ids) + 1]
    lengths = np.diff(offsets)
    if ids.null_count or lengths.min() == 0 or lengths.max() > MAX_LENGTH:
        return True
    data = ids.buffers()[2].slice(int(offsets[0]), int(offsets[-1] - offsets[0])).to_pybytes()
    if data.translate(None, _PLAIN):
        return True
    words = pc.is_in(ids, value_set=_MISSING) if lengths.min() <= 4 else None
    return bool(words is not None and pc.any(words).as_py())


def _spread(
    distinct: pa.StringArray, faults: Faults, codes: pa.Int32Array
) -> tuple[pa.StringArray, Faults | None]:
    cleaned = distinct.take(codes)
    return cleaned, faults[codes.to_numpy()] if faults.any() else None


def _mask(values: Any) -> NDArray[np.bool_]:
    return np.asarray(pc.fill_null(values, False), dtype=bool)
