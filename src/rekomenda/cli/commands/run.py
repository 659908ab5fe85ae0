"""`rekomenda run`: from the lake to a published release."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

from rekomenda.cli.door import Door
from rekomenda.cli.engine_options import ENGINE, MASTER
from rekomenda.cli.exits import BUSY, GATE, NO_DATA, Exit
from rekomenda.cli.frame import command as make_command
from rekomenda.cli.frame import option
from rekomenda.cli.values import ALGORITHM, DAY
from rekomenda.language import Text

if TYPE_CHECKING:
    from rekomenda.pipeline.publishing import Outcome

_PUBLISHED = Text(
    en="Release {run_id} (as of {as_of}) is published: {rows:n} {rows:recommendation|recommendations} by {algorithm} "
    "for {listeners:n} {listeners:listener|listeners}.",
    pt="A release {run_id} (até {as_of}) está publicada: {rows:n} {rows:recomendação|recomendações} de {algorithm} "
    "para {listeners:n} {listeners:ouvinte|ouvintes}.",
)
_UNCHANGED = Text(
    en="Nothing new: release {run_id} was made from the same data before; {served} is in service.",
    pt="Nada de novo: a release {run_id} já foi feita com os mesmos dados; {served} está no ar.",
)
_KEPT = Text(
    en="Release {run_id} (as of {as_of}) is kept, not served: {served} knows a later day. "
    "Serve it with `rekomenda rollback --to {run_id}`.",
    pt="A release {run_id} (até {as_of}) foi guardada, não servida: {served} conhece um dia "
    "posterior. Sirva-a com `rekomenda rollback --to {run_id}`.",
)
_READY = Text(
    en="Release {run_id} (as of {as_of}) passed the gate and waits: {rows:n} {rows:recommendation|recommendations} by {algorithm} "
    "for {listeners:n} {listeners:listener|listeners}. Put it into service: `rekomenda publish {run_id}`.",
    pt="A release {run_id} (até {as_of}) passou pelo gate e espera: {rows:n} {rows:recomendação|recomendações} de {algorithm} "
    "para {listeners:n} {listeners:ouvinte|ouvintes}. Coloque no ar: `rekomenda publish {run_id}`.",
)
WORDS = {"published": _PUBLISHED, "unchanged": _UNCHANGED, "kept": _KEPT, "ready": _READY}


@make_command(
    "run",
    Text(
        "Learn from the lake and publish everybody's lists.",
        "Aprende com o lake e publica as listas de todos.",
    ),
    how=Text(
        "Joins the lake as of a day, chooses a blend on earlier days, compares models on "
        "the days held back, lets the gate judge, learns from every day and makes "
        "everybody's lists. The same data again changes nothing; after a crash the same "
        "command finishes the job. When the gate refuses, the release in service stays. "
        "`plan` says beforehand what it would do. A scheduler may take it in three commands: "
        "`run --until judge`, `publish`, `reconcile`.",
        "Junta o lake até um dia, escolhe uma mistura em dias anteriores, compara modelos"
        " nos dias reservados, deixa o gate julgar, aprende com todos os dias e faz as "
        "listas de todos. Os mesmos dados de novo não mudam nada; depois de uma queda, o "
        "mesmo comando termina o trabalho. Quando o gate recusa, a release no ar fica. "
        "`plan` diz antes o que faria. Um agendador pode fazer em três comandos: "
        "`run --until judge`, `publish`, `reconcile`.",
    ),
    exits=(
        GATE,
        NO_DATA,
        Exit(
            73,
            Text(
                "the disk is too small: nothing was done",
                "o disco é pequeno demais: nada foi feito",
            ),
        ),
        BUSY,
    ),
    examples=("rekomenda run", "rekomenda run --as-of 2024-06-23 --json"),
)
@option(
    "--as-of",
    type=DAY,
    metavar="DAY",
    words=Text(
        "Read nothing after this day. Default: the last complete day in the lake.",
        "Não lê nada depois deste dia. Padrão: o último dia completo do lake.",
    ),
)
@option(
    "--until",
    type=click.Choice(("judge",)),
    words=Text(
        "Stop when the release is judged: it is kept, and `publish` puts it into service.",
        "Para quando a release está julgada: ela fica guardada, e `publish` a coloca no ar.",
    ),
)
@option(
    "--algorithm",
    type=ALGORITHM,
    metavar="NAME",
    words=Text("The candidate for service.", "O candidato ao serviço."),
)
@option(
    "--accept-change",
    is_flag=True,
    words=Text(
        "Say yes to lists that are mostly new to listeners.",
        "Diz sim a listas que são quase todas novas para os ouvintes.",
    ),
)
@option(
    "--force",
    is_flag=True,
    words=Text(
        "Publish the candidate although checks of the gate fail. It is recorded and shown. Damaged "
        "files, scores that are no numbers, and tracks or people that must not be there are never "
        "published.",
        "Publica a candidata mesmo que verificações do gate falhem. Fica registrado e aparece. "
        "Arquivos danificados, notas que não são números, e faixas ou pessoas que não podem estar "
        "lá nunca são publicados.",
    ),
)
@option(
    "--reason",
    metavar="TEXT",
    words=Text("Why it is forced; recorded.", "Por que é forçada; fica registrado."),
)
@ENGINE
@MASTER
def command(
    door: Door,
    *,
    as_of: datetime | None,
    until: str | None,
    algorithm: str | None,
    engine: str | None,
    master: str | None,
    accept_change: bool,
    force: bool,
    reason: str | None,
) -> None:
    """Do the whole job once."""
    from rekomenda.evaluation.gate.verdict import Force
    from rekomenda.pipeline.bootstrap import open_house
    from rekomenda.pipeline.run import run

    door.configure_logs()
    outcome = run(
        open_house(door.home, door.settings().warehouse),
        door.settings(
            {
                "model.algorithm": algorithm,
                "gate.accept_change": True if accept_change else None,
                "engine.kind": engine,
                "engine.master": master,
            }
        ),
        as_of=as_of.date() if as_of else None,
        now=datetime.now(UTC),
        progress=door.progress(),
        force=Force(reason or "") if force else None,
        serve=until is None,
    )
    if until is None:
        show(door, outcome)
    else:
        show_release(door, outcome)


def show(door: Door, outcome: Outcome) -> None:
    """Say what became of the run: a sentence and the status, or JSON."""
    from rekomenda.cli.status_screen import show_status
    from rekomenda.pipeline.answering.status import status_of
    from rekomenda.pipeline.bootstrap import open_house

    status = status_of(open_house(door.home, door.settings().warehouse), door.today())
    if door.as_json:
        door.print_json({"decision": outcome.decision, **status})
        return
    _say(door, outcome)
    if outcome.decision == "published":
        show_status(door, status)


def show_release(door: Door, outcome: Outcome) -> None:
    """Say what became of one release: a sentence, or JSON that names it."""
    manifest, served = outcome.release.manifest, outcome.served
    if not door.as_json:
        _say(door, outcome)
        return
    door.print_json(
        {
            "decision": outcome.decision,
            "release": outcome.release.release_id,
            "served": served.release_id if served else None,
            "as_of": manifest.as_of.isoformat(),
            "algorithm": manifest.algorithm,
            "listeners": manifest.listeners,
            "recommendations": sum(manifest.counts.values()),
            "said": _words(door, outcome),
        }
    )


def _say(door: Door, outcome: Outcome) -> None:
    door.print(_words(door, outcome))


def _words(door: Door, outcome: Outcome) -> str:
    manifest = outcome.release.manifest
    return door.text(
        WORDS[outcome.decision],
        run_id=outcome.release.release_id,
        as_of=manifest.as_of,
        rows=sum(manifest.counts.values()),
        algorithm=manifest.algorithm,
        listeners=manifest.listeners,
        served=outcome.served.release_id if outcome.served else None,
    )
