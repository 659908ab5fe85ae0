"""Everything that is held about one listener, as a ZIP that they can read."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.dataset as ds
import pyarrow.parquet as pq

from rekomenda.domain.schema import INPUTS
from rekomenda.errors import NothingHeldError
from rekomenda.learning.bundle import Bundle
from rekomenda.pipeline.answering.lookup import with_names
from rekomenda.pipeline.bootstrap import House
from rekomenda.pipeline.privacy.read_me import read_me
from rekomenda.pipeline.privacy.sought import Sought, as_loaded
from rekomenda.pipeline.releasing.draft import STRANGERS
from rekomenda.pipeline.releasing.rest import IMPRESSIONS
from rekomenda.refusals import guard
from rekomenda.storage import commit
from rekomenda.storage.release_manifest import Release
from rekomenda.storage.snapshots import QUARANTINE, Snapshot

TABLES_OF_LISTENERS = ("plays", "users", "likes", "dials", "friends")
FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""What a spreadsheet would run; such a text gets a mark in front (OWASP, CSV injection)."""
LONG_AGO = (1980, 1, 1, 0, 0, 0)
"""Time of every file in the ZIP: the same content is the same bytes."""

Rows = Sequence[Mapping[str, Any]]


def hand_out(house: House, listener: str, out: Path) -> dict[str, int]:
    """Write everything about a listener, whole or not at all; return the rows of each file.

    The same home gives the same bytes.

    Parameters
    ----------
    house : House
    listener : str
    out : Path
        An existing file is replaced.

    Raises
    ------
    NothingHeldError
        If nothing is held.
    CorruptError
        If what is held cannot be read.
    """
    sought = Sought.of([listener])
    snapshot = house.lake.snapshot()
    inputs: set[str] = set()
    files = {
        name: rows
        for name, rows in (
            *_of_lake(snapshot, sought, inputs),
            *_of_releases(house, sought),
        )
        if rows
    }
    if not files:
        raise NothingHeldError(home=house.home, listener=listener)
    counts = {name: len(rows) for name, rows in files.items()}
    origin = _origin(house, snapshot, inputs)
    texts = {name: _csv(rows) for name, rows in files.items()}
    texts["origin.json"] = json.dumps(origin, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
    texts["README.md"] = read_me(as_loaded(listener), counts, "en")
    texts["LEIAME.md"] = read_me(as_loaded(listener), counts, "pt-BR")
    _write(out, texts)
    return counts


def _of_lake(snapshot: Snapshot, sought: Sought, inputs: set[str]) -> Iterator[tuple[str, Rows]]:
    """Yield what the lake holds, by file of the ZIP; note which inputs it came from."""
    names = {record.input_id: record.name for record in snapshot.inputs}
    for table in (*TABLES_OF_LISTENERS, QUARANTINE):
        found: list[dict[str, Any]] = []
        for part in snapshot.parts_of(table):
            rows = pq.read_table(part.path)
            mine = rows.filter(pa.array(sought.rows_of(rows))).to_pylist()
            if mine:
                inputs.add(part.input_id)
            day = {"day": part.day} if part.day is not None else {}
            found += [{**day, **row, "from_file": names.get(part.input_id)} for row in mine]
        if table == QUARANTINE:
            found = [{key: row[key] for key in row if key != "from_file"} for row in found]
        key = ["file"] if table == QUARANTINE else [c.name for c in INPUTS[table].columns]
        yield f"{table}.csv", _in_order(found, [*key, "line"])


def _of_releases(house: House, sought: Sought) -> Iterator[tuple[str, Rows]]:
    """Yield what each kept release says to them and knows of them."""
    mine = pc.is_in(pc.field("user_id"), value_set=pa.array(sought.listeners, pa.string()))
    for release in house.releases.list():
        folder = f"releases/{release.release_id}"
        lists = ds.dataset(release.table("recommendations")).to_table(filter=mine)
        named = with_names(lists, release).to_pylist()
        yield f"{folder}/lists.csv", _in_order(named, ["shelf", "rank"])
        yield f"{folder}/history.csv", _history(release, sought)
        if IMPRESSIONS in release.manifest.tables:
            shown = ds.dataset(release.table(IMPRESSIONS)).to_table(filter=mine).to_pylist()
            yield f"{folder}/shown_before.csv", _in_order(shown, ["shelf", "track_id"])
        known = ds.dataset(release.file(STRANGERS)).to_table(filter=mine).to_pylist()
        yield f"{folder}/known_without_history.csv", known


def _history(release: Release, sought: Sought) -> Rows:
    """Return what the model was told of them: a row for each track."""
    bundle = Bundle.read(release.path)
    row = int(bundle.interactions.users.index_of(list(sought.listeners))[0])
    if row < 0:
        return []
    cells = bundle.interactions.histories.rows(np.array([row]))
    days = {
        name: getattr(cells, name).astype("datetime64[D]") for name in ("first_day", "last_day")
    }
    table = pa.table(
        {
            "track_id": bundle.catalogue.items.take(cells.items),
            "plays": cells.plays,
            "weight": cells.weights,
            **{name: pa.array(values) for name, values in days.items()},
            "heard": cells.known,
        }
    )
    rows: Rows = table.to_pylist()
    return rows


def _origin(house: House, snapshot: Snapshot, inputs: Iterable[str]) -> dict[str, Any]:
    """Say where it all came from: files loaded, and releases made of them."""
    wanted = set(inputs)
    return {
        "lake_snapshot": snapshot.snapshot_id,
        "files": [
            {
                "name": record.name,
                "sha256": record.sha256,
                "loaded_at": record.ingested_at.isoformat(),
                "tables": list(record.tables),
                "verdict": record.verdict,
            }
            for record in snapshot.inputs
            if record.input_id in wanted
        ],
        "releases": [
            {
                "release_id": release.release_id,
                "as_of": release.manifest.as_of.isoformat(),
                "algorithm": release.manifest.algorithm,
                "content_hash": release.content_hash,
            }
            for release in house.releases.list()
        ],
    }


def _in_order(rows: list[dict[str, Any]], keys: Sequence[str]) -> Rows:
    def place(row: Mapping[str, Any]) -> list[tuple[bool, Any]]:
        return [(row.get(key) is not None, row.get(key) or 0) for key in keys if key in row]

    return sorted(rows, key=place)


def _csv(rows: Rows) -> str:
    """Return rows as CSV that a spreadsheet opens and does not run."""
    target = io.StringIO()
    writer = csv.DictWriter(target, list(rows[0]), lineterminator="\r\n")
    writer.writeheader()
    writer.writerows({name: _cell(value) for name, value in row.items()} for row in rows)
    return target.getvalue()


def _cell(value: Any) -> Any:
    if isinstance(value, str) and value.startswith(FORMULA):
        return "'" + value
    return value


def _write(out: Path, texts: Mapping[str, str]) -> None:
    aside = out.with_name(f".{out.name}.part")
    try:
        with guard(out), zipfile.ZipFile(aside, "w") as archive:
            for name in sorted(texts, key=lambda name: ("/" in name, name)):
                entry = zipfile.ZipInfo(name, LONG_AGO)
                entry.compress_type = zipfile.ZIP_DEFLATED
                entry.external_attr = 0o644 << 16
                archive.writestr(entry, texts[name].encode("utf-8"))
        commit.sync_file(aside)
        commit.replace_file(aside, out)
    finally:
        commit.discard(aside)
