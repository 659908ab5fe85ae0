"""Lake, release and warehouse hold the same after a run: on every home, engine and warehouse.

Redshift is the emulation, not Redshift.
"""

from __future__ import annotations

import csv
import shutil
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from rekomenda.mirror import is_uri, place_of
from rekomenda.pipeline.bootstrap import open_house
from rekomenda.settings import load_settings
from rekomenda.storage.lake import Lake
from support.command import call, done
from support.postgres import USER
from support.redshift_alike.files import ROLE
from support.redshift_alike.server import BUCKET
from support.s3_server import store_at
from support.spark import on_spark
from support.tiny_home import SETTINGS, SIZE
from support.warehouses import DATABASE, ask, schema_of

pytestmark = [pytest.mark.slow, pytest.mark.needs_postgres]

WAREHOUSES = ("postgres", "redshift", "duckdb")
HELD = "SELECT sum(plays) + sum(bot_plays) FROM current_plays_daily"
LISTED = "SELECT count(*) FROM current_recommendations"


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("reconciled") / "world"
    done("generate", "--out", folder, *SIZE)
    return folder


@pytest.fixture(autouse=True)
def settings(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in SETTINGS.items():
        monkeypatch.setenv(name, value)


@pytest.fixture(params=["folder", "bucket"])
def home(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    if request.param == "folder":
        return str(tmp_path / "home")
    store = request.getfixturevalue("redshift_alike").s3  # that from which COPY reads, too
    return store_at(store, tmp_path, monkeypatch).home


def fill(kind: str, request: pytest.FixtureRequest, home: str, patch: pytest.MonkeyPatch) -> None:
    """Let the commands that follow fill a warehouse of some kind, and make it."""
    patch.setenv("REKOMENDA_WAREHOUSE__KIND", kind)
    if kind == "duckdb":
        return
    server = request.getfixturevalue("postgres")
    named = {"port": server.port, "user": USER, "sslmode": "disable", "host": "127.0.0.1"}
    if kind == "redshift":
        alike = request.getfixturevalue("redshift_alike")
        for name, value in alike.environment.items():
            patch.setenv(name, value)
        named |= {"port": alike.port, "iam_role": ROLE, "staging": f"s3://{BUCKET}/reconciled"}
    named |= {"database": DATABASE, "schema_name": schema_of(Path(f"{home}/{kind}"))}
    for name, value in named.items():
        patch.setenv(f"REKOMENDA_WAREHOUSE__{name.upper()}", str(value))
    done("--home", home, "warehouse", "init")


def held(home: str) -> tuple[int, int]:
    """Ask the warehouse itself: plays, and rows of lists."""
    folder = place_of(home) if is_uri(home) else Path(home)
    house = open_house(folder, load_settings().warehouse)
    (((plays,),), ((rows,),)) = (ask(house.warehouse, query) for query in (HELD, LISTED))
    return int(plays), int(rows)


@pytest.mark.parametrize(
    "engine", ["embedded", pytest.param("spark", marks=pytest.mark.needs_java)]
)
def test_lake_release_and_warehouse_agree(
    home: str,
    engine: str,
    world: Path,
    request: pytest.FixtureRequest,
    monkeypatch: pytest.MonkeyPatch,
):
    if engine == "spark":
        for name, value in on_spark().items():
            monkeypatch.setenv(name, value)
    done("--home", home, "ingest", world)
    with (world / "plays.csv").open(encoding="utf-8") as file:
        played = sum(int(row["plays"]) for row in csv.DictReader(file))

    for number, kind in enumerate(WAREHOUSES):
        fill(kind, request, home, monkeypatch)
        done("--home", home, "rebuild" if number else "run")
        if number:
            done("--home", home, "reconcile")
        found = done("--home", home, "status", "--json").json
        agreed = found["reconciliation"]
        assert agreed["warehouse"].startswith(f"{kind}:")
        assert agreed["warehouse_run"] == found["run_id"]
        assert (agreed["lake"]["lake_plays"], agreed["lake"]["release_plays"]) == (played, played)
        assert (agreed["lake"]["days"], agreed["lake"]["differences"]) == (6, 0)
        assert not any(agreed["differences"].values())
        assert held(home) == (played, sum(found["recommendations"].values()))


def test_a_difference_is_told_on_either_side(world: Path, tmp_path: Path):
    home = tmp_path / "home"
    done("--home", home, "ingest", world)
    done("--home", home, "run")
    part = Lake(home).snapshot().parts_of("plays")[-1].path
    shutil.copy(part, tmp_path / "kept")
    rows = pq.read_table(part)
    one_more = pa.array([rows["plays"][0].as_py() + 1, *rows["plays"][1:].to_pylist()], pa.int64())
    place = rows.schema.get_field_index("plays")
    pq.write_table(
        rows.set_column(
            place, rows.schema.field(place), one_more.cast(rows.schema.field(place).type)
        ),
        part,
    )

    told = call("--home", home, "reconcile")
    assert told.code == 74
    assert "on 1 of 6 days" in told.err
    lake = done("--home", home, "status", "--json").json["reconciliation"]["lake"]
    assert (lake["differences"], lake["lake_plays"] - lake["release_plays"]) == (1, 1)
    assert "Lake differs from the release on 1 day" in done("--home", home, "status").out
    assert "Lake difere da release em 1 dia" in done("--home", home, "status", language="pt-BR").out

    shutil.copy(tmp_path / "kept", part)
    (run,) = (home / "warehouse" / "runs").iterdir()
    lists = run / "recommendations.parquet"
    pq.write_table(pq.read_table(lists).slice(1), lists)
    told = call("--home", home, "reconcile")
    assert told.code == 74
    assert "recommendations 1" in told.err
    agreed = done("--home", home, "status", "--json").json["reconciliation"]
    assert (agreed["lake"]["differences"], agreed["differences"]["recommendations"]) == (0, 1)
