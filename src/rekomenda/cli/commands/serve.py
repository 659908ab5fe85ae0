"""`rekomenda serve`: health, metrics and the operator's page, until it is ended."""

from __future__ import annotations

import click

from rekomenda.cli.door import Door
from rekomenda.cli.exits import Exit
from rekomenda.cli.frame import command as make_command
from rekomenda.cli.frame import option
from rekomenda.language import Text

_LISTENING = Text(
    en="Listening at {address}: /live, /ready, /metrics{pages}. End it with Ctrl+C.",
    pt="Escutando em {address}: /live, /ready, /metrics{pages}. Encerre com Ctrl+C.",
)


@make_command(
    "serve",
    Text(
        "Answer over HTTP: health, metrics, and the operator's page.",
        "Responde por HTTP: saúde, métricas e a página de operação.",
    ),
    how=Text(
        "Reads the home and changes nothing in it, but for the operator who serves another release from "
        "/operator after showing the token in REKOMENDA_OPERATOR_TOKEN. Figures are read from what was "
        "committed each time they are asked for, so a scheduler that has died is seen. Beyond this "
        "machine it listens only with that token and REKOMENDA_METRICS_TOKEN set; put a proxy with TLS "
        "before it. Needs the extra: pip install 'rekomenda[serve]'.",
        "Lê a pasta de trabalho e não muda nada nela, salvo quando o operador põe outra release no ar em "
        "/operator, depois de mostrar o token de REKOMENDA_OPERATOR_TOKEN. Os números são lidos do que foi "
        "gravado a cada pergunta, então um agendador morto aparece. Fora desta máquina só escuta com esse "
        "token e REKOMENDA_METRICS_TOKEN definidos; ponha um proxy com TLS na frente. Precisa do extra: "
        "pip install 'rekomenda[serve]'.",
    ),
    exits=(
        Exit(
            69,
            Text(
                "the address is taken, or the extra is missing",
                "o endereço está em uso, ou falta o extra",
            ),
        ),
    ),
    examples=("rekomenda serve", "rekomenda serve --port 9470 --only-metrics"),
)
@option(
    "--host",
    default="127.0.0.1",
    metavar="ADDRESS",
    words=Text(
        "Where to listen; 127.0.0.1: this machine only.",
        "Onde escutar; 127.0.0.1: só esta máquina.",
    ),
)
@option(
    "--port",
    type=click.IntRange(0, 65_535),
    default=9470,
    metavar="N",
    words=Text("0: any that is free.", "0: qualquer uma livre."),
)
@option(
    "--only-metrics",
    is_flag=True,
    words=Text("Leave the operator's page out.", "Deixa a página de operação de fora."),
)
def command(door: Door, host: str, port: int, only_metrics: bool) -> None:
    """Listen."""
    import sys

    from rekomenda.errors import ExtraMissingError
    from rekomenda.pipeline.bootstrap import open_house

    try:
        from rekomenda.service.access import Access
        from rekomenda.service.app import create_app
        from rekomenda.service.server import serve
    except ModuleNotFoundError as error:
        if (error.name or "").startswith("rekomenda"):
            raise
        raise ExtraMissingError(what=error.name, extra="serve") from error

    access = Access.of(host)
    app = create_app(
        open_house(door.home, door.settings().warehouse), access, operator=not only_metrics
    )

    def listening(address: str) -> None:
        if door.as_json:
            door.print_json({"address": address, "home": str(door.home)})
        else:
            door.print(_LISTENING, address=address, pages="" if only_metrics else ", /operator")
        sys.stdout.flush()  # it may be a file that somebody reads meanwhile

    serve(app, host, port, listening=listening)
