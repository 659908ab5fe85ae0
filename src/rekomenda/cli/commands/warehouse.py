"""`rekomenda warehouse`: where releases are queried."""

from __future__ import annotations

from rekomenda.cli.frame import Entry, Group
from rekomenda.language import Text

command = Group(
    "warehouse",
    words=Text(
        "Where releases are queried: DuckDB in the home, PostgreSQL or Redshift.",
        "Onde se consultam as releases: DuckDB na home, PostgreSQL ou Redshift.",
    ),
    entries={
        "init": Entry(
            "rekomenda.cli.commands.warehouse_init",
            Text(
                "Make database, schema, tables, views, grants.",
                "Cria banco, schema, tabelas, views, permissões.",
            ),
        ),
        "verify": Entry(
            "rekomenda.cli.commands.warehouse_verify",
            Text(
                "Compare it with the releases, row by row.",
                "Compara com as releases, linha por linha.",
            ),
        ),
    },
)
