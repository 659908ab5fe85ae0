"""`rekomenda plan`: what a run would do now, without doing it."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import click

from rekomenda.cli.door import Door
from rekomenda.cli.exits import Exit
from rekomenda.cli.frame import command as make_command
from rekomenda.cli.frame import option
from rekomenda.cli.values import ALGORITHM, DAY
from rekomenda.language import Text


@make_command(
    "plan",
    Text(
        "Say what a run would do now, without doing it.",
        "Diz o que uma execução faria agora, sem fazer.",
    ),
    how=Text(
        "Names the files and days that the release in service does not know, what is done already, "
        "and what would stop the run; reckons time, memory and disk from the size of the data, or "
        "from the last run of the same algorithm in this home. The numbers are an estimate, for "
        "two cores with nothing else to do. PATHS are files that are still to be loaded: which of "
        "them the lake has, and as what the others would be read. Nothing is written.",
        "Nomeia os arquivos e dias que a release no ar não conhece, o que já está feito e o que "
        "impediria a execução; calcula tempo, memória e disco pelo tamanho dos dados, ou pela última "
        "execução do mesmo algoritmo nesta pasta. Os números são uma estimativa, para dois núcleos "
        "sem mais nada a fazer. PATHS são arquivos ainda por carregar: quais o lake já tem, e como o "
        "quê os outros seriam lidos. Nada é gravado.",
    ),
    exits=(
        Exit(65, Text("there is nothing to learn from", "não há de que aprender")),
        Exit(69, Text("the tuning that is set is not kept", "o tuning configurado não existe")),
        Exit(73, Text("the disk is too small", "o disco é pequeno demais")),
        Exit(75, Text("somebody else is writing", "outro está gravando")),
        Exit(77, Text("the home cannot be written to", "a pasta não aceita gravação")),
    ),
    examples=("rekomenda plan", "rekomenda plan --as-of 2024-06-23 --json"),
)
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
@option(
    "--as-of",
    type=DAY,
    metavar="DAY",
    words=Text("As of this day, as `run` takes it.", "Até este dia, como em `run`."),
)
@option(
    "--algorithm",
    type=ALGORITHM,
    metavar="NAME",
    words=Text("The candidate for service.", "O candidato ao serviço."),
)
def command(
    door: Door, *, paths: tuple[Path, ...], as_of: datetime | None, algorithm: str | None
) -> int:
    """Look ahead."""
    from datetime import UTC

    from rekomenda.cli.plan_screen import show_plan
    from rekomenda.pipeline.answering.foresee import foresee
    from rekomenda.pipeline.bootstrap import open_house

    door.configure_logs()
    seen = foresee(
        open_house(door.home),
        door.settings({"model.algorithm": algorithm}),
        as_of=as_of.date() if as_of else None,
        now=datetime.now(UTC),
        paths=paths,
    )
    if door.as_json:
        door.print_json({"exit_code": seen.exit_code, **seen.to_json()})
    else:
        show_plan(door, seen)
    return seen.exit_code
