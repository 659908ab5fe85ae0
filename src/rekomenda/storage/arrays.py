"""Named arrays as a folder: one `.npy` file each, and a manifest that vouches for them.

`.npy` and not `.npz`, because plain files can be mapped into memory instead of read, and because
the same arrays give the same bytes (a zip archive stores the time).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from rekomenda.errors import CorruptError
from rekomenda.refusals import guard
from rekomenda.storage.documents import CHANGED, MISSING, RESTORE, read_document, seal, sha256_of

MANIFEST = "manifest.json"
_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]*")


def write_arrays(
    folder: Path, name: str, arrays: Mapping[str, NDArray[Any]], manifest: Mapping[str, Any]
) -> Path:
    """Write arrays to a new folder inside another that is still staged.

    Parameters
    ----------
    folder : Path
        A staged folder.
    name : str
        The new folder's name.
    arrays : mapping
        By name (letters, digits, `_`, `.`, `-`); any dtype but objects.
    manifest : mapping
        What else is to be known of them, ready for JSON: algorithm, hyperparameters, seed.

    Returns
    -------
    Path
        The new folder. It is flushed when the folder around it is installed.

    Raises
    ------
    ValueError
        For a name that cannot be a file's, or an array of Python objects.
    CannotWriteError
        If there is no room.
    """
    target = folder / name
    described = {}
    with guard(target):
        target.mkdir()
        for key, array in sorted(arrays.items()):
            if not _NAME.fullmatch(key):
                raise ValueError(f"{key!r} cannot name an array")
            path = target / f"{key}.npy"
            np.save(path, array, allow_pickle=False)
            described[key] = {
                "sha256": sha256_of(path),
                "dtype": str(array.dtype),
                "shape": list(array.shape),
            }
        (target / MANIFEST).write_bytes(seal({"arrays": described, "about": dict(manifest)}))
    return target


def read_arrays(
    folder: Path, *, mapped: bool = True, verify: bool = True
) -> tuple[dict[str, Any], dict[str, NDArray[Any]]]:
    """Return what `write_arrays` wrote: (manifest, arrays).

    Parameters
    ----------
    folder : Path
        The folder that it returned, wherever it lies now.
    mapped : bool
        Map the files read-only instead of reading them.
    verify : bool
        Compare every byte with the manifest first.

    Raises
    ------
    CorruptError
        If a file is missing, or not what the manifest says. Nothing in it is ever executed.
    NewerFormatError
        If a later version wrote it.
    """
    document = _manifest(folder)
    if not all(_NAME.fullmatch(key) for key in document["arrays"]):
        raise CorruptError(path=folder / MANIFEST, detail=CHANGED, hint=RESTORE)
    arrays = {
        key: _read(folder / f"{key}.npy", facts, mapped=mapped, verify=verify)
        for key, facts in document["arrays"].items()
    }
    return document["about"], arrays


def about_arrays(folder: Path) -> dict[str, Any]:
    """Return what the manifest of a folder of arrays says besides them; raises as `read_arrays`."""
    about: dict[str, Any] = _manifest(folder)["about"]
    return about


def _manifest(folder: Path) -> dict[str, Any]:
    try:
        return read_document(folder / MANIFEST)
    except FileNotFoundError as error:
        raise CorruptError(path=folder / MANIFEST, detail=MISSING, hint=RESTORE) from error


def _read(path: Path, facts: Mapping[str, Any], *, mapped: bool, verify: bool) -> NDArray[Any]:
    try:
        if verify and sha256_of(path) != facts["sha256"]:
            raise CorruptError(path=path, detail=CHANGED, hint=RESTORE)
        empty = 0 in facts["shape"]  # nothing to map
        mode: Literal["r"] | None = "r" if mapped and not empty else None
        array: NDArray[Any] = np.load(path, mmap_mode=mode, allow_pickle=False)
    except FileNotFoundError as error:
        raise CorruptError(path=path, detail=MISSING, hint=RESTORE) from error
    except (ValueError, EOFError) as error:
        raise CorruptError(path=path, detail=CHANGED, hint=RESTORE) from error
    if str(array.dtype) != facts["dtype"] or list(array.shape) != facts["shape"]:
        raise CorruptError(path=path, detail=CHANGED, hint=RESTORE)
    return array
