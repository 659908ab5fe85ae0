"""compose.yaml: hardened, on loopback, without a secret of its own, and whole."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from support.repository import ROOT

DEPLOY = ROOT / "deploy"
TEXT = (DEPLOY / "compose.yaml").read_text(encoding="utf-8")
COMPOSE: dict[str, Any] = yaml.safe_load(TEXT)
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
ONCE = {name for name, service in SERVICES.items() if service["restart"] == "no"}
VARIABLE = re.compile(r"\$\{([A-Z_]+)([^}]*)\}")
SAID = dict(
    line.split("=", 1)
    for line in (DEPLOY / ".env.example").read_text(encoding="utf-8").splitlines()
    if re.match(r"[A-Z]", line)
)
"""What .env.example says."""

every_service = pytest.mark.parametrize("name", sorted(SERVICES))


def _mounts(name: str) -> list[tuple[str, str, str]]:
    """Return the mounts of a service: from where, to where, how."""
    found = []
    for mount in SERVICES[name].get("volumes", ()):
        source, target, how = (*VARIABLE.sub(r"$\1", mount).split(":"), "rw")[:3]
        found.append((source, target, how))
    return found


def test_it_has_every_part():
    assert {
        "service",
        "airflow-scheduler",
        "postgres",
        "prometheus",
        "alertmanager",
        "grafana",
    } <= {*SERVICES}
    assert SERVICES["store"]["profiles"] == ["s3"]


@every_service
def test_a_container_has_no_right_that_it_does_not_need(name):
    service = SERVICES[name]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert not {"privileged", "cap_add", "pid", "ipc", "network_mode", "devices"} & {*service}
    assert not any("docker.sock" in mount for mount in service.get("volumes", ()))


@every_service
def test_a_container_takes_no_more_than_its_share(name):
    limits = SERVICES[name]["deploy"]["resources"]["limits"]
    assert {*limits} == {"cpus", "memory", "pids"}
    assert SERVICES[name]["logging"]["options"].keys() == {"max-size", "max-file"}


@every_service
def test_a_container_says_whether_it_is_well_and_waits_for_what_it_needs(name):
    health = SERVICES[name]["healthcheck"]
    if name in ONCE:
        assert health == {"disable": True}
    else:
        assert {*health} == {"test", "interval", "timeout", "retries", "start_period"}
        assert health["test"][0] == "CMD"
    for needed, how in SERVICES[name].get("depends_on", {}).items():
        ended = "service_completed_successfully" if needed in ONCE else "service_healthy"
        assert how == {"condition": ended}


@every_service
def test_a_port_is_on_loopback_alone(name):
    for port in SERVICES[name].get("ports", ()):
        assert re.fullmatch(r"127\.0\.0\.1:\$\{[A-Z]+_PORT:\?[^}]+\}:\d+", port)


@every_service
def test_an_image_is_of_a_stated_version_and_names_no_registry(name):
    image = SERVICES[name]["image"]
    if "build" in SERVICES[name]:
        assert re.fullmatch("rekomenda(-airflow)?", image)
    else:
        assert re.fullmatch(r"([a-z]+/)?[a-z]+:[\w.-]*\d[\w.-]*", image)


@every_service
def test_what_is_mounted_from_the_repository_is_there_and_cannot_be_written(name):
    for source, _, how in _mounts(name):
        if source.startswith("."):
            assert (DEPLOY / source).exists()
        if source.startswith((".", "$")):
            assert how == "ro"


def test_volumes_networks_and_secrets_are_declared_and_used():
    named = {s for n in SERVICES for s, _, _ in _mounts(n) if s[0] not in ".$"}
    assert named == {*COMPOSE["volumes"]}
    assert {n for s in SERVICES.values() for n in s["networks"]} == {*COMPOSE["networks"]}
    assert {n for s in SERVICES.values() for n in s.get("secrets", ())} == {*COMPOSE["secrets"]}


def test_every_variable_is_in_the_example_and_none_has_a_value_of_its_own():
    assert {name for name, _ in VARIABLE.findall(TEXT)} == {*SAID}
    assert {how for _, how in VARIABLE.findall(TEXT)} == {":?copy .env.example to .env"}
    assert all(SAID.values())


def test_no_secret_stands_in_a_file():
    secret = re.compile(r"PASSWORD|TOKEN|SECRET|_KEY|CONN$")
    assert {name for name in SAID if secret.search(name)} == {"SECRETS"}
    for service in SERVICES.values():
        for name, value in service.get("environment", {}).items():
            assert not secret.search(name) or (
                "FILE" in name and value.startswith(("/run/", "/tmp/"))
            )
    for name, where in COMPOSE["secrets"].items():
        assert where == {"file": f"${{SECRETS:?copy .env.example to .env}}/{name}"}


def test_the_script_makes_every_secret_there_is(tmp_path):
    subprocess.run([DEPLOY / "make-secrets.sh", tmp_path / "secrets"], check=True)
    assert {path.name for path in (tmp_path / "secrets").iterdir()} == {*COMPOSE["secrets"]}


def test_whoever_is_given_a_variable_as_a_secret_starts_through_what_reads_it():
    for name, service in SERVICES.items():
        if "build" not in service:
            continue
        dockerfile = (DEPLOY / "Dockerfile").read_text()
        entrypoint = service.get("entrypoint") or yaml.safe_load(
            dockerfile.partition(f" AS {service['build']['target']}\n")[2]
            .partition("ENTRYPOINT ")[2]
            .partition("\n")[0]
        )
        assert entrypoint[:2] == ["/bin/sh", "/usr/local/bin/with-secrets"], name


def test_prometheus_asks_the_service_that_is_there_with_a_token_that_it_has():
    ours = yaml.safe_load((DEPLOY / "prometheus" / "compose.yml").read_text())
    plain = yaml.safe_load((DEPLOY / "prometheus" / "prometheus.yml").read_text())
    (job,), (alertmanagers,) = ours["scrape_configs"], ours["alerting"]["alertmanagers"]
    assert job.pop("authorization") == {
        "credentials_file": f"/run/secrets/{SERVICES['prometheus']['secrets'][0]}"
    }
    for configs, port in ((job, 9470), (alertmanagers, 9093)):
        ((target,),) = (config["targets"] for config in configs["static_configs"])
        host, _, there = target.partition(":")
        assert int(there) == port
        assert SERVICES[host]["ports"][0].endswith(f":{port}")
        configs["static_configs"] = [{"targets": [f"127.0.0.1:{port}"]}]
    assert ours == plain


@pytest.mark.needs_promtool
def test_promtool_takes_the_configuration():
    command = ["promtool", "check", "config", "--syntax-only", "compose.yml"]
    subprocess.run(command, cwd=DEPLOY / "prometheus", check=True, capture_output=True)


def test_grafana_finds_its_source_and_its_dashboards():
    folder = DEPLOY / "grafana" / "provisioning"
    (source,) = yaml.safe_load((folder / "datasources" / "prometheus.yml").read_text())[
        "datasources"
    ]
    assert (source["type"], source["url"]) == ("prometheus", "http://prometheus:9090")
    (provider,) = yaml.safe_load((folder / "dashboards" / "rekomenda.yml").read_text())["providers"]
    mounted = {Path(target) for _, target, _ in _mounts("grafana") if target.endswith(".json")}
    assert {path.name for path in mounted} == {p.name for p in (DEPLOY / "grafana").glob("*.json")}
    assert {str(path.parent) for path in mounted} == {provider["options"]["path"]}
