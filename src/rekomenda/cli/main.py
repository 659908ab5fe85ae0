"""`rekomenda`: the table of commands, and what becomes of an error."""

from __future__ import annotations

import io
import os
import sys
import traceback
from collections.abc import Sequence

import click

from rekomenda import __version__
from rekomenda.cli.door import Door, language_of_call
from rekomenda.cli.frame import Entry, Group, Option
from rekomenda.cli.usage import usage_message
from rekomenda.errors import OutOfMemoryError, RekomendaError
from rekomenda.language import Text
from rekomenda.refusals import refusal

_COMMANDS = {
    "demo": Text(
        "A made world through the whole job.", "Um mundo inventado pelo trabalho inteiro."
    ),
    "generate": Text(
        "Write a made world's input files.", "Grava os arquivos de um mundo inventado."
    ),
    "ingest": Text("Check and load files.", "Confere e carrega arquivos."),
    "plan": Text("What a run would do.", "O que uma execução faria."),
    "run": Text("Learn, evaluate, judge, publish.", "Aprende, avalia, julga, publica."),
    "tune": Text("Search wider for a blend.", "Procura uma mistura melhor."),
    "status": Text("What is served, and how good it is.", "O que está no ar, e quão bom é."),
    "report": Text("A release as a page and as pictures.", "Uma release em página e em imagens."),
    "recommend": Text(
        "A listener's list; or everybody's, as files.",
        "A lista de um ouvinte; ou as de todos, em arquivos.",
    ),
    "explain": Text("Why a track suits a listener.", "Por que uma faixa combina com um ouvinte."),
    "audience": Text("Who would be shown a track first.", "Quem veria uma faixa primeiro."),
    "block": Text("Take a track or an artist down.", "Tira uma faixa ou um artista do ar."),
    "unblock": Text("Let it be shown again.", "Deixa aparecer de novo."),
    "rollback": Text("Serve the previous release again.", "Volta à release anterior."),
    "quarantine": Text("Rows that were set aside.", "Linhas que foram separadas."),
    "rebuild": Text(
        "Make the warehouse again from the releases.", "Refaz o warehouse a partir das releases."
    ),
    "warehouse": Text("Where releases are queried.", "Onde se consultam as releases."),
    "export": Text(
        "Everything held about a listener, as a ZIP.",
        "Tudo o que se guarda de um ouvinte, em ZIP.",
    ),
    "forget": Text("Erase listeners for good.", "Apaga ouvintes de vez."),
    "gc": Text("Remove what nothing needs any more.", "Remove o que nada mais usa."),
    "doctor": Text("Find what would stop a run.", "Encontra o que impediria uma execução."),
    "config": Text("The settings in force.", "A configuração em vigor."),
    "completion": Text("Let your shell complete commands.", "Faz o shell completar comandos."),
}

cli = Group(
    "rekomenda",
    words=Text(
        en="Music recommendations from listening logs: checked, learned, evaluated, gated, "
        "published and explained. Begin with `rekomenda demo`, or with your own files: "
        "`rekomenda ingest FOLDER`, then `rekomenda run`.",
        pt="Recomendações musicais a partir de registros de escuta: conferidas, aprendidas, "
        "avaliadas, julgadas, publicadas e explicadas. Comece com `rekomenda demo`, ou com seus "
        "arquivos: `rekomenda ingest PASTA`, depois `rekomenda run`.",
    ),
    entries={
        name: Entry(f"rekomenda.cli.commands.{name}", words) for name, words in _COMMANDS.items()
    },
)
cli.params.append(
    Option(
        ["--version"],
        words=Text("Show the version and leave.", "Mostra a versão e sai."),
        is_flag=True,
        is_eager=True,
        expose_value=False,
        callback=lambda context, _, given: _show_version(context) if given else None,
    )
)


def _show_version(context: click.Context) -> None:
    if context.resilient_parsing:  # a shell asks what could follow
        return
    click.echo(f"rekomenda {__version__}")
    context.exit()


_UNEXPECTED = Text(
    en="Unexpected error ({kind}: {detail}). Nothing half-done is visible. "
    "Run it again with --debug and report what it prints.",
    pt="Erro inesperado ({kind}: {detail}). Nada pela metade ficou visível. "
    "Rode de novo com --debug e relate o que aparecer.",
)
_NO_THREAD = "can't start new thread"
"""What Python says where there is no memory for a thread's stack."""
_INTERRUPTED = Text(
    en="Interrupted. Nothing half-done is visible; the same command again finishes the job.",
    pt="Interrompido. Nada pela metade ficou visível; o mesmo comando termina o trabalho.",
)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and leave with its exit code."""
    sys.exit(run(list(sys.argv[1:] if arguments is None else arguments)))


def run(arguments: list[str]) -> int:
    """Run one command line and return its exit code; errors become words on standard error."""
    door = Door(language=language_of_call(arguments, os.environ))
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # a terminal without our letters is no error
            stream.reconfigure(errors="replace")
    try:
        code = cli.main(arguments, prog_name="rekomenda", obj=door, standalone_mode=False)
    except BrokenPipeError:
        # The reader of our output (`| head`) has left: not an error, and nothing more to say.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except click.ClickException as error:
        return _fail(door, usage_message(error, door.language), error, 2)
    except (KeyboardInterrupt, click.Abort) as error:
        return _fail(door, door.text(_INTERRUPTED), error, 130)
    except Exception as error:  # the door: no traceback reaches a user
        named = _named(error)
        return _fail(door, named.message(door.language), named, named.exit_code)
    return code if isinstance(code, int) else 0


def _named(error: Exception) -> RekomendaError:
    """Return an error of ours for whatever came up."""
    if isinstance(error, RekomendaError):
        return error
    if isinstance(error, OSError):  # what nobody below expected to be refused: reading, mostly
        named = refusal(error, None, reading=True)
    elif isinstance(error, MemoryError) or _NO_THREAD in str(error):
        named = OutOfMemoryError()
    else:
        named = RekomendaError(
            detail=_UNEXPECTED.filled(kind=type(error).__name__, detail=str(error))
        )
    named.__cause__ = error  # for --debug
    return named


def _fail(door: Door, words: str, error: BaseException, exit_code: int) -> int:
    if door.debug:
        traceback.print_exception(error)
    if door.as_json and isinstance(error, RekomendaError):
        door.print_json(
            {"error": {"code": error.code, "message": words, "retryable": error.retryable}}
        )
    print(f"rekomenda: {words}", file=sys.stderr)
    return exit_code
