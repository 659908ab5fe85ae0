"""Pages name only what exists: settings, variables, metrics, errors, targets of make."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from rekomenda.cli.door import Door
from rekomenda.cli.main import cli
from rekomenda.pipeline.schedule import SCHEDULES
from rekomenda.settings import Settings
from rekomenda.telemetry.metrics import RunMetrics, ServiceMetrics
from support.repository import PACKAGE, ROOT, documents, relative

WITHOUT_SECTION = {
    "REKOMENDA_CACHE",
    "REKOMENDA_HOME",
    "REKOMENDA_LANG",
    "REKOMENDA_METRICS_TOKEN",
    "REKOMENDA_NO_APT",
    "REKOMENDA_OPERATOR_TOKEN",
    "REKOMENDA_DAGS_END",
    "REKOMENDA_DAY",
    "REKOMENDA_FOLDER",
    "REKOMENDA_INBOX",
    "REKOMENDA_PROGRAM",
    "REKOMENDA_REPORTS",
    "REKOMENDA_RETRY_SECONDS",
    "REKOMENDA_EVERYWHERE",
    "REKOMENDA_HORRORS",
    "REKOMENDA_ORDER",
    "REKOMENDA_ORDER_SEQUENCES",
    "REKOMENDA_ORDER_STEPS",
    "REKOMENDA_REAL_DATA",
    "REKOMENDA_FAULTS",
    "REKOMENDA_WAREHOUSE_PASSWORD",
}
OF_AIRFLOW = {f"rekomenda_{schedule.name}" for schedule in SCHEDULES} | {
    f"rekomenda_{asset}" for asset in ("lake", "release", "warehouse", "report")
}
"""DAGs and assets, which tests of the DAGs hold."""
OF_OTHER_PROGRAMS = {"--require-hashes", "--no-deps", "--universal", "--generate-hashes"}
SETTINGS = {
    f"REKOMENDA_{section}__{name}".upper() for section, fields in Settings() for name, _ in fields
}
METRICS = {
    family.name + suffix
    for metrics in (RunMetrics(), ServiceMetrics())
    for name, metric in vars(metrics).items()
    if name != "registry"
    for family in metric.describe()
    for suffix in ("", "_total", "_count", "_bucket")
}


@pytest.fixture(scope="module")
def pages() -> dict[str, str]:
    written_by_hand = [page for page in documents() if page.parent.name != "reference"]
    return {relative(page): page.read_text(encoding="utf-8") for page in written_by_hand}


def _named(pages: dict[str, str], pattern: str) -> Iterator[tuple[str, str]]:
    for page, text in pages.items():
        yield from ((page, name) for name in re.findall(pattern, text))


def test_environment_variables_exist(pages):
    named = _named(pages, r"\bREKOMENDA_[A-Z_]*[A-Z]\b")
    unknown = {
        (page, name)
        for page, name in named
        if name not in WITHOUT_SECTION
        and not any(name == known or name.startswith(f"{known}__") for known in SETTINGS)
    }
    assert unknown <= {("docs/architecture.md", "REKOMENDA_SECTION__KEY")}


def test_commands_and_their_options_exist(pages):
    context = click.Context(cli, info_name="rekomenda", obj=Door(language="en"))
    commands = {name: cli.get_command(context, name) for name in cli.list_commands(context)}
    groups = [group for group in commands.values() if isinstance(group, click.Group)]
    below = [group.get_command(context, name) for group in groups for name in group.entries]
    known = [cli, *commands.values(), *below]
    options = {word for c in known if c for p in c.get_params(context) for word in p.opts}
    named = _named(pages, r"`rekomenda ([a-z]+)|(?m:^)\$ rekomenda ([a-z]+)")
    assert not {(page, name) for page, words in named for name in words if name} - {
        (page, name) for page in pages for name in commands
    }
    ours = _named(pages, r"`(--[a-z-]+)[ `=]|`rekomenda [^`]*?(--[a-z-]+)")
    unknown = {(page, word) for page, words in ours for word in words if word} - {
        (page, word) for page in pages for word in options
    }
    assert {word for _, word in unknown} <= OF_OTHER_PROGRAMS


def test_metrics_exist(pages):
    named = _named(pages, r"\brekomenda_[a-z_]+[a-z]\b")
    assert not {(page, name) for page, name in named if name not in METRICS | OF_AIRFLOW}


def test_error_codes_exist(pages):
    written = "\n".join(path.read_text(encoding="utf-8") for path in PACKAGE.rglob("*.py"))
    known = set(re.findall(r"\"(E_[A-Z_]+)\"", written))
    assert not {(page, n) for page, n in _named(pages, r"\bE_[A-Z]+[A-Z_]*\b") if n not in known}


def test_targets_of_make_exist(pages):
    targets = set(re.findall(r"^([a-z0-9-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    named = _named(pages, r"(?:`|\$ )make ([a-z0-9-]+)")
    assert not {(page, target) for page, target in named if target not in targets}


def test_every_direct_dependency_has_its_reason():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    groups = project["dependency-groups"]
    extras = project["project"]["optional-dependencies"].values()
    asked = [*project["project"]["dependencies"], *groups["dev"], *groups["build"]]
    asked += [name for extra in extras for name in extra]
    direct = {re.split(r"[<>=\[]", name)[0] for name in asked if isinstance(name, str)}
    rows = _rows_of(ROOT / "docs" / "dependencies.md")
    named = {name for row in rows for name in re.findall(r"`([a-z0-9-]+)`", row.split("|")[1])}
    assert named == direct


def _rows_of(page: Path) -> list[str]:
    return [line for line in page.read_text(encoding="utf-8").splitlines() if line[:3] == "| `"]


def test_every_promise_has_a_test_that_carries_its_name():
    page = (ROOT / "docs" / "reliability.md").read_text(encoding="utf-8")
    promises = set(re.findall(r"^\| \*\*(R\d+) ", page, re.MULTILINE))
    tests = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "tests").rglob("*.py"))
    kept = {name.upper() for name in re.findall(r"def test_(r\d+)_", tests)}
    assert promises
    assert promises <= kept
