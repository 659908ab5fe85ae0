"""The Dockerfile: built from locks and from files that are there, and what runs has no tool to build."""

from __future__ import annotations

import json
import re
from fnmatch import fnmatch
from pathlib import Path

import pytest
import yaml

from support.repository import ROOT

DEPLOY = ROOT / "deploy"
DOCKERFILE = re.sub(r"\\\n", " ", (DEPLOY / "Dockerfile").read_text(encoding="utf-8"))
STAGES = {
    name: (base, text)
    for base, name, text in re.findall(r"(?ms)^FROM (\S+) AS (\S+)$(.*?)(?=^FROM |\Z)", DOCKERFILE)
}
RUNS = [name for name in STAGES if name in {"base", "airflow", "rekomenda"}]
COMPOSE = yaml.safe_load((DEPLOY / "compose.yaml").read_text())["services"]


def _instructions(stage: str, word: str) -> list[str]:
    return re.findall(rf"(?m)^{word} (.*)$", STAGES[stage][1])


def _lineage(stage: str) -> list[str]:
    """Return a stage and those it stands on."""
    base = STAGES[stage][0]
    return [stage, *(_lineage(base) if base in STAGES else [])]


def test_what_is_built_last_is_the_service():
    assert [*STAGES][-1] == "rekomenda"
    assert {s["build"]["target"] for s in COMPOSE.values() if "build" in s} == {
        "airflow",
        "rekomenda",
    }


def test_what_is_copied_is_there_and_let_into_the_build():
    ignored = (DEPLOY / "Dockerfile.dockerignore").read_text().splitlines()
    assert ignored[1] == "*"
    allowed = [line[1:] for line in ignored if line.startswith("!")]
    for stage in STAGES:
        for copied in _instructions(stage, "COPY"):
            *sources, _ = copied.split()
            if sources[0].startswith("--from="):
                assert sources.pop(0).removeprefix("--from=") in STAGES
                continue
            for source in sources:
                assert (ROOT / source).exists(), source
                assert any(fnmatch(source, a) or source.startswith(f"{a}/") for a in allowed), (
                    source
                )


def test_packages_come_from_the_locks_alone():
    installs = re.findall(r"pip install ([^&\n]*)", DOCKERFILE)
    assert len(installs) == 4
    for line in installs:
        assert "--no-deps" in line
        assert "--require-hashes" in line or "--no-index" in line
    for lock in re.findall(r"requirements/[\w-]+\.lock", DOCKERFILE):
        assert "--hash=sha256:" in (ROOT / lock).read_text()


def test_what_runs_has_no_tool_to_build_with():
    (packages,) = re.findall(
        r"apt-get install --yes --no-install-recommends ([^&]*)", STAGES["base"][1]
    )
    assert {*packages.split()} == {"ca-certificates", "libgomp1", "python3", "tzdata"}
    for stage in RUNS:
        assert "apt-get" not in STAGES[stage][1] or stage == "base"
    for stage in ("installed", "installed-airflow"):
        assert re.search(r"pip uninstall --yes (setuptools )?pip$", STAGES[stage][1].strip())


@pytest.mark.parametrize("stage", ["rekomenda", "airflow"])
def test_what_runs_is_nobody_of_the_machine(stage):
    text = "".join(STAGES[name][1] for name in reversed(_lineage(stage)))
    assert re.findall(r"(?m)^USER (.*)$", text) == ["10001:10001"]
    assert "useradd --uid 10001 --gid 10001" in text
    assert not re.search(r"(?m)^RUN ", text.partition("USER 10001")[2])


@pytest.mark.parametrize("stage", ["rekomenda", "airflow"])
def test_all_that_is_written_lies_on_a_volume_or_in_tmp(stage):
    written = {"HOME", "MPLCONFIGDIR", "NUMBA_CACHE_DIR", "REKOMENDA_CACHE", "REKOMENDA_HOME"}
    written |= {"XDG_CACHE_HOME"} | ({"AIRFLOW_HOME"} if stage == "airflow" else set())
    text = " ".join(line for name in _lineage(stage) for line in _instructions(name, "ENV"))
    said = dict(re.findall(r"(\w+)=(\S+)", text))
    (volumes,) = _instructions(stage, "VOLUME")
    places = [*map(Path, json.loads(volumes)), Path("/tmp")]
    for name in written:
        assert any(Path(said[name]).is_relative_to(place) for place in places), name
    made = " ".join(_instructions("base", "RUN")).split()
    assert {*json.loads(volumes)} <= {*made}
    for service in COMPOSE.values():
        if service.get("build", {}).get("target") == stage:
            mounted = {mount.split(":")[-1] for mount in service["volumes"]}
            assert {*json.loads(volumes)} <= mounted
            assert "/tmp" in service["tmpfs"]


def test_health_is_asked_of_live():
    (health,) = re.findall(r"(?m)^HEALTHCHECK --.*CMD (\[.*\])$", DOCKERFILE)
    assert "9470/live" in health
    assert ["CMD", *json.loads(health)] == COMPOSE["service"]["healthcheck"]["test"]


def _pins(lock: str) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for line in (ROOT / "requirements" / lock).read_text().splitlines():
        if re.match(r"[a-z]", line):
            pins = found.setdefault(line.removesuffix(" \\"), set())
        else:
            pins.add(line.strip().removesuffix(" \\"))
    return found


def test_a_server_runs_what_developers_run_and_has_the_extras_it_needs():
    service, every = _pins("service.lock"), _pins("extras.lock")
    assert service.items() <= every.items()
    names = {pin.split("==")[0] for pin in service}
    assert {"fastapi", "uvicorn", "psycopg-binary", "boto3", "numba"} <= names
    assert not {"pyspark", "moto", "pytest"} & names
