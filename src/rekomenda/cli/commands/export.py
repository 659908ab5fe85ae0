"""`rekomenda export`: everything held about one listener, as a ZIP."""

from __future__ import annotations

from pathlib import Path

import click

from rekomenda.cli.door import Door
from rekomenda.cli.exits import Exit
from rekomenda.cli.frame import command as make_command
from rekomenda.cli.frame import option
from rekomenda.language import Text

_DONE = Text(
    en="{rows:n} {rows:row|rows} in {files:n} {files:table|tables} are in {path}.",
    pt="{rows:n} {rows:linha está|linhas estão} em {path}, em {files:n} {files:tabela|tabelas}.",
)


@make_command(
    "export",
    Text(
        "Write everything that is held about a listener as a ZIP.",
        "Grava em um ZIP tudo o que se guarda de um ouvinte.",
    ),
    how=Text(
        "Tables that a person can read: plays, likes, friends, dial, lines set aside, and"
        " of each kept release the lists with their reasons and what the model knows; "
        "where it came from; and a page in both languages that explains it. The same home"
        " gives the same bytes.",
        "Tabelas que uma pessoa lê: plays, curtidas, amizades, ajuste, linhas separadas "
        "e, de cada release guardada, as listas com seus motivos e o que o modelo sabe; "
        "de onde veio; e uma página nos dois idiomas que explica. A mesma pasta dá os "
        "mesmos bytes.",
    ),
    exits=(Exit(2, Text("nothing is held about that listener", "nada se guarda desse ouvinte")),),
    examples=(
        "rekomenda export LISTENER --out listener.zip",
        "rekomenda export LISTENER --out listener.zip --json",
    ),
)
@click.argument("listener")
@option(
    "--out",
    required=True,
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    words=Text("The ZIP to write.", "O ZIP a gravar."),
)
def command(door: Door, listener: str, out: Path) -> None:
    """Hand out."""
    from rekomenda.pipeline.bootstrap import open_house
    from rekomenda.pipeline.privacy.hand_out import hand_out

    counts = hand_out(open_house(door.home, door.settings().warehouse), listener, out)
    if door.as_json:
        door.print_json({"path": str(out), "rows": counts})
    else:
        door.print(_DONE, rows=sum(counts.values()), files=len(counts), path=out)
