"""`rekomenda warehouse verify`: the warehouse compared with the releases."""

from __future__ import annotations

from rekomenda.cli.door import Door
from rekomenda.cli.exits import Exit
from rekomenda.cli.frame import command as make_command
from rekomenda.language import Text

_RUN = Text(
    en="{run_id}: {rows:n} {rows:row|rows}, {differences:n} {differences:differs|differ}",
    pt="{run_id}: {rows:n} {rows:linha|linhas}, {differences:n} {differences:difere|diferem}",
)
_SHOWN = Text(en="{place} shows {run_id}.", pt="{place} mostra {run_id}.")
_FIX = Text(en="Fill it again: `rekomenda rebuild`.", pt="Preencha de novo: `rekomenda rebuild`.")


@make_command(
    "verify",
    Text(
        "Compare the warehouse with the releases, row by row.",
        "Compara o warehouse com as releases, linha por linha.",
    ),
    how=Text(
        "Each table of each kept release is counted and summed up twice: from the release's files here, and "
        "by the database there. Where the sums differ, the rows are counted that one side has and the "
        "other has not. Nothing is changed.",
        "Cada tabela de cada release guardada é contada e somada duas vezes: pelos arquivos da release aqui "
        "e pelo banco lá. Onde as somas diferem, contam-se as linhas que um lado tem e o outro não. Nada é "
        "alterado.",
    ),
    exits=(
        Exit(69, Text("the warehouse lacks our tables", "faltam as nossas tabelas")),
        Exit(75, Text("the warehouse cannot be reached", "o warehouse não responde")),
        Exit(74, Text("the warehouse differs", "o warehouse difere")),
    ),
    examples=("rekomenda warehouse verify", "rekomenda warehouse verify --json"),
)
def command(door: Door) -> int:
    """Compare."""
    from rekomenda.pipeline.bootstrap import open_house
    from rekomenda.pipeline.releasing.prepare import compare_warehouse

    found = compare_warehouse(open_house(door.home, door.settings().warehouse))
    if door.as_json:
        door.print_json(found)
    else:
        door.print(_SHOWN, place=found["warehouse"], run_id=found["shown"] or "-")
        for release in found["releases"]:
            totals = {name: sum(release[name].values()) for name in ("rows", "differences")}
            door.print(_RUN, run_id=release["run_id"], **totals)
        if not found["agrees"]:
            door.print(_FIX)
    return 0 if found["agrees"] else 74
