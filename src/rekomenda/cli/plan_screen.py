"""One screen: what a run would do."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from rekomenda.cli.door import Door
from rekomenda.cli.frame import printable
from rekomenda.language import Text
from rekomenda.pipeline import plan
from rekomenda.pipeline.answering.arrivals import Arrival
from rekomenda.pipeline.answering.foresee import Foresight
from rekomenda.pipeline.answering.reckon import Reckoning

_STATES: Final = {
    "new": Text(
        en="Run       {run_id}, as of {as_of}: would be made",
        pt="Execução  {run_id}, até {as_of}: seria feita",
    ),
    "done": Text(
        en="Run       {run_id}, as of {as_of}: made before from the same data; nothing would be done",
        pt="Execução  {run_id}, até {as_of}: já feita com os mesmos dados; nada seria feito",
    ),
    "to_serve": Text(
        en="Run       {run_id}, as of {as_of}: made before; it would be put into service",
        pt="Execução  {run_id}, até {as_of}: já feita; seria posta no ar",
    ),
}
_SERVED: Final = Text(en="Served    {run_id}, as of {as_of}", pt="No ar     {run_id}, até {as_of}")
_NONE_SERVED: Final = Text(en="Served    nothing yet", pt="No ar     nada ainda")
_FILES: Final = Text(
    en="Files     {n:n} new to it: {names}", pt="Arquivos  {n:n} {n:novo|novos} para ela: {names}"
)
_NO_FILES: Final = Text(en="Files     none new to it", pt="Arquivos  nenhum novo para ela")
_DAYS: Final = Text(
    en="Days      {n:n} new, {first} to {last}",
    pt="Dias      {n:n} {n:novo|novos}, de {first} a {last}",
)
_NO_DAYS: Final = Text(en="Days      none new", pt="Dias      nenhum novo")
_CUT: Final = Text(
    en="          models learn up to {cut} and are asked for the days after it",
    pt="          os modelos aprendem até {cut} e respondem pelos dias seguintes",
)
_SIZE: Final = Text(
    en="Rows      {n_rows:n} of plays; {n_users:n} {n_users:listener|listeners}, {n_items:n} {n_items:track|tracks}",
    pt="Linhas    {n_rows:n} de plays; {n_users:n} {n_users:ouvinte|ouvintes}, {n_items:n} {n_items:faixa|faixas}",
)
_REUSED: Final = {
    "tuning": Text(
        en="Reused    the tuning that model.tuning names: no search",
        pt="Reuso     o tuning que model.tuning nomeia: sem busca",
    )
}
_TIME: Final = Text(
    en="Time      about {minutes} (an estimate, {basis})",
    pt="Tempo     cerca de {minutes} (uma estimativa, {basis})",
)
_BASES: Final = {
    "size": Text(
        en="from the size of the data, for two free cores",
        pt="pelo tamanho dos dados, para dois núcleos livres",
    ),
    "last_run": Text(
        en="from what the last such run took here", pt="pelo que a última execução igual levou aqui"
    ),
}
_MINUTES: Final = Text(en="{value:.1f} minutes", pt="{value:.1f} minutos")
_SECONDS: Final = Text(en="{value:.0f} seconds", pt="{value:.0f} segundos")
_HOP: Final = Text(
    en="          {seconds:>6.1f} s  {title}", pt="          {seconds:>6.1f} s  {title}"
)
_MEMORY: Final = Text(
    en="Memory    about {gb:.1f} GB at most", pt="Memória   cerca de {gb:.1f} GB no máximo"
)
_DISK: Final = Text(
    en="Disk      about {mb:.0f} MB more; {free:.1f} GB are free",
    pt="Disco     cerca de {mb:.0f} MB a mais; {free:.1f} GB livres",
)
_STOP: Final = Text(
    en="STOP      {said} (exit code {code})", pt="PARA      {said} (código de saída {code})"
)
_GOES: Final = Text(en="Nothing would stop it.", pt="Nada impediria.")
_ARRIVALS: Final = {
    "loaded": Text(en="Given     {name}: loaded already", pt="Dado      {name}: já carregado"),
    "new": Text(
        en="Given     {name}: new, {mb:.1f} MB of {tables}; load it first: `rekomenda ingest`",
        pt="Dado      {name}: novo, {mb:.1f} MB de {tables}; carregue antes: `rekomenda ingest`",
    ),
    "rejected": Text(
        en="Given     {name}: would be rejected. {why}",
        pt="Dado      {name}: seria rejeitado. {why}",
    ),
}
_MOST_NAMES: Final = 5


def show_plan(door: Door, seen: Foresight) -> None:
    """Print what a run would be about, what it would take, and what would stop it."""
    for arrival in seen.arrivals:
        _show_arrival(door, arrival)
    if seen.work is not None:
        door.print(_STATES[seen.state], run_id=seen.work.run_id, as_of=seen.work.as_of)
        _show_what_is_new(door, seen)
    for name in seen.reused:
        if name in _REUSED:
            door.print(_REUSED[name])
    if seen.reckoning is not None:
        _show_reckoning(door, seen.reckoning, seen.free_bytes)
    for error in seen.stops:
        door.print(_STOP, said=error.message(door.language), code=error.exit_code)
    if not seen.stops:
        door.print(_GOES)


def _show_arrival(door: Door, arrival: Arrival) -> None:
    why = arrival.refusal.message(door.language) if arrival.refusal else ""
    door.print(
        _ARRIVALS[arrival.standing],
        name=printable(arrival.name),
        mb=arrival.bytes / 1e6,
        tables=", ".join(arrival.tables),
        why=why,
    )


def _show_what_is_new(door: Door, seen: Foresight) -> None:
    if seen.served is None:
        door.print(_NONE_SERVED)
    else:
        door.print(_SERVED, run_id=seen.served.release_id, as_of=seen.served.manifest.as_of)
    if seen.new_files:
        names = _listed([record.name for record in seen.new_files])
        door.print(_FILES, n=len(seen.new_files), names=names)
    else:
        door.print(_NO_FILES)
    if seen.new_days:
        door.print(_DAYS, n=len(seen.new_days), first=seen.new_days[0], last=seen.new_days[-1])
    else:
        door.print(_NO_DAYS)
    if seen.extent is not None and seen.work is not None:
        if seen.work.cut is not None:
            door.print(_CUT, cut=seen.work.cut)
        door.print(_SIZE, n_rows=seen.extent.n_rows, **vars(seen.extent.size))


def _listed(names: Sequence[str]) -> str:
    more = " …" if len(names) > _MOST_NAMES else ""
    return ", ".join(printable(name) for name in names[:_MOST_NAMES]) + more


def _show_reckoning(door: Door, reckoning: Reckoning, free_bytes: int) -> None:
    total = sum(reckoning.seconds.values())
    said = _SECONDS.filled(value=total) if total < 90 else _MINUTES.filled(value=total / 60)
    door.print(_TIME, minutes=said, basis=_BASES[reckoning.basis])
    titles = {hop.name: hop.title for hop in plan.PLAN}
    for name, seconds in reckoning.seconds.items():
        if seconds:
            door.print(_HOP, seconds=float(seconds), title=titles[name])
    door.print(_MEMORY, gb=reckoning.peak_bytes / 1e9)
    door.print(_DISK, mb=reckoning.disk_bytes / 1e6, free=free_bytes / 1e9)
