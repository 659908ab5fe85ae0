"""`rekomenda schedule`: what a scheduler starts, and when."""

from __future__ import annotations

from rekomenda.cli.door import Door
from rekomenda.cli.frame import command as make_command
from rekomenda.language import Text

_SCHEDULE = Text(
    en="{name}: {title}   ({cron}, {timezone})", pt="{name}: {title}   ({cron}, {timezone})"
)
_TASK = Text(en="  {name:<15}{title}", pt="  {name:<15}{title}")
_LINE = Text(en="  {name:<15}$ rekomenda {line}", pt="  {name:<15}$ rekomenda {line}")


@make_command(
    "schedule",
    Text(
        "Say what a scheduler starts, and when.",
        "Diz o que um agendador inicia, e quando.",
    ),
    how=Text(
        "The Airflow DAGs of deploy/airflow are built from this very table. Every line may be "
        "repeated. `{{inbox}}` is where files arrive, `{{arrived}}` those of a day, `{{as_of}}` the last day of the interval, "
        "`{{release}}` what `learn` made, `{{report}}` the page to write. Nothing is read or changed.",
        "As DAGs do Airflow em deploy/airflow são feitas desta mesma tabela. Toda linha pode ser "
        "repetida. `{{inbox}}` é onde chegam os arquivos, `{{arrived}}` os de um dia, `{{as_of}}` o último dia do intervalo, "
        "`{{release}}` o que `learn` fez, `{{report}}` a página a gravar. Nada é lido nem alterado.",
    ),
    examples=("rekomenda schedule", "rekomenda schedule --json"),
)
def command(door: Door) -> None:
    """Show the table."""
    from rekomenda.pipeline.schedule import SCHEDULES, TIMEZONE, to_json

    if door.as_json:
        door.print_json(to_json())
        return
    for schedule in SCHEDULES:
        facts = {"name": schedule.name, "cron": schedule.cron, "timezone": TIMEZONE}
        door.print(_SCHEDULE, title=schedule.title, **facts)
        for task in schedule.tasks:
            door.print(_TASK, name=task.name, title=task.title)
            door.print(_LINE, name="", line=" ".join(task.arguments))
