"""Listeners taken out of the lake: parts written again, and earlier ones removed."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from rekomenda.domain.schema import PLAYS
from rekomenda.errors import CorruptError
from rekomenda.pipeline.privacy.parquet import count_rows, write_without
from rekomenda.pipeline.privacy.sought import Sought
from rekomenda.storage import commit
from rekomenda.storage.commit import Fence
from rekomenda.storage.documents import CHANGED, RESTORE, digest
from rekomenda.storage.lake import Lake
from rekomenda.storage.mirroring import folder_at_hand
from rekomenda.storage.snapshots import (
    QUARANTINE,
    InputRecord,
    LakeChange,
    Part,
    Snapshot,
    StagedPart,
)


def rows_in_lake(lake: Lake, sought: Sought) -> Iterator[tuple[Path, str, int]]:
    """Yield every file of the lake that names them: path, table, rows.

    Files of earlier snapshots, and those that nothing names, count as `old`.
    """
    tables = {part.path: part.table for part in lake.snapshot().parts}
    for path in sorted(folder_at_hand(lake.path).rglob("*.parquet")):
        try:
            rows = count_rows(path, sought)
        except (pa.ArrowInvalid, OSError) as error:
            if path in tables:
                raise CorruptError(path=path, detail=CHANGED, hint=RESTORE) from error
            rows = 1  # nothing needs it, and nobody can tell what it holds
        if rows:
            yield path, tables.get(path, "old"), rows


def erase_from_lake(lake: Lake, sought: Sought, lease: Fence, now: datetime) -> None:
    """Make a snapshot without them, then remove every file and manifest of before that has them.

    Doing it again after a crash goes on where it was.
    """
    named = {path for path, _, _ in rows_in_lake(lake, sought)}
    snapshot = lake.snapshot()
    parts = [part for part in snapshot.parts if part.path in named]
    if parts:
        with commit.staging(lake.home) as work:
            lake.commit(_change(snapshot, parts, sought, work, now), lease)
    lease.check()
    commit.retire_files(_manifests_of(lake, named))
    commit.retire_files(sorted(named))


def _change(
    snapshot: Snapshot, parts: list[Part], sought: Sought, work: Path, now: datetime
) -> LakeChange:
    """Write the parts again, and account for what is gone."""
    added: list[StagedPart] = []
    gone: dict[str, Counter[tuple[str, str]]] = defaultdict(Counter)
    emptied: dict[str, set[Part]] = defaultdict(set)
    for number, part in enumerate(parts):
        path = work / f"{number}.parquet"
        rows = write_without(part.path, path, sought)
        gone[part.input_id] += _counted(part, sought, part.rows - rows)
        if rows:
            added.append(StagedPart(part.table, part.day, path, rows, part.input_id))
        else:
            emptied[part.input_id].add(part)
    return LakeChange(
        run_key=digest({"erased": [part.sha256 for part in parts]}),
        created_at=now,
        added=tuple(added),
        # All of them, in their order: of two rows for one track that of the later file holds.
        inputs=tuple(_record(r, gone[r.input_id], emptied[r.input_id]) for r in snapshot.inputs),
        removed_parts=frozenset(parts),
    )


def _counted(part: Part, sought: Sought, rows: int) -> Counter[tuple[str, str]]:
    """Count the rows that go: by table, and set-aside ones by rule."""
    if part.table != QUARANTINE:
        return Counter({(part.table, ""): rows})
    held = pq.read_table(part.path)
    rules = held.filter(pa.array(sought.rows_of(held)))["rule"].to_pylist()
    return Counter((QUARANTINE, rule) for rule in rules)


def _record(record: InputRecord, gone: Counter[tuple[str, str]], emptied: set[Part]) -> InputRecord:
    """Account for the rows of one file that go: what was loaded or set aside is erased now."""
    main = PLAYS.name if PLAYS.name in record.tables else next(iter(record.tables), "")
    loaded = min(gone[main, ""], record.loaded)
    set_aside = {rule: n for (table, rule), n in gone.items() if table == QUARANTINE}
    reasons = {rule: n - set_aside.get(rule, 0) for rule, n in record.reasons.items()}
    quarantined = sum(set_aside.values())
    lost_days = {part.day for part in emptied if part.table == PLAYS.name}
    return replace(
        record,
        days=tuple(day for day in record.days if day not in lost_days),
        loaded=record.loaded - loaded,
        quarantined=record.quarantined - quarantined,
        reasons={rule: n for rule, n in reasons.items() if n},
        erased=record.erased + loaded + quarantined,
    )


def _manifests_of(lake: Lake, named: set[Path]) -> list[Path]:
    """Return the manifests of earlier snapshots that name one of the files, or name nothing."""
    current = lake.manifest_of(lake.snapshot().snapshot_id)
    found = []
    for path in sorted((lake.path / "snapshots").glob("*.json")):
        if path == current:
            continue
        try:
            parts = lake.snapshot_of(path.stem).parts
        except CorruptError:
            found.append(path)
            continue
        if any(part.path in named or not part.path.exists() for part in parts):
            found.append(path)
    return found
