"""`rekomenda reconcile`: compare a release with the warehouse, row by row, and with the lake."""

from __future__ import annotations

import click

from rekomenda.cli.door import Door
from rekomenda.cli.exits import BUSY, NO_RELEASE_OF_THAT_NAME, Exit
from rekomenda.cli.frame import command as make_command
from rekomenda.cli.values import RELEASE
from rekomenda.language import Text

_AGREES = Text(
    en="The warehouse agrees row by row with release {run_id} ({n:n} {n:table|tables}).",
    pt="O warehouse confere linha a linha com a release {run_id} ({n:n} {n:tabela|tabelas}).",
)
_LAKE_AGREES = Text(
    en="The lake holds the plays of release {run_id}: {release_plays:n} on {days:n} {days:day|days}.",
    pt="O lake contém os plays da release {run_id}: {release_plays:n} em {days:n} {days:dia|dias}.",
)
_LAKE_MOVED = Text(
    en="The lake has moved on since release {run_id}; it was not compared.",
    pt="O lake já não é o da release {run_id}; não foi comparado.",
)


@make_command(
    "reconcile",
    Text(
        "Compare a release with the warehouse, row by row.",
        "Compara uma release com o warehouse, linha a linha.",
    ),
    how=Text(
        "The release's side is computed from its files, the warehouse's by its database; the plays of "
        "the lake are counted once more where it is still the one that the release was made from. RELEASE is the one in service by default. What is found is remembered for `status` and the "
        "metrics; nothing else is changed.",
        "O lado da release é calculado dos arquivos dela, o do warehouse pelo banco dele; os plays do "
        "lake são contados de novo quando ele ainda é o de que a release foi feita. RELEASE é, por padrão, a que está no ar. O resultado fica para `status` e as métricas; nada mais "
        "é alterado.",
    ),
    exits=(
        NO_RELEASE_OF_THAT_NAME,
        Exit(74, Text("they differ, or one is damaged", "diferem, ou um está danificado")),
        BUSY,
    ),
    examples=("rekomenda reconcile", "rekomenda reconcile --json-line"),
)
@click.argument("release", required=False, type=RELEASE)
def command(door: Door, release: str | None) -> None:
    """Compare."""
    from dataclasses import asdict
    from datetime import UTC, datetime

    from rekomenda.pipeline.bootstrap import open_house
    from rekomenda.pipeline.publishing import reconcile_kept

    door.configure_logs()
    compared, found, lake = reconcile_kept(
        open_house(door.home, door.settings().warehouse),
        door.settings(),
        release,
        now=datetime.now(UTC),
        progress=door.progress(),
    )
    counted = None if lake is None else asdict(lake)
    if door.as_json:
        door.print_json({"release": compared.release_id, "lake": counted, "differences": found})
    else:
        words = _LAKE_MOVED if counted is None else _LAKE_AGREES
        door.print(words, run_id=compared.release_id, **(counted or {}))
        door.print(_AGREES, run_id=compared.release_id, n=len(found))
