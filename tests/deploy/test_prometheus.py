"""What is shipped for Prometheus, Alertmanager and Grafana: valid, tested alert by alert, documented."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml
from grafana_foundation_sdk.models.dashboard import Dashboard

from draw_dashboards import outdated
from rekomenda.telemetry.metrics import RunMetrics, ServiceMetrics
from support.markdown import headings
from support.repository import ROOT

DEPLOY = ROOT / "deploy"
RULES = DEPLOY / "prometheus" / "rules"
TESTS = DEPLOY / "prometheus" / "tests" / "alerts.yml"
DASHBOARDS = sorted((DEPLOY / "grafana").glob("*.json"))


def _rules(file: str) -> list[dict[str, Any]]:
    groups = yaml.safe_load((RULES / file).read_text())["groups"]
    return [rule for group in groups for rule in group["rules"]]


ALERTS = {rule["alert"]: rule for rule in _rules("alerts.yml")}
RECORDED = {rule["record"]: rule for rule in _rules("recording.yml")}
every_alert = pytest.mark.parametrize("name", sorted(ALERTS))


def _expected(name: str) -> list[list[Any]]:
    tests = yaml.safe_load(TESTS.read_text())["tests"]
    asked = [each for test in tests for each in test["alert_rule_test"]]
    return [each["exp_alerts"] for each in asked if each["alertname"] == name]


def run(*command: object, cwd: Path = DEPLOY) -> str:
    result = subprocess.run(
        [str(word) for word in command], cwd=cwd, capture_output=True, text=True, check=False
    )
    assert result.returncode == 0, result.stdout + result.stderr
    return result.stdout + result.stderr


@pytest.mark.needs_promtool
def test_the_configuration_and_its_rules_are_valid():
    said = run("promtool", "check", "config", "prometheus/prometheus.yml")
    assert f"{len(ALERTS)} rules found" in said


@pytest.mark.needs_promtool
@pytest.mark.slow
def test_every_alert_fires_and_stays_silent_where_it_should():
    assert "SUCCESS" in run("promtool", "test", "rules", "prometheus/tests/alerts.yml")


@pytest.mark.needs_promtool
@pytest.mark.slow
def test_the_tests_of_alerts_can_fail(tmp_path):
    folder = tmp_path / "prometheus"
    shutil.copytree(DEPLOY / "prometheus", folder)
    rules = folder / "rules" / "alerts.yml"
    rules.write_text(
        rules.read_text().replace("rekomenda_runs_refused_in_a_row >= 3", "vector(0) > 1")
    )
    result = subprocess.run(
        ["promtool", "test", "rules", "tests/alerts.yml"],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode != 0
    assert "RekomendaGateRefusing" in result.stdout + result.stderr


@every_alert
def test_an_alert_has_a_test_that_fires_and_one_that_does_not(name):
    expected = _expected(name)
    assert any(expected)
    assert [] in expected


@every_alert
def test_an_alert_says_how_urgent_it_is_and_where_to_read_on(name):
    rule = ALERTS[name]
    assert rule["labels"]["severity"] in {"page", "warn"}
    assert rule["annotations"]["summary"].endswith(".")
    assert rule["annotations"]["runbook"] == f"docs/runbook.md#{name.lower()}"


@pytest.mark.parametrize("page", ["runbook.md", "runbook.pt-BR.md"])
def test_the_runbook_has_a_section_for_each_alert_and_no_other(page):
    sections = re.findall(r"(?m)^## (Rekomenda\w+)$", (ROOT / "docs" / page).read_text())
    assert sections == list(ALERTS)
    assert headings(ROOT / "docs" / page)


def _metrics() -> set[str]:
    registries = [RunMetrics().registry, ServiceMetrics().registry]
    families = [family for registry in registries for family in registry.collect()]
    suffixes = ("", "_total", "_count", "_sum", "_bucket")
    return {family.name + suffix for family in families for suffix in suffixes}


def _named(expression: str) -> set[str]:
    return set(re.findall(r"\brekomenda[_:][a-z0-9_:]+", expression))


def test_rules_and_dashboards_name_only_metrics_that_exist():
    expressions = [rule["expr"] for rule in (*ALERTS.values(), *RECORDED.values())]
    for file in DASHBOARDS:
        expressions += re.findall(r'"expr": "(.*)"', file.read_text())
    assert len(expressions) > 60
    known = _metrics() | set(RECORDED)
    assert not {name for expression in expressions for name in _named(expression)} - known


def test_dashboards_are_those_that_the_script_builds():
    assert not outdated(), "run `python scripts/draw_dashboards.py`"


@pytest.mark.parametrize("file", DASHBOARDS, ids=lambda file: file.stem)
def test_a_dashboard_is_one_to_grafanas_own_library(file):
    content = json.loads(file.read_text())
    board = Dashboard.from_json(content)
    assert board.title.startswith("rekomenda")
    assert len(board.panels) == len(content["panels"]) > 10
    assert len({panel.title for panel in board.panels}) == len(board.panels)


@pytest.mark.needs_alertmanager
def test_alertmanager_takes_its_configuration():
    assert "SUCCESS" in run("amtool", "check-config", "alertmanager/alertmanager.yml")


@pytest.mark.needs_alertmanager
@pytest.mark.parametrize(("severity", "receiver"), [("page", "on-call"), ("warn", "daytime")])
def test_urgent_alerts_reach_who_is_on_call(severity, receiver):
    file = "--config.file=alertmanager/alertmanager.yml"
    said = run("amtool", "config", "routes", "test", file, f"severity={severity}", "alertname=X")
    assert said.splitlines()[0] == receiver
