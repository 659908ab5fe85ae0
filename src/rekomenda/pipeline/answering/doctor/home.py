"""What is looked at in a home: lease, lake, release, warehouse, erasures, and what nothing needs."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Final

from rekomenda.domain.schema import PLAYS
from rekomenda.language import Text
from rekomenda.pipeline.answering.doctor.finding import Finding
from rekomenda.pipeline.bootstrap import House
from rekomenda.storage import gc
from rekomenda.storage.erasures import Erasures
from rekomenda.storage.gc import Rubbish
from rekomenda.storage.publish import lagging
from rekomenda.storage.writer import writer_of

STALE_DAYS: Final = 14
"""Two missed weekly runs."""
ORPHANS: Final = frozenset({Rubbish.STAGED, Rubbish.PART})
"""What only a crash leaves behind."""

_FREE: Final = Text("Nobody is writing", "Ninguém está gravando")
_WRITING: Final = Text(
    "Somebody is writing ({holder}); another run would leave with 75",
    "Alguém está gravando ({holder}); outra execução sairia com 75",
)
_FIX_WRITING: Final = Text(
    "Wait for it; if it hangs, end it: `kill {pid}`.", "Espere; se travou, encerre: `kill {pid}`."
)
_STALE_LEASE: Final = Text(
    "The lease is held for a process that has ended ({holder})",
    "O lease está preso por um processo que já terminou ({holder})",
)
_FIX_STALE_LEASE: Final = Text(
    "Something that it left behind keeps the file open; see what: `fuser -v {path}`, and end it.",
    "Algo que ele deixou mantém o arquivo aberto; veja o quê: `fuser -v {path}`, e encerre.",
)
_LAKE: Final = Text(
    "The lake holds {files:n} {files:file|files}, plays up to {last}, every byte as it was written",
    "O lake tem {files:n} {files:arquivo|arquivos}, plays até {last}, cada byte como foi gravado",
)
_LAKE_EMPTY: Final = Text("The lake is empty", "O lake está vazio")
_FIX_EMPTY: Final = Text(
    "Load files: `rekomenda ingest FOLDER`, or try `rekomenda demo`.",
    "Carregue arquivos: `rekomenda ingest PASTA`, ou experimente `rekomenda demo`.",
)
_FUTURE: Final = Text(
    "The lake holds plays of {last}, which is after today ({today})",
    "O lake tem plays de {last}, que é depois de hoje ({today})",
)
_FIX_CLOCK: Final = Text(
    "Look at this machine's clock: `timedatectl`, and at that of whoever exported the files.",
    "Veja o relógio desta máquina: `timedatectl`, e o de quem exportou os arquivos.",
)
_HELD: Final = Text(
    "{n:n} {n:file was|files were} held or rejected",
    "{n:n} {n:arquivo ficou|arquivos ficaram} de fora",
)
_FIX_HELD: Final = Text(
    "See which and why: `rekomenda quarantine show`.",
    "Veja quais e por quê: `rekomenda quarantine show`.",
)
_RELEASE: Final = Text(
    "Release {run_id} (as of {as_of}) is whole", "A release {run_id} (até {as_of}) está inteira"
)
_NO_RELEASE: Final = Text("Nothing is published yet", "Ainda não há nada publicado")
_FIX_NO_RELEASE: Final = Text(
    "Make a release: `rekomenda run`.", "Faça uma release: `rekomenda run`."
)
_STALE: Final = Text(
    "Release {run_id} knows plays up to {as_of} only, the lake up to {last}",
    "A release {run_id} conhece plays só até {as_of}; o lake, até {last}",
)
_BEFORE_RELEASE: Final = Text(
    "This machine's clock says {now}, but the release in service was made at {made}",
    "O relógio desta máquina diz {now}, mas a release no ar foi feita em {made}",
)
_WAREHOUSE: Final = Text("The warehouse shows the release", "O warehouse mostra a release")
_LAGS: Final = Text(
    "The warehouse does not show the release", "O warehouse não mostra a release no ar"
)
_FIX_REBUILD: Final = Text(
    "Fill it again: `rekomenda rebuild`.", "Preencha de novo: `rekomenda rebuild`."
)
_ERASED: Final = Text(
    "{n:n} {n:listener was|listeners were} forgotten, no erasure is open",
    "{n:n} {n:ouvinte foi esquecido|ouvintes foram esquecidos}, nenhum apagamento em aberto",
)
_ERASURE_OPEN: Final = Text(
    "An erasure of {n:n} {n:listener|listeners}, asked for on {day}, is not finished",
    "Um apagamento de {n:n} {n:ouvinte|ouvintes}, pedido em {day}, não terminou",
)
_FIX_ERASURE: Final = Text(
    "Finish it: `rekomenda forget --yes`.", "Termine: `rekomenda forget --yes`."
)
_ORPHANS: Final = Text(
    "{n:n} {n:file or folder|files and folders} that nothing needs, {mb:.1f} MB (first: {first})",
    "{n:n} {n:arquivo ou pasta|arquivos e pastas} que nada usa, {mb:.1f} MB (primeiro: {first})",
)
_FIX_ORPHANS: Final = Text("Remove them: `rekomenda gc`.", "Remova: `rekomenda gc`.")


def look_at_lease(house: House) -> Iterator[Finding]:
    """Look at who is writing."""
    writer = writer_of(house.home)
    if writer is None:
        yield Finding("lease", "ok", _FREE)
    elif writer.gone:
        fix = _FIX_STALE_LEASE.filled(path=house.home / "lease")
        yield Finding("lease", "problem", _STALE_LEASE.filled(holder=writer.words), fix)
    else:
        fix = _FIX_WRITING.filled(pid=writer.holder.pid if writer.holder else "PID")
        yield Finding("lease", "warning", _WRITING.filled(holder=writer.words), fix)


def look_at_lake(house: House, today: date) -> Iterator[Finding]:
    """Look at every part of the lake, and at what was left out of it."""
    snapshot = house.lake.snapshot()
    days = [part.day for part in snapshot.parts_of(PLAYS.name) if part.day is not None]
    if not days:
        yield Finding("lake", "warning", _LAKE_EMPTY, _FIX_EMPTY)
    else:
        house.lake.verify(fetched=False)
        files = sum(record.verdict == "loaded" for record in snapshot.inputs)
        yield Finding("lake", "ok", _LAKE.filled(files=files, last=max(days)))
        if max(days) > today:
            text = _FUTURE.filled(last=max(days), today=today)
            yield Finding("clock", "warning", text, _FIX_CLOCK)
    refused = sum(record.verdict != "loaded" for record in snapshot.inputs)
    if refused:
        yield Finding("files", "warning", _HELD.filled(n=refused), _FIX_HELD)


def look_at_release(house: House, now: datetime) -> Iterator[Finding]:
    """Look at every byte of the release in service, and at how old it is."""
    served = house.releases.current()
    if served is None:
        yield Finding("release", "warning", _NO_RELEASE, _FIX_NO_RELEASE)
        return
    served.verify()
    facts = {"run_id": served.release_id, "as_of": served.manifest.as_of}
    yield Finding("release", "ok", _RELEASE.filled(**facts))
    made = served.manifest.created_at
    if now < made:
        moments = {"now": f"{now:%Y-%m-%d %H:%M} UTC", "made": f"{made:%Y-%m-%d %H:%M} UTC"}
        yield Finding("clock", "problem", _BEFORE_RELEASE.filled(**moments), _FIX_CLOCK)
    days = [part.day for part in house.lake.snapshot().parts_of(PLAYS.name) if part.day]
    if days and max(days) - served.manifest.as_of > timedelta(days=STALE_DAYS):
        yield Finding("fresh", "warning", _STALE.filled(**facts, last=max(days)), _FIX_NO_RELEASE)


def look_at_warehouse(house: House) -> Iterator[Finding]:
    """Look whether readers of the warehouse see the release in service."""
    if house.releases.current() is None:
        return
    if lagging(house.releases, house.warehouse):
        yield Finding("warehouse", "problem", _LAGS, _FIX_REBUILD)
    else:
        yield Finding("warehouse", "ok", _WAREHOUSE)


def look_at_erasures(house: House) -> Iterator[Finding]:
    """Look for an erasure that was begun and not finished."""
    erasures = Erasures(house.home)
    begun = erasures.open()
    if begun is not None:
        day = datetime.fromisoformat(begun.asked_at).date()
        text = _ERASURE_OPEN.filled(n=len(begun.listeners), day=day)
        yield Finding("erasures", "problem", text, _FIX_ERASURE)
    elif erasures.tombstones().hashes:
        yield Finding("erasures", "ok", _ERASED.filled(n=len(erasures.tombstones().hashes)))


def look_for_orphans(house: House) -> Iterator[Finding]:
    """Look for what a crash left behind; while somebody writes, what is staged is theirs."""
    if writer_of(house.home) is not None:
        return
    garbage = gc.plan(
        house.home, snapshots=sys.maxsize, releases=sys.maxsize, warehouse=house.warehouse
    )
    found = [item for item in garbage if item.kind in ORPHANS]
    if found:
        total = sum(item.bytes for item in found) / 1e6
        first = found[0].path.relative_to(house.home)
        text = _ORPHANS.filled(n=len(found), mb=total, first=first)
        yield Finding("orphans", "warning", text, _FIX_ORPHANS)
