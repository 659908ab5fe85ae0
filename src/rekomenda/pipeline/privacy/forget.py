"""Forgetting listeners: everything of theirs goes, and stays gone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from rekomenda.errors import ErasureIncompleteError, NobodyNamedError
from rekomenda.language import Text
from rekomenda.pipeline.bootstrap import House
from rekomenda.pipeline.export_metrics import write_metrics
from rekomenda.pipeline.privacy.files import erase_from_files, rows_in_files
from rekomenda.pipeline.privacy.lake import erase_from_lake, rows_in_lake
from rekomenda.pipeline.privacy.releases import (
    erase_from_releases,
    erase_from_warehouse,
    rows_in_folder,
)
from rekomenda.pipeline.privacy.sought import Sought
from rekomenda.storage import commit
from rekomenda.storage.commit import Fence
from rekomenda.storage.erasures import Erasures, Receipt, Request
from rekomenda.storage.lease import Holder, hold
from rekomenda.telemetry.logs import get_logger
from rekomenda.telemetry.progress import Progress

log = get_logger(__name__)

_LOOK = Text(en="Looking for them", pt="Procurando")
_LAKE = Text(en="Taking them out of the lake", pt="Tirando do lake")
_RELEASES = Text(en="Taking them out of the releases", pt="Tirando das releases")
_WAREHOUSE = Text(en="Taking them out of the warehouse", pt="Tirando do warehouse")
_FILES = Text(en="Taking them out of other files", pt="Tirando dos outros arquivos")
_AGAIN = Text(en="Looking once more", pt="Procurando mais uma vez")


@dataclass(frozen=True)
class Found:
    """What a home holds of some listeners.

    Parameters
    ----------
    listeners : int
        How many of them it knows.
    rows, files : dict
        By place: `lake/plays`, `releases/recommendations`, `warehouse/...`, `files`, and so on.
        `lake/old` are files of earlier snapshots.
    """

    listeners: int
    rows: dict[str, int]
    files: dict[str, int]

    def to_json(self) -> dict[str, Any]:
        """Return it ready for JSON."""
        return {"listeners": self.listeners, "rows": self.rows, "files": self.files}


def look_for(house: House, ids: Iterable[str]) -> Found:
    """Say what a home holds of some listeners; nothing is changed.

    Raises
    ------
    NobodyNamedError
        If nobody is named.
    """
    sought = Sought.of(ids)
    if not sought.listeners:
        raise NobodyNamedError
    rows: Counter[str] = Counter()
    files: Counter[str] = Counter()
    seen: set[str] = set()
    for path, place, n in _places(house, sought):
        rows[place] += n
        files[place] += 1
        seen |= _seen_in(path, sought, known=len(seen))
    for table, n in house.warehouse.named_outside(sought.listeners).items():
        rows[f"warehouse/{table}"] += n
    return Found(len(seen), dict(sorted(rows.items())), dict(sorted(files.items())))


def forget(
    house: House, ids: Iterable[str], *, now: datetime, progress: Progress
) -> tuple[Receipt, ...]:
    """Erase listeners, and finish whatever erasure was begun before; return the receipts.

    Tombstones come first: from then on nothing brings them back. A crash leaves the request open,
    and doing it again, with or without naming them, finishes it.

    Parameters
    ----------
    house : House
    ids : iterable of str
        May be empty where an erasure is open.
    now : datetime, with zone
    progress : Progress

    Raises
    ------
    NobodyNamedError
        If nobody is named and nothing is open.
    ErasureIncompleteError
        If they are found somewhere afterwards. The request stays open.
    CorruptError
        If what is in use is damaged; the request stays open.
    BusyError
        If another process is writing to this home.
    """
    sought = Sought.of(ids)
    erasures = Erasures(house.home)
    with hold(house.home, Holder.here("forget", now)) as lease:
        _clear_staging(house.home)
        begun = erasures.open()
        if begun is None and not sought.listeners:
            raise NobodyNamedError
        done = [_finish(house, begun, lease, now, progress)] if begun is not None else []
        if sought.listeners and (begun is None or begun.listeners != sought.listeners):
            with progress.step("look", _LOOK):
                found = look_for(house, sought.listeners)
            request = Request(sought.listeners, now.isoformat(), found.to_json())
            done.append(_finish(house, request, lease, now, progress))
    return tuple(done)


def listeners_open(house: House) -> tuple[str, ...]:
    """Return whom the erasure that is not finished is about; nobody where there is none."""
    begun = Erasures(house.home).open()
    return begun.listeners if begun is not None else ()


def _finish(
    house: House, request: Request, lease: Fence, now: datetime, progress: Progress
) -> Receipt:
    erasures = Erasures(house.home)
    sought = Sought(request.listeners)
    erasures.begin(request)
    erasures.bury(request.listeners)
    with progress.step("lake", _LAKE):
        erase_from_lake(house.lake, sought, lease, now)
    with progress.step("releases", _RELEASES):
        erase_from_releases(house, sought, lease)
    with progress.step("warehouse", _WAREHOUSE):
        erase_from_warehouse(house, sought, lease)
    with progress.step("files", _FILES):
        erase_from_files(house.home, sought)
    with progress.step("again", _AGAIN):
        left = sorted(_places_left(house, sought))
    if left:
        raise ErasureIncompleteError(home=house.home, places=", ".join(left))
    commit.sync_folder(
        house.home / commit.STAGING
    )  # nothing removed there is back after a power cut
    receipt = erasures.finish(request, lease, now)
    last = house.attempts.last()
    write_metrics(house, durations=last["seconds"] if last is not None else None)
    log.info("listeners forgotten", receipt=receipt.receipt_id, listeners=len(receipt.hashes))
    return receipt


def _places_left(house: House, sought: Sought) -> set[str]:
    outside = house.warehouse.named_outside(sought.listeners)
    named = {place for _, place, _ in _places(house, sought)}
    return named | {f"warehouse/{table}" for table in outside}


def _places(house: House, sought: Sought) -> Iterator[tuple[Path, str, int]]:
    """Yield every file that names them: path, place, rows."""
    for path, table, rows in rows_in_lake(house.lake, sought):
        yield path, f"lake/{table}", rows
    for path, table, rows in rows_in_folder(house.releases.path, sought):
        yield path, f"releases/{table}", rows
    for path, table, rows in rows_in_folder(house.home / "warehouse", sought):
        yield path, f"warehouse/{table}", rows
    yield from rows_in_files(house.home, sought)


def _seen_in(path: Path, sought: Sought, *, known: int) -> set[str]:
    """Return which of them a table names; nothing more is looked up once all are known."""
    if known == len(sought.listeners) or path.suffix != ".parquet":
        return set()
    names = set(pq.read_schema(path).names) & {"user_id", "friend_id"}
    if not names:
        return set()
    table = pq.read_table(path, columns=sorted(names))
    found = {str(name) for column in table.columns for name in column.unique().to_pylist()}
    return found & set(sought.listeners)


def _clear_staging(home: Path) -> None:
    """Remove what a crash left half-done: only the holder of the lease stages anything."""
    staging = home / commit.STAGING
    for path in sorted(staging.iterdir()) if staging.is_dir() else ():
        commit.discard(path)
