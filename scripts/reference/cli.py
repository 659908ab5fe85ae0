"""The page of the command line, from the commands themselves."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import click

from reference.markdown import code, page, table, words
from rekomenda.cli.door import Door
from rekomenda.cli.exits import EXIT_CODES, Exit
from rekomenda.cli.frame import Command, Group, Option, global_options
from rekomenda.cli.main import cli
from rekomenda.language import Language, Text

_TITLE = Text(en="Command line", pt="Linha de comando")
_INTRODUCTION = Text(
    en="Standard output is the answer; progress, notes and errors go to standard error. "
    "Every command leaves with one of the [documented exit codes](errors.md), of which each names those "
    "that mean something of their own there, and can be run again safely. The options of the first table work with every command, before or after it; "
    "`REKOMENDA_HOME` and `REKOMENDA_LANG` stand for `--home` and `--lang`. `--help` explains any "
    "command, `--version` tells which rekomenda this is.",
    pt="A saída padrão é a resposta; progresso, avisos e erros vão para a saída de erro. "
    "Todo comando sai com um dos [códigos documentados](errors.pt-BR.md), dos quais cada um nomeia os que "
    "ali têm sentido próprio, e pode ser repetido sem risco. As opções da primeira tabela valem em todo comando, antes ou depois dele; "
    "`REKOMENDA_HOME` e `REKOMENDA_LANG` valem por `--home` e `--lang`. `--help` explica qualquer "
    "comando, `--version` diz qual rekomenda é este.",
)
_HEADER = Text(en="option|meaning|default", pt="opção|significado|padrão")
_EXAMPLES = Text(en="Examples:", pt="Exemplos:")
_EXITS = Text(en="Exit codes: {codes}.", pt="Códigos de saída: {codes}.")

_WORLD = "rekomenda generate --out made --listeners 400 --tracks 300 --artists 60 --days 40"
_ASKED = {
    "rekomenda demo": "<!-- not run: a minute or more at full size; tests/e2e takes it through -->",
    "rekomenda ingest": f"<!-- first: {_WORLD} && cp made/*.csv . && "
    "echo 2024-06-30,U0007,T0074,none >> plays.csv && mkdir exports && "
    "sed s/user_id/cod_ouvinte/ plays.csv > exports/plays.csv -->",
    "rekomenda run": "<!-- first: rekomenda run --as-of 2024-06-16 -->",
    "rekomenda completion": "<!-- output not compared: it is the shell's -->",
    "rekomenda recommend": "<!-- where: LISTENER=U0007 -->",
    "rekomenda explain": "<!-- where: LISTENER=U0007 TRACK=T0074 -->",
    "rekomenda block": "<!-- where: TRACK=T0075 -->",
    "rekomenda unblock": "<!-- where: TRACK=T0075 -->",
    "rekomenda export": "<!-- where: LISTENER=U0007 -->",
    "rekomenda forget": "<!-- first: echo U0008 > ids.txt -->\n<!-- where: LISTENER=U0007 -->",
    "rekomenda upload": "<!-- not run: needs a bucket; the page on S3 runs it against one -->",
    "rekomenda serve": "<!-- not run: it goes on until it is stopped; tests/e2e asks it -->",
    "rekomenda audience": "<!-- where: TRACK=T0075 -->",
}
"""What the test of the page has to know to run the examples; readers do not see it."""


def cli_page(language: Language) -> str:
    """Return the page in one language."""
    parts = [words(_INTRODUCTION, language), _options(global_options(), language)]
    context = click.Context(cli, info_name="rekomenda", obj=Door(language=language))
    for name, command in commands_of(cli, context):
        parts += _section(name, command, language)
    return page(words(_TITLE, language), parts, other=(language, "cli"))


def commands_of(group: click.Group, context: click.Context) -> Iterator[tuple[str, click.Command]]:
    """Yield every command with its whole name, groups opened."""
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        below = click.Context(command, info_name=name, parent=context)
        if isinstance(command, click.Group):
            yield from commands_of(command, below)
        else:
            yield below.command_path, command


def _section(name: str, command: click.Command, language: Language) -> Iterator[str]:
    assert isinstance(command, Command | Group)
    arguments = [str(p.make_metavar(click.Context(command))) for p in command.params
                 if isinstance(p, click.Argument)]  # fmt: skip
    yield f"## `{name}`"
    yield words(command.words, language)
    if isinstance(command, Command):
        yield words(command.how, language)
    yield code(" ".join([name, *arguments, "[OPTIONS]"]))
    own = [p for p in command.params if isinstance(p, Option) and not p.is_global]
    if own:
        yield _options(own, language)
    own_exits = _own_exits(command)
    if own_exits:
        said = (f"{code(str(each.code))} {words(each.words, language)}" for each in own_exits)
        yield _EXITS.render(language, {"codes": "; ".join(said)})
    if isinstance(command, Command) and command.examples:
        yield words(_EXAMPLES, language)
        if name in _ASKED:
            yield _ASKED[name]
        yield "```console\n" + "\n".join(f"$ {line}" for line in command.examples) + "\n```"


def _own_exits(command: click.Command) -> list[Exit]:
    """Return the codes that mean something of their own there; the errors page has the others."""
    exits = command.exits if isinstance(command, Command) else ()
    return [each for each in exits if each.words is not EXIT_CODES[each.code]]


def _options(options: Sequence[click.Option], language: Language) -> str:
    rows = [
        (code(_spelling(option)), words(option.words, language), _default(option))
        for option in options
        if isinstance(option, Option) and not option.hidden
    ]
    return table(words(_HEADER, language).split("|"), rows)


def _spelling(option: click.Option) -> str:
    names = ", ".join([*option.opts, *option.secondary_opts])
    if option.is_flag:
        return names
    if isinstance(option.type, click.Choice):
        return f"{names} {'|'.join(map(str, option.type.choices))}"
    return f"{names} {option.make_metavar(click.Context(cli))}"


def _default(option: click.Option) -> str:
    default = option.default
    shown = isinstance(default, str | int | float) and not isinstance(default, bool)
    return code(str(default)) if shown else ""
