"""The unit of the service, and the script that runs it in a bare Debian: what can be seen without root."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from support.command import call
from support.repository import ROOT

UNIT = ROOT / "deploy" / "systemd" / "rekomenda-serve.service"
SCRIPTS = ROOT / "deploy" / "bare-debian"
TEXT = UNIT.read_text(encoding="utf-8")


def _said(key: str) -> list[str]:
    return re.findall(rf"(?m)^{key}=(.*)$", TEXT)


def test_it_may_do_no_more_than_it_needs():
    wanted = {
        "User": "rekomenda",
        "ProtectSystem": "strict",
        "ReadWritePaths": "/srv/rekomenda/rekomenda-data",
        "PrivateTmp": "yes",
        "NoNewPrivileges": "yes",
        "CapabilityBoundingSet": "",
        "RestrictAddressFamilies": "AF_UNIX AF_INET AF_INET6",
        "UMask": "0027",
        "LimitCORE": "0",
    }
    assert {key: _said(key) for key in wanted} == {key: [value] for key, value in wanted.items()}
    assert _said("SystemCallFilter") == ["@system-service", "~@privileged @resources"]
    assert _said("MemoryMax")
    assert _said("TasksMax")


def test_what_it_starts_is_a_command_line_that_exists():
    (line,) = _said("ExecStart")
    program, *words = line.split()
    assert program == "/srv/rekomenda/.venv/bin/rekomenda"
    assert call(*words, "--help").code == 0
    assert "--host" not in words  # loopback alone


def test_no_secret_stands_in_it():
    assert _said("EnvironmentFile") == ["-/etc/rekomenda/environment"]
    assert not re.search(r"(?i)(token|password|secret)\w*=", " ".join(_said("Environment")))


def test_what_is_compiled_is_kept_where_it_may_write():
    places = dict(pair.split("=") for pair in _said("Environment")[0].split())
    (cache,) = _said("CacheDirectory")
    assert {*places} == {"NUMBA_CACHE_DIR", "XDG_CACHE_HOME", "MPLCONFIGDIR"}
    assert all(Path(place).is_relative_to(f"/var/cache/{cache}") for place in places.values())


with_systemd = pytest.mark.skipif(
    shutil.which("systemd-analyze") is None, reason="systemd-analyze is not installed"
)


@with_systemd
def test_systemd_reads_it_without_a_complaint(tmp_path):
    program = tmp_path / ".venv" / "bin" / "rekomenda"
    program.parent.mkdir(parents=True)
    program.symlink_to("/bin/true")
    unit = tmp_path / UNIT.name
    unit.write_text(TEXT.replace("/srv/rekomenda", str(tmp_path)))
    ended = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", unit], capture_output=True, text=True, check=False
    )
    assert (ended.returncode, ended.stdout + ended.stderr) == (0, "")


@with_systemd
def test_systemd_finds_little_that_is_open():
    ended = subprocess.run(
        ["systemd-analyze", "security", "--offline=true", "--threshold=15", "--no-pager", UNIT],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert ended.returncode == 0, ended.stdout


@pytest.mark.parametrize(
    "script",
    [SCRIPTS / "try.sh", SCRIPTS / "confine.sh", ROOT / "deploy" / "make-secrets.sh",
     ROOT / "deploy" / "with-secrets.sh", ROOT / "deploy" / "postgres" / "10-roles.sh"],
    ids=lambda path: path.name,
)  # fmt: skip
def test_a_script_is_one_to_its_shell(script):
    shell = script.read_text().partition("\n")[0].rpartition("/")[2].split()[-1]
    subprocess.run([shell if shell == "sh" else "bash", "-n", script], check=True)


def test_the_trial_takes_every_limit_from_the_unit():
    script = (SCRIPTS / "confine.sh").read_text() + (SCRIPTS / "try.sh").read_text()
    asked = {*re.findall(r"\(of_unit (\w+)", script)}
    assert {
        "ExecStart",
        "MemoryMax",
        "TasksMax",
        "LimitNOFILE",
        "LimitCORE",
        "SystemCallFilter",
    } <= asked
    assert all(_said(key) for key in asked)


def _of_confine(function: str) -> str:
    words = ["bash", "-euo", "pipefail", "-c", '. "$1"; unit="$2"; ' + function, "-",
             SCRIPTS / "confine.sh", UNIT]  # fmt: skip
    return subprocess.run(words, capture_output=True, text=True, check=True).stdout


@with_systemd
def test_the_trial_allows_the_system_calls_that_systemd_would():
    allowed = {*_of_confine("calls").split()}
    assert {"read", "execve", "futex", "socket", "fsync", "renameat2"} <= allowed
    assert not {"chroot", "mount", "setuid", "setpriority", "ptrace", "bpf"} & allowed
    assert not any(word.startswith(("@", "#")) for word in allowed)
