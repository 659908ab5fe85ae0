"""A real Airflow for tests: its three processes started as `make airflow` does, spoken to over REST."""

from __future__ import annotations

import json
import os
import signal
import socket
import sqlite3
import subprocess
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from support.repository import ROOT

VENV = ROOT / ".venv-airflow"
PATIENCE = 480
"""Seconds after which a state is taken not to come, on a machine that does much else."""
OVER = {"success", "failed"}

Found = TypeVar("Found")


def until(what: str, look: Callable[[], Found | None]) -> Found:
    """Return what `look` finds, as soon as it finds something."""
    pause, end = threading.Event(), time.monotonic() + PATIENCE
    while time.monotonic() < end:
        found = look()
        if found:
            return found
        pause.wait(0.2)
    raise AssertionError(f"did not come in {PATIENCE} s: {what}")


def process_of(word: bytes, variable: str) -> int | None:
    """Return the process that has a word in its command line and a variable in its environment."""
    for process in sorted(Path("/proc").glob("[0-9]*"), key=lambda path: int(path.name)):
        try:
            words = (process / "cmdline").read_bytes().split(b"\0")
            mine = variable.encode() in (process / "environ").read_bytes().split(b"\0")
        except OSError:
            continue  # it has ended, or is not ours
        if mine and word in words:
            return int(process.name)
    return None


@dataclass(frozen=True)
class Airflow:
    """A started Airflow."""

    url: str
    home: Path
    process: subprocess.Popen[bytes]

    def ask(self, method: str, path: str, body: Any = None) -> Any:
        """Send a request to the REST API and return its answer."""
        request = urllib.request.Request(
            f"{self.url}/api/v2/{path}",
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={"Content-Type": "application/json", "Accept": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=60) as answer:
            text = answer.read()
        return json.loads(text) if text else None

    def unpause(self, dag: str) -> None:
        """Let the scheduler run a DAG, as soon as it has been read."""
        until(f"{dag} is read", lambda: self._found(f"dags/{dag}"))
        self.ask("PATCH", f"dags/{dag}", {"is_paused": False})

    def import_errors(self) -> list[str]:
        """Return what kept a DAG file from being read."""
        found = self.ask("GET", "importErrors")["import_errors"]
        return [each["stack_trace"] for each in found]

    def last_run(self, dag: str) -> str:
        """Return the run that was asked for last."""
        runs = self.ask("GET", f"dags/{dag}/dagRuns?order_by=-run_after&limit=1")["dag_runs"]
        return str(runs[0]["dag_run_id"])

    def trigger(self, dag: str, **conf: Any) -> str:
        """Start a run by hand and return its id."""
        made = self.ask("POST", f"dags/{dag}/dagRuns", {"logical_date": None, "conf": conf})
        return str(made["dag_run_id"])

    def end_of(self, dag: str, run: str) -> dict[str, str]:
        """Wait for the end of a run, and return the state of each task."""
        until(f"{dag} {run} ends", lambda: self.state(dag, run) in OVER)
        return {task: each["state"] for task, each in self.tasks(dag, run).items()}

    def state(self, dag: str, run: str) -> str:
        """Return the state of a run."""
        return str(self.ask("GET", f"dags/{dag}/dagRuns/{run}")["state"])

    def tasks(self, dag: str, run: str) -> dict[str, dict[str, Any]]:
        """Return the tasks of a run by name."""
        found = self.ask("GET", f"dags/{dag}/dagRuns/{run}/taskInstances")["task_instances"]
        return {each["task_id"]: each for each in found}

    def log(self, dag: str, run: str, task: str) -> str:
        """Return what the page shows as the log of a task's first try."""
        found = self.ask("GET", f"dags/{dag}/dagRuns/{run}/taskInstances/{task}/logs/1")
        return json.dumps(found["content"], ensure_ascii=False)

    def xcom(self, dag: str, run: str, task: str, key: str = "return_value") -> Any:
        """Return what a task answered."""
        place = f"dags/{dag}/dagRuns/{run}/taskInstances/{task}/xcomEntries/{key}"
        return self.ask("GET", f"{place}?deserialize=true")["value"]

    def backfill(self, dag: str, first: str, last: str) -> list[dict[str, Any]]:
        """Run all intervals of some days, those done before too; return the runs at the end."""
        body = {
            "dag_id": dag,
            "from_date": first,
            "to_date": last,
            "reprocess_behavior": "completed",
            "max_active_runs": 4,
        }
        made = until("backfill begins", lambda: self._begun(body))
        until(f"backfill {made} ends", lambda: self.ask("GET", f"backfills/{made}")["completed_at"])
        runs = self.ask("GET", f"dags/{dag}/dagRuns?limit=100")["dag_runs"]
        return [run for run in runs if run["run_type"] == "backfill"]

    def _begun(self, body: dict[str, Any]) -> int | None:
        """Begin a backfill while nobody else writes, as Airflow asks for on SQLite.

        Otherwise it answers 503, "not supported on SQLite under concurrent access", or 500, and may
        leave one without its runs, which stands in the way of the next (409): that is called off.
        """
        with self._held_still(b"scheduler", b"dag-processor"):
            if not self._may_be_written():
                return None  # one was stopped while it wrote
            try:
                return int(self.ask("POST", "backfills", body)["id"])
            except urllib.error.HTTPError as error:
                if error.code not in {409, 500, 503}:
                    raise
            begun = self.ask("GET", f"backfills?dag_id={body['dag_id']}")["backfills"]
            for each in begun:
                if each["completed_at"] is None:
                    self.ask("PUT", f"backfills/{each['id']}/cancel")
        return None

    @contextmanager
    def _held_still(self, *words: bytes) -> Iterator[None]:
        """Stop some of its processes for a moment."""
        mine = f"AIRFLOW_HOME={self.home}"
        found = [found for word in words if (found := process_of(word, mine)) is not None]
        assert len(found) == len(words)
        try:
            for process in found:
                os.kill(process, signal.SIGSTOP)
            yield
        finally:
            for process in found:
                os.kill(process, signal.SIGCONT)

    def _may_be_written(self) -> bool:
        """Tell whether nobody holds the lock of the database."""
        with closing(sqlite3.connect(self.home / "airflow.db", timeout=0)) as connection:
            try:
                connection.execute("BEGIN IMMEDIATE")
            except sqlite3.OperationalError:
                return False
        return True

    def clear(self, dag: str, run: str, *tasks: str) -> None:
        """Let tasks of a run that has ended be done again."""
        body = {
            "dag_run_id": run,
            "task_ids": list(tasks),
            "dry_run": False,
            "only_failed": False,
        }
        self.ask("POST", f"dags/{dag}/clearTaskInstances", body)

    def _found(self, path: str) -> Any:
        try:
            return self.ask("GET", path)
        except urllib.error.HTTPError as error:
            if error.code != 404:
                raise
            return None


@contextmanager
def airflow(home: Path, environment: Mapping[str, str]) -> Iterator[Airflow]:
    """Start Airflow with a folder and settings of its own, for a `with` block."""
    home.mkdir(parents=True)
    port = _free_port()
    with (home / "start.log").open("wb") as log:
        process = subprocess.Popen(
            ["bash", ROOT / "deploy/airflow/start.sh"],
            env={**os.environ, **environment, "AIRFLOW_HOME": str(home), "AIRFLOW_PORT": str(port)},
            stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True,
        )  # fmt: skip
    started = Airflow(f"http://127.0.0.1:{port}", home, process)
    try:
        until("Airflow answers", lambda: _answers(started))
        yield started
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(60)


def _answers(started: Airflow) -> bool:
    if started.process.poll() is not None:
        raise AssertionError((started.home / "start.log").read_text(errors="replace"))
    try:
        health = started.ask("GET", "monitor/health")
    except (urllib.error.URLError, ConnectionError, TimeoutError):
        return False
    return all(health[part]["status"] == "healthy" for part in ("scheduler", "dag_processor"))


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
