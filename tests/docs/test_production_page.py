"""The page on production, command by command: a home in S3, a cluster, PostgreSQL, an emulation of Redshift (not Redshift)."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from support.markdown import blocks
from support.postgres import USER, PostgresServer
from support.redshift_alike.files import ROLE
from support.redshift_alike.server import BUCKET, RedshiftAlike
from support.repository import ROOT
from support.s3_server import make_bucket
from support.sessions import SMALL, Session, differs
from support.spark import CONF, on_spark
from support.spark_cluster import Cluster, cluster
from support.warehouses import DATABASE

pytestmark = [pytest.mark.slow, pytest.mark.needs_java, pytest.mark.needs_postgres]

PAGE = ROOT / "docs/production.md"
TWIN = ROOT / "docs/production.pt-BR.md"
AGAIN = re.compile(r"warehouse init|rebuild|redshift\.toml reconcile")
"""Commands that say the same the second time, and need no cluster."""
HOME = "s3://my-music/rekomenda"
QUICK = {
    **CONF,
    "spark.executor.memory": "600m",
    "spark.executor.extraJavaOptions": "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC",
}
SCHEMAS = ("music", "music_redshift")


@pytest.fixture
def running(tmp_path: Path) -> Iterator[Cluster]:
    with cluster(tmp_path / "cluster") as started:
        yield started


def write_settings(folder: Path, postgres: PostgresServer, alike: RedshiftAlike) -> None:
    """Write the files that the page shows, with addresses of here."""
    here = {"host": '"127.0.0.1"', "user": f'"{USER}"', "database": f'"{DATABASE}"'}
    redshift = {"iam_role": f'"{ROLE}"', "staging": f'"s3://{BUCKET}/production"'}
    ports = {"rekomenda.toml": postgres.port, "redshift.toml": alike.port}
    for block in (block for block in blocks(PAGE) if block.language == "toml"):
        name = block.text.splitlines()[0].removeprefix("# ")
        text = block.text + ("" if "sslmode" in block.text else "sslmode = 'disable'\n")
        for key, value in {**here, **redshift, "port": str(ports[name])}.items():
            text = re.sub(rf"(?m)^{key} = .*$", f"{key} = {value}", text)
        text = re.sub(r"(?m)^(cluster|region) = .*\n", "", text)
        (folder / name).write_text(text.replace("verify-full", "disable"), encoding="utf-8")


def in_files(folder: Path) -> tuple[int, int]:
    """Count by hand: plays and rows."""
    with (folder / "exports" / "plays.csv").open(encoding="utf-8") as file:
        plays = [int(row["plays"]) for row in csv.DictReader(file)]
    return sum(plays), len(plays)


def test_the_page_from_files_to_both_warehouses_with_the_same_numbers_at_every_hop(
    tmp_path: Path, running: Cluster, postgres: PostgresServer, redshift_alike: RedshiftAlike
):
    session = Session(tmp_path, "en", {**SMALL, **redshift_alike.environment})
    session.environment |= on_spark(running.master, QUICK)
    session.environment |= {"REKOMENDA_HOME": HOME, "REKOMENDA_CACHE": str(tmp_path / "shared")}
    session.environment["PYTHONPATH"] = str(ROOT / "src")  # as the executors have it
    make_bucket(redshift_alike.s3, "my-music")
    write_settings(tmp_path, postgres, redshift_alike)

    for block in (block for block in blocks(PAGE) if block.language == "console"):
        for command, shown in block.commands:
            if not command.startswith("export"):
                result = session.run(command)
                assert result.returncode == 0, f"{command}:\n{result.stdout}"
                assert differs(shown, result.stdout) is None, f"{command}:\n{result.stdout}"

    assert_the_twin_says_the_same(session)
    plays, rows = in_files(tmp_path)
    hops = {"files": (plays, None)}
    for name, config in (("PostgreSQL", "rekomenda"), ("Redshift (an emulation)", "redshift")):
        said = session.run(f"rekomenda --config {config}.toml status --json")
        status = json.loads(said.stdout)
        agreed = status["reconciliation"]
        assert not any(agreed["differences"].values())
        assert agreed["lake"]["differences"] == 0
        assert status["lake"]["loaded"] == status["lake"]["rows_in"] > rows
        lists = sum(status["recommendations"].values())
        hops["lake"] = (agreed["lake"]["lake_plays"], None)
        hops["release"] = (agreed["lake"]["release_plays"], lists)
        hops[name] = None, agreed["rows"]["recommendations"]
    (query,) = [block.text for block in blocks(PAGE) if block.language == "sql"]
    for name, schema in zip(("PostgreSQL", "Redshift (an emulation)"), SCHEMAS, strict=True):
        with postgres.connect(DATABASE) as connection:
            connection.execute(f"SET search_path TO {schema}")
            ((held,),) = connection.execute(query).fetchall()
        hops[name] = int(held), hops[name][1]
    assert {played for played, _ in hops.values()} == {plays}, hops
    assert len({listed for _, listed in hops.values()} - {None}) == 1, hops
    assert table_of_the_page() == {hop: played for hop, (played, _) in hops.items()}


def assert_the_twin_says_the_same(session: Session) -> None:
    """Run again, in Portuguese, what can be run again."""
    portuguese = replace(session, language="pt-BR")
    again = [
        command
        for block in blocks(TWIN)
        if block.language == "console"
        for command in block.commands
        if AGAIN.search(command[0])
    ]
    assert len(again) == 4
    for command, shown in again:
        result = portuguese.run(command)
        assert result.returncode == 0, f"{command}:\n{result.stdout}"
        assert differs(shown, result.stdout) is None, f"{command}:\n{result.stdout}"


def table_of_the_page() -> dict[str, int]:
    """Return the plays that the page shows, by hop; how many rows the lists have, another version may change."""
    found = {}
    for line in PAGE.read_text(encoding="utf-8").splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if len(cells) == 4 and re.fullmatch(r"[\d,]+", cells[2]):
            found[cells[0]] = int(cells[2].replace(",", ""))
    return found
