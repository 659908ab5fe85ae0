"""`rekomenda warehouse init`: what a warehouse on a server needs, made once."""

from __future__ import annotations

from rekomenda.cli.door import Door
from rekomenda.cli.exits import Exit
from rekomenda.cli.frame import command as make_command
from rekomenda.cli.frame import option
from rekomenda.language import Text

_DONE = Text(
    en="{place} is ready. Fill it: `rekomenda run`, or from the releases there are: "
    "`rekomenda rebuild`.",
    pt="{place} está pronto. Preencha: `rekomenda run` ou, com as releases que já existem, "
    "`rekomenda rebuild`.",
)
_NOTHING = Text(
    en="The warehouse in the home needs nothing made.",
    pt="O warehouse na home não precisa de preparo.",
)


@make_command(
    "init",
    Text(
        "Make what a warehouse on a server needs: database, schema, tables, views, grants.",
        "Cria o que um warehouse num servidor precisa: banco, schema, tabelas, views, permissões.",
    ),
    how=Text(
        "Which server, and who may read, say the settings of [warehouse]. What is there already stays as "
        "it is, so it can be repeated, for instance to let somebody else read. With --dry-run nothing is "
        "asked of the server: the SQL is printed, for whoever may run it. One home fills a schema; --adopt "
        "takes over the schema of a home that is gone.",
        "Qual servidor, e quem pode ler, está em [warehouse]. O que já existe fica como está; dá para "
        "repetir, por exemplo para dar leitura a mais alguém. Com --dry-run nada é pedido ao servidor: o "
        "SQL é impresso, para quem puder rodar. Uma home preenche um schema; --adopt assume o schema de "
        "uma home que não existe mais.",
    ),
    exits=(
        Exit(
            75,
            Text(
                "another rekomenda is writing here, or the warehouse cannot be reached",
                "outro rekomenda está gravando, ou o warehouse não responde",
            ),
        ),
    ),
    examples=(
        "REKOMENDA_WAREHOUSE__KIND=postgres rekomenda warehouse init --dry-run",
        "rekomenda warehouse init --json",
    ),
)
@option("--dry-run", is_flag=True, words=Text("Only print the SQL.", "Só imprime o SQL."))
@option(
    "--adopt",
    is_flag=True,
    words=Text("Take over another home's schema.", "Assume o schema de outra home."),
)
def command(door: Door, *, dry_run: bool, adopt: bool) -> None:
    """Make it."""
    from datetime import UTC, datetime

    from rekomenda.pipeline.bootstrap import open_house
    from rekomenda.pipeline.releasing.prepare import prepare_warehouse, statements_for

    house = open_house(door.home, door.settings().warehouse)
    statements = statements_for(house)
    if not dry_run:
        prepare_warehouse(house, now=datetime.now(UTC), adopt=adopt)
    if door.as_json:
        place = house.warehouse.place
        done = {"warehouse": place, "made": bool(statements) and not dry_run}
        door.print_json({**done, "statements": statements})
    elif not statements:
        door.print(_NOTHING)
    elif dry_run:
        door.print(";\n".join(statements) + ";")
    else:
        door.print(_DONE, place=house.warehouse.place)
