"""`rekomenda completion`: what makes a shell complete our commands."""

from __future__ import annotations

import click

from rekomenda.cli.door import Door
from rekomenda.cli.frame import command as make_command
from rekomenda.language import Text

_WHERE = {
    "bash": 'eval "$(rekomenda completion bash)"  # ~/.bashrc',
    "zsh": 'eval "$(rekomenda completion zsh)"  # ~/.zshrc',
    "fish": "rekomenda completion fish | source  # ~/.config/fish/config.fish",
}
_PUT = Text(
    en="To have it in every shell, put this line into the file it names: {line}",
    pt="Para ter em todo shell, ponha esta linha no arquivo que ela nomeia: {line}",
)


@make_command(
    "completion",
    Text(
        "Print what makes a shell complete our commands.",
        "Imprime o que faz um shell completar nossos comandos.",
    ),
    how=Text(
        "Completes commands, options, their values, algorithms, kept releases, days of the lake "
        "and files in quarantine. The shell asks rekomenda at each TAB; nothing heavy is loaded for "
        "that, and no listener's id is offered.",
        "Completa comandos, opções, seus valores, algoritmos, releases guardadas, dias do lake e "
        "arquivos em quarentena. O shell pergunta ao rekomenda a cada TAB; nada pesado é carregado "
        "para isso, e nenhum id de ouvinte é oferecido.",
    ),
    examples=(
        "rekomenda completion bash > rekomenda.bash && . ./rekomenda.bash",
        "rekomenda completion fish > rekomenda.fish",
    ),
)
@click.argument("shell", type=click.Choice(tuple(_WHERE)))
def command(door: Door, shell: str) -> None:
    """Print the script."""
    from click.shell_completion import get_completion_class

    from rekomenda.cli.main import cli

    kind = get_completion_class(shell)
    assert kind is not None
    script = kind(cli, {}, "rekomenda", "_REKOMENDA_COMPLETE").source()
    if door.as_json:
        door.print_json({"shell": shell, "script": script})
        return
    door.print(script)
    door.say(_PUT, line=_WHERE[shell])
