"""What became of each run: published, refused, unchanged. A refused run leaves no release."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from rekomenda.errors import CorruptError
from rekomenda.storage import commit
from rekomenda.storage.documents import read_document, seal

KEPT = 50
"""Attempts remembered; older ones are forgotten when a new one is recorded."""


class Attempts:
    """The log of runs of one home, one document each.

    Parameters
    ----------
    home : Path
    """

    def __init__(self, home: Path) -> None:
        self.home = home
        self.path = home / "attempts"

    def record(self, run_id: str, attempt: Mapping[str, Any]) -> None:
        """Keep what became of a run. A later attempt of the same run replaces the earlier.

        Parameters
        ----------
        run_id : str
        attempt : mapping
            Ready for JSON; `attempted_at` is an ISO time and gives the order.
        """
        commit.make_folder(self.path)
        with commit.staging(self.home) as folder:
            staged = folder / f"{run_id}.json"
            commit.write_file(staged, seal({**attempt, "run_id": run_id}))
            commit.install_file(staged, self.path / staged.name)
        commit.retire_files(self.path / f"{old['run_id']}.json" for old in self.list()[:-KEPT])

    def list(self) -> list[dict[str, Any]]:
        """Return the attempts that are remembered, oldest first. A damaged one is left out."""
        found = []
        for path in sorted(self.path.glob("*.json")):
            try:
                found.append(read_document(path))
            except CorruptError:
                continue
        return sorted(found, key=lambda attempt: (attempt["attempted_at"], attempt["run_id"]))

    def last(self) -> dict[str, Any] | None:
        """Return the newest attempt, None before the first."""
        attempts = self.list()
        return attempts[-1] if attempts else None
