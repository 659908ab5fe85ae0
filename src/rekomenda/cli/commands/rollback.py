"""`rekomenda rollback`: serve the previous release again."""

from __future__ import annotations

from rekomenda.cli.door import Door
from rekomenda.cli.frame import command as make_command
from rekomenda.cli.frame import option
from rekomenda.language import Text

_DONE = Text(
    en="Release {release_id} (as of {as_of}) is in service. {before} is kept.",
    pt="A release {release_id} (até {as_of}) está no ar. {before} continua guardada.",
)

_ALREADY = Text(
    en="Release {release_id} (as of {as_of}) is in service already: nothing changed. Another one "
    "that is kept: `rekomenda rollback --to RELEASE`.",
    pt="A release {release_id} (até {as_of}) já está no ar: nada mudou. Outra que esteja guardada: "
    "`rekomenda rollback --to RELEASE`.",
)


@make_command(
    "rollback",
    Text(
        "Serve the previous release again, or any that is kept. Moves a pointer only: seconds. "
        "Again, it changes nothing: further back, or forward, is --to. "
        "A later run of the same data leaves it so; new data makes a new release.",
        "Volta à release anterior, ou a qualquer uma guardada. Só move um ponteiro: segundos. "
        "De novo, não muda nada: mais para trás, ou para a frente, é --to. "
        "Uma nova execução com os mesmos dados não a troca; dados novos fazem outra release.",
    ),
    examples=("rekomenda rollback", "rekomenda status --json"),
)
@option(
    "--to",
    "release_id",
    metavar="RELEASE",
    words=Text("The release to serve (see `status`).", "A release a servir (veja `status`)."),
)
def command(door: Door, release_id: str | None) -> None:
    """Move the pointer."""
    from datetime import UTC, datetime

    from rekomenda.pipeline.bootstrap import open_house
    from rekomenda.pipeline.releasing.serve import roll_back_to

    house = open_house(door.home)
    before = house.releases.current()
    release = roll_back_to(house, release_id, now=datetime.now(UTC))
    facts = {
        "release_id": release.release_id,
        "as_of": release.manifest.as_of,
        "before": before.release_id if before else None,
    }
    if door.as_json:
        door.print_json({**facts, "as_of": release.manifest.as_of.isoformat()})
    else:
        door.print(_ALREADY if facts["before"] == release.release_id else _DONE, **facts)
