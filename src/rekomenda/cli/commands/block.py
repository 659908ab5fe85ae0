"""`rekomenda block`: take a track or an artist down, from the next answer on."""

from __future__ import annotations

from datetime import datetime

import click

from rekomenda.cli.door import Door
from rekomenda.cli.exits import BUSY, Exit
from rekomenda.cli.frame import command as make_command
from rekomenda.cli.frame import option, printable
from rekomenda.cli.values import DAY
from rekomenda.language import Text

_FOR_GOOD = Text(en="{what} is taken down, for good.", pt="{what} saiu do ar, de vez.")
_UNTIL = Text(en="{what} is taken down, until {until}.", pt="{what} saiu do ar, até {until}.")


@make_command(
    "block",
    Text(
        "Take a track, an artist or a genre down.",
        "Tira do ar uma faixa, um artista ou um gênero.",
    ),
    how=Text(
        "It is in no answer from now on, whatever the release in service says, and in no "
        "later release: as if a file of the table `blocked` had said so. `unblock` lifts "
        "it.",
        "Não aparece em nenhuma resposta a partir de agora, diga o que disser a release "
        "no ar, nem em release futura: como se um arquivo da tabela `blocked` o tivesse "
        "dito. `unblock` desfaz.",
    ),
    exits=(
        Exit(
            2,
            Text("not KIND:ID, or not in the catalogue", "não é KIND:ID, ou não está no catálogo"),
        ),
        BUSY,
    ),
    examples=(
        'rekomenda block artist:A001 --reason "asked by the artist"',
        "rekomenda block track:TRACK --until 2030-12-31 --json",
    ),
)
@click.argument("targets", nargs=-1, required=True, metavar="KIND:ID...")
@option(
    "--until",
    type=DAY,
    metavar="DAY",
    words=Text("Last day; without it, for good.", "Último dia; sem isso, de vez."),
)
@option("--reason", metavar="TEXT", words=Text("Kept with it.", "Fica guardado junto."))
def command(
    door: Door, targets: tuple[str, ...], until: datetime | None, reason: str | None
) -> None:
    """Take down."""
    from datetime import UTC

    from rekomenda.pipeline.bootstrap import open_house
    from rekomenda.pipeline.loading.taking_down import Target, take_down

    day = until.date() if until else None
    wanted = [Target.read(text) for text in targets]
    take_down(open_house(door.home), wanted, until=day, reason=reason, now=datetime.now(UTC))
    if door.as_json:
        facts = {"until": day.isoformat() if day else None, "reason": reason}
        door.print_json({"blocked": [{**vars(target), **facts} for target in wanted]})
        return
    for target in wanted:
        door.print(_UNTIL if day else _FOR_GOOD, what=printable(str(target)), until=day)
