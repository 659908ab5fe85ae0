"""Tunings: what each wider search tried and found. A later run may serve what one of them chose."""

from __future__ import annotations

from typing import Any

from rekomenda.errors import TuningNotFoundError
from rekomenda.storage.document_log import DocumentLog
from rekomenda.storage.documents import read_document

KEPT = 20
"""Tunings remembered."""


class Tunings(DocumentLog):
    """The searches of one home: the same search again replaces it, with a new moment."""

    FOLDER, NAME, MOMENT, KEPT = "tunings", "tuning_id", "tuned_at", KEPT

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
