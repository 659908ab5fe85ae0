"""What became of each run: published, refused, unchanged. A refused run leaves no release."""

from __future__ import annotations

from typing import Any

from rekomenda.storage.document_log import DocumentLog

KEPT = 50
"""Attempts remembered."""


class Attempts(DocumentLog):
    """The log of runs of one home: a later attempt of the same run replaces the earlier."""

    FOLDER, NAME, MOMENT, KEPT = "attempts", "run_id", "attempted_at", KEPT

    def last(self) -> dict[str, Any] | None:
        """Return the newest attempt, None before the first."""
        attempts = self.list()
        return attempts[-1] if attempts else None
