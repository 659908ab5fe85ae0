"""`rekomenda audience`: who would be shown a track first."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from rekomenda.cli.door import Door
from rekomenda.cli.exits import NO_RELEASE, Exit
from rekomenda.cli.frame import command as make_command
from rekomenda.cli.frame import option, printable
from rekomenda.language import Text

if TYPE_CHECKING:
    from rekomenda.pipeline.answering.audience import Audience, Group

_HEAD = Text(
    en="{track}: the {count:n} {count:listener|listeners} who would be shown it first, of {examined:n} "
    "who have not heard it (release {run_id}, model {algorithm})",
    pt="{track}: {count:n} {count:ouvinte que a veria|ouvintes que a veriam} primeiro, de "
    "{examined:n} que ainda não a ouviram (release {run_id}, modelo {algorithm})",
)
_FEW = Text(
    en="{track}: fewer than {least:n} {least:listener|listeners} would be shown it. So few are not described.",
    pt="{track}: menos de {least:n} {least:ouvinte|ouvintes} a veriam. Tão poucos não são descritos.",
)
_HIDDEN = Text(
    en="{track} is taken down or not in the catalogue: nobody is shown it.",
    pt="{track} está fora do ar ou fora do catálogo: ninguém a vê.",
)
_INSTEAD = Text(
    en="The model in service, {served}, has no opinion of a track that nobody played; {algorithm} "
    "was fitted on the same release and asked instead.",
    pt="O modelo no ar, {served}, não tem opinião sobre uma faixa que ninguém ouviu; {algorithm} foi "
    "ajustado com a mesma release e consultado no lugar dele.",
)
_WITHIN = Text(
    en="{within:n} of them would have it among their first ten.",
    pt="{within:n} deles a teriam entre as dez primeiras.",
)
_REGIONS = Text(en="By region", pt="Por região")
_GENRES = Text(en="By the genre they play most", pt="Pelo gênero que mais ouvem")
_NONE = Text(en="  (no group of {least:n} or more)", pt="  (nenhum grupo com {least:n} ou mais)")
_GROUP = Text(en="  {count:>6}  {name}", pt="  {count:>6}  {name}")


@make_command(
    "audience",
    Text(
        "Say which listeners would be shown a track first.",
        "Diz quais ouvintes veriam uma faixa primeiro.",
    ),
    how=Text(
        "The model in service ranks the track for everybody; those for whom it stands "
        "highest are counted: how many, where they live and what they play. Works for a "
        "track that nobody has played yet, by its artist, genre and features.",
        "O modelo no ar põe a faixa na ordem de cada um; os ouvintes com quem ela fica "
        "mais alto são contados: quantos, onde moram e o que ouvem. Vale para uma faixa "
        "que ninguém ouviu ainda, pelo artista, gênero e características.",
    ),
    exits=(
        Exit(2, Text("no track of that id", "nenhuma faixa com esse id")),
        NO_RELEASE,
    ),
    examples=("rekomenda audience TRACK --n 500", "rekomenda audience TRACK --ids --json"),
)
@click.argument("track")
@option(
    "--n",
    type=click.IntRange(1, 20_000),
    default=100,
    words=Text("How many listeners.", "Quantos ouvintes."),
)
@option(
    "--ids",
    is_flag=True,
    words=Text("Name the listeners, one a line.", "Dizer os ids dos ouvintes, um por linha."),
)
def command(door: Door, *, track: str, n: int, ids: bool) -> None:
    """Look and tell."""
    from rekomenda.pipeline.answering.audience import audience_of
    from rekomenda.pipeline.bootstrap import open_house

    found = audience_of(open_house(door.home), track, n=n, today=door.today())
    if door.as_json:
        door.print_json(_to_json(found, ids=ids))
    else:
        _print(door, found, ids=ids)


def _print(door: Door, found: Audience, *, ids: bool) -> None:
    from rekomenda.pipeline.answering.audience import LEAST_GROUP

    facts = {"track": printable(found.track_id), "algorithm": found.algorithm}
    if found.hidden:
        door.print(_HIDDEN, **facts)
        return
    count = len(found.listeners)
    if not found.served:
        door.print(_INSTEAD, served=found.release.manifest.algorithm, **facts)
    if count < LEAST_GROUP:
        door.print(_FEW, least=LEAST_GROUP, **facts)
    else:
        run_id = found.release.release_id
        door.print(_HEAD, count=count, examined=found.examined, run_id=run_id, **facts)
        if found.within_10 >= LEAST_GROUP:
            door.print(_WITHIN, within=found.within_10)
        for title, groups in ((_REGIONS, found.regions), (_GENRES, found.genres)):
            door.print(title)
            for group in groups:
                door.print(_GROUP, count=group.listeners, name=printable(group.name))
            if not groups:
                door.print(_NONE, least=LEAST_GROUP)
    if ids:
        for listener in found.listeners:
            door.print(printable(listener))


def _to_json(found: Audience, *, ids: bool) -> dict[str, object]:
    from rekomenda.pipeline.answering.audience import LEAST_GROUP

    count = len(found.listeners)
    described = count >= LEAST_GROUP
    within = found.within_10 if found.within_10 >= LEAST_GROUP else None
    return {
        "run_id": found.release.release_id,
        "track_id": found.track_id,
        "hidden": found.hidden,
        "algorithm": found.algorithm,
        "served": found.served,
        "examined": found.examined,
        "count": count if described or ids else None,
        "within_10": within,
        "regions": [_group(group) for group in found.regions],
        "genres": [_group(group) for group in found.genres],
        **({"listeners": list(found.listeners)} if ids else {}),
    }


def _group(group: Group) -> dict[str, object]:
    return {"id": group.id, "name": group.name, "listeners": group.listeners}
