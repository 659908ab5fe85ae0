"""Tunings: what each wider search tried and found. A later run may serve what one of them chose."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from rekomenda.errors import CorruptError, TuningNotFoundError
from rekomenda.storage import commit
from rekomenda.storage.documents import read_document, seal

KEPT = 20
"""Tunings remembered; older ones are forgotten when a new one is recorded."""


class Tunings:
    """The searches of one home, one document each.

    Parameters
    ----------
    home : Path
    """

    def __init__(self, home: Path) -> None:
        self.home = home
        self.path = home / "tunings"

    def record(self, tuning_id: str, tuning: Mapping[str, Any]) -> None:
        """Keep what came of a search. The same search again replaces it, with a new moment.

        Parameters
        ----------
        tuning_id : str
            Letters, digits and `-`.
        tuning : mapping
            Ready for JSON; `tuned_at` is an ISO time and gives the order.
        """
        commit.make_folder(self.path)
        with commit.staging(self.home) as folder:
            staged = folder / f"{tuning_id}.json"
            commit.write_file(staged, seal({**tuning, "tuning_id": tuning_id}))
            commit.install_file(staged, self.path / staged.name)
        commit.retire_files(self.path / f"{old['tuning_id']}.json" for old in self.list()[:-KEPT])

    def list(self) -> list[dict[str, Any]]:
        """Return the tunings that are kept, oldest first. A damaged one is left out."""
        found = []
        for path in sorted(self.path.glob("*.json")):
            try:
                found.append(read_document(path))
            except CorruptError:
                continue
        return sorted(found, key=lambda tuning: (tuning["tuned_at"], tuning["tuning_id"]))

    def get(self, tuning_id: str) -> dict[str, Any]:
        """Return one of them.

        Raises
        ------
        TuningNotFoundError
            If it is not kept here.
        CorruptError, NewerFormatError
            If it cannot be trusted.
        """
        try:
            return read_document(self.path / f"{tuning_id}.json")
        except FileNotFoundError as error:
            kept = ", ".join(each["tuning_id"] for each in self.list()) or "–"
            raise TuningNotFoundError(tuning=tuning_id, home=self.home, kept=kept) from error
