"""What watching and scheduling a home cost: scrapes, the way from a fault to an alert, Airflow's memory.

    python benchmarks/operating.py scrape HOME    # size and time of what Prometheus asks for
    python benchmarks/operating.py alert HOME     # a damaged file until Alertmanager has it, as shipped
    python benchmarks/operating.py airflow        # memory of Airflow, idle and with a task at work

`alert` damages a copy. Prometheus, Alertmanager and Airflow (`scripts/airflow.sh`) have to be installed.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))

from rekomenda.pipeline.releasing.draft import LISTS
from rekomenda.storage.releases import Releases
from support import scheduler
from support.watching import alertmanager, alerts, fetch, prometheus, query, service, until

LONG = 600
"""Seconds after which something is taken not to come."""
AT_WORK = "120"
"""Seconds that the task does nothing for, while memory is looked at."""


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("what", choices=TASKS)
    parser.add_argument("home", type=Path, nargs="?")
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="operating-") as folder:
        found = TASKS[options.what](options.home, Path(folder))
    load = round(os.getloadavg()[0], 1)
    print(
        json.dumps({"date": datetime.now(UTC).date().isoformat(), "load": load, **found}, indent=2)
    )
    return 0


def scrape(home: Path, _folder: Path) -> dict[str, Any]:
    """Ask for the metrics as Prometheus does, first after a start and then again and again."""
    with service(home) as address:
        begun = time.perf_counter()
        text = fetch(f"{address}/metrics")
        first = time.perf_counter() - begun
        again = []
        for _ in range(20):
            begun = time.perf_counter()
            text = fetch(f"{address}/metrics")
            again.append(time.perf_counter() - begun)
    series = [line for line in text.splitlines() if line[0] != "#"]
    names = {line.split()[2] for line in text.splitlines() if line.startswith("# TYPE")}
    return {
        "names": len(names),
        "series": len(series),
        "bytes": len(text),
        "first_seconds": round(first, 3),
        "again_seconds": round(statistics.median(again), 4),
    }


def alert(home: Path, folder: Path) -> dict[str, Any]:
    """Damage a file of a copy, and wait until Alertmanager holds the alert; nothing is hurried."""
    copy = folder / "home"
    shutil.copytree(home, copy)
    with ExitStack() as started:
        address = started.enter_context(service(copy))
        told = started.enter_context(alertmanager(folder))
        seen = started.enter_context(prometheus(folder, address, told, hurried=False))
        until(lambda: query(seen, 'rekomenda_intact{part="release"} == 1'), LONG)
        served = Releases(copy).current()
        assert served is not None, f"{home} serves nothing"
        path = served.file(LISTS)
        damaged = time.monotonic()
        path.write_bytes(path.read_bytes()[:-1])
        until(lambda: query(seen, 'rekomenda_intact{part="release"} == 0'), LONG)
        noticed = time.monotonic() - damaged
        until(lambda: "RekomendaDamaged" in alerts(told), LONG)
        return {"seen_seconds": round(noticed), "alert_seconds": round(time.monotonic() - damaged)}


def airflow(_home: Path | None, folder: Path) -> dict[str, Any]:
    """Start Airflow with a new database; look at its memory, then again while a task is at work."""
    program = folder / "program"
    program.write_text(f"#!/bin/sh\nexec sleep {AT_WORK}\n")
    program.chmod(0o755)
    (folder / "inbox").mkdir()
    where = {
        "REKOMENDA_PROGRAM": str(program),
        "REKOMENDA_FOLDER": str(folder),
        "REKOMENDA_DAGS_END": "2024-07-08",
    }
    begun = time.monotonic()
    with scheduler.airflow(folder / "airflow", where) as started:
        answers = time.monotonic() - begun
        started.unpause("rekomenda_weekly")
        idle = memory_of(session_of(started.process.pid))
        started.trigger("rekomenda_weekly", date="2024-06-30")
        asleep = scheduler.until(
            "a task is at work",
            lambda: scheduler.process_of(AT_WORK.encode(), f"AIRFLOW_HOME={started.home}"),
        )
        busy = memory_of(set(session_of(started.process.pid)) - {asleep})
        return {
            "answers_seconds": round(answers),
            "idle_mb": round(idle),
            "at_work_mb": round(busy),
        }


def memory_of(processes: Iterable[int]) -> float:
    """Return the memory of some processes in MB, what they share counted once (PSS)."""
    total = 0
    for process in processes:
        try:
            shares = Path(f"/proc/{process}/smaps_rollup").read_text().splitlines()
        except OSError:
            continue  # it has ended
        total += sum(int(line.split()[1]) for line in shares if line.startswith("Pss:"))
    return total / 1024


def session_of(leader: int) -> Iterator[int]:
    """Give the processes of a session; Airflow's own titles hide their environment."""
    for process in Path("/proc").glob("[0-9]*"):
        try:
            after_name = (process / "stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(after_name[3]) == leader:
            yield int(process.name)


TASKS = {"scrape": scrape, "alert": alert, "airflow": airflow}


if __name__ == "__main__":
    sys.exit(main())
