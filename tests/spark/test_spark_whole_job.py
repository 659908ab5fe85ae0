"""The whole job on Spark, through the command line: what comes out is what one machine makes."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from rekomenda.domain.warehouse_schema import RUNS
from rekomenda.pipeline.releasing.draft import TABLES
from rekomenda.storage.lake import Lake
from rekomenda.storage.releases import Releases
from rekomenda.storage.warehouse.duckdb import DuckDBWarehouse
from support.bad_input import plays
from support.command import call, done
from support.spark import on_spark
from support.tiny_home import SETTINGS, SIZE

pytestmark = [pytest.mark.slow, pytest.mark.needs_java]

BAD = plays("2024-02-30,u1,t1,3", "2024-02-03,u1,t1,-4", "2024-02-03,u2")


@pytest.fixture(scope="module")
def world(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("made") / "world"
    done("generate", "--out", folder, *SIZE)
    (folder / "export.csv").write_bytes(BAD.replace(b"2024-02", b"2024-04"))
    (folder / "again.csv").write_bytes((folder / "export.csv").read_bytes())
    (folder / "empty.csv").write_bytes(b"")
    return folder


def home_of(folder: Path, world: Path) -> Path:
    assert call("--home", folder, "ingest", world).code == 65  # the empty file
    done("--home", folder, "run")
    return folder


def records(home: Path) -> list[tuple[object, ...]]:
    return [
        (r.name, r.verdict, r.code, r.rows_in, r.loaded, r.merged, r.quarantined, dict(r.reasons))
        for r in sorted(Lake(home).snapshot().inputs, key=lambda record: record.name)
    ]


def test_lake_tables_models_and_lists_are_those_of_one_machine(world, tmp_path, monkeypatch):
    for name, value in SETTINGS.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("REKOMENDA_MODEL__COMPARE", '["popularity", "ease"]')
    here = home_of(tmp_path / "embedded", world)
    for name, value in on_spark().items():
        monkeypatch.setenv(name, value)
    there = home_of(tmp_path / "spark", world)

    assert records(there) == records(here)
    assert Lake(there).snapshot().rows_hash(date.max) == Lake(here).snapshot().rows_hash(date.max)
    ours, theirs = (Releases(home).current() for home in (here, there))
    for table in TABLES:
        one, other = (pq.read_table(release.table(table)) for release in (ours, theirs))
        assert other.schema == one.schema, table
        assert other.to_pydict() == one.to_pydict(), table
    for name in ("model/item_weights.npy", "model/indptr.npy", "model/strengths.npy"):
        if (ours.path / name).exists():
            assert (theirs.path / name).read_bytes() == (ours.path / name).read_bytes()
    assert list((there / "staging").iterdir()) == []
    again = done("--home", there, "run", "--json").json
    assert again["decision"] == "unchanged"
    runs, other_runs = (
        DuckDBWarehouse(home).fingerprints(r.release_id)
        for home, r in ((here, ours), (there, theirs))
    )
    assert {k: v for k, v in runs.items() if k != RUNS.name}.keys() == other_runs.keys() - {
        RUNS.name
    }
