"""Secrets: made once, at random, and given to a program without standing on its command line."""

from __future__ import annotations

import base64
import json
import os
import re
import subprocess
from pathlib import Path

import psycopg
import pytest

from support.postgres import PostgresServer, running_postgres
from support.repository import ROOT

DEPLOY = ROOT / "deploy"


def make(folder: Path) -> dict[str, str]:
    said = subprocess.run([DEPLOY / "make-secrets.sh", folder], check=True, capture_output=True)
    assert said.stdout + said.stderr == b""
    return {path.name: path.read_text() for path in folder.iterdir()}


def test_a_secret_is_long_and_of_its_own_and_stays(tmp_path):
    one, other = make(tmp_path / "one"), make(tmp_path / "other")
    assert one.keys() == other.keys()
    assert len({*one.values(), *other.values()}) == 2 * len(one)
    assert all(len(value) >= 20 and value == value.strip() for value in one.values())
    (tmp_path / "one" / "grafana-password").unlink()
    again = make(tmp_path / "one")
    assert again.pop("grafana-password") != one.pop("grafana-password")
    assert again == one


def test_only_the_owner_gets_into_the_folder_and_containers_only_read(tmp_path):
    make(tmp_path / "secrets")
    assert (tmp_path / "secrets").stat().st_mode & 0o777 == 0o700
    assert {path.stat().st_mode & 0o777 for path in (tmp_path / "secrets").iterdir()} == {0o444}


def test_secrets_are_what_those_who_read_them_take(tmp_path):
    made = make(tmp_path / "secrets")
    assert len(base64.urlsafe_b64decode(made["AIRFLOW__CORE__FERNET_KEY"])) == 32
    assert {*json.loads(made["airflow-passwords.json"])} == {"operator"}
    password = re.fullmatch(
        r"postgresql\+psycopg2://airflow:(\w+)@postgres/airflow",
        made["AIRFLOW__DATABASE__SQL_ALCHEMY_CONN"],
    )
    assert password is not None
    assert password[1] == made["airflow-database-password"]


def test_a_program_gets_the_secrets_named_like_variables_and_no_others(tmp_path):
    (tmp_path / "REKOMENDA_METRICS_TOKEN").write_text("with a space, 'quotes' and $HOME\n")
    (tmp_path / "grafana-password").write_text("not for it")
    show = (
        "import os, sys; print(os.environ['REKOMENDA_METRICS_TOKEN'], sys.argv[1:], [*os.environ])"
    )
    ended = subprocess.run(
        ["sh", DEPLOY / "with-secrets.sh", "python3", "-c", show, "a word", ""],
        env={"PATH": os.environ["PATH"], "SECRETS": str(tmp_path)},
        check=True, capture_output=True, text=True,
    )  # fmt: skip
    assert ended.stdout.startswith("with a space, 'quotes' and $HOME ['a word', ''] ")
    assert "not for it" not in ended.stdout
    assert "grafana" not in ended.stdout


@pytest.mark.parametrize("code", [0, 3])
def test_a_program_without_secrets_starts_all_the_same(tmp_path, code):
    command = ["sh", DEPLOY / "with-secrets.sh", "sh", "-c", f"exit {code}"]
    environment = {"PATH": os.environ["PATH"], "SECRETS": str(tmp_path / "none")}
    assert subprocess.run(command, env=environment, check=False).returncode == code


@pytest.mark.slow
@pytest.mark.needs_postgres
def test_the_databases_are_made_and_each_role_has_one_alone(tmp_path):
    make(tmp_path / "secrets")
    with running_postgres() as server:
        with server.connect() as first:
            first.execute("CREATE ROLE postgres SUPERUSER LOGIN")
        with server.connect(user="postgres") as as_in_the_image:
            as_in_the_image.execute("ALTER ROLE rekomenda RENAME TO nobody")
        subprocess.run(
            [DEPLOY / "postgres" / "10-roles.sh"],
            env={
                "PATH": os.environ["PATH"], "SECRETS": str(tmp_path / "secrets"),
                "PGHOST": "127.0.0.1", "PGPORT": str(server.port),
            },
            check=True, capture_output=True,
        )  # fmt: skip
        assert _may_enter(server, "rekomenda", "rekomenda")
        assert _may_enter(server, "airflow", "airflow")
        assert not _may_enter(server, "rekomenda", "airflow")
        assert not _may_enter(server, "airflow", "rekomenda")


def _may_enter(server: PostgresServer, database: str, role: str) -> bool:
    try:
        server.connect(database, role).close()
    except psycopg.OperationalError as error:
        if "permission denied" not in str(error):
            raise
        return False
    return True
