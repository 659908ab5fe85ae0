"""`rekomenda generate`: write a made world's input files."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import click

from rekomenda.cli.door import Door
from rekomenda.cli.exits import Exit
from rekomenda.cli.frame import command as make_command
from rekomenda.cli.frame import option
from rekomenda.cli.values import DAY
from rekomenda.language import Text

_DONE = Text(
    en="{listeners:n} {listeners:listener|listeners}, {tracks:n} {tracks:track|tracks}, {plays:n} {plays:play|plays} in {rows:n} {rows:row|rows}: {path}\n"
    "Load it: rekomenda ingest {path:sh}",
    pt="{listeners:n} {listeners:ouvinte|ouvintes}, {tracks:n} {tracks:faixa|faixas}, {plays:n} {plays:play|plays} em {rows:n} {rows:linha|linhas}: {path}\n"
    "Para carregar: rekomenda ingest {path:sh}",
)


@make_command(
    "generate",
    Text(
        "Write a made world's input files.",
        "Grava os arquivos de entrada de um mundo inventado.",
    ),
    how=Text(
        "Beside the files, in truth/, stands what everybody truly likes: no input, but "
        "what lists can be held against. The same options give the same bytes.",
        "Ao lado dos arquivos, em truth/, fica do que cada um gosta de verdade: não é "
        "entrada, mas com isso as listas podem ser comparadas. As mesmas opções dão os "
        "mesmos bytes.",
    ),
    exits=(
        Exit(
            2,
            Text(
                "a size or a day that no world can have, or a folder in use",
                "um tamanho ou um dia impossível, ou uma pasta em uso",
            ),
        ),
    ),
    examples=(
        "rekomenda generate --out world",
        "rekomenda generate --out noise --shape original --listeners 2000",
    ),
)
@option(
    "--out",
    "folder",
    required=True,
    type=click.Path(path_type=Path, file_okay=False),
    metavar="DIR",
    words=Text("New or empty folder.", "Pasta nova ou vazia."),
)
@option(
    "--shape",
    type=click.Choice(("believable", "original")),
    default="believable",
    words=Text(
        "`original` is uniform noise: a control in which there is nothing to learn.",
        "`original` é ruído uniforme: um controle em que não há nada a aprender.",
    ),
)
@option("--listeners", type=int, words=Text("How many (20,000).", "Quantos (20.000)."))
@option("--tracks", type=int, words=Text("How many (5,000).", "Quantas (5.000)."))
@option("--artists", type=int, words=Text("How many (600).", "Quantos (600)."))
@option("--days", type=int, words=Text("How many (60).", "Quantos (60)."))
@option(
    "--last-day",
    type=DAY,
    metavar="DAY",
    words=Text("The last of them (2024-06-30).", "O último deles (2024-06-30)."),
)
@option(
    "--plays",
    type=int,
    words=Text(
        "Plays by people (5 for each listener and 3 days).",
        "Plays de pessoas (5 por ouvinte a cada 3 dias).",
    ),
)
@option(
    "--seed", type=int, words=Text("Another seed, another world.", "Outra semente, outro mundo.")
)
@option(
    "--by-day",
    is_flag=True,
    words=Text("Plays in dia=YYYY-MM-DD/ folders.", "Plays em pastas dia=AAAA-MM-DD/."),
)
@option(
    "--compress",
    type=click.Choice(("none", "gz", "zst")),
    default="none",
    words=Text("Compress the files.", "Comprime os arquivos."),
)
def command(
    door: Door,
    *,
    folder: Path,
    shape: Any,
    by_day: bool,
    compress: Any,
    last_day: datetime | None,
    **sizes: int | None,
) -> None:
    """Generate and write."""
    from rekomenda.data.world.spec import WorldSpec
    from rekomenda.pipeline.world import make_world

    day = None if last_day is None else last_day.date()
    spec = WorldSpec.of(shape, last_day=day, **sizes)
    world, files = make_world(spec, folder, door.progress(), by_day=by_day, compress=compress)
    plays = world.tables["plays"]
    facts = {
        "listeners": spec.listeners,
        "tracks": spec.tracks,
        "plays": int(plays["plays"].to_numpy().sum()),
        "rows": plays.num_rows,
    }
    if door.as_json:
        door.print_json(
            {"folder": str(folder), "files": [str(path) for path in files], **facts}
            | {"spec": spec.facts()}
        )
    else:
        door.print(_DONE, path=folder, **facts)
