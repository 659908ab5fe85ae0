"""`rekomenda quarantine retry`: set-aside rows that are right now are loaded."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from rekomenda.cli.door import Door
from rekomenda.cli.exits import BUSY, Exit
from rekomenda.cli.frame import command as make_command
from rekomenda.cli.frame import option
from rekomenda.cli.values import FILE
from rekomenda.language import Text


@make_command(
    "retry",
    Text(
        "Check the set-aside rows of a file again and load those that are right now.",
        "Confere de novo as linhas separadas de um arquivo e carrega as que agora estão certas.",
    ),
    how=Text(
        "With FIXES, a file that `quarantine show FILE --out FIXES` wrote and you corrected; without it, "
        "the rows as they stood, under other settings. A row is loaded once, however often this is done.",
        "Com FIXES, um arquivo que `quarantine show FILE --out FIXES` gravou e você corrigiu; sem ele, as "
        "linhas como estavam, com outras opções. Uma linha é carregada uma vez só, por mais que se repita.",
    ),
    exits=(
        Exit(2, Text("no such file in quarantine", "não há esse arquivo em quarentena")),
        Exit(4, Text("corrections that are held or refused", "correções retidas ou recusadas")),
        BUSY,
    ),
    examples=(
        "rekomenda quarantine retry plays.csv fix.csv",
        "rekomenda quarantine retry plays.csv --date-format excel",
    ),
)
@click.argument("file", type=FILE)
@click.argument("fixes", required=False, type=click.Path(path_type=Path, dir_okay=False))
@option(
    "--locale",
    type=click.Choice(("auto", "pt-BR", "en"), case_sensitive=False),
    words=Text("How numbers and dates are written.", "Como números e datas são escritos."),
)
@option(
    "--date-format",
    type=click.Choice(("auto", "ymd", "dmy", "mdy", "excel")),
    words=Text("Order of day, month and year.", "Ordem de dia, mês e ano."),
)
@option(
    "--timezone",
    metavar="ZONE",
    words=Text("Zone of times that carry none.", "Fuso de horários que não dizem o seu."),
)
@option(
    "--on-overlap",
    type=click.Choice(("hold", "sum")),
    words=Text(
        "Rows of days that only other files brought.",
        "Linhas de dias que só outros arquivos trouxeram.",
    ),
)
@option(
    "--repair-encoding",
    is_flag=True,
    default=None,
    words=Text(
        "Mend text that was encoded twice (ForrÃ³).",
        "Conserta texto codificado duas vezes (ForrÃ³).",
    ),
)
def command(door: Door, file: str, fixes: Path | None, **flags: Any) -> None:
    """Try the rows again, and say what became of them."""
    from datetime import UTC, datetime

    from rekomenda.pipeline.bootstrap import open_house
    from rekomenda.pipeline.loading.retry import retry
    from rekomenda.pipeline.loading.retry_words import lines_of_retry

    door.configure_logs()
    settings = door.settings({f"ingest.{name}": value for name, value in flags.items()}).ingest
    report = retry(open_house(door.home), file, fixes, settings, now=datetime.now(UTC))
    if door.as_json:
        door.print_json(report.to_json())
        return
    for line in lines_of_retry(report, door.language):
        door.print(line)
