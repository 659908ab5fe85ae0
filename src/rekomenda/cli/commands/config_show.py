"""`rekomenda config show`: every setting, and where it comes from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rekomenda.cli.door import Door
from rekomenda.cli.frame import command as make_command
from rekomenda.cli.frame import option
from rekomenda.language import Text

if TYPE_CHECKING:
    from rekomenda.settings.origins import Origin

_KINDS = {
    "default": Text(en="default", pt="padrão"),
    "file": Text(en="{name}, line {line}", pt="{name}, linha {line}"),
    "environment": Text(en="environment, {name}", pt="ambiente, {name}"),
    "option": Text(en="option {name}", pt="opção {name}"),
}


@make_command(
    "show",
    Text("Show the settings in force.", "Mostra a configuração em vigor."),
    how=Text(
        "Defaults, then rekomenda.toml (or --config), then variables REKOMENDA_SECTION__KEY, then "
        "options: the later wins. With --origin each setting says where its value comes from. What is "
        "a secret by its name is not shown.",
        "Padrões, depois rekomenda.toml (ou --config), depois variáveis REKOMENDA_SECTION__KEY, depois "
        "opções: o último vale. Com --origin cada configuração diz de onde vem o valor. O que é segredo "
        "pelo nome não é mostrado.",
    ),
    examples=(
        "rekomenda config show --origin",
        "REKOMENDA_MODEL__SEED=7 rekomenda config show --origin --json",
    ),
)
@option(
    "--origin",
    is_flag=True,
    words=Text("Say where each value comes from.", "Diz de onde vem cada valor."),
)
def command(door: Door, *, origin: bool = False) -> None:
    """Print every setting."""
    from rekomenda.settings.origins import shown_settings

    given = door.given()
    found = shown_settings(door.settings(given), file=door.config, flags=given)
    if door.as_json:
        door.print_json(_as_json(found, origin=origin))
        return
    for section, settings in found.items():
        door.print(f"[{section}]")
        for key, (value, source) in settings.items():
            line = f"{key} = {_toml(value)}"
            door.print(f"{line}  # {_said(door, source)}" if origin else line)
        door.print("")


def _as_json(found: dict[str, dict[str, tuple[Any, Origin]]], *, origin: bool) -> dict[str, Any]:
    return {
        section: {
            key: {"value": value, "origin": vars(source)} if origin else value
            for key, (value, source) in settings.items()
        }
        for section, settings in found.items()
    }


def _said(door: Door, source: Origin) -> str:
    return door.text(_KINDS[source.kind], name=source.name, line=source.line)


def _toml(value: object) -> str:
    """Write a value as TOML does."""
    import json

    if isinstance(value, dict):
        inner = ", ".join(f"{json.dumps(key)} = {_toml(item)}" for key, item in value.items())
        return "{ " + inner + " }" if inner else "{}"
    return json.dumps(value, ensure_ascii=False)
