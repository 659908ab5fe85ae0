"""Options of how values are read, the same wherever rows are read or read again."""

from __future__ import annotations

from typing import Final

import click

from rekomenda.cli.frame import option
from rekomenda.language import Text

LOCALE: Final = option(
    "--locale",
    type=click.Choice(("auto", "pt-BR", "en"), case_sensitive=False),
    words=Text("How numbers and dates are written.", "Como números e datas são escritos."),
)
DATE_FORMAT: Final = option(
    "--date-format",
    type=click.Choice(("auto", "ymd", "dmy", "mdy", "excel")),
    words=Text("Order of day, month and year.", "Ordem de dia, mês e ano."),
)
TIMEZONE: Final = option(
    "--timezone",
    metavar="ZONE",
    words=Text("Zone of times that carry none.", "Fuso de horários que não dizem o seu."),
)
REPAIR_ENCODING: Final = option(
    "--repair-encoding",
    is_flag=True,
    default=None,
    words=Text(
        "Mend text that was encoded twice (ForrÃ³).",
        "Conserta texto codificado duas vezes (ForrÃ³).",
    ),
)
