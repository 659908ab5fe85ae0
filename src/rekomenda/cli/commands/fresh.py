"""`rekomenda fresh`: see that the plays of a day have come."""

from __future__ import annotations

from datetime import datetime

import click

from rekomenda.cli.door import Door
from rekomenda.cli.exits import Exit
from rekomenda.cli.frame import command as make_command
from rekomenda.cli.frame import option
from rekomenda.cli.values import DAY
from rekomenda.language import Text

_FRESH = Text(
    en="The lake has plays up to {last}; {wanted} or later was wanted.",
    pt="O lake tem plays até {last}; o esperado era {wanted} ou depois.",
)


@make_command(
    "fresh",
    Text(
        "See that the plays of a day have come.",
        "Vê se os plays de um dia chegaram.",
    ),
    how=Text(
        "Looks for the last day with plays in the lake, up to the day asked for. With 75 nothing is "
        "broken: files are late, and may be there when it is asked again.",
        "Procura o último dia com plays no lake, até o dia pedido. Com 75 nada está quebrado: os "
        "arquivos atrasaram e podem estar lá quando se perguntar de novo.",
    ),
    exits=(Exit(75, Text("they have not come yet", "ainda não chegaram")),),
    examples=("rekomenda fresh --max-age 36500", "rekomenda fresh --as-of 2024-06-30 --json"),
)
@option(
    "--as-of",
    type=DAY,
    metavar="DAY",
    words=Text("The day. Default: yesterday.", "O dia. Padrão: ontem."),
)
@option(
    "--max-age",
    type=click.IntRange(min=0),
    default=0,
    show_default=True,
    metavar="DAYS",
    words=Text("Days that may be missing before it.", "Dias que podem faltar antes dele."),
)
def command(door: Door, *, as_of: datetime | None, max_age: int) -> None:
    """Look, change nothing."""
    from datetime import timedelta

    from rekomenda.pipeline.answering.freshness import freshness_of
    from rekomenda.pipeline.bootstrap import open_house

    day = as_of.date() if as_of else door.today() - timedelta(days=1)
    last, wanted = freshness_of(open_house(door.home), day, max_age=max_age)
    if door.as_json:
        door.print_json({"last_day": last.isoformat(), "age_days": (day - last).days})
    else:
        door.print(_FRESH, last=last, wanted=wanted)
