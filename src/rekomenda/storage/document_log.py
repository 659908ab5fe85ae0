"""A log of documents in a home: one sealed file each, the newest ones kept."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar

from rekomenda.errors import CorruptError
from rekomenda.storage import commit
from rekomenda.storage.documents import read_document, seal


class DocumentLog:
    """Base of the logs of one home.

    Parameters
    ----------
    home : Path
    """

    FOLDER: ClassVar[str]
    NAME: ClassVar[str]
    """The field that names a document."""
    MOMENT: ClassVar[str]
    """The field, an ISO time, that gives the order."""
    KEPT: ClassVar[int]
    """Documents remembered; older ones are forgotten when a new one is recorded."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.path = home / self.FOLDER

    def record(self, name: str, document: Mapping[str, Any]) -> None:
        """Keep a document; one of the same name replaces it.

        Parameters
        ----------
        name : str
            Letters, digits and `-`.
        document : mapping
            Ready for JSON, with its moment.
        """
        commit.make_folder(self.path)
        with commit.staging(self.home) as folder:
            staged = folder / f"{name}.json"
            commit.write_file(staged, seal({**document, self.NAME: name}))
            commit.install_file(staged, self.path / staged.name)
        old = self.list()[: -self.KEPT]
        commit.retire_files(self.path / f"{each[self.NAME]}.json" for each in old)

    def list(self) -> list[dict[str, Any]]:
        """Return the documents that are kept, oldest first. A damaged one is left out."""
        found = []
        for path in sorted(self.path.glob("*.json")):
            try:
                found.append(read_document(path))
            except CorruptError:
                continue
        return sorted(found, key=lambda each: (each[self.MOMENT], each[self.NAME]))
