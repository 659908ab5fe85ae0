"""`rekomenda quarantine`: rows that were set aside."""

from __future__ import annotations

from rekomenda.cli.frame import Entry, Group
from rekomenda.language import Text

command = Group(
    "quarantine",
    words=Text(
        "Rows that were set aside: file, line, column, rule, original text.",
        "Linhas que foram separadas: arquivo, linha, coluna, regra, texto original.",
    ),
    entries={
        "show": Entry(
            "rekomenda.cli.commands.quarantine_show",
            Text("Show those of a file, or the files.", "Mostra as de um arquivo, ou os arquivos."),
        ),
        "retry": Entry(
            "rekomenda.cli.commands.quarantine_retry",
            Text(
                "Load those that are right now: corrected, or under other settings.",
                "Carrega as que agora estão certas: corrigidas, ou com outras opções.",
            ),
        ),
    },
)
