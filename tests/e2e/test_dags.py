"""The DAG files, read by Airflow's own Python: what is in them, and what each exit code becomes."""

from __future__ import annotations

import json
import os
import subprocess
from typing import Any

import pytest

from reference.schedules import choices_of_a_run
from rekomenda.pipeline.schedule import SCHEDULES, TIMEZONE, to_json
from support.repository import ROOT
from support.scheduler import VENV

pytestmark = [pytest.mark.slow, pytest.mark.needs_airflow]

DAGS = ROOT / "deploy" / "airflow" / "dags"
PROGRAM = """#!/usr/bin/env bash
echo 'a note' >&2
printf 'words before\\n%s\\n' "$ANSWER"
[ "$CODE" = KILL ] && kill -KILL $$
exit "$CODE"
"""


@pytest.fixture(scope="module")
def facts(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    folder = tmp_path_factory.mktemp("dags")
    program = folder / "program"
    program.write_text(PROGRAM)
    program.chmod(0o755)
    told = subprocess.run(
        [VENV / "bin" / "python", ROOT / "tests" / "support" / "dag_facts.py", DAGS, program],
        env={
            "PATH": os.environ["PATH"],
            "AIRFLOW_HOME": str(folder),
            "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        },
        cwd=folder, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert told.returncode == 0, told.stderr
    found: dict[str, Any] = json.loads(told.stdout.splitlines()[-1])
    return found


def test_the_plan_that_dags_are_built_from_is_the_plan():
    written = json.loads((DAGS / "rekomenda_plan.json").read_text())
    assert written["weekly"].pop("choices") == choices_of_a_run()
    assert written == to_json()


def test_a_dag_has_a_task_for_each_of_its_schedule_one_after_the_other(facts):
    assert len(facts["dags"]) == len(SCHEDULES) == 3
    for schedule in SCHEDULES:
        dag = facts["dags"][f"rekomenda_{schedule.name}"]
        names = [task.name for task in schedule.tasks]
        assert list(dag["tasks"]) == names
        assert [dag["tasks"][name]["after"] for name in names] == [
            [],
            *([name] for name in names[:-1]),
        ]
        assert {n: t["arguments"] for n, t in dag["tasks"].items()} == {
            task.name: list(task.arguments) for task in schedule.tasks
        }


def test_intervals_are_explicit_and_nothing_is_caught_up_by_itself(facts):
    weekly = facts["dags"]["rekomenda_weekly"]
    assert (weekly["timetable"], weekly["cron"]) == ("CronDataIntervalTimetable", "0 0 * * 1")
    for dag in facts["dags"].values():
        assert (dag["timezone"], dag["catchup"], dag["max_active_runs"]) == (TIMEZONE, False, 1)


def test_every_task_has_an_end_waits_longer_each_time_and_says_what_it_does(facts):
    for dag in facts["dags"].values():
        assert "| 3, the gate refused |" in dag["doc"]
        for name, task in dag["tasks"].items():
            assert 0 < task["minutes"] <= 360
            assert (task["retries"], task["backoff"]) == (5, True)
            assert f"rekomenda {task['arguments'][0]}" in task["doc"]
            assert f"`{name}`" in dag["doc"]


def test_one_writer_at_a_time(facts):
    for dag in facts["dags"].values():
        pools = {name: task["pool"] for name, task in dag["tasks"].items()}
        readers = {"freshness", "report", "erasure_check"}
        assert pools == {n: "default_pool" if n in readers else "rekomenda" for n in pools}


def test_assets_are_brought_up_to_date_where_they_change(facts):
    tasks = facts["dags"]["rekomenda_weekly"]["tasks"]
    assert {name: task["outlets"] for name, task in tasks.items()} == {
        "ingest": ["x-rekomenda://lake"],
        "freshness": [],
        "learn": [],
        "publish": ["x-rekomenda://release"],
        "reconcile": ["x-rekomenda://warehouse"],
        "report": ["x-rekomenda://report"],
    }


def test_parameters_are_few_and_no_secret(facts):
    assert {name: list(dag["params"]) for name, dag in facts["dags"].items()} == {
        "rekomenda_daily": ["date"],
        "rekomenda_weekly": ["algorithm", "date", "engine", "force", "reason"],
        "rekomenda_monthly": [],
    }


def test_models_and_engines_are_chosen_from_those_of_the_command(facts):
    asked = facts["dags"]["rekomenda_weekly"]["params"]
    assert asked["engine"]["enum"] == [None, "embedded", "spark"]
    assert asked["algorithm"]["enum"] == [None, *choices_of_a_run()["algorithm"]]


def test_airflows_own_page_starts_a_run_with_nothing_filled_in(facts):
    """It holds back a run whose parameter is empty and may not be null, whatever its default."""
    for dag in facts["dags"].values():
        for schema in dag["params"].values():
            assert schema["type"] == "boolean" or "null" in schema["type"]


def test_nothing_heavy_is_imported(facts):
    heavy = {
        "rekomenda",
        "numpy",
        "pandas",
        "pyarrow",
        "duckdb",
        "scipy",
        "numba",
        "pyspark",
        "boto3",
    }
    assert "rekomenda_airflow.command" in facts["modules"]
    assert not heavy & {name.partition(".")[0] for name in facts["modules"]}


@pytest.mark.parametrize(
    ("case", "ends"),
    [
        ("busy", "AirflowException"),
        ("disk", "AirflowException"),
        ("killed", "AirflowException"),
        ("terminated", "AirflowException"),
        ("damaged", "AirflowFailException"),
        ("held", "AirflowFailException"),
        ("bad data", "AirflowFailException"),
        ("settings", "AirflowFailException"),
        ("unexpected", "AirflowFailException"),
        ("no answer", "AirflowFailException"),
    ],
)
def test_only_what_may_pass_is_tried_again(facts, case, ends):
    assert facts["ends"][case][0] == ends


def test_the_answer_is_the_last_line_and_a_refusal_is_one(facts):
    assert facts["ends"]["done"] == ["answered", {"loaded": 3}]
    assert facts["ends"]["refused"] == ["answered", {"decision": "refused", "reason": "not proven"}]
    name, said, told = facts["skipped"]
    assert (name, said) == ("AirflowSkipException", "not proven")
    assert told == {"skipped_because": "not proven"}


def test_the_day_comes_from_the_parameter_the_interval_or_the_day_it_was_asked_for(facts):
    assert facts["days"] == ["2024-06-30", "2024-05-05", "2024-07-02"]


def test_what_a_person_types_is_one_word_and_only_for_the_run(facts):
    assert facts["words"] == {
        "none": [],
        "untouched": [],
        "all": [
            "--algorithm",
            "ease",
            "--engine",
            "spark",
            "--force",
            "--reason",
            "a; rm -rf / # said so",
        ],
        "other": [],
    }


def test_the_airflow_environment_is_locked_by_hash_and_has_nothing_of_ours():
    lock = (ROOT / "requirements" / "airflow.lock").read_text()
    names = [line.partition("==")[0] for line in lock.splitlines() if "==" in line]
    assert "apache-airflow" in names
    assert lock.count("--hash=sha256:") > len(names)
    assert not {"rekomenda", "duckdb", "pyspark", "pyarrow"} & set(names)
