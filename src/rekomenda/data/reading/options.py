"""How a file is to be read: what the settings say, as plain values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

Locale = Literal["auto", "pt-BR", "en"]
DateFormat = Literal["auto", "ymd", "dmy", "mdy", "excel"]


@dataclass(frozen=True)
class ReadOptions:
    """What may be declared about a file; `auto` is decided for the file as a whole, or asked.

    Parameters
    ----------
    now : datetime
        With a zone. Plays more than an hour later are from the future.
    timezone : str
        IANA zone of times that carry none, and of the day a timed play belongs to.
    locale : {"auto", "pt-BR", "en"}
        How numbers and dates are written.
    encoding : str
        `auto` or a codec name.
    separator : str
        `auto` or one character.
    date_format : {"auto", "ymd", "dmy", "mdy", "excel"}
    columns : mapping
        Canonical column to the file's own name for it.
    names : tuple of str or None
        Columns of files that have no header.
    threads : int
        Blocks checked at once.
    block_bytes : int
        Text read at once. Changes the memory used and never the result.
    repair_encoding : bool
        Whether letters that were encoded twice are mended.
    sample_bytes : int
        Text at the start of a file from which its habits are decided where it leaves no doubt.
    """

    now: datetime
    timezone: str = "America/Fortaleza"
    locale: Locale = "auto"
    encoding: str = "auto"
    separator: str = "auto"
    date_format: DateFormat = "auto"
    columns: Mapping[str, str] = field(default_factory=dict)
    names: tuple[str, ...] | None = None
    threads: int = 2
    block_bytes: int = 8 << 20
    repair_encoding: bool = False
    sample_bytes: int = 4 << 20
