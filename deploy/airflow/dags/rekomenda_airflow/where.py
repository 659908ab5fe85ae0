"""Where things are on this machine, from the environment of Airflow: never from parameters of a run."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path


@dataclass(frozen=True)
class Where:
    """What differs between two machines.

    Parameters
    ----------
    program : str
        `REKOMENDA_PROGRAM`: the console script, by its absolute path.
    folder : Path
        `REKOMENDA_FOLDER`: where commands run, so where `rekomenda.toml` is.
    inbox : Path
        `REKOMENDA_INBOX`: where files arrive; those of a day in `dia=YYYY-MM-DD`, if there are such folders.
    reports : Path
        `REKOMENDA_REPORTS`: where pages are written.
    retry_delay : timedelta
        `REKOMENDA_RETRY_SECONDS`: the first wait; each is twice as long as the one before.
    end : datetime or None
        `REKOMENDA_DAGS_END`: no interval that begins later is scheduled, for trials on old data.
    """

    program: str
    folder: Path
    inbox: Path
    reports: Path
    retry_delay: timedelta
    end: datetime | None

    @classmethod
    def of(cls, environment: Mapping[str, str] = os.environ) -> Where:
        """Read the environment; what it does not say is beside the current folder."""
        folder = Path(environment.get("REKOMENDA_FOLDER", "."))
        end = environment.get("REKOMENDA_DAGS_END")
        return cls(
            program=environment.get("REKOMENDA_PROGRAM", "rekomenda"),
            folder=folder,
            inbox=Path(environment.get("REKOMENDA_INBOX", folder / "inbox")),
            reports=Path(environment.get("REKOMENDA_REPORTS", folder / "reports")),
            retry_delay=timedelta(seconds=float(environment.get("REKOMENDA_RETRY_SECONDS", "300"))),
            end=datetime.fromisoformat(f"{end}T00:00:00+00:00") if end else None,
        )

    def arrived(self, day: date) -> Path | None:
        """Return what arrived for a day: its folder, or the inbox if it has none; None: not yet."""
        folder = self.inbox / f"dia={day.isoformat()}"
        if folder.is_dir():
            return folder
        by_day = any(self.inbox.glob("dia=*"))
        return None if by_day or not self.inbox.is_dir() else self.inbox
