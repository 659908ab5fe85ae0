"""A fitted recommender as a folder: the stored model of a release, and what frames were like."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

from rekomenda.errors import InputNotFoundError, PathTakenError
from rekomenda.learning.bundle import Bundle
from rekomenda.refusals import guard
from rekomenda.storage import commit
from rekomenda.storage.documents import read_document, seal

ABOUT: Final = "recommender.json"


def write(path: Path, bundle: Bundle, about: dict[str, Any]) -> None:
    """Write a folder, whole or not at all; one that a recommender was saved to before is replaced.

    Raises
    ------
    PathTakenError
        If something else is there.
    CannotWriteError, NoPermissionError
        If it cannot be written.
    """
    path = path.absolute()
    if path.exists() and not (path / ABOUT).is_file():
        raise PathTakenError(path=path)
    with commit.staging_beside(path) as folder:
        with guard(folder):
            bundle.write(folder)
        commit.write_file(folder / ABOUT, seal(about))
        commit.replace_folder(folder, path)


def read(path: Path) -> tuple[Bundle, dict[str, Any]]:
    """Read what `write` wrote; large arrays are mapped, not read, and every byte is compared first.

    Raises
    ------
    InputNotFoundError
        If no recommender was saved there.
    CorruptError, NewerFormatError
        If it is damaged, or of a later version.
    """
    try:
        about = read_document(path / ABOUT)
    except (FileNotFoundError, NotADirectoryError) as error:
        raise InputNotFoundError(path=path / ABOUT) from error
    return Bundle.read(path), about


def accounts_of(accounts: Any) -> list[dict[str, Any]]:
    """Return accounts of rows as JSON keeps them."""
    return [asdict(account) for account in accounts]
