"""Run by Airflow's Python, not by ours: what the DAGs are, and how a command's end is judged, as JSON.

`python dag_facts.py DAGS PROGRAM`; PROGRAM is a script that prints what $ANSWER says and leaves with $CODE.
"""

from __future__ import annotations

import json
import os
import sys
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

CASES = {
    "done": ("0", {"loaded": 3}),
    "refused": ("3", {"error": {"message": "not proven", "retryable": False}}),
    "busy": ("75", {"error": {"message": "busy", "retryable": True}}),
    "disk": ("74", {"error": {"message": "failing disk", "retryable": True}}),
    "damaged": ("74", {"error": {"message": "damaged", "retryable": False}}),
    "held": ("4", {"files": []}),
    "bad data": ("65", {"error": {"message": "bad", "retryable": False}}),
    "settings": ("78", {"error": {"message": "settings", "retryable": False}}),
    "unexpected": ("1", {"error": {"message": "?", "retryable": False}}),
    "no answer": ("1", None),
    "killed": ("KILL", None),
    "terminated": ("143", None),
}


def main(dags: Path, program: str) -> None:
    sys.path.insert(0, str(dags))
    import rekomenda_dags as made

    after = sorted(sys.modules)
    facts = {
        "modules": after,
        "dags": {dag.dag_id: of_dag(dag) for dag in (made.daily, made.weekly, made.monthly)},
        "ends": {name: end_of(made.weekly, program, *case) for name, case in CASES.items()},
        "days": days(),
        "words": words(made.weekly),
        "skipped": skipped(made.weekly),
    }
    json.dump(facts, sys.stdout)


def of_dag(dag: Any) -> dict[str, Any]:
    return {
        "timetable": type(dag.timetable).__name__,
        "cron": dag.timetable.expression,
        "timezone": str(dag.timetable.timezone),
        "catchup": dag.catchup,
        "max_active_runs": dag.max_active_runs,
        "params": {name: each.schema for name, each in params(dag)},
        "doc": dag.doc_md,
        "tasks": {
            task.task_id: {
                "arguments": task.arguments,
                "after": sorted(task.upstream_task_ids),
                "pool": task.pool,
                "minutes": task.execution_timeout.total_seconds() / 60,
                "retries": task.retries,
                "backoff": bool(task.retry_exponential_backoff),
                "outlets": [asset.uri for asset in task.outlets],
                "doc": task.doc_md,
            }
            for task in dag.tasks
        },
    }


def params(dag: Any) -> list[tuple[str, Any]]:
    return [(name, dag.params.get_param(name)) for name in sorted(dag.params)]


def end_of(dag: Any, program: str, code: str, answer: Any) -> list[Any]:
    """Return what the task did: its answer, or the name of the exception that it left with."""
    from rekomenda_airflow.where import Where

    task = dag.get_task("learn")
    os.environ.update(CODE=code, ANSWER="" if answer is None else json.dumps(answer))
    where = Where.of({"REKOMENDA_FOLDER": "."})
    try:
        return ["answered", task._judged(*task._run([program], where), {})]
    except Exception as error:
        return [type(error).__name__, str(error)]


def days() -> list[str]:
    from rekomenda_airflow.command import as_of

    monday = datetime(2024, 7, 1, 3, tzinfo=UTC)  # midnight in Fortaleza
    by_hand = SimpleNamespace(run_after=datetime(2024, 7, 4, 2, tzinfo=UTC))  # still the 3rd there
    contexts: list[Any] = [
        {"params": {}, "data_interval_end": monday},
        {"params": {"date": "2024-05-05"}, "data_interval_end": monday},
        {"params": {"date": None}, "dag_run": by_hand},
    ]
    return [as_of(context, "America/Fortaleza").isoformat() for context in contexts]


def words(dag: Any) -> dict[str, list[str]]:
    """Return the options that parameters of a run by hand become."""
    asked = dag.get_task("learn")._asked_for
    chosen = {
        "algorithm": "ease",
        "engine": "spark",
        "force": True,
        "reason": "a; rm -rf / # said so",
    }
    return {
        "none": asked("run", {"params": {}}),
        "untouched": asked("run", {"params": {name: each.value for name, each in params(dag)}}),
        "all": asked("run", {"params": chosen}),
        "other": asked("publish", {"params": chosen}),
    }


def skipped(dag: Any) -> list[Any]:
    """Return what `publish` does after a refusal, and where it says why."""
    told: dict[str, str] = {}
    ti = SimpleNamespace(
        xcom_pull=lambda task_ids: {"decision": "refused", "reason": "not proven"},
        xcom_push=lambda key, value: told.update({key: value}),
    )
    try:
        dag.get_task("publish")._learned({"ti": ti})
    except Exception as error:
        return [type(error).__name__, str(error), told]
    return ["went on", "", told]


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
