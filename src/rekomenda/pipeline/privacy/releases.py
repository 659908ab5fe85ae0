"""Listeners taken out of kept releases and of the warehouse's copies of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from rekomenda.domain.interactions import Histories
from rekomenda.errors import CorruptError
from rekomenda.learning.bundle import HISTORIES, LISTENERS, hashes_of
from rekomenda.pipeline.bootstrap import House
from rekomenda.pipeline.privacy.parquet import count_rows, write_without
from rekomenda.pipeline.privacy.sought import Sought
from rekomenda.pipeline.releasing.draft import LISTS
from rekomenda.refusals import guard
from rekomenda.storage import commit
from rekomenda.storage.arrays import read_arrays, write_arrays
from rekomenda.storage.commit import Fence
from rekomenda.storage.documents import MISSING, RESTORE
from rekomenda.storage.publish import tables_of
from rekomenda.storage.release_manifest import Release, ReleaseManifest
from rekomenda.storage.releases import MANIFEST
from rekomenda.storage.warehouse.base import Warehouse
from rekomenda.storage.warehouse.duckdb import DuckDBWarehouse
from rekomenda.telemetry.logs import get_logger

log = get_logger(__name__)


def rows_in_folder(folder: Path, sought: Sought) -> Iterator[tuple[Path, str, int]]:
    """Yield the Parquet files below a folder that name them: path, name without ending, rows.

    One that cannot be read counts with one row: nobody can tell whom it names.
    """
    for path in sorted(folder.rglob("*.parquet")):
        try:
            rows = count_rows(path, sought)
        except (pa.ArrowInvalid, OSError):
            rows = 1
        if rows:
            yield path, path.stem, rows


def erase_from_releases(house: House, sought: Sought, lease: Fence) -> None:
    """Put every kept release that names them in place of itself without them, under its own id.

    Whatever lies there and can never be served again, since it is damaged, is removed.

    Raises
    ------
    CorruptError
        If the release in service is damaged: it cannot be mended here.
    """
    for folder in house.releases.superseded():
        commit.retire_folder(folder, house.home)
    served = house.releases.current()
    whole = {release.path: release for release in house.releases.list()}
    there = house.releases.path
    folders = [path for path in there.iterdir() if path.is_dir()] if there.is_dir() else []
    for folder in sorted(folders):
        lease.check()
        try:
            _erase_from_release(house, folder, whole.get(folder), sought)
        except CorruptError as error:
            if served is not None and folder == served.path:
                raise
            log.warning("damaged release removed", path=str(folder), error=str(error))
            commit.retire_folder(folder, house.home)


def _erase_from_release(
    house: House, folder: Path, release: Release | None, sought: Sought
) -> None:
    if release is None:
        raise CorruptError(path=folder / MANIFEST, detail=MISSING, hint=RESTORE)
    if any(rows_in_folder(folder, sought)):
        release.verify()
        _revise(house, release, sought)


def erase_from_warehouse(house: House, sought: Sought, lease: Fence) -> None:
    """Write the runs of kept releases again where they differ; remove those of no release.

    Of a home that has a warehouse on a server, what an earlier one left in the home is seen to too.
    """
    _erase_from(house.warehouse, house, sought, lease)
    if not isinstance(house.warehouse, DuckDBWarehouse):
        _erase_from(DuckDBWarehouse(house.home), house, sought, lease)


def _erase_from(warehouse: Warehouse, house: House, sought: Sought, lease: Fence) -> None:
    kept = {release.release_id: release for release in house.releases.list()}
    orphans = [run for run in warehouse.runs() if run not in kept]
    warehouse.delete([run for run in orphans if run != warehouse.current()], lease)
    named = bool(warehouse.named_outside(sought.listeners))
    for run_id in warehouse.runs():
        lease.check()
        if run_id in kept and (named or _differs(warehouse, kept[run_id], sought)):
            warehouse.append(run_id, tables_of(kept[run_id]))


def _differs(warehouse: Warehouse, release: Release, sought: Sought) -> bool:
    """Whether the warehouse's copy names them, or is of the release as it was before."""
    if isinstance(warehouse, DuckDBWarehouse):
        folder = warehouse.path / "runs" / release.release_id
        if any(rows_in_folder(folder, sought)):
            return True
    return warehouse.content_hash(release.release_id) != release.content_hash


def _revise(house: House, release: Release, sought: Sought) -> None:
    draft = house.releases.draft(release.release_id)
    try:
        named = {path for path, _, _ in rows_in_folder(release.path, sought)}
        learned_from = release.path / LISTENERS in named
        for name in release.files:
            source, target = release.path / name, draft.path / name
            if learned_from and name.startswith(f"{HISTORIES}/"):
                continue
            if source in named:
                with guard(target.parent):
                    target.parent.mkdir(parents=True, exist_ok=True)
                write_without(source, target, sought)
            else:
                commit.carry_over(source, target)
        if learned_from:
            _write_histories(release.path, draft.path, sought)
        house.releases.revise(release, draft, _manifest(release, draft.path, sought))
    finally:
        commit.discard(draft.path)


def _write_histories(release: Path, draft: Path, sought: Sought) -> None:
    """Write the histories of the others; rows are listeners, in the order of their ids."""
    users = pq.read_table(release / LISTENERS)["user_id"].combine_chunks()
    about, cells = read_arrays(release / HISTORIES)
    rest = Histories(**cells, n_items=about["n_items"]).rows(np.flatnonzero(~sought.among(users)))
    arrays = {name: np.ascontiguousarray(getattr(rest, name)) for name in cells}
    tables = {"tables": hashes_of(draft)} if "tables" in about else {}
    write_arrays(draft, HISTORIES, arrays, {**about, **tables})


def _manifest(release: Release, draft: Path, sought: Sought) -> ReleaseManifest:
    """Say what the release is now: its lists are counted again."""
    manifest = release.manifest
    lists = pq.read_table(draft / LISTS, columns=["user_id", "shelf", "personalised"])
    users = lists["user_id"].cast(pa.string())
    shelves = Counter(lists["shelf"].cast(pa.string()).to_pylist())
    personalised = len(pc.unique(users.filter(lists["personalised"])).drop_null())
    before = pq.read_table(release.path / LISTS, columns=["user_id"])["user_id"].cast(pa.string())
    gone = len(pc.unique(before.filter(pa.array(sought.among(before)))))
    about = dict(manifest.about)
    known = about["listeners"]
    popular = known["popular"] - (gone - (known["personalised"] - personalised))
    about["listeners"] = {"personalised": personalised, "popular": popular}
    about["erased_listeners"] = about.get("erased_listeners", 0) + gone
    return replace(
        manifest,
        listeners=manifest.listeners - gone,
        counts={shelf: shelves.get(shelf, 0) for shelf in manifest.counts},
        about=about,
    )
