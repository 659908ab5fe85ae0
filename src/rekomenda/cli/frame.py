"""Click in two languages: commands, options and help whose words are a `Text`."""

from __future__ import annotations

import importlib
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click
from click.shell_completion import CompletionItem

from rekomenda.cli.door import Door, home_at
from rekomenda.cli.exits import Exit, exits_of
from rekomenda.language import LANGUAGES, Language, Text
from rekomenda.mirror import is_uri

LOG_LEVELS = ("debug", "info", "warning", "error")
_USAGE = Text(en="Usage: ", pt="Uso: ")
_OPTIONS = Text(en="Options", pt="Opções")
_GLOBAL = Text(en="Everywhere", pt="Em todo comando")
_COMMANDS = Text(en="Commands", pt="Comandos")
_EXAMPLES = Text(en="Examples", pt="Exemplos")
_HOW = Text(en="How it works", pt="Como funciona")
_EXITS = Text(en="Exit codes", pt="Códigos de saída")
_PIECES = {
    "[OPTIONS]": Text(en="[OPTIONS]", pt="[OPÇÕES]"),
    "[COMMAND] [ARGS]...": Text(en="[COMMAND] [ARGS]...", pt="[COMANDO] [ARGUMENTOS]..."),
    "COMMAND [ARGS]...": Text(en="COMMAND [ARGS]...", pt="COMANDO [ARGUMENTOS]..."),
}
_HELP = Text(en="Show this and leave.", pt="Mostra isto e sai.")
_DEFAULT = Text(en="  [default: {value}]", pt="  [padrão: {value}]")


def language_of(context: click.Context) -> Language:
    """Return the language of this call."""
    door: Door = context.find_root().obj
    return door.language


class Option(click.Option):
    """An option whose help is a `Text`."""

    def __init__(self, *args: Any, words: Text, is_global: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.words = words
        self.is_global = is_global

    def get_help_record(self, ctx: click.Context) -> tuple[str, str] | None:
        """Return the option and its help in the language of the call."""
        record = super().get_help_record(ctx)
        if record is None:
            return None
        language = language_of(ctx)
        words = self.words.render(language)
        if self.default not in (None, False, ()) and isinstance(self.default, (str, int, float)):
            words += _DEFAULT.render(language, {"value": self.default})
        return record[0], words


def option(*names: str, words: Text, **kwargs: Any) -> Callable[[Any], Any]:
    """Declare an option of a command."""
    return click.option(*names, cls=Option, words=words, **kwargs)


class Command(click.Command):
    """A command with help, examples and the global options, in two languages.

    Parameters
    ----------
    words : Text
        What it does, in one sentence.
    how : Text
        How it works, in a few.
    exits : sequence of Exit
        Codes that mean something of its own here.
    examples : tuple of str
        Command lines that run as they stand, each executed by a test of the docs.
    """

    def __init__(
        self,
        *args: Any,
        words: Text,
        how: Text,
        exits: Sequence[Exit] = (),
        examples: Sequence[str] = (),
        **kwargs: Any,
    ):
        super().__init__(*args, **kwargs)
        self.words, self.how = words, how
        self.exits = tuple(exits_of(exits))
        self.examples = tuple(examples)
        self.params.extend(global_options())

    def get_help_option(self, ctx: click.Context) -> click.Option | None:
        """Return --help with our words."""
        return _help_option(super().get_help_option(ctx), ctx)

    def get_short_help_str(self, limit: int = 45) -> str:  # noqa: ARG002 - click's signature
        """Return nothing: the group's table holds the short help."""
        return ""

    def format_usage(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the usage line."""
        _write_usage(self, ctx, formatter)

    def format_help_text(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write what the command does, examples, and how it works."""
        language = language_of(ctx)
        formatter.write_paragraph()
        formatter.write_text(self.words.render(language))
        with formatter.section(_EXAMPLES.render(language)):
            for example in self.examples:
                formatter.write_text(example)
        with formatter.section(_HOW.render(language)):
            formatter.write_text(self.how.render(language))

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the command's own options, the global ones, and the exit codes."""
        _write_options(self, ctx, formatter)
        language = language_of(ctx)
        with formatter.section(_EXITS.render(language)):
            formatter.write_dl([(str(e.code), e.words.render(language)) for e in self.exits])


@dataclass(frozen=True)
class Entry:
    """A line of a group's table: where a command lives and its short help."""

    module: str
    words: Text


class Group(click.Group):
    """A group that imports a command's module only when that command is called."""

    def __init__(self, *args: Any, words: Text, entries: Mapping[str, Entry], **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.words = words
        self.entries = entries
        self.params.extend(global_options())

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """Return the commands in the order of the table: the order of the work."""
        return list(self.entries)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """Import and return a command, None if there is no such."""
        entry = self.entries.get(cmd_name)
        if entry is None:
            return None
        command: click.Command = importlib.import_module(entry.module).command
        return command

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """Return commands and options for a shell; no command is imported to be named."""
        language = language_of(ctx)
        named = [
            CompletionItem(name, help=entry.words.render(language))
            for name, entry in self.entries.items()
            if name.startswith(incomplete)
        ]
        return named + click.Command.shell_complete(self, ctx, incomplete)

    def get_help_option(self, ctx: click.Context) -> click.Option | None:
        """Return --help with our words."""
        return _help_option(super().get_help_option(ctx), ctx)

    def format_usage(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the usage line."""
        _write_usage(self, ctx, formatter)

    def format_help_text(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write what the group is for."""
        formatter.write_paragraph()
        formatter.write_text(self.words.render(language_of(ctx)))

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the commands, then the options."""
        language = language_of(ctx)
        with formatter.section(_COMMANDS.render(language)):
            formatter.write_dl(
                [(name, entry.words.render(language)) for name, entry in self.entries.items()]
            )
        _write_options(self, ctx, formatter)


def _help_option(help_option: click.Option | None, ctx: click.Context) -> click.Option | None:
    if help_option is not None:
        help_option.help = _HELP.render(language_of(ctx))
    return help_option


def _write_usage(
    command: click.Command, ctx: click.Context, formatter: click.HelpFormatter
) -> None:
    language = language_of(ctx)
    pieces = " ".join(command.collect_usage_pieces(ctx))
    for word, ours in _PIECES.items():
        pieces = pieces.replace(word, ours.render(language))
    formatter.write_usage(ctx.command_path, pieces, _USAGE.render(language))


def _write_options(
    command: click.Command, ctx: click.Context, formatter: click.HelpFormatter
) -> None:
    own: list[tuple[str, str]] = []
    everywhere: list[tuple[str, str]] = []
    for parameter in command.get_params(ctx):
        record = parameter.get_help_record(ctx)
        if record is not None and isinstance(parameter, click.Option):
            common = getattr(parameter, "is_global", False) or parameter.name == "help"
            (everywhere if common else own).append(record)
    language = language_of(ctx)
    for title, records in ((_OPTIONS, own), (_GLOBAL, everywhere)):
        if records:
            with formatter.section(title.render(language)):
                formatter.write_dl(records)


class _Home(click.Path):
    """A folder, or a home in a bucket."""

    def convert(
        self,
        value: str | os.PathLike[str],
        param: click.Parameter | None,
        ctx: click.Context | None,
    ) -> Any:
        """Return the folder to work on."""
        if isinstance(value, str) and is_uri(value):
            return home_at(value)
        return super().convert(value, param, ctx)


def global_options() -> list[click.Option]:
    """Return the options that may stand before or behind any command."""
    return [
        _global(
            "--home",
            Text(
                "Folder or s3://BUCKET/PREFIX that holds everything.",
                "Pasta ou s3://BUCKET/PREFIXO que guarda tudo.",
            ),
            type=_Home(path_type=Path),
            metavar="PATH",
        ),
        _global(
            "--config",
            Text("Settings file.", "Arquivo de configuração."),
            type=click.Path(path_type=Path),
            metavar="FILE",
        ),
        _global(
            "--json", Text("Answer as JSON.", "Responde em JSON."), name="as_json", is_flag=True
        ),
        _global(
            "--json-line",
            Text("Answer as JSON on one line.", "Responde em JSON em uma linha."),
            name="json_line",
            is_flag=True,
        ),
        _global(
            "--lang",
            Text("Language of the words.", "Idioma das mensagens."),
            type=click.Choice(LANGUAGES, case_sensitive=False),
        ),
        _global(
            "--log-level",
            Text("Least severe log line.", "Menor gravidade dos logs."),
            type=click.Choice(LOG_LEVELS),
        ),
        _global("--debug", Text("Show tracebacks.", "Mostra tracebacks."), is_flag=True),
    ]


def _global(declaration: str, words: Text, *, name: str | None = None, **kwargs: Any) -> Option:
    return Option(
        [declaration, *([name] if name else [])],
        words=words,
        is_global=True,
        expose_value=False,
        callback=_keep,
        **kwargs,
    )


def _keep(context: click.Context, parameter: click.Parameter, value: Any) -> Any:
    """Put a global option into the door if it was given."""
    if value not in (None, False) and parameter.name != "lang":
        door: Door = context.find_root().obj
        setattr(door, str(parameter.name), value)
        door.as_json = door.as_json or door.json_line
    return value


def command(
    name: str, words: Text, *, how: Text, **kwargs: Any
) -> Callable[[Callable[..., Any]], Command]:
    """Make a command of a function whose first argument is the `Door`."""

    def decorate(function: Callable[..., Any]) -> Command:
        return click.command(name, cls=Command, words=words, how=how, **kwargs)(
            click.make_pass_decorator(Door)(function)
        )

    return decorate


def printable(text: str) -> str:
    """Replace control characters, so that a name cannot steer the terminal."""
    return "".join(character if character.isprintable() else "�" for character in text)
