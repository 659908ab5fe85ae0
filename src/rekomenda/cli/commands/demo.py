"""`rekomenda demo`: a made world through the whole job."""

from __future__ import annotations

from rekomenda.cli.door import Door
from rekomenda.cli.exits import BUSY, GATE
from rekomenda.cli.frame import command as make_command
from rekomenda.cli.frame import option
from rekomenda.errors import HomeInUseError
from rekomenda.language import Text

_NEXT = Text(
    en="\nLook around (home: {home}):\n"
    "  rekomenda{flag} status\n"
    "  rekomenda{flag} recommend {listener} --shelf discover\n"
    "  rekomenda{flag} explain {listener} {track}\n"
    "Your own files: rekomenda --home my-data ingest FOLDER && rekomenda --home my-data run",
    pt="\nPara explorar (pasta: {home}):\n"
    "  rekomenda{flag} status\n"
    "  rekomenda{flag} recommend {listener} --shelf discover\n"
    "  rekomenda{flag} explain {listener} {track}\n"
    "Seus arquivos: rekomenda --home meus-dados ingest PASTA && rekomenda --home meus-dados run",
)


@make_command(
    "demo",
    Text(
        "Invent a believable world of listeners and Brazilian music.",
        "Inventa um mundo verossímil de ouvintes e música brasileira.",
    ),
    how=Text(
        "Takes it through the whole job, generate, ingest, run, and ends with a summary "
        "and where to look. Running it again changes nothing. A home that holds other "
        "data is left alone.",
        "Leva-o pelo trabalho inteiro, generate, ingest, run, e termina com um resumo e "
        "onde olhar. Rodar de novo não muda nada. Uma pasta com outros dados não é "
        "tocada.",
    ),
    exits=(
        GATE,
        BUSY,
    ),
    examples=("rekomenda demo", "rekomenda --home small demo --listeners 2000 --tracks 800"),
)
@option("--listeners", type=int, words=Text("How many (20,000).", "Quantos (20.000)."))
@option("--tracks", type=int, words=Text("How many (5,000).", "Quantas (5.000)."))
@option("--artists", type=int, words=Text("How many (600).", "Quantos (600)."))
@option("--days", type=int, words=Text("How many (60).", "Quantos (60)."))
@option(
    "--seed", type=int, words=Text("Another seed, another world.", "Outra semente, outro mundo.")
)
def command(door: Door, **sizes: int | None) -> None:
    """Generate, ingest, run, show."""
    from datetime import UTC, datetime

    from rekomenda.cli.commands.run import show
    from rekomenda.cli.ingest_screen import show_load
    from rekomenda.data.world.spec import WorldSpec
    from rekomenda.pipeline.bootstrap import open_house
    from rekomenda.pipeline.loading.ingest import ingest
    from rekomenda.pipeline.run import run
    from rekomenda.pipeline.world import WORLD_FOLDER, make_world

    door.configure_logs()
    settings, progress = door.settings(), door.progress()
    house = open_house(door.home, settings.warehouse)
    folder = door.home / WORLD_FOLDER
    if house.lake.snapshot().inputs and not folder.exists():
        raise HomeInUseError(home=door.home)
    make_world(WorldSpec.of("believable", **sizes), folder, progress)
    load = ingest(house, [folder], settings.ingest, now=datetime.now(UTC), progress=progress)
    if not door.as_json:
        show_load(door, load)
    outcome = run(house, settings, as_of=None, now=datetime.now(UTC), progress=progress)
    show(door, outcome)
    if not door.as_json:
        _show_next(door)


def _show_next(door: Door) -> None:
    from rekomenda.cli.door import DEFAULT_HOME
    from rekomenda.pipeline.answering.lookup import first_list
    from rekomenda.pipeline.bootstrap import open_house

    sample = first_list(open_house(door.home, door.settings().warehouse))
    flag = "" if str(door.home) == DEFAULT_HOME else f" --home {door.home}"
    door.print(_NEXT, home=door.home, flag=flag, **sample)
