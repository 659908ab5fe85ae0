"""`rekomenda tune`: a wider search for a blend, and the settings that make it the model in service."""

from __future__ import annotations

import json
import math
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import click

from rekomenda.cli.door import Door
from rekomenda.cli.frame import command as make_command
from rekomenda.cli.frame import option
from rekomenda.language import Text

if TYPE_CHECKING:
    from rekomenda.tuning.choice import Choice, Trial

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
_LEFT_OUT = Text(en="{name:<20}{why}", pt="{name:<20}{why}")
_SNIPPET = Text(
    en="To serve it, put this into rekomenda.toml:",
    pt="Para servi-la, ponha isto no rekomenda.toml:",
)


@make_command(
    "tune",
    Text(
        "Search wider for a blend than `auto` does in a run: more models, more hyperparameters, "
        "on the same validation cut. Shows how each candidate did and prints the settings of the "
        "winner; the home stays as it is.",
        "Procura uma mistura em mais modelos e hiperparâmetros do que `auto` numa execução, no "
        "mesmo corte de validação. Mostra como foi cada candidato e imprime a configuração do "
        "vencedor; a casa fica como está.",
    ),
    examples=("rekomenda tune", "rekomenda tune --budget 1200 --json"),
)
@option(
    "--as-of",
    type=click.DateTime(["%Y-%m-%d"]),
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
def command(door: Door, *, as_of: datetime | None, budget: float) -> None:
    """Search."""
    from rekomenda.pipeline.bootstrap import open_house
    from rekomenda.pipeline.choosing.tune import tune

    door.configure_logs()
    choice = tune(
        open_house(door.home),
        door.settings({"model.budget_seconds": budget}),
        as_of=as_of.date() if as_of else None,
        now=datetime.now(UTC),
        progress=door.progress(),
    )
    if door.as_json:
        door.print_json({**choice.to_json(), "toml": snippet(choice)})
        return
    _show(door, choice)


def snippet(choice: Choice) -> str:
    """Return the settings that make the choice the candidate for service."""
    lines = ["[model]", f'algorithm = "{choice.algorithm}"', ""]
    lines.append(f"[model.hyperparameters.{choice.algorithm}]")
    lines += [f"{name} = {_toml(value)}" for name, value in choice.hyperparameters.items()]
    return "\n".join(lines)


def _toml(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{name} = {_toml(inner)}" for name, inner in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(_toml, value)) + "]"
    return json.dumps(value)


def _show(door: Door, choice: Choice) -> None:
    door.print(choice.sentence)
    if choice.trials:
        door.print(_HEADER, **{name: door.text(text) for name, text in _COLUMNS.items()})
    for trial in choice.trials:
        if trial.left_out is not None:
            door.print(_LEFT_OUT, name=trial.name, why=trial.left_out)
        else:
            door.print(_HEADER, **_line(trial))
    door.print(_SNIPPET)
    door.print(snippet(choice))


def _line(trial: Trial) -> dict[str, str]:
    """Write one candidate's numbers; what was not measured is a dash."""

    def number(value: float) -> str:
        return "–" if math.isnan(value) else f"{value:.4f}"

    return {
        "name": trial.name,
        "alone": number(trial.unheard_ndcg),
        "weight": f"{trial.unheard:.3f}",
        "adds": number(trial.unheard_adds),
        "again": number(trial.heard_ndcg),
        "again_weight": f"{trial.heard:.3f}",
    }
