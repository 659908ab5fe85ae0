"""`rekomenda rollback`: serve the previous release again."""

from __future__ import annotations

from rekomenda.cli.door import Door
from rekomenda.cli.exits import BUSY, NO_RELEASE_OF_THAT_NAME
from rekomenda.cli.frame import command as make_command
from rekomenda.cli.frame import option
from rekomenda.cli.values import RELEASE
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
        "Serve the previous release again, or any that is kept.",
        "Volta à release anterior, ou a qualquer uma guardada.",
    ),
    how=Text(
        "Moves a pointer only: seconds. A later run of the same data leaves it so; new "
        "data makes a new release. Without --to it is the release that was served before, once: "
        "again, it changes nothing. Further back, or forward again, is --to.",
        "Só move um ponteiro: segundos. Uma nova execução com os mesmos dados não a "
        "troca; dados novos fazem outra release. Sem --to é a que estava no ar antes, uma vez só: "
        "de novo, não muda nada. Mais para trás, ou de volta para a frente, é --to.",
    ),
    exits=(
        NO_RELEASE_OF_THAT_NAME,
        BUSY,
    ),
    examples=("rekomenda rollback", "rekomenda rollback --json"),
)
@option(
    "--to",
    "release_id",
    type=RELEASE,
    metavar="RELEASE",
    words=Text("The release to serve (see `status`).", "A release a servir (veja `status`)."),
)
def command(door: Door, release_id: str | None) -> None:
    """Move the pointer."""
    from datetime import UTC, datetime

    from rekomenda.pipeline.bootstrap import open_house
    from rekomenda.pipeline.releasing.serve import roll_back_to

    house = open_house(door.home, door.settings().warehouse)
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
