"""`rekomenda config`: the settings in force."""

from __future__ import annotations

from rekomenda.cli.door import Door
from rekomenda.cli.frame import command as make_command
from rekomenda.language import Text


@make_command(
    "config",
    Text(
        "Show the settings in force: defaults, then rekomenda.toml, then the environment.",
        "Mostra a configuração em vigor: padrões, depois rekomenda.toml, depois o ambiente.",
    ),
    examples=("rekomenda config", "REKOMENDA_MODEL__SEED=7 rekomenda config --json"),
)
def command(door: Door) -> None:
    """Print every setting."""
    values = door.settings().model_dump(mode="json")
    if door.as_json:
        door.print_json(values)
        return
    for section, settings in values.items():
        door.print(f"[{section}]")
        for key, value in settings.items():
            door.print(f"{key} = {_toml(value)}")
        door.print("")


def _toml(value: object) -> str:
    """Write a value as TOML does."""
    import json

    if isinstance(value, dict):
        inner = ", ".join(f"{json.dumps(key)} = {_toml(item)}" for key, item in value.items())
        return "{ " + inner + " }" if inner else "{}"
    return json.dumps(value, ensure_ascii=False)
