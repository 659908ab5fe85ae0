"""Everything a run stands on, looked at part by part: one that is broken does not hide the next."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Final

from rekomenda.errors import ConfigError, CorruptError, RekomendaError, reason_of
from rekomenda.language import Text
from rekomenda.pipeline.answering.doctor.finding import Finding
from rekomenda.pipeline.answering.doctor.home import (
    look_at_erasures,
    look_at_lake,
    look_at_lease,
    look_at_release,
    look_at_warehouse,
    look_for_orphans,
)
from rekomenda.pipeline.answering.doctor.machine import look_at_machine
from rekomenda.pipeline.answering.doctor.spark import look_at_spark
from rekomenda.pipeline.answering.doctor.store import look_at_store
from rekomenda.pipeline.bootstrap import House
from rekomenda.pipeline.work import day_in
from rekomenda.settings import Settings
from rekomenda.settings.lines import lines_of_keys

Part = Callable[[], Iterator[Finding]]

_DAMAGED: Final = Text("{what}", "{what}")
_NOT_READ: Final = Text("{path} cannot be read: {why}", "Não é possível ler {path}: {why}")
_FIX_READ: Final = Text(
    "Let this user read what is in there: `sudo chmod -R u+rwX {home}` and "
    '`sudo chown -R "$USER" {home}`.',
    "Deixe este usuário ler o que está lá: `sudo chmod -R u+rwX {home}` e "
    '`sudo chown -R "$USER" {home}`.',
)
_SETTINGS: Final = Text("The settings can be used", "A configuração pode ser usada")
_FIX_SETTING: Final = Text(
    "Mend `{key}` {place}; `rekomenda config show --origin` shows what is in force.",
    "Corrija `{key}` {place}; `rekomenda config show --origin` mostra o que está em vigor.",
)
_IN_LINE: Final = Text("in {origin}, line {line}", "em {origin}, linha {line}")
_IN: Final = Text("in {origin}", "em {origin}")
_FIXES: Final = {
    "lake": Text(
        "Restore the file from a copy of {home}; without one, load the exports into a new home: "
        "`rekomenda --home NEW ingest FOLDER`.",
        "Restaure o arquivo de uma cópia de {home}; sem cópia, carregue os arquivos em outra pasta: "
        "`rekomenda --home NOVA ingest PASTA`.",
    ),
    "release": Text(
        "Serve the one before: `rekomenda rollback`, or make another: `rekomenda run`.",
        "Volte à anterior: `rekomenda rollback`, ou faça outra: `rekomenda run`.",
    ),
    "warehouse": Text(
        "Make it again: `rekomenda rebuild`.",
        "Refaça: `rekomenda rebuild`.",
    ),
}
_FIX_OTHER: Final = Text(
    "Restore {home} from a copy; `rekomenda status` says what can still be read.",
    "Restaure {home} de uma cópia; `rekomenda status` diz o que ainda dá para ler.",
)


def examine(
    house: House,
    settings: Settings,
    *,
    faults: Sequence[ConfigError] = (),
    now: datetime,
    free_bytes: int | None = None,
) -> list[Finding]:
    """Look at everything a run stands on; nothing is changed.

    Parameters
    ----------
    house : House
    settings : Settings
        Those in force, or the defaults where they cannot be used.
    faults : sequence of ConfigError
        Why they cannot.
    now : datetime, with zone
    free_bytes : int, optional
        Default: what the disk of the home says.
    """
    now = now.astimezone(UTC)
    today = day_in(settings.ingest.timezone, now)
    parts: Mapping[str, Part] = {
        "machine": partial(look_at_machine, house, free_bytes),
        "settings": partial(_look_at_settings, faults),
        "spark": partial(look_at_spark, settings),
        "store": partial(look_at_store, house.home, now),
        "lease": partial(look_at_lease, house),
        "lake": partial(look_at_lake, house, today),
        "release": partial(look_at_release, house, now),
        "warehouse": partial(look_at_warehouse, house),
        "erasures": partial(look_at_erasures, house),
        "orphans": partial(look_for_orphans, house),
    }
    findings: list[Finding] = []
    for name, part in parts.items():
        findings += _looked(house.home, name, part, known=findings)
        if any(each.name == "store" and each.level == "problem" for each in findings):
            break  # the rest would be of a home as it was
    return findings


def _looked(home: Path, name: str, part: Part, *, known: Sequence[Finding]) -> Iterator[Finding]:
    """Yield what a part finds; what keeps it from looking is a finding too, once."""
    try:
        yield from part()
    except RekomendaError as error:
        what = Text(error.message("en"), error.message("pt-BR"))
        if what not in [finding.text for finding in known]:
            of_its_kind = isinstance(error, CorruptError) and name in _FIXES
            fix = (_FIXES[name] if of_its_kind else _FIX_OTHER).filled(home=home)
            if isinstance(error.__cause__, PermissionError):
                fix = _FIX_READ.filled(home=home)
            yield Finding(name, "problem", _DAMAGED.filled(what=what), fix)
    except OSError as error:
        text = _NOT_READ.filled(path=error.filename or home, why=reason_of(error))
        if text not in [finding.text for finding in known]:
            yield Finding(name, "problem", text, _FIX_READ.filled(home=home))


def _look_at_settings(faults: Sequence[ConfigError]) -> Iterator[Finding]:
    if not faults:
        yield Finding("settings", "ok", _SETTINGS)
    for fault in faults:
        what = Text(fault.message("en"), fault.message("pt-BR"))
        fix = _FIX_SETTING.filled(key=fault.facts["key"], place=_place(fault))
        yield Finding("settings", "problem", _DAMAGED.filled(what=what), fix)


def _place(fault: ConfigError) -> Text:
    """Say where a setting stands: in which line, where it is in a file that can be read."""
    origin, path = str(fault.facts["origin"]), tuple(str(fault.facts["key"]).split("."))
    try:
        lines = lines_of_keys(Path(origin).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return _IN.filled(origin=origin)
    line = lines.get(path[:2]) or lines.get(path[:1])
    return _IN.filled(origin=origin) if line is None else _IN_LINE.filled(origin=origin, line=line)
