"""A real scheduler runs the DAGs: LocalExecutor, SQLite, REST, on tables of a small world."""

from __future__ import annotations

import csv
import os
import shutil
import signal
import sys
from collections import Counter
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from rekomenda.pipeline.plan import LEARN
from rekomenda.storage import commit
from rekomenda.storage.lake import Lake
from support.command import done
from support.scheduler import Airflow, airflow, process_of, until
from support.tiny_home import SETTINGS, content, visible

pytestmark = [pytest.mark.slow, pytest.mark.needs_airflow]

SIZE = ("--listeners", "60", "--tracks", "40", "--artists", "8", "--days", "14")
FIRST, LAST = "2024-06-17", "2024-06-30"
MIDNIGHT = "T03:00:00Z"
"""In Fortaleza, as UTC has it."""
STAGES = ("learn", "publish", "reconcile", "report")


def test_a_real_scheduler_runs_the_dags(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One test, since Airflow takes long to start; each step is a function below."""
    for name, value in SETTINGS.items():
        monkeypatch.setenv(name, value)
    plays = _arrivals(tmp_path)
    home = tmp_path / "home"
    where = {
        "REKOMENDA_PROGRAM": str(Path(sys.executable).with_name("rekomenda")),
        "REKOMENDA_FOLDER": str(tmp_path),
        "REKOMENDA_HOME": str(home),
        "REKOMENDA_INBOX": str(tmp_path / "inbox"),
        "REKOMENDA_REPORTS": str(tmp_path / "reports"),
        "REKOMENDA_RETRY_SECONDS": "1",
        "REKOMENDA_DAGS_END": "2024-07-08",
    }
    with airflow(tmp_path / "airflow", where) as started:
        for dag in ("daily", "weekly", "monthly"):
            assert not started.import_errors(), "every DAG file was read"
            started.unpause(f"rekomenda_{dag}")
        fourteen_days_backfilled_twice_leave_no_doubles(started, home, plays)
        the_weekly_dag_publishes_and_tells_by_xcom(started, home, tmp_path)
        a_task_that_was_killed_is_tried_again_and_converges(started, home, tmp_path)
        cleared_tasks_change_nothing(started, home)
        a_refusal_is_a_skipped_publish_with_the_reason(started, home, tmp_path)
        bad_settings_fail_at_once(started, tmp_path)
        the_monthly_dag_removes_and_looks(started)


def fourteen_days_backfilled_twice_leave_no_doubles(
    started: Airflow, home: Path, plays: Counter[tuple[str, ...]]
) -> None:
    for _ in range(2):
        runs = started.backfill("rekomenda_daily", FIRST + MIDNIGHT, LAST + MIDNIGHT)
        assert [run["state"] for run in runs] == ["success"] * 14
        assert len({run["logical_date"] for run in runs}) == 14
        assert _in_lake(home) == plays
    tries = started.tasks("rekomenda_daily", runs[0]["dag_run_id"])["ingest"]["try_number"]
    assert tries >= 2, "the second backfill did it again"


def the_weekly_dag_publishes_and_tells_by_xcom(started: Airflow, home: Path, folder: Path) -> None:
    run = started.trigger("rekomenda_weekly", date="2024-06-23")
    states = started.end_of("rekomenda_weekly", run)
    assert states == dict.fromkeys(("ingest", "freshness", *STAGES), "success")
    learned = started.xcom("rekomenda_weekly", run, "learn")
    assert (learned["decision"], learned["as_of"]) == ("ready", "2024-06-23")
    log = started.log("rekomenda_weekly", run, "learn")
    assert "run --until judge --as-of 2024-06-23 --json-line" in log
    assert all(hop.title.en in log for hop in LEARN.hops), "its hops can be followed"
    published = started.xcom("rekomenda_weekly", run, "publish")
    assert published["decision"] == "published"
    assert published["served"] == learned["release"] == _served(home)
    compared = started.xcom("rekomenda_weekly", run, "reconcile")
    assert set(compared["differences"].values()) == {0}
    (page,) = started.xcom("rekomenda_weekly", run, "report")["files"]
    assert Path(page) == folder / "reports" / f"{learned['release']}.html"
    assert learned["release"] in Path(page).read_text()
    events = started.ask("GET", "assets/events?limit=100")["asset_events"]
    assert {"x-rekomenda://lake", "x-rekomenda://release", "x-rekomenda://warehouse"} <= {
        event["uri"] for event in events
    }


def a_task_that_was_killed_is_tried_again_and_converges(
    started: Airflow, home: Path, folder: Path
) -> None:
    undisturbed = folder / "undisturbed"
    shutil.copytree(home, undisturbed)
    done("--home", undisturbed, "run", "--as-of", LAST)
    run = started.trigger("rekomenda_weekly", date=LAST)
    os.kill(until("learn is at work", lambda: _at_work(home)), signal.SIGKILL)
    assert set(started.end_of("rekomenda_weekly", run).values()) == {"success"}
    assert started.tasks("rekomenda_weekly", run)["learn"]["try_number"] == 2
    assert content(home) == content(undisturbed)


def cleared_tasks_change_nothing(started: Airflow, home: Path) -> None:
    before = content(home)
    run = started.last_run("rekomenda_weekly")
    started.clear("rekomenda_weekly", run, "publish", "reconcile")
    states = started.end_of("rekomenda_weekly", run)
    assert (states["publish"], states["reconcile"]) == ("success", "success")
    assert started.xcom("rekomenda_weekly", run, "publish")["decision"] == "unchanged"
    assert content(home) == before


def a_refusal_is_a_skipped_publish_with_the_reason(
    started: Airflow, home: Path, folder: Path
) -> None:
    before = visible(home)
    late = folder / "inbox" / "dia=2024-07-01"
    late.mkdir()
    good = "".join(f"2024-07-01,U{number:03d},T001,1\n" for number in range(1, 40))
    head = "id_date,user_id,id_tracks,plays\n"
    (late / "plays.csv").write_text(f"{head}{good}2024-07-01,U041,T001,-1\n")
    (folder / "rekomenda.toml").write_text("[gate]\nmax_quarantine = 0\n")
    run = started.trigger("rekomenda_weekly", date="2024-07-01")
    states = started.end_of("rekomenda_weekly", run)
    assert states == {
        **dict.fromkeys(("ingest", "freshness", "learn"), "success"),
        **dict.fromkeys(("publish", "reconcile", "report"), "skipped"),
    }
    assert started.state("rekomenda_weekly", run) == "success", "no crash"
    learned = started.xcom("rekomenda_weekly", run, "learn")
    reason = started.xcom("rekomenda_weekly", run, "publish", "skipped_because")
    assert (learned["decision"], learned["reason"]) == ("refused", reason)
    assert "quarantine" in reason
    assert f"Skipped: {reason}" in started.log("rekomenda_weekly", run, "publish")
    after = visible(home)
    assert (after["served"], after["shown"]) == (before["served"], before["shown"])


def bad_settings_fail_at_once(started: Airflow, folder: Path) -> None:
    (folder / "rekomenda.toml").write_text("[gate]\nmax_quarantine = 7\n")
    run = started.trigger("rekomenda_weekly", date="2024-07-01")
    states = started.end_of("rekomenda_weekly", run)
    assert states["ingest"] == "failed"
    assert started.tasks("rekomenda_weekly", run)["ingest"]["try_number"] == 1
    (folder / "rekomenda.toml").unlink()


def the_monthly_dag_removes_and_looks(started: Airflow) -> None:
    run = started.trigger("rekomenda_monthly")
    assert started.end_of("rekomenda_monthly", run) == {
        "retention": "success",
        "erasure_check": "success",
    }
    assert started.xcom("rekomenda_monthly", run, "retention")["removed"] is True
    assert started.xcom("rekomenda_monthly", run, "erasure_check")["found"] == 0


def _arrivals(folder: Path) -> Counter[tuple[str, ...]]:
    """Lay a made world into an inbox, its plays in a folder for each day; return those plays."""
    world, inbox = folder / "world", folder / "inbox"
    done("generate", "--out", world, *SIZE)
    inbox.mkdir()
    for path in world.glob("*.csv"):
        if path.name != "plays.csv":
            shutil.copy(path, inbox)
    with (world / "plays.csv").open(newline="") as file:
        head, *rows = csv.reader(file)
    assert head == ["id_date", "user_id", "id_tracks", "plays"]
    for day in {row[0] for row in rows}:
        (inbox / f"dia={day}").mkdir()
        with (inbox / f"dia={day}" / "plays.csv").open("w", newline="") as file:
            csv.writer(file).writerows([head, *(row for row in rows if row[0] == day)])
    return Counter(tuple(row) for row in rows)


def _in_lake(home: Path) -> Counter[tuple[str, ...]]:
    """Return every row of plays, as its file wrote it."""
    rows: Counter[tuple[str, ...]] = Counter()
    for part in Lake(home).snapshot().parts_of("plays"):
        for row in pq.read_table(part.path).to_pylist():
            rows[str(row["day"]), row["user_id"], row["track_id"], str(row["plays"])] += 1
    return rows


def _served(home: Path) -> str | None:
    return done("--home", home, "status", "--json").json["run_id"]


def _at_work(home: Path) -> int | None:
    """Return the process that learns for this home, once it has begun to write."""
    staging = home / commit.STAGING
    busy = staging.is_dir() and any(staging.iterdir())
    return process_of(b"--until", f"REKOMENDA_HOME={home}") if busy else None
