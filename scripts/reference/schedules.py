"""The schedules as a file, for schedulers whose environment does not have rekomenda."""

from __future__ import annotations

import json

import click

from rekomenda.cli.commands.run import command
from rekomenda.cli.values import ALGORITHMS
from rekomenda.pipeline.schedule import to_json


def schedules_file() -> str:
    """Return the content of `deploy/airflow/dags/rekomenda_plan.json`."""
    plan = to_json()
    plan["weekly"]["choices"] = choices_of_a_run()
    return json.dumps(plan, ensure_ascii=False, indent=2) + "\n"


def choices_of_a_run() -> dict[str, list[str]]:
    """Return the options of `run` that are chosen from a list, for whoever starts one by hand."""
    kinds = {each.name: each.type for each in command.params if each.name == "engine"}
    choices = {name: kind.choices for name, kind in kinds.items() if isinstance(kind, click.Choice)}
    return {"algorithm": list(ALGORITHMS), **{name: list(few) for name, few in choices.items()}}
