"""Real faults, seen by a real Prometheus, told by a real Alertmanager; and the shipped dashboards."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from support.command import call, done
from support.repository import ROOT
from support.tiny_home import SETTINGS, SIZE
from support.watching import (
    alertmanager,
    alerts,
    fetch,
    fetch_json,
    prometheus,
    query,
    service,
    until,
)

pytestmark = [pytest.mark.slow, pytest.mark.needs_prometheus, pytest.mark.needs_alertmanager]

DASHBOARDS = sorted((ROOT / "deploy" / "grafana").glob("*.json"))
REFUSING = {"REKOMENDA_GATE__MAX_QUARANTINE": "0"}
"""One row of the world is bad: no candidate passes then."""


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small world through two real runs, each published."""
    folder = tmp_path_factory.mktemp("watched")
    environment = {**os.environ, **SETTINGS, "REKOMENDA_HOME": str(folder / "home")}

    def rekomenda(*words: object) -> None:
        subprocess.run(
            [sys.executable, "-m", "rekomenda", *map(str, words)],
            env=environment,
            check=True,
            capture_output=True,
        )

    rekomenda("generate", *SIZE, "--days", "50", "--out", folder / "world")
    with (folder / "world" / "plays.csv").open("a") as plays:
        plays.write("2024-06-30,U0007,T001,none\n")
    rekomenda("ingest", folder / "world")
    for day in ("2024-06-23", "2024-06-30"):
        rekomenda("run", "--as-of", day, "--force")
    return folder / "home"


@pytest.fixture(scope="module")
def watched(home, tmp_path_factory):
    """The programs, and the home that they watch."""
    folder = tmp_path_factory.mktemp("programs")
    with (
        service(home) as served,
        alertmanager(folder) as told,
        prometheus(folder, served, told) as seen,
    ):
        until(lambda: query(seen, 'up{job="rekomenda"} == 1'))
        yield home, seen, told


def test_every_target_is_up_and_every_rule_is_loaded(watched):
    _, seen, _ = watched
    targets = fetch_json(f"{seen}/api/v1/targets")["data"]["activeTargets"]
    assert [target["health"] for target in targets] == ["up"]
    groups = until(
        lambda: (
            (g := fetch_json(f"{seen}/api/v1/rules")["data"]["groups"])
            and all(rule["health"] == "ok" for group in g for rule in group["rules"])
            and g
        )
    )
    names = {rule["name"] for group in groups for rule in group["rules"]}
    assert {"RekomendaGone", "RekomendaErasureVeryLate", "rekomenda:publish:bytes"} <= names


@pytest.mark.parametrize("file", DASHBOARDS, ids=lambda file: file.stem)
def test_every_query_of_a_dashboard_returns_series_of_a_real_run(watched, file):
    _, seen, _ = watched
    board = json.loads(file.read_text())
    asked = [target["expr"] for panel in board["panels"] for target in panel.get("targets", ())]
    assert asked
    wanted = {expression.replace("$__rate_interval", "30s") for expression in asked}
    for expression in sorted(wanted):
        until(lambda expression=expression: query(seen, expression))


def test_a_real_run_says_nothing_is_wrong_but_what_is(watched):
    """The made world is of 2024 and nobody has loaded a newer day: that alone is told."""
    _, _, told = watched
    until(lambda: "RekomendaModelOld" in alerts(told))
    assert "RekomendaGone" not in alerts(told)
    assert "RekomendaDamaged" not in alerts(told)
    assert "RekomendaLastRunFailed" not in alerts(told)


def test_a_file_that_was_damaged_is_told_until_it_is_whole_again(watched):
    home, seen, told = watched
    served = next((home / "releases").glob("20240630-*"))
    path = served / "lists" / "recommendations.parquet"
    whole = path.read_bytes()
    path.write_bytes(whole[:200] + b"\0" + whole[201:])
    alert = until(lambda: alerts(told).get("RekomendaDamaged"))
    assert alert["labels"]["part"] == "release"
    assert alert["labels"]["severity"] == "page"
    path.write_bytes(whole)
    until(lambda: not query(seen, 'ALERTS{alertname="RekomendaDamaged",alertstate="firing"}'))


def test_a_refused_run_is_told_though_the_last_success_stays(watched, monkeypatch):
    home, seen, told = watched
    expression = 'rekomenda_last_success_timestamp_seconds{command="run"}'
    before = query(seen, expression)[0]["value"][1]
    for name, value in {**SETTINGS, **REFUSING}.items():
        monkeypatch.setenv(name, value)
    assert call("--home", home, "run").code == 3
    alert = until(lambda: alerts(told).get("RekomendaLastRunFailed"))
    assert alert["labels"]["severity"] == "warn"
    assert query(seen, expression)[0]["value"][1] == before


def test_a_weekly_job_that_stopped_is_told_though_nothing_runs_to_say_so(watched, tmp_path):
    """The same home as it would be after fifteen days in which cron was dead."""
    home, _, _ = watched
    old = tmp_path / "home"
    shutil.copytree(home, old)
    _age(old, timedelta(days=15))
    folder = tmp_path / "programs"
    with service(old) as served, alertmanager(folder) as told, prometheus(folder, served, told):
        alert = until(lambda: alerts(told).get("RekomendaPublishOverdue"))
        assert "two intervals" in alert["annotations"]["summary"]


def _age(home: Path, by: timedelta) -> None:
    """Make everything that was done here so much older, in documents sealed again."""
    from rekomenda.storage.documents import read_document, seal

    for path in (*home.glob("attempts/*.json"), *home.glob("releases/*/manifest.json")):
        document = read_document(path)
        for name in ("attempted_at", "repeated_at", "created_at"):
            if name in document:
                document[name] = (
                    (datetime.fromisoformat(document[name]) - by).astimezone(UTC).isoformat()
                )
        path.write_bytes(seal(document))


def test_a_service_that_died_is_told(watched, tmp_path):
    home, _, _ = watched
    folder = tmp_path / "programs"
    with alertmanager(folder) as told:
        with service(home) as served:
            watching = prometheus(folder, served, told)
            seen = watching.__enter__()
            until(lambda: query(seen, "rekomenda_build_info"))
        until(lambda: alerts(told).get("RekomendaGone"))
        watching.__exit__(None, None, None)


def test_a_scrape_is_small(watched):
    home, _, _ = watched
    with service(home) as served:
        text = fetch(f"{served}/metrics")
    assert len([line for line in text.splitlines() if line[0] != "#"]) < 1000
    assert len(text) < 100_000
    assert done("--home", home, "status").code == 0
