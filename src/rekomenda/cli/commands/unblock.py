"""`rekomenda unblock`: let what was taken down be shown again."""

from __future__ import annotations

import click

from rekomenda.cli.door import Door
from rekomenda.cli.exits import BUSY, Exit
from rekomenda.cli.frame import command as make_command
from rekomenda.cli.frame import option, printable
from rekomenda.language import Text

_DONE = Text(en="{what} may be shown again.", pt="{what} pode aparecer de novo.")


@make_command(
    "unblock",
    Text(
        "Let a track, an artist or a genre be shown again.",
        "Deixa aparecer de novo uma faixa, um artista ou um gênero.",
    ),
    how=Text(
        "Whether `block` or a file took it down. It is back in answers of a release that "
        "was made before it went, and in releases made from now on.",
        "Tenha saído por `block` ou por um arquivo. Volta às respostas de uma release "
        "feita antes da saída, e às releases feitas a partir de agora.",
    ),
    exits=(
        Exit(
            2,
            Text("not KIND:ID, or not in the catalogue", "não é KIND:ID, ou não está no catálogo"),
        ),
        BUSY,
    ),
    examples=("rekomenda unblock artist:A001", "rekomenda unblock track:TRACK --json"),
)
@click.argument("targets", nargs=-1, required=True, metavar="KIND:ID...")
@option("--reason", metavar="TEXT", words=Text("Kept with it.", "Fica guardado junto."))
def command(door: Door, targets: tuple[str, ...], reason: str | None) -> None:
    """Lift."""
    from datetime import UTC, datetime

    from rekomenda.pipeline.bootstrap import open_house
    from rekomenda.pipeline.loading.taking_down import Target, lift

    wanted = [Target.read(text) for text in targets]
    lift(open_house(door.home), wanted, reason=reason, now=datetime.now(UTC))
    if door.as_json:
        door.print_json({"unblocked": [vars(target) for target in wanted]})
        return
    for target in wanted:
        door.print(_DONE, what=printable(str(target)))
