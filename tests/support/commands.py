"""Every command of the command line, groups opened."""

from __future__ import annotations

import click

from rekomenda.cli.door import Door
from rekomenda.cli.frame import Command, Group
from rekomenda.cli.main import cli


def commands() -> dict[str, Command]:
    """Return every command by its words after `rekomenda`: `config show`."""
    return dict(_below(cli, click.Context(cli, info_name="rekomenda", obj=Door(language="en")), ""))


def _below(group: Group, context: click.Context, before: str) -> list[tuple[str, Command]]:
    found: list[tuple[str, Command]] = []
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        if isinstance(command, Group):
            found += _below(command, context, f"{before}{name} ")
        else:
            assert isinstance(command, Command)
            found.append((f"{before}{name}", command))
    return found
