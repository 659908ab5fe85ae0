"""`rekomenda recommend`: one listener's list, or everybody's as a file."""

from __future__ import annotations

from pathlib import Path

import click

from rekomenda.cli.door import Door
from rekomenda.cli.frame import command as make_command
from rekomenda.cli.frame import option
from rekomenda.errors import ListenerOrAllError
from rekomenda.language import Text

SHELVES = ("for_you", "again", "discover", "explore", "fresh")

_TITLES = {
    "for_you": Text("For you", "Para você"),
    "again": Text("Hear again", "Ouvir de novo"),
    "discover": Text("Discover", "Descobrir"),
    "explore": Text("Explore", "Explorar"),
    "fresh": Text("Fresh", "Novidades"),
}
_HEAD = Text(
    en="{title}: {listener} (release {run_id}, as of {as_of})",
    pt="{title}: {listener} (release {run_id}, até {as_of})",
)
_STRANGER = Text(
    en="No history of this listener: what everybody plays.",
    pt="Sem histórico deste ouvinte: o que todo mundo ouve.",
)
_EMPTY = Text(
    en="Nothing on this shelf: nothing is left that it may hold for this listener.",
    pt="Nada nesta lista: não resta o que ela possa ter para este ouvinte.",
)
_ROW = Text(en="{rank:>3}. {what}\n     {reason}", pt="{rank:>3}. {what}\n     {reason}")
_BY = Text(en="{title}, {artist}", pt="{title}, {artist}")
_WRITTEN = Text(
    en="{rows:n} rows of release {run_id} are in {path}.",
    pt="{rows:n} linhas da release {run_id} estão em {path}.",
)


@make_command(
    "recommend",
    Text(
        "Show a listener's list from the release in service, with a reason for each track; or "
        "write everybody's lists as Parquet or JSON lines (by the ending of --out) for your own "
        "application.",
        "Mostra a lista de um ouvinte na release no ar, com um motivo para cada faixa; ou grava "
        "as listas de todos em Parquet ou JSON lines (pela extensão de --out) para o seu "
        "aplicativo.",
    ),
    examples=(
        "rekomenda recommend LISTENER --shelf discover --n 10",
        "rekomenda recommend --all --out lists.parquet",
    ),
)
@click.argument("listener", required=False)
@option(
    "--shelf",
    type=click.Choice(SHELVES),
    default="for_you",
    words=Text(
        "Which list: tracks not yet heard, worth hearing again, by artists never heard, of "
        "genres outside the listener's habits, or new in the catalogue.",
        "Qual lista: faixas não ouvidas, para ouvir de novo, de artistas nunca ouvidos, de "
        "gêneros fora dos hábitos do ouvinte, ou novas no catálogo.",
    ),
)
@option(
    "--n",
    type=click.IntRange(1, 1000),
    default=20,
    words=Text("How many tracks.", "Quantas faixas."),
)
@option("--all", "everybody", is_flag=True, words=Text("Everybody's lists.", "Listas de todos."))
@option(
    "--out",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    words=Text("File for --all: .parquet or .jsonl.", "Arquivo de --all: .parquet ou .jsonl."),
)
def command(
    door: Door, *, listener: str | None, shelf: str, n: int, everybody: bool, out: Path | None
) -> None:
    """Show or write."""
    if (listener is None) != everybody or everybody != (out is not None):
        raise ListenerOrAllError
    if out is not None:
        _write(door, out)
    elif listener is not None:
        _show(door, listener, shelf, n)


def _write(door: Door, out: Path) -> None:
    from rekomenda.pipeline.bootstrap import open_house
    from rekomenda.pipeline.hand_over import hand_over
    from rekomenda.pipeline.lookup import served_release

    release = served_release(open_house(door.home))
    rows = hand_over(release, out)
    facts = {"rows": rows, "run_id": release.release_id, "path": str(out)}
    if door.as_json:
        door.print_json(facts)
    else:
        door.print(_WRITTEN, **facts)


def _show(door: Door, listener: str, shelf: str, n: int) -> None:
    from rekomenda.domain.recommendations import Shelf
    from rekomenda.pipeline.bootstrap import open_house
    from rekomenda.pipeline.lookup import list_of

    found = list_of(open_house(door.home), listener, shelf=Shelf(shelf), n=n)
    manifest = found.release.manifest
    if door.as_json:
        personalised = bool(found.rows) and found.rows[0]["personalised"]
        door.print_json(
            {
                "run_id": found.release.release_id,
                "as_of": manifest.as_of.isoformat(),
                "listener": listener,
                "shelf": shelf,
                "personalised": personalised,
                "tracks": [
                    {name: row[name] for name in row if name not in {"user_id", "shelf"}}
                    for row in found.rows
                ],
            }
        )
        return
    title = door.text(_TITLES[shelf])
    facts = {"run_id": found.release.release_id, "as_of": manifest.as_of}
    door.print(_HEAD, title=title, listener=printable(listener), **facts)
    if not found.known:
        door.print(_STRANGER)
    if not found.rows:
        door.print(_EMPTY)
    reason = "reason_pt" if door.language == "pt-BR" else "reason_en"
    for row in found.rows:
        door.print(_ROW, rank=row["rank"], what=_name(door, row), reason=printable(row[reason]))


def _name(door: Door, row: dict[str, str | None]) -> str:
    title = row["title"] or row["track_id"]
    artist = row["artist"] or row["artist_id"]
    name = door.text(_BY, title=title, artist=artist) if artist else str(title)
    return printable(name)


def printable(text: str) -> str:
    """Replace control characters, so that a name cannot steer the terminal."""
    return "".join(character if character.isprintable() else "�" for character in text)
