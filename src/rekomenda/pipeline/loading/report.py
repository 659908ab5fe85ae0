"""What a load came to, in numbers: for scripts as JSON, for people see `words`."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from rekomenda.data.staging import Staged
from rekomenda.errors import InputHeldError, InputRejectedError
from rekomenda.pipeline.loading.contract import SCHEMA_CHANGE
from rekomenda.storage.snapshots import InputRecord

ALREADY_LOADED = "E_ALREADY_LOADED"
TWICE_ENCODED = "twice_encoded"
"""The fact that says in how many rows letters were encoded twice, and whether they were mended."""


RETRIED = "retried"
"""The fact that holds the hashes of the corrections that were loaded into a file."""


def can_be_mended(record: InputRecord) -> bool:
    """Whether a loaded file still holds letters that were encoded twice.

    One that was corrected by hand is not read again: its corrections would be lost.
    """
    found = record.facts.get(TWICE_ENCODED)
    return bool(found and not found["mended"] and not record.facts.get(RETRIED))


@dataclass(frozen=True)
class Unmatched:
    """Plays of tracks that the catalogue does not know yet; they are kept."""

    plays: int
    tracks: int


@dataclass(frozen=True)
class FileOutcome:
    """What became of one file: `rows_in = loaded + quarantined + deduplicated + erased`.

    Parameters
    ----------
    record : InputRecord
        Its accounting; for a file that was loaded before, that of this command.
    refusal : InputHeldError, InputRejectedError or None
    known_as : InputRecord or None
        As what its content had been loaded before.
    misplaced_rows : int
        Rows in parts of other days than the `dia=` folder it lies in says.
    unmatched : Unmatched or None
    """

    record: InputRecord
    refusal: InputHeldError | InputRejectedError | None = None
    known_as: InputRecord | None = None
    misplaced_rows: int = 0
    unmatched: Unmatched | None = None

    @classmethod
    def of(cls, record: InputRecord, staged: Staged, name: str) -> FileOutcome:
        """Say what became of a file that was read."""
        folder_day = _day_of_folder(name)
        misplaced = sum(
            part.rows for part in staged.parts if folder_day and part.day not in (None, folder_day)
        )
        return cls(record, refusal=staged.refusal, misplaced_rows=misplaced)

    @classmethod
    def already_loaded(cls, name: str, known: InputRecord) -> FileOutcome:
        """Say that all rows of a file are there already."""
        record = replace(
            known,
            name=name,
            loaded=0,
            merged=0,
            quarantined=0,
            deduplicated=known.rows_in,
            erased=0,
            code=ALREADY_LOADED,
            reasons={},
        )
        return cls(record, known_as=known)

    def with_unmatched(self, unmatched: Unmatched | None) -> FileOutcome:
        """Add the plays that the catalogue does not know."""
        return replace(self, unmatched=unmatched)

    @property
    def warnings(self) -> list[str]:
        """What a person should look at although the file was loaded."""
        record = self.record
        if record.verdict != "loaded":
            return []
        found = {
            "E_NO_ROWS": record.rows_in == 0,
            "E_ROWS_QUARANTINED": record.quarantined > 0,
            "E_ENCODING_GUESSED": record.facts.get("encoding") == "windows-1252",
            "E_OTHER_DAYS": self.misplaced_rows > 0,
            "E_TEXT_TWICE_ENCODED": can_be_mended(record),
            "E_COLUMNS_CHANGED": SCHEMA_CHANGE in record.facts,
        }
        return [code for code, holds in found.items() if holds]

    def to_json(self) -> dict[str, Any]:
        """Return it for `--json`."""
        record = self.record
        answer: dict[str, Any] = {
            "file": record.name,
            "rows_in": record.rows_in,
            "loaded": record.loaded,
            "merged": record.merged,
            "quarantined": record.quarantined,
            "deduplicated": record.deduplicated,
            "erased": record.erased,
            "verdict": record.verdict,
            "code": record.code,
            "reasons": dict(record.reasons),
            "warnings": self.warnings,
            "tables": list(record.tables),
            "days": [day.isoformat() for day in record.days],
            "read_as": dict(record.facts),
        }
        if self.refusal is not None:
            answer["message"] = {
                "en": self.refusal.message("en"),
                "pt-BR": self.refusal.message("pt-BR"),
            }
        if self.known_as is not None:
            answer["known_as"] = {
                "file": self.known_as.name,
                "ingested_at": self.known_as.ingested_at.isoformat(),
            }
        if self.unmatched is not None:
            answer["unmatched"] = {"plays": self.unmatched.plays, "tracks": self.unmatched.tracks}
        if self.misplaced_rows:
            answer["rows_of_other_days"] = self.misplaced_rows
        return answer


@dataclass(frozen=True)
class IngestReport:
    """What one command loaded.

    Parameters
    ----------
    files : tuple of FileOutcome
    unfinished : tuple of str
        Files left out because they are still being written.
    """

    files: tuple[FileOutcome, ...]
    unfinished: tuple[str, ...] = field(default=())

    @property
    def exit_code(self) -> int:
        """0 if all was loaded, 65 if a file was rejected, else 4 if one was held."""
        return max((file.refusal.exit_code for file in self.files if file.refusal), default=0)

    def to_json(self) -> dict[str, Any]:
        """Return it for `--json`."""
        return {
            "files": [file.to_json() for file in self.files],
            "unfinished": list(self.unfinished),
        }


def _day_of_folder(name: str) -> date | None:
    """Return the day of the `dia=YYYY-MM-DD` folder that a file lies in."""
    for folder in name.split("/")[:-1]:
        key, _, value = folder.partition("=")
        if key in ("dia", "day", "date", "dt") and value:
            try:
                return date.fromisoformat(value)
            except ValueError:
                return None
    return None
