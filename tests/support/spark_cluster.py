"""A real cluster on loopback: a standalone master and workers, started from the pip package."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from support.repository import ROOT

_EXECUTOR = "CoarseGrainedExecutorBackend"
READY = "I have been elected leader"
REGISTERED = "Successfully registered with master"


def free_port() -> int:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        return int(listening.getsockname()[1])


@dataclass
class Cluster:
    """A master and its workers; whoever asks may kill a part of it."""

    folder: Path
    port: int = field(default_factory=free_port)
    _running: list[subprocess.Popen[bytes]] = field(default_factory=list)

    @property
    def master(self) -> str:
        return f"spark://127.0.0.1:{self.port}"

    def start(self, workers: int = 2) -> None:
        """Start everything, and come back when all workers have registered."""
        place = ("--host", "127.0.0.1", "--port", str(self.port), "--webui-port", str(free_port()))
        self._start("master", "org.apache.spark.deploy.master.Master", place, READY)
        for number in range(workers):
            self.add_worker(f"worker-{number}")

    def add_worker(self, name: str) -> None:
        place = (
            "--host",
            "127.0.0.1",
            "--port",
            str(free_port()),
            "--webui-port",
            str(free_port()),
        )
        size = ("-c", "1", "-m", "1g", "-d", str(self.folder / name), self.master)
        self._start(name, "org.apache.spark.deploy.worker.Worker", (*place, *size), REGISTERED)

    def _start(self, name: str, kind: str, words: Sequence[str], until: str) -> None:
        import pyspark

        from rekomenda.engines.spark.java import java_home

        home = Path(pyspark.__file__).parent
        environment = {
            **os.environ,
            "SPARK_HOME": str(home),
            "SPARK_LOCAL_IP": "127.0.0.1",
            "SPARK_DAEMON_MEMORY": "256m",
            "SPARK_LOCAL_DIRS": str(self.folder / f"{name}-spill"),
            "PYSPARK_PYTHON": sys.executable,
            "PYTHONPATH": os.pathsep.join([str(ROOT / "src"), str(ROOT / "tests")]),
            "JAVA_HOME": str(java_home()),
        }
        process = subprocess.Popen(
            [home / "bin" / "spark-class", kind, *words],
            env=environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            start_new_session=True,
        )
        self._running.append(process)
        assert process.stderr is not None
        said = []
        for line in process.stderr:
            said.append(line.decode(errors="replace"))
            if until in said[-1]:
                break
        else:
            raise AssertionError(f"{name} did not start: {''.join(said[-5:])}")
        _drain(process)

    def stop(self) -> None:
        """End what was started here, and the executors below it."""
        for process in reversed(self._running):
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def _drain(process: subprocess.Popen[bytes]) -> None:
    """Keep a process from waiting for somebody to read what it says."""
    import threading

    assert process.stderr is not None
    threading.Thread(target=lambda: [None for _ in process.stderr], daemon=True).start()


@contextlib.contextmanager
def cluster(folder: Path) -> Iterator[Cluster]:
    """Give a cluster of two workers for as long as the block lasts."""
    running = Cluster(folder)
    try:
        running.start()
        yield running
    finally:
        running.stop()


def executor_above() -> int:
    """Return the process of the executor that this task runs for."""
    pid = os.getpid()
    while pid > 1:
        if _EXECUTOR in " ".join(_command(pid)):
            return pid
        pid = _parent(pid)
    raise AssertionError("this is no task of an executor")


def executors_of(master: str) -> list[int]:
    """Return the processes of all executors of a cluster, oldest first."""
    pids = [int(path.name) for path in Path("/proc").iterdir() if path.name.isdigit()]
    executors = [pid for pid in pids if _EXECUTOR in " ".join(_command(pid))]
    return sorted(pid for pid in executors if master in _command(worker_of(pid)))


def worker_of(executor: int) -> int:
    """Return the process of the worker that started an executor."""
    return _parent(executor)


def _command(pid: int) -> list[str]:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().decode(errors="replace").split("\0")
    except OSError:
        return []


def _parent(pid: int) -> int:
    try:
        text = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8")
    except OSError:
        return 1
    return int(text.rpartition(")")[2].split()[1])
