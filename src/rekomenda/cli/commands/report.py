"""`rekomenda report`: a release as a page and as pictures."""

from __future__ import annotations

from pathlib import Path

import click

from rekomenda.cli.door import Door
from rekomenda.cli.exits import NO_RELEASE_OF_THAT_NAME
from rekomenda.cli.frame import command as make_command
from rekomenda.cli.frame import option
from rekomenda.cli.values import RELEASE
from rekomenda.language import Text

_ANOTHER_WORLD = Text(
    en="{path} is the truth of another world: the page is without it.",
    pt="{path} é a verdade de outro mundo: a página fica sem ela.",
)
_WRITTEN = Text(en="{path}", pt="{path}")


@make_command(
    "report",
    Text(
        "Write what a release is about as one HTML page.",
        "Grava o que é uma release em uma página HTML.",
    ),
    how=Text(
        "Works offline: quality with intervals, lists with their reasons, the gate's "
        "checks, listening, exposure, what changed, and where every input row went. "
        "RELEASE is the one in service by default. With --figures also pictures as PNG "
        "files.",
        "Funciona sem internet: qualidade com intervalos, listas com seus motivos, as "
        "conferências do portão, a escuta, a exposição, o que mudou e aonde foi cada "
        "linha de entrada. RELEASE é, por padrão, a que está no ar. Com --figures, também"
        " imagens PNG.",
    ),
    exits=(NO_RELEASE_OF_THAT_NAME,),
    examples=(
        "rekomenda report --out report.html",
        "rekomenda --lang pt-BR report --out relatorio.html --figures imagens",
    ),
)
@click.argument("release", required=False, type=RELEASE)
@option(
    "--out",
    type=Path,
    default=Path("report.html"),
    show_default=True,
    words=Text("The page to write.", "A página a gravar."),
)
@option(
    "--figures",
    type=Path,
    words=Text("Folder for PNG files.", "Pasta para os arquivos PNG."),
)
@option(
    "--open",
    "show",
    is_flag=True,
    words=Text("Show it in the browser.", "Mostra no navegador."),
)
@option(
    "--truth",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="DIR",
    words=Text(
        "The truth/ folder of a made world, where it is not this home's demo.",
        "A pasta truth/ de um mundo inventado, quando não é o demo desta pasta.",
    ),
)
def command(
    door: Door,
    *,
    release: str | None,
    out: Path,
    figures: Path | None,
    show: bool,
    truth: Path | None,
) -> None:
    """Gather, draw, write."""
    import logging
    import webbrowser

    from rekomenda.pipeline.answering.report import content_of
    from rekomenda.pipeline.bootstrap import open_house
    from rekomenda.refusals import guard
    from rekomenda.report.page import render

    door.configure_logs()
    content = content_of(open_house(door.home), release, truth=truth)
    if truth is not None and not content.truth:
        door.say(_ANOTHER_WORLD, path=truth)
    with guard(out):
        out.parent.mkdir(parents=True, exist_ok=True)
        out.write_text(render(content, door.language), encoding="utf-8")
    written = [out]
    if figures is not None:
        # Said by Matplotlib where its first start is slow; nobody asked.
        logging.getLogger("matplotlib.font_manager").setLevel(logging.ERROR)
        from rekomenda.report.figures import write_figures

        with guard(figures):
            figures.mkdir(parents=True, exist_ok=True)
            written += write_figures(content, figures, door.language)
    if door.as_json:
        door.print_json({"release": content.release["run_id"], "files": [str(p) for p in written]})
    else:
        for path in written:
            door.print(_WRITTEN, path=path)
    if show:
        webbrowser.open(out.resolve().as_uri())
