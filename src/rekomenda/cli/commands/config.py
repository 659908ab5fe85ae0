"""`rekomenda config`: the settings in force."""

from __future__ import annotations

import click

from rekomenda.cli.frame import Entry, Group
from rekomenda.language import Text

command = Group(
    "config",
    words=Text("The settings in force.", "A configuração em vigor."),
    entries={
        "show": Entry(
            "rekomenda.cli.commands.config_show",
            Text("Show them, and where each comes from.", "Mostra, e de onde vem cada uma."),
        )
    },
    invoke_without_command=True,
)


@click.pass_context
def _show_unless_told(context: click.Context) -> None:
    """Show the settings where no command follows: `rekomenda config` is `rekomenda config show`."""
    if context.invoked_subcommand is None:
        shown = command.get_command(context, "show")
        assert shown is not None
        context.invoke(shown)


command.callback = _show_unless_told
