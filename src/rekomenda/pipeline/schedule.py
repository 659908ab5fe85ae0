"""What a scheduler starts and when, as data: three schedules, made of the stages of the plan.

The Airflow DAGs are built from this (`deploy/airflow/dags/rekomenda_plan.json` is written from it by
`make reference`), and so is what `rekomenda schedule` prints for other schedulers.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from rekomenda.language import Text
from rekomenda.pipeline import plan

TIMEZONE = "America/Fortaleza"
"""Of the moments at which schedules start."""


@dataclass(frozen=True)
class Task:
    """One command line that a scheduler starts, and may start again.

    Parameters
    ----------
    name : str
    title : Text
    arguments : tuple of str
        After `rekomenda`. The scheduler fills in `{inbox}` (where files arrive), `{arrived}` (those of
        a day), `{as_of}` (the last
        day of the interval), `{release}` (what `learn` made) and `{report}` (the page to write).
    minutes : int
        After which it is ended.
    hops : tuple of str
        Those of the run that it does.
    writes : bool
        Whether it takes the lease of the home, so that it waits for the others.
    """

    name: str
    title: Text
    arguments: tuple[str, ...]
    minutes: int
    hops: tuple[str, ...] = ()
    writes: bool = True

    @classmethod
    def of(cls, stage: plan.Stage, minutes: int) -> Task:
        """Return a stage of the plan as a task."""
        return cls(
            stage.name, stage.title, stage.arguments, minutes, tuple(hop.name for hop in stage.hops)
        )


@dataclass(frozen=True)
class Schedule:
    """Tasks one after the other, and when: five fields of cron, in `TIMEZONE`."""

    name: str
    title: Text
    cron: str
    tasks: tuple[Task, ...]

    def to_json(self) -> dict[str, Any]:
        """Return it ready for JSON."""
        return {
            "name": self.name,
            "title": self.title.both(),
            "cron": self.cron,
            "timezone": TIMEZONE,
            "tasks": [
                {
                    "name": task.name,
                    "title": task.title.both(),
                    "arguments": list(task.arguments),
                    "minutes": task.minutes,
                    "hops": list(task.hops),
                    "writes": task.writes,
                }
                for task in self.tasks
            ],
        }


def _fresh(days: int) -> Task:
    return Task(
        "freshness",
        Text("See that the plays of the day have come", "Ver se os plays do dia chegaram"),
        ("fresh", "--as-of", "{as_of}", "--max-age", str(days)),
        minutes=10,
        writes=False,
    )


def _ingest(what: str) -> Task:
    return Task(
        "ingest",
        Text(
            "Check and load the files that arrived", "Conferir e carregar os arquivos que chegaram"
        ),
        ("ingest", what),
        minutes=120,
    )


_REPORT = Task(
    "report",
    Text("Write the release's page", "Gravar a página da release"),
    ("report", "{release}", "--out", "{report}"),
    minutes=30,
    writes=False,
)
_MINUTES = {plan.LEARN: 360, plan.SERVE: 60, plan.COMPARE: 60}

SCHEDULES: tuple[Schedule, ...] = (
    Schedule(
        "daily",
        Text(
            "Load a day's files and see that they came",
            "Carregar os arquivos do dia e ver se vieram",
        ),
        "0 0 * * *",
        (_ingest("{arrived}"), _fresh(0)),
    ),
    Schedule(
        "weekly",
        Text("Learn, judge, publish", "Aprender, julgar, publicar"),
        "0 0 * * 1",
        (
            _ingest("{inbox}"),
            _fresh(2),
            *(Task.of(stage, _MINUTES[stage]) for stage in plan.STAGES),
            _REPORT,
        ),
    ),
    Schedule(
        "monthly",
        Text(
            "Remove what is no longer kept; look for erasures that are not whole",
            "Remover o que não se guarda mais; procurar apagamentos inacabados",
        ),
        "0 0 1 * *",
        (
            Task(
                "retention",
                Text("Remove what nothing needs any more", "Remover o que nada mais usa"),
                ("gc",),
                minutes=60,
            ),
            Task(
                "erasure_check",
                Text(
                    "See that whoever was forgotten is found nowhere",
                    "Ver que quem foi esquecido não está em lugar nenhum",
                ),
                ("forget", "--check"),
                minutes=120,
                writes=False,
            ),
        ),
    ),
)


def to_json() -> dict[str, Any]:
    """Return all schedules by name, ready for JSON."""
    return {schedule.name: schedule.to_json() for schedule in SCHEDULES}


def tasks() -> Iterator[Task]:
    """Yield the tasks of all schedules."""
    for schedule in SCHEDULES:
        yield from schedule.tasks
