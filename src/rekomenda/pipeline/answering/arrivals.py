"""Files that are to be loaded: which the lake has, and as what the others would be read."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

from rekomenda.data.layout import Source, find_inputs
from rekomenda.data.reading.options import ReadOptions
from rekomenda.data.reading.reader import plan_for
from rekomenda.errors import InputRejectedError
from rekomenda.pipeline.loading.lake_view import LakeView
from rekomenda.pipeline.loading.preview import read_options
from rekomenda.settings import IngestSettings
from rekomenda.storage.snapshots import Snapshot

Standing = Literal["loaded", "new", "rejected"]


@dataclass(frozen=True)
class Arrival:
    """One file before it is loaded.

    Parameters
    ----------
    name : str
    standing : {"loaded", "new", "rejected"}
        `rejected`: it cannot be read, as far as its beginning tells.
    bytes : int
    tables : tuple of str
        What it would feed.
    refusal : InputRejectedError or None
    """

    name: str
    standing: Standing
    bytes: int
    tables: tuple[str, ...] = ()
    refusal: InputRejectedError | None = None

    def to_json(self) -> dict[str, Any]:
        """Return it for `--json`."""
        code = self.refusal.code if self.refusal else None
        return {
            "file": self.name,
            "standing": self.standing,
            "bytes": self.bytes,
            "tables": list(self.tables),
            "code": code,
        }


def arrivals_at(
    snapshot: Snapshot, paths: Sequence[Path], settings: IngestSettings, *, now: datetime
) -> list[Arrival]:
    """Look at files and folders; of those that are new the beginning is read, and nothing is loaded.

    Raises
    ------
    InputNotFoundError
        If a path does not exist.
    """
    if not paths:
        return []
    view, options = LakeView(snapshot), read_options(settings, now=now, names=None)
    return [_arrival(view, source, options) for source in find_inputs(paths).sources]


def _arrival(view: LakeView, source: Source, options: ReadOptions) -> Arrival:
    size = source.path.stat().st_size
    with source.path.open("rb") as file:
        known = view.known(hashlib.file_digest(file, "sha256").hexdigest())
    if known is not None:
        return Arrival(source.name, "loaded", size, known.tables)
    try:
        plan = plan_for(source, options)
    except InputRejectedError as error:
        return Arrival(source.name, "rejected", size, refusal=error)
    return Arrival(source.name, "new", size, plan.column_map.tables)
