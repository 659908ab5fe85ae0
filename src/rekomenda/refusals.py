"""What the operating system refuses, as errors of ours: which path, why, and how much is free there."""

from __future__ import annotations

import errno
import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from rekomenda.errors import (
    CannotWriteError,
    DeviceError,
    NoPermissionError,
    NoSpaceError,
    RekomendaError,
    reason_of,
)
from rekomenda.language import Text

_FULL: Final = {errno.ENOSPC, errno.EDQUOT}
_DENIED: Final = {errno.EACCES, errno.EPERM}
_ONLY_WHEN_WRITING: Final = {*_FULL, errno.EROFS, errno.EFBIG}
_WORDED: Final = (errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EACCES, errno.EMFILE, errno.ENFILE)
"""What libraries that keep no error number are asked for by its words."""
_NAMED: Final = re.compile(r"""(?:file|directory) ['"]([^'"]+)['"]""")
"""How Arrow and DuckDB name a file inside a sentence."""
_WRITE = Text(en="write to", pt="gravar em")
_READ = Text(en="read", pt="ler")
_REASON = Text(en="{reason} ({free:.0f} MiB free)", pt="{reason} ({free:.0f} MiB livres)")


@contextmanager
def guard(path: Path, *, reading: bool = False) -> Iterator[None]:
    """Turn the operating system's refusals into errors that say where, and what is left.

    Parameters
    ----------
    path : Path
        Named where the system does not say which file it was.
    reading : bool
        Whether nothing is written in the block.

    Raises
    ------
    NoPermissionError
        This user may not write (or read) there.
    DeviceError
        The disk itself failed.
    NoSpaceError
        The disk, or this user's share of it, is full.
    CannotWriteError
        Anything else: a read-only disk, too many open files, a file in the way.
    """
    try:
        yield
    except OSError as error:
        raise refusal(error, path, reading=reading) from error


def refusal(error: OSError, path: Path | None, *, reading: bool = False) -> RekomendaError:
    """Return what to raise for an error of the system.

    Parameters
    ----------
    error : OSError
    path : Path or None
        Named where the error names no file.
    reading : bool
        Whether it came up where nothing was to be written.
    """
    named = _named_in(error) or path
    if named is not None and path is not None and len(named.parts) == 1:
        named = path  # removing a tree names files by what they are called inside their folder
    number, where = error.errno, named or "-"
    if number in _DENIED:
        return NoPermissionError(action=_READ if reading else _WRITE, path=where)
    if number == errno.EIO or (reading and number not in _ONLY_WHEN_WRITING):
        return DeviceError(path=where, detail=reason_of(error))
    kind = NoSpaceError if number in _FULL else CannotWriteError
    return kind(path=where, detail=_with_what_is_free(error, named))


def as_system_error(error: Exception) -> OSError:
    """Return the system's refusal that a library tells of in words alone; where it says none, EIO."""
    words = str(error)
    number = next((n for n in _WORDED if os.strerror(n) in words), errno.EIO)
    told = OSError(number, os.strerror(number))
    named = _NAMED.search(words)
    told.filename = named[1] if named else None
    return told


def _named_in(error: OSError) -> Path | None:
    if error.filename:
        return Path(os.fsdecode(error.filename))
    found = _NAMED.search(str(error))
    return Path(found[1]) if found else None


def _with_what_is_free(error: OSError, path: Path | None) -> Text:
    reason = reason_of(error)
    if path is None:
        return reason
    existing = next(each for each in (path, *path.absolute().parents) if os.path.lexists(each))
    try:
        mebibytes = shutil.disk_usage(existing).free / 2**20
    except OSError:  # no more than this can be said of it
        return reason
    return _REASON.filled(reason=reason, free=mebibytes)
