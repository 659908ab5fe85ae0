"""What a person calls an artist, a genre or a track, found in a catalogue."""

from __future__ import annotations

from difflib import get_close_matches
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from rekomenda.domain.ids import IdMap
from rekomenda.errors import UnknownNameError
from rekomenda.language import Text

MOST_COMPARED: Final = 20_000
"""Names compared for a suggestion; of more, those that start with the same letter."""


def find(
    wanted: str,
    ids: IdMap,
    names: pa.StringArray,
    *,
    what: Text,
    where: Text,
    listeners: NDArray[np.integer[Any]],
) -> int:
    """Return the row of an id, or of a name whatever its case, accents and spaces.

    Parameters
    ----------
    wanted : str
        An id, exactly, or else a name.
    ids : IdMap, length n
    names : pa.StringArray, length n
        Null where there is none.
    what : Text
        What is looked for, for the message.
    where : Text
        Which catalogue it is, for the message, with a space before; may be empty.
    listeners : ndarray of int, shape (n,)
        Of several that share a name the one with the most listeners is meant; of equals the first.

    Raises
    ------
    UnknownNameError
        With the closest names.
    """
    row = int(ids.index_of([wanted])[0])
    if row >= 0:
        return row
    plain = _plain(names)
    key = _plain(pa.array([wanted]))[0].as_py()
    rows = np.flatnonzero(np.asarray(pc.fill_null(pc.equal(plain, key), False)))
    if len(rows) and key:
        return int(rows[np.argmax(listeners[rows])])
    raise UnknownNameError(what=what, name=wanted, where=where, hint=_closest(key, plain, names))


def _plain(names: pa.StringArray) -> pa.StringArray:
    """Return names in small letters, without accents and with single spaces."""
    letters = pc.replace_substring_regex(pc.utf8_normalize(names, "NFKD"), r"\p{Mn}", "")
    return pc.utf8_trim_whitespace(pc.replace_substring_regex(pc.utf8_lower(letters), r"\s+", " "))


_CLOSEST: Final = Text(" Closest: {names}.", " Mais parecidos: {names}.")


def _closest(key: str, plain: pa.StringArray, names: pa.StringArray) -> Text:
    known = pc.drop_null(pc.unique(plain))
    if len(known) > MOST_COMPARED and key:
        known = known.filter(pc.starts_with(known, key[0]))
    close = get_close_matches(key, known[:MOST_COMPARED].to_pylist(), n=3)
    if not close:
        return Text("", "")
    as_written = [names[pc.index(plain, name).as_py()].as_py() for name in close]
    return _CLOSEST.filled(names=", ".join(as_written))
