"""Real programs of the watch: `rekomenda serve`, Prometheus, Alertmanager, on loopback only."""

from __future__ import annotations

import json
import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

import yaml

from support.repository import ROOT

PROMETHEUS = ROOT / "deploy" / "prometheus"
WAIT = 60
"""Seconds after which something is taken for lost, on a machine that does much else."""


def fetch(address: str, **headers: str) -> str:
    """Return what an address answers; a refusal's words too."""
    request = urllib.request.Request(
        address, headers={k.replace("_", "-"): v for k, v in headers.items()}
    )
    try:
        with urllib.request.urlopen(request, timeout=WAIT) as answer:
            return str(answer.read().decode())
    except urllib.error.HTTPError as error:
        return str(error.read().decode())


def fetch_json(address: str) -> Any:
    """Return what an address answers, as JSON."""
    return json.loads(fetch(address))


def until(look: Callable[[], Any], patience: float = WAIT) -> Any:
    """Ask again until the answer is something; programs beside us need their own time."""
    end = time.monotonic() + patience
    while time.monotonic() < end:
        try:
            found = look()
        except (OSError, ValueError):  # not up yet, or not ready: its words are no JSON
            found = None
        if found:
            return found
        time.sleep(0.05)
    raise AssertionError("nothing came of it")


def free_port() -> int:
    """Return a port that nobody has now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def running(*command: object, **options: Any) -> Iterator[subprocess.Popen[str]]:
    """Run a program for a `with` block; its words are kept for a failure."""
    process = subprocess.Popen(
        [str(word) for word in command],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        **options,
    )
    try:
        yield process
    finally:
        process.terminate()
        process.wait(WAIT)


@contextmanager
def service(home: Path, *options: object, port: int = 0, **environment: str) -> Iterator[str]:
    """Run `rekomenda serve` on a home and give its address."""
    command = (
        sys.executable,
        "-m",
        "rekomenda",
        "--json",
        "--home",
        home,
        "serve",
        "--port",
        port,
        *options,
    )
    plain = {name: value for name, value in os.environ.items() if name != "PYTHONUNBUFFERED"}
    with running(*command, env={**plain, **environment}) as process:
        said = ""
        while not said.rstrip().endswith("}"):
            line = process.stdout.readline()
            assert line, f"it ended with {process.wait()}"
            said += line
        yield json.loads(said)["address"]


@contextmanager
def prometheus(
    folder: Path, target: str, alertmanager: str | None = None, *, hurried: bool = True
) -> Iterator[str]:
    """Run Prometheus with our rules on one service and give its address.

    Rules and queries are the shipped ones; in a hurry it looks once a second, and only the patience
    (`for`) is taken out of them.
    """
    shutil.copytree(PROMETHEUS, folder / "prometheus")
    config = yaml.safe_load((folder / "prometheus" / "prometheus.yml").read_text())
    if hurried:
        for rules in (folder / "prometheus" / "rules").glob("*.yml"):
            rules.write_text(re.sub(r"(?m)^( +for:) .*$", r"\1 0s", rules.read_text()))
        config["global"] = {
            "scrape_interval": "1s",
            "scrape_timeout": "1s",
            "evaluation_interval": "1s",
        }
    config["scrape_configs"][0]["static_configs"] = [{"targets": [target.removeprefix("http://")]}]
    hosts = [alertmanager.removeprefix("http://")] if alertmanager else []
    config["alerting"]["alertmanagers"] = [{"static_configs": [{"targets": hosts}]}]
    file = folder / "prometheus" / "prometheus.yml"
    file.write_text(yaml.safe_dump(config))
    port = free_port()
    with running(
        "prometheus", f"--config.file={file}", f"--storage.tsdb.path={folder / 'data'}",
        f"--web.listen-address=127.0.0.1:{port}",
    ):  # fmt: skip
        address = f"http://127.0.0.1:{port}"
        until(lambda: "Ready" in fetch(f"{address}/-/ready"))
        yield address


@contextmanager
def alertmanager(folder: Path) -> Iterator[str]:
    """Run Alertmanager with our routes and give its address."""
    port = free_port()
    with running(
        "prometheus-alertmanager", f"--config.file={ROOT / 'deploy' / 'alertmanager' / 'alertmanager.yml'}",
        f"--storage.path={folder / 'alertmanager'}", f"--web.listen-address=127.0.0.1:{port}",
        "--cluster.listen-address=",
    ):  # fmt: skip
        address = f"http://127.0.0.1:{port}"
        until(lambda: fetch(f"{address}/-/ready") == "OK")
        yield address


def query(address: str, expression: str) -> list[dict[str, Any]]:
    """Return the series that Prometheus finds for a query."""
    answer = fetch_json(f"{address}/api/v1/query?query={quote(expression)}")
    assert answer["status"] == "success", answer
    return list(answer["data"]["result"])


def alerts(address: str) -> dict[str, dict[str, Any]]:
    """Return what Alertmanager holds, by the alert's name."""
    found = fetch_json(f"{address}/api/v2/alerts")
    return {alert["labels"]["alertname"]: alert for alert in found}
