"""What is looked at of the machine: Python, the home's permissions, the disk, what numba keeps."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import rekomenda
from rekomenda.language import Text
from rekomenda.pipeline.answering.doctor.finding import Finding, Level
from rekomenda.pipeline.bootstrap import House

MIN_FREE_BYTES: Final = 2_000_000_000
"""Free space under which a run of a middling catalogue may fail."""
SPARE: Final = 2
"""A new release takes about the room of the last; so many times that has to be free."""

_PYTHON: Final = Text("Python {version}", "Python {version}")
_WRITABLE: Final = Text("{home} can be written to", "{home} aceita gravação")
_NOT_WRITABLE: Final = Text("{path} cannot be written to", "{path} não aceita gravação")
_FIX_WRITABLE: Final = Text(
    'Give it to this user: `sudo chown -R "$USER" {path}`, or choose another folder with --home.',
    'Dê ao usuário: `sudo chown -R "$USER" {path}`, ou escolha outra pasta com --home.',
)
_DISK: Final = Text("{free:.1f} GB free", "{free:.1f} GB livres")
_FULL: Final = Text(
    "{free:.1f} GB free; a run may need {needed:.1f} GB",
    "{free:.1f} GB livres; uma execução pode precisar de {needed:.1f} GB",
)
_FIX_DISK: Final = Text(
    "Remove what nothing needs: `rekomenda gc`, or move the home to a larger disk.",
    "Remova o que nada usa: `rekomenda gc`, ou mova a pasta para um disco maior.",
)
_CACHE: Final = Text("Compiled code is kept in {path}", "O código compilado fica em {path}")
_NO_CACHE: Final = Text(
    "Compiled code cannot be kept in {path}", "O código compilado não pode ficar em {path}"
)
_FIX_CACHE: Final = Text(
    "Name a folder that can be written to: `export NUMBA_CACHE_DIR=/var/tmp/numba`.",
    "Nomeie uma pasta que aceita gravação: `export NUMBA_CACHE_DIR=/var/tmp/numba`.",
)


def look_at_machine(house: House, free_bytes: int | None) -> Iterator[Finding]:
    """Look at what a run needs before it reads anything.

    Parameters
    ----------
    house : House
    free_bytes : int or None
        None: what the disk says.
    """
    version = ".".join(map(str, sys.version_info[:3]))
    yield Finding("python", "ok", _PYTHON.filled(version=version))
    existing = next(path for path in (house.home, *house.home.absolute().parents) if path.exists())
    yield from _permissions(house.home, existing)
    yield _disk(house, shutil.disk_usage(existing).free if free_bytes is None else free_bytes)
    yield _cache()


def _permissions(home: Path, existing: Path) -> Iterator[Finding]:
    inside = [path for path in home.iterdir() if path.is_dir()] if _may_enter(home) else []
    closed = [
        path for path in (existing, *sorted(inside)) if not os.access(path, os.W_OK | os.X_OK)
    ]
    if not closed:
        yield Finding("home", "ok", _WRITABLE.filled(home=str(home)))
    for path in closed:
        text, fix = _NOT_WRITABLE.filled(path=str(path)), _FIX_WRITABLE.filled(path=str(path))
        yield Finding("home", "problem", text, fix)


def _may_enter(home: Path) -> bool:
    return home.is_dir() and os.access(home, os.R_OK | os.X_OK)


def _disk(house: House, free: int) -> Finding:
    needed = max(MIN_FREE_BYTES, SPARE * _last_release(house))
    if free >= needed:
        return Finding("disk", "ok", _DISK.filled(free=free / 1e9))
    text = _FULL.filled(free=free / 1e9, needed=needed / 1e9)
    return Finding("disk", "warning", text, _FIX_DISK)


def _last_release(house: House) -> int:
    """Return the room that the largest kept release takes."""
    folder = house.home / "releases"
    if not (folder.is_dir() and os.access(folder, os.R_OK | os.X_OK)):
        return 0
    return max((_bytes_in(path) for path in folder.iterdir() if path.is_dir()), default=0)


def _bytes_in(folder: Path) -> int:
    return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())


def _cache() -> Finding:
    """Say where compiled code goes: where the variable says, beside the sources, or with the user."""
    named = os.environ.get("NUMBA_CACHE_DIR")
    user = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "numba"
    folders = [Path(named)] if named else []
    folders += [Path(rekomenda.__file__).parent / "__pycache__", user]
    kept = next((folder for folder in folders if _takes_files(folder)), None)
    if kept == folders[0] or (kept is not None and not named):
        return Finding("cache", "ok", _CACHE.filled(path=kept))
    level: Level = "problem" if kept is None else "warning"
    return Finding("cache", level, _NO_CACHE.filled(path=folders[0]), _FIX_CACHE)


def _takes_files(folder: Path) -> bool:
    """Try it out, in the folder or in the nearest above it: a right on paper is not enough."""
    existing = next(path for path in (folder, *folder.absolute().parents) if path.exists())
    try:
        with tempfile.TemporaryFile(dir=existing):
            return True
    except OSError:
        return False
