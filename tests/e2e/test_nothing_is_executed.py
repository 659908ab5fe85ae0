"""The whole job under an audit hook: no file of a home is unpickled or executed, nobody is called.

The hook sees what Python does (`tests/support/audited`), in the processes it starts as well. What
compiled code does on its own it does not see.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from support.repository import ROOT

pytestmark = pytest.mark.slow

WATCHING = ROOT / "tests" / "support" / "audited"
COMMANDS = (
    "generate --out world --listeners 200 --tracks 80 --artists 20 --days 16",
    "--home home ingest world",
    "--home home run --as-of 2024-06-29",
    "--home home run",
    "--home home status",
    "--home home recommend SOMEBODY",
    "--home home recommend --artist A001",
    "--home home recommend --all --out lists.parquet",
    "--home home report --out page.html",
    "--home home export SOMEBODY --out theirs.zip",
    "--home home forget SOMEBODY --yes",
    "--home home block track:T001",
    "--home home rollback",
    "--home home rebuild",
    "--home home gc",
    "--home home doctor",
)
JOB = f"""
from support.command import done
somebody = ""
for line in {COMMANDS!r}:
    done(*line.replace("SOMEBODY", somebody).split())
    somebody = somebody or open("world/plays.csv").readlines()[1].split(",")[1]
"""


def watched(program: str, folder: Path) -> tuple[subprocess.CompletedProcess[str], list[str]]:
    """Run a program under the hook; return how it ended and what the hook wrote down."""
    log = folder / "audit.log"
    ended = subprocess.run(
        [sys.executable, "-c", program],
        cwd=folder,
        env={
            **os.environ,
            "AUDITED": str(log),
            "PYTHONPATH": os.pathsep.join(map(str, (WATCHING, ROOT / "src", ROOT / "tests"))),
            "REKOMENDA_EVALUATE__N_RESAMPLES": "100",
            "REKOMENDA_GATE__MIN_LISTENERS": "20",
            "REKOMENDA_MODEL__COMPARE": '["popularity", "als"]',
        },
        capture_output=True,
        text=True,
        check=False,
    )
    return ended, log.read_text().splitlines() if log.exists() else []


def test_the_whole_job_executes_no_data_and_calls_nobody(tmp_path: Path):
    ended, seen = watched(JOB, tmp_path)
    assert ended.returncode == 0, ended.stderr[-3000:]
    assert sorted(set(seen)) == []


PLANTED = {
    "pickle.find_class": "import pickle; pickle.loads(pickle.dumps(print))",
    "exec": "exec(open('data.txt').read())",
    "compile": "compile(open('data.txt').read(), 'data.txt', 'exec')",
    "marshal.loads": "import marshal; marshal.loads(marshal.dumps(1))",
    "subprocess.Popen": "import subprocess; subprocess.run(['true'])",
    "os.system": "import os; os.system('true')",
    "socket.connect": "import socket; socket.socket().connect_ex(('127.0.0.1', 9))",
    "socket.getaddrinfo": "import socket; socket.getaddrinfo('localhost', 80)",
    "os.fork": "import os; os.fork() or os._exit(0)",
}


@pytest.mark.parametrize("event", PLANTED)
def test_what_is_planted_in_a_module_is_seen(event: str, tmp_path: Path):
    (tmp_path / "data.txt").write_text("1")
    (tmp_path / "planted.py").write_text(PLANTED[event] + "\n")
    _, seen = watched("import planted", tmp_path)
    assert event in [line.split(" by ")[0] for line in seen]


def test_what_a_started_process_does_is_seen_too(tmp_path: Path):
    (tmp_path / "planted.py").write_text("import pickle; pickle.loads(pickle.dumps(print))\n")
    start = "import subprocess, sys; subprocess.run([sys.executable, '-c', 'import planted'])"
    _, seen = watched(start, tmp_path)
    assert seen == ["subprocess.Popen by subprocess", "pickle.find_class by planted"]
