"""The job on PostgreSQL and on an emulation of Redshift (not Redshift), through the command line."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from rekomenda.domain.warehouse_schema import WAREHOUSE
from support.command import call, done
from support.postgres import USER, PostgresServer
from support.redshift_alike.files import ROLE
from support.redshift_alike.server import BUCKET, client_of
from support.tiny_home import SETTINGS, SIZE
from support.warehouses import DATABASE, schema_of

pytestmark = [pytest.mark.slow, pytest.mark.needs_postgres]

SOMEBODY = "U031"


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A home with two releases, in the warehouse of its own."""
    folder = tmp_path_factory.mktemp("prepared")
    with pytest.MonkeyPatch.context() as patch:
        for name, value in SETTINGS.items():
            patch.setenv(name, value)
        done("generate", "--out", folder / "world", *SIZE)
        done("--home", folder / "home", "ingest", folder / "world")
        done("--home", folder / "home", "run", "--as-of", "2024-06-29")
        yield folder


@pytest.fixture(params=["postgres", "redshift"])
def home(
    request: pytest.FixtureRequest, prepared: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Path:
    """A copy of that home, whose settings name a server."""
    home = shutil.copytree(prepared / "home", tmp_path / "home")
    server = request.getfixturevalue("postgres")
    named = {"kind": request.param, "port": server.port, "user": USER, "sslmode": "disable"}
    if request.param == "redshift":
        alike = request.getfixturevalue("redshift_alike")
        named |= {"port": alike.port, "iam_role": ROLE, "staging": f"s3://{BUCKET}/x"}
        for name, value in alike.environment.items():
            monkeypatch.setenv(name, value)
    for name, value in SETTINGS.items():
        monkeypatch.setenv(name, value)
    named |= {"host": "127.0.0.1", "database": DATABASE, "schema_name": schema_of(home)}
    for name, value in named.items():
        monkeypatch.setenv(f"REKOMENDA_WAREHOUSE__{name.upper()}", str(value))
    return home


def status(home: Path) -> dict:
    return done("--home", home, "status", "--json").json


def test_the_same_numbers_at_every_hop(home: Path, postgres: PostgresServer):
    """Made from the releases, then filled by a run, rolled back, cleaned, and rid of a listener."""
    assert call("--home", home, "rebuild").code == 69  # not made yet
    assert status(home)["reconciliation"]["error"]["code"] == "E_WAREHOUSE_NOT_READY"
    for _ in range(2):
        assert done("--home", home, "warehouse", "init", "--json").json["made"] is True
    assert status(home)["reconciliation"]["lagging"] is True

    (first,) = done("--home", home, "rebuild", "--json").json["releases"]
    found = done("--home", home, "warehouse", "verify", "--json").json
    assert found["agrees"] is True
    assert found["shown"] == first
    assert found["releases"][0]["rows"]["recommendations"] > 0

    ran = done("--home", home, "run", "--json").json
    assert ran["decision"] == "published"
    second = ran["run_id"]
    assert ran["reconciliation"]["warehouse_run"] == second
    assert set(ran["reconciliation"]["differences"]) == set(WAREHOUSE)
    assert not any(ran["reconciliation"]["differences"].values())
    assert ran["reconciliation"]["rows"]["recommendations"] == sum(ran["recommendations"].values())

    done("--home", home, "rollback")
    assert status(home)["reconciliation"]["warehouse_run"] == first
    done("--home", home, "rollback", "--to", second)
    assert done("--home", home, "warehouse", "verify", "--json").json["agrees"] is True

    where = f"{schema_of(home)}.recommendations"
    with postgres.connect(DATABASE) as connection:
        named = f"SELECT count(*) FROM {where} WHERE user_id = %s"
        assert connection.execute(named, (SOMEBODY,)).fetchone()[0] > 0
        done("--home", home, "forget", SOMEBODY, "--yes")
        assert connection.execute(named, (SOMEBODY,)).fetchone()[0] == 0
        connection.execute(
            f"UPDATE {where} SET rank = 99 WHERE run_id = %s AND rank = 2", (second,)
        )
    differs = call("--home", home, "warehouse", "verify", "--json")
    assert differs.code == 74
    assert {
        one["run_id"] for one in differs.json["releases"] if any(one["differences"].values())
    } == {second}
    done("--home", home, "rebuild")
    assert done("--home", home, "warehouse", "verify", "--json").json["agrees"] is True


def test_gc_removes_runs_of_no_release(home: Path, postgres: PostgresServer):
    done("--home", home, "warehouse", "init")
    done("--home", home, "rebuild")
    loads = f"{schema_of(home)}._loads"
    with postgres.connect(DATABASE) as connection:
        connection.execute(f"INSERT INTO {loads} VALUES ('of-nobody', true)")
        kinds = [i["kind"] for i in done("--home", home, "gc", "--json").json["items"]]
        assert "warehouse_run" in kinds
        runs = [run for (run,) in connection.execute(f"SELECT run_id FROM {loads}").fetchall()]
    assert runs == [status(home)["run_id"]]


def test_files_in_the_bucket_go_with_who_is_forgotten(home: Path, request: pytest.FixtureRequest):
    if "redshift" not in request.node.name:
        return  # PostgreSQL is given its rows, and leaves nothing anywhere
    done("--home", home, "warehouse", "init")
    s3 = client_of(request.getfixturevalue("redshift_alike").s3)
    left = f"x/{schema_of(home)}/r0/left.parquet"
    s3.put_object(Bucket=BUCKET, Key=left, Body=SOMEBODY.encode())
    s3.put_object(Bucket=BUCKET, Key="x/another/r0/left.parquet", Body=b"of another home")
    done("--home", home, "forget", SOMEBODY, "--yes")
    keys = [item["Key"] for item in s3.list_objects_v2(Bucket=BUCKET).get("Contents", [])]
    s3.delete_object(Bucket=BUCKET, Key="x/another/r0/left.parquet")
    assert keys == ["x/another/r0/left.parquet"]


def test_a_warehouse_that_is_away_hides_nothing_else_and_stops_a_run_before_it_learns(
    home: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("REKOMENDA_WAREHOUSE__PORT", "1")
    monkeypatch.setenv("REKOMENDA_WAREHOUSE__DEADLINE_SECONDS", "0.5")
    answer = status(home)
    assert answer["run_id"].startswith("20240629-")
    assert answer["reconciliation"]["error"]["retryable"] is True
    assert "cannot be reached" in done("--home", home, "status").out
    ran = call("--home", home, "run")
    assert ran.code == 75
    assert status(home)["last_attempt"]["decision"] == "published"  # nothing was begun


def test_another_home_does_not_fill_the_same_schema(home: Path, tmp_path: Path):
    done("--home", home, "warehouse", "init")
    done("--home", home, "rebuild")
    other = shutil.copytree(home, tmp_path / "other")
    (other / "warehouse" / "owner").unlink()
    refused = call("--home", other, "warehouse", "init")
    assert refused.code == 78
    assert "--adopt" in refused.err
    for words in (["rebuild"], ["run"]):
        assert call("--home", other, *words).code == 78
    done("--home", other, "warehouse", "init", "--adopt")
    done("--home", other, "run")
    assert call("--home", home, "run").code == 78


def test_the_sql_can_be_had_without_a_server(home: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("REKOMENDA_WAREHOUSE__PORT", "1")
    monkeypatch.setenv("REKOMENDA_WAREHOUSE__READERS", '["public", "analysts"]')
    said = done("--home", home, "warehouse", "init", "--dry-run").out
    schema = schema_of(home)
    assert said.startswith(f'CREATE DATABASE "{DATABASE}"')
    assert f'GRANT USAGE ON SCHEMA "{schema}" TO "analysts";' in said
    assert "TO PUBLIC;" in said
    assert '"_staged_recommendations" TO' not in said
    assert said.count("CREATE OR REPLACE VIEW") == len(WAREHOUSE) + 1


def test_no_secret_is_shown_anywhere(home: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    canary = "canary-7f3a"
    monkeypatch.setenv("REKOMENDA_WAREHOUSE_PASSWORD", canary)
    monkeypatch.setenv("PGPASSWORD", canary)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", canary)
    monkeypatch.setenv("REKOMENDA_LOG__LEVEL", "debug")
    said = [call("--home", home, "warehouse", "init"), call("--home", home, "rebuild", "--json")]
    said += [call("config", "show", "--origin"), call("--home", home, "status", "--json")]
    monkeypatch.setenv("REKOMENDA_WAREHOUSE__PORT", "1")
    monkeypatch.setenv("REKOMENDA_WAREHOUSE__DEADLINE_SECONDS", "0.1")
    said += [call("--home", home, "rebuild", "--json")]
    config = tmp_path / "own.toml"
    config.write_text(f'[warehouse]\npassword = "{canary}"\n')
    refused = call("--config", config, "config", "show")
    assert refused.code == 78
    assert not [answer for answer in (*said, refused) if canary in answer.out + answer.err]
    assert not [
        path for path in home.rglob("*") if path.is_file() and canary.encode() in path.read_bytes()
    ]


def test_a_driver_that_is_not_installed_is_named(home: Path, monkeypatch: pytest.MonkeyPatch):
    for name in ("postgres", "redshift"):
        monkeypatch.delitem(sys.modules, f"rekomenda.storage.warehouse.{name}", raising=False)
    for name in ("psycopg", "redshift_connector"):
        monkeypatch.setitem(sys.modules, name, None)
    refused = call("--home", home, "rebuild")
    assert refused.code == 78
    assert "pip install 'rekomenda[" in refused.err


def test_init_makes_a_database_that_is_missing(
    home: Path, monkeypatch: pytest.MonkeyPatch, postgres: PostgresServer
):
    monkeypatch.setenv("REKOMENDA_WAREHOUSE__DATABASE", "made_by_init")
    with postgres.connect() as connection:
        connection.execute("DROP DATABASE IF EXISTS made_by_init WITH (FORCE)")
    done("--home", home, "warehouse", "init")
    with postgres.connect("made_by_init") as connection:
        rows = connection.execute(f"SELECT owner, token, run_id FROM {schema_of(home)}._pointer")
        ((owner, token, run_id),) = rows.fetchall()
    assert (len(owner), token, run_id) == (32, 0, None)


def test_analysts_read_what_they_were_given_and_nothing_else(
    home: Path, monkeypatch: pytest.MonkeyPatch, postgres: PostgresServer
):
    monkeypatch.setenv("REKOMENDA_WAREHOUSE__READERS", '["analysts"]')
    with postgres.connect() as connection:
        connection.execute("DROP ROLE IF EXISTS analyst")
        connection.execute(
            "DO $$ BEGIN CREATE ROLE analysts; EXCEPTION WHEN duplicate_object THEN NULL; END $$"
        )
        connection.execute("CREATE ROLE analyst LOGIN IN ROLE analysts")
    done("--home", home, "warehouse", "init")
    done("--home", home, "rebuild")
    schema = schema_of(home)
    with postgres.connect(DATABASE, "analyst") as connection:
        for shown in (*WAREHOUSE, *(f"current_{name}" for name in WAREHOUSE), "current_run"):
            connection.execute(f"SELECT * FROM {schema}.{shown} LIMIT 1")
        import psycopg

        for hidden in ("SELECT * FROM {}._pointer", "DELETE FROM {}.runs"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute(hidden.format(schema))
