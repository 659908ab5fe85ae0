"""`rekomenda recommend`: one listener's list, or everybody's as a file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from rekomenda.cli.door import Door
from rekomenda.cli.exits import NO_RELEASE, Exit
from rekomenda.cli.frame import command as make_command
from rekomenda.cli.frame import option, printable
from rekomenda.errors import DialForOneError, ListenerOrAllError
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
_TASTES = Text(
    en="{title}: somebody who likes {tastes} (release {run_id}, as of {as_of})",
    pt="{title}: alguém que curte {tastes} (release {run_id}, até {as_of})",
)
_SAYS_NOTHING = Text(
    en="None of that has a track that may be shown: what everybody plays.",
    pt="Nada disso tem faixa que possa aparecer: o que todo mundo ouve.",
)
_EMPTY = Text(
    en="Nothing on this shelf: nothing is left that it may hold for this listener.",
    pt="Nada nesta lista: não resta o que ela possa ter para este ouvinte.",
)
_ROW = Text(en="{rank:>3}. {what}\n     {reason}", pt="{rank:>3}. {what}\n     {reason}")
_BY = Text(en="{title}, {artist}", pt="{title}, {artist}")
_WRITTEN = Text(
    en="{rows:n} {rows:row|rows} of release {run_id} {rows:is|are} in {path}.",
    pt="{rows:n} {rows:linha|linhas} da release {run_id} {rows:está|estão} em {path}.",
)


@make_command(
    "recommend",
    Text(
        "Show a list with its reasons, or write everybody's.",
        "Mostra uma lista com seus motivos, ou grava as de todos.",
    ),
    how=Text(
        "A listener's list comes from the release in service, with a reason for each "
        "track; that of somebody new from the artists, genres or tracks that they like; "
        "with --all everybody's lists are written as Parquet or JSON lines (by the ending"
        " of --out) for your own application.",
        "A lista de um ouvinte vem da release no ar, com um motivo para cada faixa; a de "
        "alguém novo, dos artistas, gêneros ou faixas que curte; com --all as listas de "
        "todos são gravadas em Parquet ou JSON lines (pela extensão de --out) para o seu "
        "aplicativo.",
    ),
    exits=(
        Exit(
            2,
            Text(
                "no such listener, artist, genre or track",
                "não há esse ouvinte, artista, gênero ou faixa",
            ),
        ),
        NO_RELEASE,
    ),
    examples=(
        "rekomenda recommend LISTENER --shelf discover --n 10",
        "rekomenda recommend LISTENER --dial 0.8",
        "rekomenda recommend --artist A001 --artist A002",
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
@option(
    "--artist",
    "artists",
    multiple=True,
    metavar="NAME",
    words=Text(
        "An artist they like, by name or id; may be repeated.",
        "Um artista que a pessoa curte, por nome ou id; pode repetir.",
    ),
)
@option(
    "--genre",
    "genres",
    multiple=True,
    metavar="NAME",
    words=Text("A genre they like; may be repeated.", "Um gênero que curte; pode repetir."),
)
@option(
    "--track",
    "tracks",
    multiple=True,
    metavar="NAME",
    words=Text(
        "A track they like, by title or id; may be repeated.",
        "Uma faixa que curte, por título ou id; pode repetir.",
    ),
)
@option(
    "--dial",
    type=click.FloatRange(0, 1),
    words=Text(
        "From familiar (0) to new (1): mixes `for_you` for this listener now, with the model in "
        "service; 0.5 is all tracks not yet heard.",
        "Do conhecido (0) ao novo (1): mistura `for_you` deste ouvinte na hora, com o modelo no ar; "
        "0.5 é só faixa não ouvida.",
    ),
)
@option("--all", "everybody", is_flag=True, words=Text("Everybody's lists.", "Listas de todos."))
@option(
    "--out",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    words=Text("File for --all: .parquet or .jsonl.", "Arquivo de --all: .parquet ou .jsonl."),
)
def command(
    door: Door,
    *,
    listener: str | None,
    shelf: str,
    n: int,
    artists: tuple[str, ...],
    genres: tuple[str, ...],
    tracks: tuple[str, ...],
    dial: float | None,
    everybody: bool,
    out: Path | None,
) -> None:
    """Show or write."""
    likes = {"artists": artists, "genres": genres, "tracks": tracks}
    asked = (listener is not None, any(likes.values()), everybody)
    if sum(asked) != 1 or everybody != (out is not None):
        raise ListenerOrAllError
    if dial is not None and (listener is None or shelf != "for_you"):
        raise DialForOneError
    if out is not None:
        _write(door, out)
    elif listener is not None:
        _show(door, listener, shelf, n, dial)
    else:
        _show_for_tastes(door, likes, shelf, n)


def _write(door: Door, out: Path) -> None:
    from rekomenda.pipeline.answering.hand_over import hand_over
    from rekomenda.pipeline.answering.lookup import served_release
    from rekomenda.pipeline.bootstrap import open_house

    house = open_house(door.home)
    release = served_release(house)
    rows = hand_over(house, release, out, today=door.today())
    facts = {"rows": rows, "run_id": release.release_id, "path": str(out)}
    if door.as_json:
        door.print_json(facts)
    else:
        door.print(_WRITTEN, **facts)


def _show(door: Door, listener: str, shelf: str, n: int, dial: float | None) -> None:
    from rekomenda.domain.recommendations import Shelf
    from rekomenda.pipeline.answering.dialled import dialled_list
    from rekomenda.pipeline.answering.lookup import list_of
    from rekomenda.pipeline.bootstrap import open_house

    house = open_house(door.home)
    if dial is None:
        found = list_of(house, listener, shelf=Shelf(shelf), n=n, today=door.today())
    else:
        settings = door.settings().recommend
        found = dialled_list(house, listener, dial=dial, n=n, settings=settings, today=door.today())
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
                "tracks": _tracks(found.rows),
            }
        )
        return
    title = door.text(_TITLES[shelf])
    facts = {"run_id": found.release.release_id, "as_of": manifest.as_of}
    door.print(_HEAD, title=title, listener=printable(listener), **facts)
    if not found.known:
        door.print(_STRANGER)
    _print_rows(door, found.rows)


def _show_for_tastes(door: Door, likes: dict[str, tuple[str, ...]], shelf: str, n: int) -> None:
    from rekomenda.domain.recommendations import Shelf
    from rekomenda.pipeline.answering.for_tastes import list_for_tastes
    from rekomenda.pipeline.bootstrap import open_house

    found = list_for_tastes(
        open_house(door.home),
        **likes,
        shelf=Shelf(shelf),
        n=n,
        settings=door.settings().recommend,
        today=door.today(),
    )
    release = found.release
    if door.as_json:
        door.print_json(
            {
                "run_id": release.release_id,
                "as_of": release.manifest.as_of.isoformat(),
                "likes": vars(found.tastes),
                "shelf": shelf,
                "personalised": found.personalised,
                "tracks": _tracks(found.rows),
            }
        )
        return
    named = ", ".join(name for names in likes.values() for name in names)
    facts = {"run_id": release.release_id, "as_of": release.manifest.as_of}
    door.print(_TASTES, title=door.text(_TITLES[shelf]), tastes=printable(named), **facts)
    if not found.personalised:
        door.print(_SAYS_NOTHING)
    _print_rows(door, found.rows)


def _tracks(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{name: row[name] for name in row if name not in {"user_id", "shelf"}} for row in rows]


def _print_rows(door: Door, rows: list[dict[str, Any]]) -> None:
    if not rows:
        door.print(_EMPTY)
    reason = "reason_pt" if door.language == "pt-BR" else "reason_en"
    for row in rows:
        door.print(_ROW, rank=row["rank"], what=_name(door, row), reason=printable(row[reason]))


def _name(door: Door, row: dict[str, str | None]) -> str:
    title = row["title"] or row["track_id"]
    artist = row["artist"] or row["artist_id"]
    name = door.text(_BY, title=title, artist=artist) if artist else str(title)
    return printable(name)
