"""`rekomenda forget`: erase listeners for good."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from rekomenda.cli.door import Door
from rekomenda.cli.exits import BUSY, Exit
from rekomenda.cli.frame import command as make_command
from rekomenda.cli.frame import option
from rekomenda.errors import NotConfirmedError
from rekomenda.language import Text

if TYPE_CHECKING:
    from rekomenda.storage.erasures import Receipt

_FOUND = Text(
    en="{known:n} of {n:n} {n:listener|listeners} found. Would go:",
    pt="{known:n} de {n:n} {n:ouvinte encontrado|ouvintes encontrados}. Sairia:",
)
_LINE = Text(
    en="  {place:<28}{rows:n} {rows:row|rows} in {files:n} {files:file|files}",
    pt="  {place:<28}{rows:n} {rows:linha|linhas} em {files:n} {files:arquivo|arquivos}",
)
_NOTHING = Text(en="  nothing", pt="  nada")
_DONE = Text(
    en="{n:n} {n:listener|listeners} forgotten, {known:n} of them found. Looked again: found nowhere. "
    "Receipt {receipt_id}, finished {day}:",
    pt="{n:n} {n:ouvinte esquecido|ouvintes esquecidos}, {known:n} {known:encontrado|encontrados}. "
    "Procurado de novo: em lugar nenhum. Recibo {receipt_id}, terminado em {day}:",
)
_NOWHERE = Text(
    en="{n:n} {n:listener was|listeners were} forgotten and {n:is|are} found nowhere: {files:n} "
    "{files:table|tables} of {rows:n} {rows:row|rows} looked through.",
    pt="{n:n} {n:ouvinte foi esquecido e não está|ouvintes foram esquecidos e não estão} em lugar nenhum: "
    "{files:n} {files:tabela|tabelas} de {rows:n} {rows:linha|linhas} examinadas.",
)
_KEPT = Text(en="The receipt is in {path}.", pt="O recibo está em {path}.")


@make_command(
    "forget",
    Text(
        "Erase listeners for good.",
        "Apaga ouvintes de vez.",
    ),
    how=Text(
        "They go from the lake, the quarantine, every kept release, the warehouse and "
        "whatever else lies in the home. What is left is a receipt and a keyed hash, so "
        "that no old file brings them back. Without --yes it only says what would go. "
        "Interrupted, the same command, or `forget --yes` alone, finishes the job. "
        "--check looks, by the hashes, for those who were forgotten before.",
        "Saem do lake, da quarentena, de toda release guardada, do warehouse e do que "
        "mais houver na pasta. Restam um recibo e um hash com chave, para que nenhum "
        "arquivo antigo os traga de volta. Sem --yes só diz o que sairia. Se for "
        "interrompido, o mesmo comando, ou só `forget --yes`, termina o trabalho. "
        "--check procura, pelos hashes, quem já foi esquecido.",
    ),
    exits=(
        Exit(2, Text("nobody was named", "ninguém foi nomeado")),
        Exit(
            74,
            Text(
                "somebody who was to be forgotten is still found, or an erasure is open",
                "alguém que devia ser esquecido ainda aparece, ou há apagamento em aberto",
            ),
        ),
        BUSY,
    ),
    examples=("rekomenda forget LISTENER --yes", "rekomenda forget --file ids.txt --yes --json"),
)
@click.argument("listeners", nargs=-1)
@option(
    "--file",
    "file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    metavar="FILE",
    words=Text("Ids, one a line.", "Ids, um por linha."),
)
@option("--yes", is_flag=True, words=Text("Do it.", "Faz mesmo."))
@option(
    "--check",
    is_flag=True,
    words=Text(
        "Only see that nobody who was forgotten is found again.",
        "Só confere se ninguém que foi esquecido reaparece.",
    ),
)
def command(
    door: Door, listeners: tuple[str, ...], file: Path | None, yes: bool, check: bool
) -> None:
    """Forget."""
    if check:
        _check(door)
        return
    from datetime import UTC, datetime

    from rekomenda.pipeline.bootstrap import open_house
    from rekomenda.pipeline.privacy.forget import forget, listeners_open, look_for

    door.configure_logs()
    lines = file.read_text(encoding="utf-8-sig").splitlines() if file else []
    ids = [name for name in (*listeners, *lines) if name.strip()]
    house = open_house(door.home, door.settings().warehouse)
    if not yes:
        found = look_for(house, ids or listeners_open(house)).to_json()
        if door.as_json:
            door.print_json({"erased": False, "found": found})
        else:
            door.print(_FOUND, known=found["listeners"], n=len(set(ids)))
            _show(door, found)
        raise NotConfirmedError
    receipts = forget(house, ids, now=datetime.now(UTC), progress=door.progress())
    if door.as_json:
        door.print_json({"erased": True, "receipts": [one.to_json() for one in receipts]})
        return
    for receipt in receipts:
        _show_receipt(door, receipt)


def _check(door: Door) -> None:
    from rekomenda.pipeline.bootstrap import open_house
    from rekomenda.pipeline.privacy.check import check_erasures

    found = check_erasures(open_house(door.home, door.settings().warehouse))
    if door.as_json:
        door.print_json({"found": 0, **vars(found)})
    else:
        door.print(_NOWHERE, n=found.listeners, files=found.files, rows=found.rows)


def _show_receipt(door: Door, receipt: Receipt) -> None:
    facts = {"receipt_id": receipt.receipt_id, "day": receipt.finished_at[:19] + "Z"}
    door.print(_DONE, n=len(receipt.hashes), known=receipt.found["listeners"], **facts)
    _show(door, receipt.found)
    door.print(_KEPT, path=door.home / "erasures" / f"{receipt.receipt_id}.json")


def _show(door: Door, found: Any) -> None:
    for place, rows in found["rows"].items():
        door.print(_LINE, place=place, rows=rows, files=found["files"][place])
    if not found["rows"]:
        door.print(_NOTHING)
