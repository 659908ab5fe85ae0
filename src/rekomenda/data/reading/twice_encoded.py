"""Text that was encoded twice ("ForrÃ³"): told by its marks, mended where that is asked for.

Some program took UTF-8 for Windows-1252 and wrote it as UTF-8 again. Every letter with an accent
then stands as two or three of a small set of pairs that no language writes (catalogue B10).
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

_WINDOWS = {
    byte: bytes([byte]).decode("cp1252", errors="ignore") or chr(byte) for byte in range(0x80, 0xC0)
}
"""What Windows-1252 makes of the bytes that follow the first of a UTF-8 letter."""
_BYTES = {letter: byte for byte, letter in _WINDOWS.items()}
_NEXT = "[" + "".join(map(re.escape, _WINDOWS.values())) + "]"

PATTERN = f"[ÂÃÄÅ]{_NEXT}|â[€‚„]{_NEXT}|ðŸ{_NEXT}{_NEXT}"
"""Latin letters up to ſ, general punctuation and signs, and emoji: what names hold."""

MAX_TIMES = 3
"""So often is text mended that was encoded more than twice."""


@dataclass(frozen=True)
class TwiceEncoded:
    """What was found of it.

    Parameters
    ----------
    rows : int
    example : str
        One such text, as it was written; none of a listener's id.
    """

    rows: int = 0
    example: str = ""

    def __add__(self, other: TwiceEncoded) -> TwiceEncoded:
        """Put what was found in two places together."""
        return TwiceEncoded(self.rows + other.rows, self.example or other.example)


NEVER = TwiceEncoded()


def rows_of(texts: pa.StringArray) -> NDArray[np.bool_] | None:
    """Say which texts hold letters that were encoded twice; None where none does."""
    if pc.all(pc.string_is_ascii(texts)).as_py():  # nearly every column ends here
        return None
    found = np.asarray(pc.fill_null(pc.match_substring_regex(texts, PATTERN), False), dtype=bool)
    return found if found.any() else None


def mended(texts: pa.StringArray) -> pa.StringArray:
    """Return a column with such letters as they were."""
    encoded = texts.dictionary_encode()
    distinct = [text and mend(text) for text in encoded.dictionary.to_pylist()]
    return pa.array(distinct, pa.string()).take(encoded.indices)


def mend(text: str) -> str:
    """Return a text with such letters as they were; what cannot be one stays.

    Examples
    --------
    >>> mend("ForrÃ³ pÃ© de serra")
    'Forró pé de serra'
    """
    for _ in range(MAX_TIMES):
        mended = re.sub(PATTERN, _letter, text)
        if mended == text:
            break
        text = mended
    return text


def _letter(match: re.Match[str]) -> str:
    coded = bytes(
        _BYTES.get(letter, ord(letter) if ord(letter) < 256 else 0) for letter in match[0]
    )
    try:
        return coded.decode("utf-8")
    except UnicodeDecodeError:
        return match[0]
