"""What every test run shares: a plain environment, and no test left out in silence."""

from __future__ import annotations

import os
import shutil
from collections.abc import Generator
from pathlib import Path

import pytest
import structlog

from support.clock import faketime
from support.java import java
from support.postgres import programs
from support.s3a import jars
from support.scheduler import VENV

pytest_plugins = ("support.s3_server", "support.warehouses")


def _ceph() -> bool:
    from support.ceph import installed

    return installed()


PROGRAMS = {
    "needs_promtool": "promtool",
    "needs_strace": "strace",
    "needs_prometheus": "prometheus",
    "needs_alertmanager": "prometheus-alertmanager",
    "needs_zsh": "zsh",
    "needs_fish": "fish",
    "needs_browser": "chromium",
    "needs_groff": "groff",
    "needs_systemd": "systemd-analyze",
}
"""Markers of tests that need a program from outside, and that program."""
OTHERS = {
    "needs_locales": ("locales", lambda: Path("/usr/share/i18n/locales/tr_TR").exists()),
    "needs_faketime": ("libfaketime", faketime),
    "needs_postgres": ("postgresql", programs),
    "needs_java": ("Java", java),
    "needs_ceph": ("radosgw", _ceph),
    "needs_s3a": ("Hadoop's S3A (make test-s3a)", lambda: bool(jars())),
    "needs_airflow": ("Airflow (scripts/airflow.sh)", (VENV / ".made-from").exists),
}
"""Those that need something else: its name, and how to see whether it is there."""


Report = pytest.TestReport | pytest.CollectReport


@pytest.fixture(autouse=True)
def plain_environment(monkeypatch: pytest.MonkeyPatch) -> Generator[None, None, None]:
    """Keep the settings of whoever runs the tests out of them, and one test's logs out of the next.

    A command configures logs to go to standard error as it is then; pytest closes that afterwards.
    """
    for name in [name for name in os.environ if name.startswith("REKOMENDA_")]:
        if name != "REKOMENDA_REAL_DATA":
            monkeypatch.delenv(name)
    yield
    structlog.reset_defaults()


def pytest_runtest_setup(item: pytest.Item) -> None:
    for marker, program in PROGRAMS.items():
        if item.get_closest_marker(marker) and shutil.which(program) is None:
            pytest.skip(f"{program} is not installed")
    for marker, (name, there) in OTHERS.items():
        if item.get_closest_marker(marker) and not there():
            pytest.skip(f"{name} is not installed")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, Report, Report]:
    report = yield
    return report if item.get_closest_marker("real") else _refused_in_ci(report)


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Generator[None, Report, Report]:
    return _refused_in_ci((yield))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    not_run = terminalreporter.stats.get("skipped", [])
    if not_run:
        terminalreporter.section(f"Not run: {len(not_run)}")
        for line in sorted(f"{report.nodeid}: {_reason(report)}" for report in not_run):
            terminalreporter.line(line)


def _refused_in_ci(report: Report) -> Report:
    """Turn a test that did not run into a failure where nobody would read that it did not."""
    if os.environ.get("CI") == "true" and report.skipped and not hasattr(report, "wasxfail"):
        report.longrepr = f"not run, which CI=true does not allow: {_reason(report)}"
        report.outcome = "failed"
    return report


def _reason(report: Report) -> str:
    words = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
    return words.removeprefix("Skipped: ")
