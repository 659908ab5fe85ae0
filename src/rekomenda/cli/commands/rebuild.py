"""`rekomenda rebuild`: the warehouse made again from the releases."""

from __future__ import annotations

from rekomenda.cli.door import Door
from rekomenda.cli.exits import BUSY, NO_RELEASE
from rekomenda.cli.frame import command as make_command
from rekomenda.language import Text

_DONE = Text(
    en="The warehouse holds {n:n} {n:release|releases}: {names}.",
    pt="O warehouse tem {n:n} {n:release|releases}: {names}.",
)


@make_command(
    "rebuild",
    Text(
        "Make the warehouse again from the releases alone.",
        "Refaz o warehouse só a partir das releases.",
    ),
    how=Text(
        "For instance after it was deleted or damaged. What is there and right stays; "
        "nothing is learned again.",
        "Por exemplo se foi apagado ou danificado. O que está lá e está certo fica; nada "
        "é aprendido de novo.",
    ),
    exits=(
        BUSY,
        NO_RELEASE,
    ),
    examples=("rekomenda rebuild", "rekomenda rebuild --json"),
)
def command(door: Door) -> None:
    """Fill it."""
    from datetime import UTC, datetime

    from rekomenda.pipeline.bootstrap import open_house
    from rekomenda.pipeline.releasing.serve import rebuild_warehouse

    kept = rebuild_warehouse(
        open_house(door.home, door.settings().warehouse), now=datetime.now(UTC)
    )
    if door.as_json:
        door.print_json({"releases": kept})
    else:
        door.print(_DONE, n=len(kept), names=", ".join(kept) or "-")
