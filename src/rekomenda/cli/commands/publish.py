"""`rekomenda publish`: put the judged release that waits into service."""

from __future__ import annotations

import click

from rekomenda.cli.door import Door
from rekomenda.cli.exits import BUSY, NO_RELEASE_OF_THAT_NAME
from rekomenda.cli.frame import command as make_command
from rekomenda.cli.values import RELEASE
from rekomenda.language import Text


@make_command(
    "publish",
    Text(
        "Put a release that was judged and kept into service.",
        "Coloca no ar uma release que foi julgada e guardada.",
    ),
    how=Text(
        "What `run --until judge` made; RELEASE is by default the newest that waits. Bytes are "
        "verified first, and the whole change is seen or none of it. Again, it changes nothing. "
        "Where a release of a later day is in service, or a person rolled this one back, that "
        "stays: `rollback --to` is a person's choice.",
        "A que `run --until judge` fez; RELEASE é, por padrão, a mais nova que espera. Os bytes são "
        "verificados antes, e a mudança aparece inteira ou não aparece. De novo, não muda nada. "
        "Se uma release de um dia posterior está no ar, ou se alguém desfez esta, isso fica como "
        "está: `rollback --to` é escolha de uma pessoa.",
    ),
    exits=(NO_RELEASE_OF_THAT_NAME, BUSY),
    examples=("rekomenda publish", "rekomenda publish --json-line"),
)
@click.argument("release", required=False, type=RELEASE)
def command(door: Door, release: str | None) -> None:
    """Move the pointers."""
    from datetime import UTC, datetime

    from rekomenda.cli.commands.run import show_release
    from rekomenda.pipeline.bootstrap import open_house
    from rekomenda.pipeline.publishing import publish_kept

    door.configure_logs()
    house = open_house(door.home, door.settings().warehouse)
    now = datetime.now(UTC)
    show_release(door, publish_kept(house, release, now=now, progress=door.progress()))
