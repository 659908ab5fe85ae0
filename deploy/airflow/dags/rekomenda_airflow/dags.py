"""A DAG from a schedule of the plan: a task a stage, one after the other."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from airflow.sdk import DAG, Asset, CronDataIntervalTimetable, Param, chain

from rekomenda_airflow.command import RekomendaCommand
from rekomenda_airflow.where import Where

PLAN = Path(__file__).resolve().parents[1] / "rekomenda_plan.json"
POOL = "rekomenda"
"""One slot: one process writes to a home at a time."""
BEGIN = datetime(2024, 1, 1)  # noqa: DTZ001 - the schedule's zone is put in
OUTLETS = {"ingest": "lake", "publish": "release", "reconcile": "warehouse", "report": "report"}
"""By task, the asset that it brings up to date."""

EXITS = """
| left with | here |
| --- | --- |
| 0 | success; the JSON line is the XCom |
| 3, the gate refused | `learn` ends well and says so; what comes after is **skipped** with the reason (XCom `skipped_because`) |
| a JSON error with `retryable`: 74, 75 | tried again, each wait twice as long |
| ended by a signal | tried again; a command that was killed is finished by the same command |
| anything else: 4, 65, 78 | failed at once; a person is needed |
"""


def build(name: str) -> DAG:
    """Return the DAG of one schedule: `daily`, `weekly` or `monthly`."""
    schedule = json.loads(PLAN.read_text(encoding="utf-8"))[name]
    where, zone = Where.of(), schedule["timezone"]
    with DAG(
        f"rekomenda_{name}",
        description=schedule["title"]["en"],
        doc_md=_page(schedule),
        schedule=CronDataIntervalTimetable(schedule["cron"], timezone=zone),
        start_date=BEGIN.replace(tzinfo=ZoneInfo(zone)),
        end_date=where.end,
        catchup=False,
        max_active_runs=1,
        dagrun_timeout=timedelta(hours=24),
        params=_params(schedule),
        render_template_as_native_obj=False,
        tags=["rekomenda"],
        default_args={
            "retries": 5,
            "retry_delay": where.retry_delay,
            "retry_exponential_backoff": True,
            "max_retry_delay": timedelta(hours=1),
        },
    ) as made:
        chain(*(_task(task, zone) for task in schedule["tasks"]))
    return made


def _task(task: dict[str, Any], zone: str) -> RekomendaCommand:
    outlet = OUTLETS.get(task["name"])
    return RekomendaCommand(
        task_id=task["name"],
        doc_md=_words(task),
        arguments=task["arguments"],
        timezone=zone,
        pool=POOL if task["writes"] else "default_pool",
        execution_timeout=timedelta(minutes=task["minutes"]),
        outlets=[Asset(name=f"rekomenda_{outlet}", uri=f"x-rekomenda://{outlet}")]
        if outlet
        else [],
    )


def _params(schedule: dict[str, Any]) -> dict[str, Param]:
    """Return what whoever starts a run by hand may choose. Secrets are settings, never parameters."""
    if schedule["name"] == "monthly":
        return {}
    date = Param(
        None,
        type=["null", "string"],
        format="date",
        title="Date",
        description="The day it is about; empty: the last day of the interval.",
    )
    if schedule["name"] == "daily":
        return {"date": date}
    chosen = {
        name: Param(
            None,
            type=["null", "string"],
            enum=[None, *few],
            title=name.capitalize(),
            description="Empty: as `rekomenda.toml` says.",
        )
        for name, few in schedule["choices"].items()
    }
    force = Param(
        False,
        type="boolean",
        title="Force",
        description="Publish although checks of the gate fail. It is recorded and shown.",
    )
    reason = Param(
        None,
        type=["null", "string"],  # Airflow's page starts no run while a plain string is empty
        title="Reason",
        description="Why it is forced.",
    )
    return {"date": date, **chosen, "force": force, "reason": reason}


def _page(schedule: dict[str, Any]) -> str:
    """Return the page of a DAG: what it does in both languages, task by task, and what exits mean."""
    tasks = "\n".join(
        f"| `{task['name']}` | {task['title']['en']} | {task['title']['pt-BR']} | `rekomenda {' '.join(task['arguments'])}` |"
        for task in schedule["tasks"]
    )
    return (
        f"**{schedule['title']['en']}** · *{schedule['title']['pt-BR']}*\n\n"
        f"`{schedule['cron']}` in {schedule['timezone']}. Every task may be cleared, tried again or "
        f"backfilled: its day comes from the interval, and the same data again changes nothing.\n\n"
        f"| task | does | faz | command |\n| --- | --- | --- | --- |\n{tasks}\n{EXITS}"
    )


def _words(task: dict[str, Any]) -> str:
    hops = f"\n\nHops: {' → '.join(task['hops'])}." if task["hops"] else ""
    command = " ".join(task["arguments"])
    return f"{task['title']['en']} · *{task['title']['pt-BR']}*\n\n`rekomenda {command}`{hops}"
