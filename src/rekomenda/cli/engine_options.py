"""Options that say where the heavy work is done, for every command that has some."""

from __future__ import annotations

import click

from rekomenda.cli.frame import option
from rekomenda.language import Text

ENGINE = option(
    "--engine",
    type=click.Choice(("embedded", "spark")),
    words=Text("Where the heavy work is done.", "Onde o trabalho pesado é feito."),
)
MASTER = option(
    "--master",
    metavar="URL",
    words=Text(
        "Spark's master, as spark://HOST:PORT. Default: the cores of this machine.",
        "O master do Spark, como spark://HOST:PORTA. Padrão: os núcleos desta máquina.",
    ),
)
