"""How files would be read: told before anything is loaded, and kept for the next time."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from rekomenda.data.layout import find_inputs
from rekomenda.data.reading.mapping import check_columns
from rekomenda.data.reading.options import ReadOptions
from rekomenda.data.reading.reader import Plan, plan_for
from rekomenda.domain.cores import n_cores
from rekomenda.errors import InputRejectedError
from rekomenda.pipeline.loading.lake_view import GRAIN
from rekomenda.settings import IngestSettings

HEADER = "header"
"""The fact that holds the column names of a file, as written."""


@dataclass(frozen=True)
class Preview:
    """How one file would be read; `refusal` where it could not be.

    Parameters
    ----------
    name : str
    plan : Plan or None
    refusal : InputRejectedError or None
    """

    name: str
    plan: Plan | None = None
    refusal: InputRejectedError | None = None

    def to_json(self) -> dict[str, Any]:
        """Return it for `--json`."""
        if self.plan is None:
            code = self.refusal.code if self.refusal else None
            return {"file": self.name, "tables": [], "code": code}
        tables = list(self.plan.column_map.tables)
        return {"file": self.name, "tables": tables, "code": None, "read_as": read_as(self.plan)}


def preview(
    paths: Sequence[Path],
    settings: IngestSettings,
    *,
    names: tuple[str, ...] | None = None,
    now: datetime,
) -> list[Preview]:
    """Find out how files would be read, and load nothing.

    Raises
    ------
    InputNotFoundError
        If a path does not exist.
    """
    options = read_options(settings, now=now, names=names)
    previews = []
    for source in find_inputs(paths).sources:
        try:
            previews.append(Preview(source.name, plan_for(source, options)))
        except InputRejectedError as error:
            previews.append(Preview(source.name, refusal=error))
    return previews


def read_options(
    settings: IngestSettings, *, now: datetime, names: tuple[str, ...] | None
) -> ReadOptions:
    """Return what the settings say of reading.

    Raises
    ------
    UnknownColumnError
        If a column is mapped onto one that we do not have.
    """
    check_columns(settings.columns)
    return ReadOptions(
        now=now,
        timezone=settings.timezone,
        locale=settings.locale,
        encoding=settings.encoding,
        separator=settings.separator,
        date_format=settings.date_format,
        columns=dict(settings.columns),
        names=names,
        repair_encoding=settings.repair_encoding,
        threads=settings.threads or n_cores(),
    )


def read_as(plan: Plan) -> dict[str, Any]:
    """Return how a file was read, ready for JSON."""
    sniffed, column_map = plan.sniffed, plan.column_map
    facts: dict[str, Any] = {
        "container": sniffed.container,
        "columns": column_map.names,
        "ignored_columns": list(column_map.ignored),
        HEADER: list(sniffed.header),
    }
    if "plays" in column_map.tables:
        facts[GRAIN] = "plays" if column_map.timed else "totals"
    if sniffed.container == "csv":
        facts |= {
            "compression": sniffed.compression,
            "encoding": sniffed.encoding,
            "separator": sniffed.separator,
        }
    habits = {key: value for key, value in asdict(plan.habits).items() if value is not None}
    return facts | {key: habits[key] for key in ("order", "decimal", "unit") if key in habits}


def to_toml(previews: Iterable[Preview]) -> str:
    """Return what was detected as a piece of `rekomenda.toml`.

    Each column stands once: where two files call the same thing by different names, the first
    one's is set and the other's is noted; known spellings need no setting anyway.
    """
    lines = ["# How these files were read. Put it into rekomenda.toml to keep it so."]
    columns: dict[str, str] = {}
    for found in previews:
        if found.plan is None:
            lines.append(f"# {_in_comment(found.name)}: not readable")
            continue
        tables = ", ".join(found.plan.column_map.tables)
        lines.append(f"# {_in_comment(found.name)}: {tables}")
        for canonical, yours in found.plan.column_map.names.items():
            if columns.setdefault(canonical, yours) != yours:
                lines.append(f"#   {canonical} = {_in_comment(yours)}")
    lines += ["", "[ingest.columns]"]
    lines += [
        f"{name} = {json.dumps(yours, ensure_ascii=False)}" for name, yours in columns.items()
    ]
    return "\n".join(lines) + "\n"


def _in_comment(text: str) -> str:
    """Return a text of the user's that cannot end a comment."""
    return json.dumps(text, ensure_ascii=False)
