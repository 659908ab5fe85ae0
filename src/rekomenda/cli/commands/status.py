"""`rekomenda status`: what is served and how good it is."""

from __future__ import annotations

from rekomenda.cli.door import Door
from rekomenda.cli.frame import command as make_command
from rekomenda.language import Text


@make_command(
    "status",
    Text(
        "Show the release in service, the lake behind it, its quality with intervals, what the "
        "gate said of the last run, whether the warehouse agrees, what is taken down, and whether an "
        "erasure is unfinished.",
        "Mostra a release no ar, o lake por trás, a qualidade com intervalos, o que o gate disse "
        "da última execução, se o warehouse confere, o que está fora do ar e se há apagamento "
        "inacabado.",
    ),
    examples=("rekomenda status", "rekomenda status --json"),
)
def command(door: Door) -> None:
    """Look, change nothing."""
    from rekomenda.cli.status_screen import show_status
    from rekomenda.pipeline.answering.status import status_of
    from rekomenda.pipeline.bootstrap import open_house

    status = status_of(open_house(door.home), door.today())
    if door.as_json:
        door.print_json(status)
    else:
        show_status(door, status)
