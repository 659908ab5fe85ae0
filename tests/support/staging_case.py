"""A bad input taken through the reader, as a function that other processes know too."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from rekomenda.data.layout import Source
from rekomenda.data.quarantine import read_quarantine
from rekomenda.data.reading.options import ReadOptions
from rekomenda.data.reading.verdict import Limits
from rekomenda.data.staging import stage
from support.bad_input import Case

NOW = datetime(2026, 3, 12, 15, tzinfo=UTC)


@dataclass(frozen=True)
class StagingCase:
    """Stages a case in a folder of its own and tells everything that can be seen of it."""

    folder: Path

    def __call__(self, case: Case) -> dict[str, Any]:
        folder = Path(tempfile.mkdtemp(dir=self.folder))
        path = folder / case.file
        path.write_bytes(case.content)
        source = Source(case.file, path)
        staged = stage(source, folder / "s", ReadOptions(now=NOW, **case.options), limits=Limits())
        return {
            "verdict": staged.verdict,
            "refusal": staged.refusal,
            "words": staged.refusal and [staged.refusal.message(lang) for lang in ("en", "pt-BR")],
            "rows": (staged.rows_in, staged.loaded, staged.merged, staged.quarantined),
            "deduplicated": staged.deduplicated,
            "reasons": dict(staged.reasons),
            "parts": sorted((p.table, p.day, p.path.name, p.rows) for p in staged.parts),
            "set_aside": list(read_quarantine(staged.quarantine)) if staged.quarantine else [],
            "days": staged.days,
        }
