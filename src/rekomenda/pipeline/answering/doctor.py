"""What would stop or spoil a run, and what to do about each finding."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Literal

from rekomenda.domain.schema import PLAYS
from rekomenda.errors import RekomendaError
from rekomenda.language import Text
from rekomenda.pipeline.bootstrap import House
from rekomenda.storage.erasures import Erasures
from rekomenda.storage.publish import lagging

Level = Literal["ok", "warning", "problem"]

MIN_FREE_BYTES = 2_000_000_000
"""Free space under which a run of a middling catalogue may fail."""
STALE_DAYS = 14
"""Two missed weekly runs."""


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at.

    Parameters
    ----------
    name : str
        Stable, for scripts.
    level : {"ok", "warning", "problem"}
    text : Text
        What was found, its facts filled in.
    fix : Text or None
        What to do, where there is something to do.
    """

    name: str
    level: Level
    text: Text
    fix: Text | None = None


_PYTHON = Text("Python {version}", "Python {version}")
_WRITABLE = Text("{home} can be written to", "{home} aceita gravação")
_NOT_WRITABLE = Text("{home} cannot be written to", "{home} não aceita gravação")
_FIX_WRITABLE = Text(
    "Give this user the folder (`chown`), or choose another with --home.",
    "Dê a pasta a este usuário (`chown`), ou escolha outra com --home.",
)
_DISK = Text("{free:.1f} GB free", "{free:.1f} GB livres")
_FIX_DISK = Text(
    "Free some space: `rekomenda gc`, or move the home to a larger disk.",
    "Libere espaço: `rekomenda gc`, ou mova a pasta para um disco maior.",
)
_LAKE = Text(
    "The lake holds {files:n} {files:file|files}, plays up to {last}",
    "O lake tem {files:n} {files:arquivo|arquivos}, plays até {last}",
)
_LAKE_EMPTY = Text("The lake is empty", "O lake está vazio")
_FIX_EMPTY = Text(
    "Load files: `rekomenda ingest FOLDER`, or try `rekomenda demo`.",
    "Carregue arquivos: `rekomenda ingest PASTA`, ou experimente `rekomenda demo`.",
)
_FUTURE = Text(
    "The lake holds plays of {last}, which is after today ({today})",
    "O lake tem plays de {last}, que é depois de hoje ({today})",
)
_FIX_FUTURE = Text(
    "Check this machine's clock and the clock of whoever exported the files.",
    "Confira o relógio desta máquina e o de quem exportou os arquivos.",
)
_HELD = Text(
    "{n:n} {n:file was|files were} held or rejected",
    "{n:n} {n:arquivo ficou|arquivos ficaram} de fora",
)
_FIX_HELD = Text(
    "Ingest again to see why: each file is answered with what to do.",
    "Carregue de novo para ver por quê: cada arquivo recebe uma resposta com o que fazer.",
)
_RELEASE = Text(
    "Release {run_id} (as of {as_of}) is whole", "A release {run_id} (até {as_of}) está inteira"
)
_NO_RELEASE = Text("Nothing is published yet", "Ainda não há nada publicado")
_FIX_NO_RELEASE = Text("Make a release: `rekomenda run`.", "Faça uma release: `rekomenda run`.")
_STALE = Text(
    "Release {run_id} knows plays up to {as_of} only, the lake up to {last}",
    "A release {run_id} conhece plays só até {as_of}; o lake, até {last}",
)
_WAREHOUSE = Text("The warehouse shows the release", "O warehouse mostra a release")
_LAGS = Text("The warehouse does not show the release", "O warehouse não mostra a release no ar")
_FIX_REBUILD = Text("Fill it again: `rekomenda rebuild`.", "Preencha de novo: `rekomenda rebuild`.")
_ERASED = Text(
    "{n:n} {n:listener was|listeners were} forgotten, no erasure is open",
    "{n:n} {n:ouvinte foi esquecido|ouvintes foram esquecidos}, nenhum apagamento em aberto",
)
_ERASURE_OPEN = Text(
    "An erasure of {n:n} {n:listener|listeners}, asked for on {day}, is not finished",
    "Um apagamento de {n:n} {n:ouvinte|ouvintes}, pedido em {day}, não terminou",
)
_FIX_ERASURE = Text("Finish it: `rekomenda forget --yes`.", "Termine: `rekomenda forget --yes`.")
_DAMAGED = Text("{what}", "{what}")


def examine(house: House, *, today: date) -> list[Finding]:
    """Look at everything a run stands on; nothing is changed.

    Each part is looked at even when another is broken.
    """
    parts: tuple[Callable[[House, date], Iterator[Finding]], ...] = (
        _machine,
        _lake,
        _release,
        _warehouse,
        _erasures,
    )
    findings: list[Finding] = []
    for part in parts:
        try:
            findings.extend(part(house, today))
        except RekomendaError as error:
            what = Text(error.message("en"), error.message("pt-BR"))
            name = part.__name__.strip("_")
            findings.append(Finding(name, "problem", _DAMAGED.filled(what=what)))
    return findings


def _machine(house: House, today: date) -> Iterator[Finding]:  # noqa: ARG001 - one signature for all parts
    version = ".".join(map(str, sys.version_info[:3]))
    yield Finding("python", "ok", _PYTHON.filled(version=version))
    existing = next(path for path in (house.home, *house.home.absolute().parents) if path.exists())
    if os.access(existing, os.W_OK | os.X_OK):
        yield Finding("home", "ok", _WRITABLE.filled(home=house.home))
    else:
        yield Finding("home", "problem", _NOT_WRITABLE.filled(home=house.home), _FIX_WRITABLE)
    yield _disk(existing)


def _disk(path: Path) -> Finding:
    free = shutil.disk_usage(path).free
    text = _DISK.filled(free=free / 1e9)
    enough = free >= MIN_FREE_BYTES
    return Finding("disk", "ok" if enough else "warning", text, None if enough else _FIX_DISK)


def _lake(house: House, today: date) -> Iterator[Finding]:
    snapshot = house.lake.snapshot()
    days = [part.day for part in snapshot.parts_of(PLAYS.name) if part.day is not None]
    if not days:
        yield Finding("lake", "warning", _LAKE_EMPTY, _FIX_EMPTY)
        return
    files = sum(record.verdict == "loaded" for record in snapshot.inputs)
    last = max(days)
    yield Finding("lake", "ok", _LAKE.filled(files=files, last=last))
    if last > today:
        yield Finding("clock", "warning", _FUTURE.filled(last=last, today=today), _FIX_FUTURE)
    if files < len(snapshot.inputs):
        text = _HELD.filled(n=len(snapshot.inputs) - files)
        yield Finding("files", "warning", text, _FIX_HELD)


def _release(house: House, today: date) -> Iterator[Finding]:  # noqa: ARG001 - one signature for all parts
    served = house.releases.current()
    if served is None:
        yield Finding("release", "warning", _NO_RELEASE, _FIX_NO_RELEASE)
        return
    served.verify()
    facts = {"run_id": served.release_id, "as_of": served.manifest.as_of}
    yield Finding("release", "ok", _RELEASE.filled(**facts))
    days = [part.day for part in house.lake.snapshot().parts_of(PLAYS.name) if part.day]
    if days and max(days) - served.manifest.as_of > timedelta(days=STALE_DAYS):
        yield Finding("fresh", "warning", _STALE.filled(**facts, last=max(days)), _FIX_NO_RELEASE)


def _warehouse(house: House, today: date) -> Iterator[Finding]:  # noqa: ARG001 - one signature for all parts
    if house.releases.current() is None:
        return
    if lagging(house.releases, house.warehouse):
        yield Finding("warehouse", "problem", _LAGS, _FIX_REBUILD)
    else:
        yield Finding("warehouse", "ok", _WAREHOUSE)


def _erasures(house: House, today: date) -> Iterator[Finding]:  # noqa: ARG001 - one signature for all parts
    erasures = Erasures(house.home)
    begun = erasures.open()
    if begun is not None:
        day = datetime.fromisoformat(begun.asked_at).date()
        text = _ERASURE_OPEN.filled(n=len(begun.listeners), day=day)
        yield Finding("erasures", "problem", text, _FIX_ERASURE)
    elif erasures.tombstones().hashes:
        yield Finding("erasures", "ok", _ERASED.filled(n=len(erasures.tombstones().hashes)))
