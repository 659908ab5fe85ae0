"""What the page on warehouses says, done on PostgreSQL and on an emulation of Redshift (not Redshift)."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from support.markdown import blocks
from support.postgres import USER, PostgresServer
from support.redshift_alike.files import ROLE
from support.redshift_alike.server import BUCKET, client_of
from support.repository import ROOT
from support.sessions import SMALL, Session, differs
from support.warehouses import DATABASE

pytestmark = [pytest.mark.slow, pytest.mark.needs_postgres]

PAGES = {"en": ROOT / "docs/warehouses.md", "pt-BR": ROOT / "docs/warehouses.pt-BR.md"}
QUERIES = [block.text for block in blocks(PAGES["en"]) if block.language == "sql"]


def named(request: pytest.FixtureRequest, kind: str, schema: str) -> dict[str, str]:
    """Return the environment in which commands find a server."""
    server: PostgresServer = request.getfixturevalue("postgres")
    said = {"kind": kind, "port": str(server.port), "user": USER, "sslmode": "disable"}
    environment = {}
    if kind == "redshift":
        alike = request.getfixturevalue("redshift_alike")
        said |= {"port": str(alike.port), "iam_role": ROLE, "staging": f"s3://{BUCKET}/page"}
        environment = alike.environment
    said |= {"host": "127.0.0.1", "database": DATABASE, "schema_name": schema}
    named = {f"REKOMENDA_WAREHOUSE__{name.upper()}": value for name, value in said.items()}
    return {**SMALL, **environment, **named}


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The home that the page begins with."""
    folder = tmp_path_factory.mktemp("page")
    (first,) = [b.asked["first"] for b in blocks(PAGES["en"]) if "first" in b.asked]
    result = Session(folder, "en").run(first)
    assert result.returncode == 0, result.stdout
    return folder


@pytest.mark.parametrize(("kind", "language"), [("postgres", "en"), ("redshift", "pt-BR")])
def test_the_commands_and_the_queries_of_the_page_work_on_a_server(
    request: pytest.FixtureRequest, world: Path, kind: str, language: str, postgres: PostgresServer
):
    schema = f"page_{kind}"
    session = Session(world, language, named(request, kind, schema))
    (block,) = [b for b in blocks(PAGES[language]) if "$ rekomenda rebuild\n" in b.text]
    for command, shown in block.commands:
        result = session.run(command)
        assert result.returncode == 0, result.stdout
        assert differs(shown, result.stdout) is None, result.stdout
    with postgres.connect(DATABASE) as connection:
        connection.execute(f"SET search_path TO {schema}")
        answers = [connection.execute(query).fetchall() for query in QUERIES]
    assert all(answers)
    by_name = dict(
        zip(("served", "list", "most", "shelves", "measures", "new"), answers, strict=True)
    )
    assert len(by_name["served"]) == 1
    assert [row[0] for row in by_name["list"]] == list(range(1, len(by_name["list"]) + 1))
    assert [row[0] for row in by_name["shelves"]] == sorted(row[0] for row in by_name["shelves"])
    assert len({row[0] for row in by_name["measures"]}) == 2  # of both releases


def test_the_script_for_a_real_cluster_does_every_step_on_the_emulation(
    request: pytest.FixtureRequest, tmp_path: Path, redshift_alike, postgres: PostgresServer
):
    session = Session(tmp_path, "en", named(request, "redshift", "unused"))
    result = session.run(f"{sys.executable} {ROOT}/deploy/redshift/verify.py")
    assert result.returncode == 0, result.stdout
    lines = [line for line in result.stdout.splitlines() if line.endswith(" ok")]
    assert len(lines) == 11
    assert "column title" in result.stdout
    with postgres.connect(DATABASE) as connection:
        left = connection.execute(
            "SELECT nspname FROM pg_namespace WHERE nspname LIKE 'rekomenda_verify%'"
        ).fetchall()
    assert left == []
    found = client_of(redshift_alike.s3).list_objects_v2(Bucket=BUCKET, Prefix="page/rekomenda_v")
    assert found.get("Contents", []) == []


def test_the_script_wants_redshift(tmp_path: Path):
    command = [sys.executable, str(ROOT / "deploy/redshift/verify.py")]
    result = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert result.returncode == 2
    assert "kind" in result.stderr
