"""The schedules without Airflow: cron, systemd and by hand come to the same."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from rekomenda.pipeline.schedule import SCHEDULES, TIMEZONE
from support.command import done
from support.homes import holding
from support.repository import ROOT
from support.tiny_home import SETTINGS, SIZE, content

JOB = ROOT / "deploy" / "cron" / "rekomenda-job"
CRON = ROOT / "deploy" / "cron" / "rekomenda.cron"
UNITS = ROOT / "deploy" / "systemd"
LAST = "2024-06-30"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder as /srv/rekomenda is, with files that have arrived."""
    for name, value in SETTINGS.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("REKOMENDA_RETRY_SECONDS", "0")
    monkeypatch.setenv("REKOMENDA_DAY", LAST)
    done("generate", "--out", tmp_path / "world", *SIZE)
    (tmp_path / "inbox").mkdir()
    for path in (tmp_path / "world").glob("*.csv"):
        shutil.copy(path, tmp_path / "inbox")
    return tmp_path


def job(folder: Path, name: str, **more: str) -> subprocess.CompletedProcess[str]:
    return shell(folder, f"{JOB} {name}", **more)


def shell(folder: Path, line: str, **more: str) -> subprocess.CompletedProcess[str]:
    """Run a line as cron does, with rekomenda on the path."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    return subprocess.run(
        ["bash", "-c", line], cwd=folder, env={**os.environ, **more, "PATH": path},
        stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False,
    )  # fmt: skip


@pytest.mark.slow
def test_the_crontab_as_it_stands_comes_to_what_the_commands_come_to(folder):
    home, by_hand = folder / "rekomenda-data", folder / "by-hand"
    lines = [line for line in CRON.read_text().splitlines() if re.match(r"[0-9*]", line)]
    assert [line.split()[4] for line in lines] == ["1", "*", "*"]
    (folder / "deploy").symlink_to(ROOT / "deploy")
    (folder / "logs").mkdir()
    for line in lines:
        user, command = line.split(maxsplit=6)[5:]
        assert user == "rekomenda"
        ended = shell(folder, command.replace("/srv/rekomenda", str(folder)))
        assert ended.returncode == 0, (folder / "logs" / "weekly.log").read_text()
    assert '"decision": "published"' in (folder / "logs" / "weekly.log").read_text()
    assert (folder / "reports" / f"{LAST}.html").is_file()
    done("--home", by_hand, "ingest", folder / "inbox")
    done("--home", by_hand, "run", "--as-of", LAST)
    assert content(home) == content(by_hand)
    assert '"decision": "unchanged"' in job(folder, "weekly").stdout
    assert content(home) == content(by_hand)


@pytest.mark.slow
def test_a_refusal_ends_the_week_with_3_and_the_old_release_stays(folder):
    assert job(folder, "weekly").returncode == 0
    before = content(folder / "rekomenda-data")
    with (folder / "inbox" / "plays.csv").open("a") as plays:
        plays.write(f"{LAST},U041,T001,-1\n")
    (folder / "rekomenda.toml").write_text(
        '[gate]\nmax_quarantine = 0\n[ingest]\non_overlap = "replace"\n'
    )
    ended = job(folder, "weekly")
    assert ended.returncode == 3, ended.stderr
    after = content(folder / "rekomenda-data")
    assert (after["served"], after["releases"]) == (before["served"], before["releases"])


def test_what_may_pass_is_tried_again_and_nothing_else(folder):
    with holding(folder / "rekomenda-data"):
        busy = job(folder, "daily")
    assert (busy.returncode, busy.stderr.count("again in")) == (75, 5)
    (folder / "inbox" / "plays.csv").write_bytes(b"")
    bad = job(folder, "daily")
    assert (bad.returncode, bad.stderr.count("again in")) == (65, 0)


def test_a_program_that_a_signal_ended_is_tried_again(folder):
    killed_once = folder / "killed-once"
    killed_once.write_text(
        "#!/usr/bin/env bash\n[ -e died ] || { touch died; kill -KILL $$; }\necho '{\"done\": true}'\n"
    )
    killed_once.chmod(0o755)
    ended = job(folder, "monthly", REKOMENDA_PROGRAM=str(killed_once))
    assert (ended.returncode, ended.stderr.count("left with 137: again")) == (0, 1)


def test_a_day_that_has_its_folder_is_read_from_there_alone(folder):
    day = folder / "inbox" / "dia=2024-06-28"
    day.mkdir()
    (day / "plays.csv").write_text("id_date,user_id,id_tracks,plays\n2024-06-28,U001,T001,1\n")
    assert job(folder, "daily", REKOMENDA_DAY="2024-06-28").returncode == 0
    lake = done("--home", folder / "rekomenda-data", "status", "--json").json["lake"]
    assert (lake["files"], lake["loaded"]) == (1, 1)


@pytest.mark.needs_systemd
def test_systemd_reads_the_units_without_a_complaint(tmp_path):
    (tmp_path / "deploy").symlink_to(ROOT / "deploy")
    (tmp_path / ".venv").symlink_to(sys.prefix)
    units = tmp_path / "units"
    units.mkdir()
    for unit in UNITS.iterdir():
        (units / unit.name).write_text(unit.read_text().replace("/srv/rekomenda", str(tmp_path)))
    ended = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", *sorted(map(str, units.iterdir()))],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (ended.returncode, ended.stdout + ended.stderr) == (0, "")


def test_timers_begin_when_the_schedules_say():
    calendar = {
        "0 0 * * *": "*-*-* 00:00:00",
        "0 0 * * 1": "Mon *-*-* 00:00:00",
        "0 0 1 * *": "*-*-01 00:00:00",
    }
    for schedule in SCHEDULES:
        timer = (UNITS / f"rekomenda-{schedule.name}.timer").read_text()
        assert f"OnCalendar={calendar[schedule.cron]} {TIMEZONE}\n" in timer
        assert (
            f"rekomenda-job {schedule.name}\n"
            in (UNITS / f"rekomenda-{schedule.name}.service").read_text()
        )
