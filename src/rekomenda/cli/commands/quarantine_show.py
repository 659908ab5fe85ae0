"""`rekomenda quarantine show`: the set-aside rows of a file, or the files that have some."""

from __future__ import annotations

from pathlib import Path

import click

from rekomenda.cli.door import Door
from rekomenda.cli.exits import Exit
from rekomenda.cli.frame import command as make_command
from rekomenda.cli.frame import option
from rekomenda.cli.values import FILE
from rekomenda.errors import FileToCorrectError
from rekomenda.language import Text

_FILE = Text(
    en="{file}: {quarantined:n} of {rows_in:n} {rows_in:row|rows} ({verdict})",
    pt="{file}: {quarantined:n} de {rows_in:n} {rows_in:linha|linhas} ({verdict})",
)
_ROW = Text(en="{line}\t{column}\t{rule}\t{text}", pt="{line}\t{column}\t{rule}\t{text}")
_NOTHING = Text(en="Nothing is in quarantine.", pt="Nada está em quarentena.")
_MORE = Text(
    en="… and {rows:n} more: --limit {total}, or --limit 0 for all.",
    pt="… e mais {rows:n}: --limit {total}, ou --limit 0 para todas.",
)
_WRITTEN = Text(
    en="{rows:n} {rows:row|rows} of {file} written to {out}. Correct them there, keep the first three "
    "columns, then: rekomenda quarantine retry {file:sh} {out:sh}",
    pt="{rows:n} {rows:linha|linhas} de {file} em {out}. Corrija ali, deixe as três primeiras colunas, "
    "e rode: rekomenda quarantine retry {file:sh} {out:sh}",
)
_WRITTEN_OF_REFUSED = Text(
    en="{rows:n} {rows:row|rows} of {file} written to {out}. Nothing of {file} is loaded: correct the file "
    "itself, or ingest it with --accept-quarantine before you retry these.",
    pt="{rows:n} {rows:linha|linhas} de {file} em {out}. Nada de {file} está carregado: corrija o próprio "
    "arquivo, ou carregue com --accept-quarantine antes de tentar estas.",
)
VERDICTS = {
    "loaded": Text(en="the others are loaded", pt="as outras estão carregadas"),
    "held": Text(en="held", pt="retido"),
    "rejected": Text(en="rejected", pt="rejeitado"),
}


@make_command(
    "show",
    Text(
        "Show the set-aside rows of a file.",
        "Mostra as linhas separadas de um arquivo.",
    ),
    how=Text(
        "Shows line, column, rule and original text of each. Without a file, lists the "
        "files that have such rows.",
        "Mostra linha, coluna, regra e texto original de cada uma. Sem arquivo, lista os "
        "arquivos que têm tais linhas.",
    ),
    exits=(Exit(2, Text("no such file in quarantine", "não há esse arquivo em quarentena")),),
    examples=(
        "rekomenda quarantine show",
        "rekomenda quarantine show plays.csv --limit 20",
        "rekomenda quarantine show plays.csv --out fix.csv",
    ),
)
@click.argument("file", required=False, type=FILE)
@option(
    "--limit",
    type=click.IntRange(min=0),
    default=100,
    words=Text("Rows to show; 0: all.", "Linhas a mostrar; 0: todas."),
)
@option(
    "--out",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FIXES",
    words=Text(
        "Write all of them to a CSV file, to correct and `retry`.",
        "Grava todas num arquivo CSV, para corrigir e usar em `retry`.",
    ),
)
def command(door: Door, file: str | None, limit: int, out: Path | None) -> None:
    """Show the files, or the rows of one."""
    from rekomenda.pipeline.bootstrap import open_house
    from rekomenda.pipeline.loading.quarantine import files_in_quarantine

    if out is not None and file is None:
        raise FileToCorrectError
    files = files_in_quarantine(open_house(door.home).lake.snapshot())
    if file is not None and out is not None:
        _write_rows(door, file, out)
    elif file is not None:
        _show_rows(door, file, limit)
    elif door.as_json:
        door.print_json({"files": files})
    elif not files:
        door.print(_NOTHING)
    else:
        for facts in files:
            door.print(_FILE, **{**facts, "verdict": VERDICTS[facts["verdict"]]})


def _write_rows(door: Door, file: str, out: Path) -> None:
    from rekomenda.pipeline.bootstrap import open_house
    from rekomenda.pipeline.loading.quarantine import fixes_of
    from rekomenda.refusals import guard

    text, record, rows = fixes_of(open_house(door.home).lake.snapshot(), file)
    with guard(out):
        out.write_bytes(text)
    if door.as_json:
        door.print_json({"file": file, "total": rows, "saved": str(out)})
        return
    loaded = record.verdict == "loaded"
    door.print(_WRITTEN if loaded else _WRITTEN_OF_REFUSED, file=file, rows=rows, out=out)


def _show_rows(door: Door, file: str, limit: int) -> None:
    from rekomenda.data.reading.mapping import printable
    from rekomenda.pipeline.bootstrap import open_house
    from rekomenda.pipeline.loading.quarantine import rows_in_quarantine

    rows, total = rows_in_quarantine(open_house(door.home).lake.snapshot(), file, limit=limit)
    if door.as_json:
        door.print_json({"file": file, "rows": rows, "total": total})
        return
    for row in rows:
        door.print(_ROW, **{**row, "text": printable(row["text"])})
    if len(rows) < total:
        door.say(_MORE, rows=total - len(rows), total=total)
