"""`rekomenda status`: what is served and how good it is."""

from __future__ import annotations

from rekomenda.cli.door import Door
from rekomenda.cli.frame import command as make_command
from rekomenda.language import Text


@make_command(
    "status",
    Text(
        "Say what is in service, and how good it is.",
        "Diz o que está no ar, e quão bom é.",
    ),
    how=Text(
        "Shows the release and its quality with intervals, the lake behind it, what the "
        "gate said of the last run, whether the warehouse agrees, what is taken down, and"
        " whether an erasure is unfinished.",
        "Mostra a release e a qualidade com intervalos, o lake por trás, o que o gate "
        "disse da última execução, se o warehouse confere, o que está fora do ar e se há "
        "apagamento inacabado.",
    ),
    examples=("rekomenda status", "rekomenda status --json"),
)
def command(door: Door) -> None:
    """Look, change nothing."""
    from rekomenda.cli.status_screen import show_status
    from rekomenda.pipeline.answering.status import status_of
    from rekomenda.pipeline.bootstrap import open_house

    status = status_of(open_house(door.home, door.settings().warehouse), door.today())
    if door.as_json:
        door.print_json(status)
    else:
        show_status(door, status)
