"""`rekomenda tune`: a wider search for a blend, kept, and the setting that makes it the candidate."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import click

from rekomenda.cli.door import Door
from rekomenda.cli.engine_options import ENGINE, MASTER
from rekomenda.cli.exits import BUSY, NO_DATA
from rekomenda.cli.frame import command as make_command
from rekomenda.cli.frame import option
from rekomenda.cli.values import DAY
from rekomenda.language import Text

_HEADER = Text(
    en="{name:<20}{alone:>9}{weight:>9}{adds:>9}   {again:>9}{again_weight:>9}",
    pt="{name:<20}{alone:>9}{weight:>9}{adds:>9}   {again:>9}{again_weight:>9}",
)
_COLUMNS = {
    "name": Text("candidate", "candidato"),
    "alone": Text("unheard", "inéditas"),
    "weight": Text("weight", "peso"),
    "adds": Text("adds", "soma"),
    "again": Text("heard", "ouvidas"),
    "again_weight": Text("weight", "peso"),
}
_NDCG = Text(en="{value:.4f}", pt="{value:.4f}")
_WEIGHT = Text(en="{value:.3f}", pt="{value:.3f}")
_LEFT_OUT = Text(en="{name:<20}{why}", pt="{name:<20}{why}")
_KEPT = Text(
    en="Tuning {tuning_id} is kept: `rekomenda report` and `rekomenda status --json` show its trials.",
    pt="O tuning {tuning_id} está guardado: `rekomenda report` e `rekomenda status --json` mostram "
    "os candidatos.",
)
_SNIPPET = Text(
    en="To make it the candidate of the next `rekomenda run`, put this into rekomenda.toml:",
    pt="Para que seja o candidato do próximo `rekomenda run`, ponha isto no rekomenda.toml:",
)


@make_command(
    "tune",
    Text(
        "Search wider for a blend than `auto` does in a run.",
        "Procura uma mistura mais longe do que `auto` numa execução.",
    ),
    how=Text(
        "Tries more models and more hyperparameters on the same validation cut. Shows how"
        " each candidate did, keeps that in the home, and prints the setting that makes "
        "the winner the next candidate; what is served stays as it is.",
        "Tenta mais modelos e mais hiperparâmetros no mesmo corte de validação. Mostra "
        "como foi cada candidato, guarda isso na casa e imprime a configuração que faz do"
        " vencedor o próximo candidato; o que está no ar fica como está.",
    ),
    exits=(
        NO_DATA,
        BUSY,
    ),
    examples=("rekomenda tune", "rekomenda tune --budget 1200 --json"),
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
    "--budget",
    type=click.FloatRange(min=0, min_open=True),
    default=600.0,
    words=Text(
        "Seconds that fits may take, as reckoned for a machine of two cores (600).",
        "Segundos que os ajustes podem levar, calculados para uma máquina de dois núcleos (600).",
    ),
)
@ENGINE
@MASTER
def command(
    door: Door,
    *,
    as_of: datetime | None,
    budget: float,
    engine: str | None,
    master: str | None,
) -> None:
    """Search."""
    from rekomenda.pipeline.bootstrap import open_house
    from rekomenda.pipeline.choosing.tune import tune

    door.configure_logs()
    tuning = tune(
        open_house(door.home),
        door.settings(
            {"model.budget_seconds": budget, "engine.kind": engine, "engine.master": master}
        ),
        as_of=as_of.date() if as_of else None,
        now=datetime.now(UTC),
        progress=door.progress(),
    )
    if door.as_json:
        told = {name: value for name, value in tuning.items() if name not in {"recipe", "choice"}}
        door.print_json({**told, **tuning["choice"], "toml": snippet(tuning)})
        return
    _show(door, tuning)


def snippet(tuning: Mapping[str, Any]) -> str:
    """Return the settings that make the winner the candidate for service."""
    return f'[model]\nalgorithm = "auto"\ntuning = "{tuning["tuning_id"]}"'


def _show(door: Door, tuning: Mapping[str, Any]) -> None:
    choice = tuning["choice"]
    door.print(choice["sentence"][door.language])
    if choice["trials"]:
        door.print(_HEADER, **{name: door.text(text) for name, text in _COLUMNS.items()})
    for trial in choice["trials"]:
        if trial["left_out"] is not None:
            why = trial["left_out"]["pt" if door.language == "pt-BR" else "en"]
            door.print(_LEFT_OUT, name=trial["name"], why=why)
        else:
            door.print(_HEADER, **_line(door, trial))
    door.print(_KEPT, tuning_id=tuning["tuning_id"])
    door.print(_SNIPPET)
    door.print(snippet(tuning))


def _line(door: Door, trial: Mapping[str, Any]) -> dict[str, str]:
    """Write one candidate's numbers; what was not measured is a dash."""

    def number(text: Text, value: float | None) -> str:
        return "–" if value is None else door.text(text, value=value)

    return {
        "name": trial["name"],
        "alone": number(_NDCG, trial["unheard_ndcg"]),
        "weight": number(_WEIGHT, trial["unheard"]),
        "adds": number(_NDCG, trial["unheard_adds"]),
        "again": number(_NDCG, trial["heard_ndcg"]),
        "again_weight": number(_WEIGHT, trial["heard"]),
    }
