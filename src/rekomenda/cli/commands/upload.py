"""`rekomenda upload`: the joined daily table, a file a day, into a bucket."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

import click

from rekomenda.cli.door import Door
from rekomenda.cli.exits import NO_RELEASE_OF_THAT_NAME, Exit
from rekomenda.cli.frame import command as make_command
from rekomenda.cli.frame import option
from rekomenda.cli.values import DAY, RELEASE
from rekomenda.language import Text

_DONE = Text(
    en="{days:n} {days:day|days}, {rows:n} {rows:row|rows} at {target}: {sent:n} sent, {same:n} as they were.",
    pt="{days:n} {days:dia|dias}, {rows:n} {rows:linha|linhas} em {target}: {sent:n} enviados, {same:n} já estavam lá.",
)


@make_command(
    "upload",
    Text(
        "Put the joined daily table into a bucket.",
        "Põe a tabela diária integrada em um bucket.",
    ),
    how=Text(
        "Plays, listeners and bot plays of each track and day with title, artist and genre, as "
        "the release knows them, at TARGET/dia=DAY/plays_daily.parquet. Files that are there with "
        "the same bytes are not sent again; each is looked at after it was sent. Credentials come "
        "from where AWS programs look for them.",
        "Plays, ouvintes e plays de robôs de cada faixa e dia com título, artista e gênero, como "
        "a release os conhece, em TARGET/dia=DIA/plays_daily.parquet. Arquivos que já estão lá com "
        "os mesmos bytes não são reenviados; cada um é conferido depois do envio. As credenciais "
        "vêm de onde os programas da AWS procuram.",
    ),
    exits=(
        NO_RELEASE_OF_THAT_NAME,
        Exit(75, Text("somebody else writes the same file", "outro grava o mesmo arquivo")),
    ),
    examples=(
        "rekomenda upload s3://BUCKET/PREFIX",
        "rekomenda upload s3://BUCKET/PREFIX --format csv --since 2024-06-01 --json",
    ),
)
@click.argument("target", metavar="TARGET")
@option(
    "--format",
    "kind",
    type=click.Choice(["parquet", "csv"]),
    default="parquet",
    words=Text("Kind of file.", "Tipo de arquivo."),
)
@option("--since", type=DAY, metavar="DAY", words=Text("First day.", "Primeiro dia."))
@option(
    "--release",
    "release_id",
    type=RELEASE,
    metavar="RELEASE",
    words=Text("Of which; default: the one in service.", "De qual; padrão: a que está no ar."),
)
def command(
    door: Door,
    target: str,
    kind: Literal["parquet", "csv"],
    since: datetime | None,
    release_id: str | None,
) -> None:
    """Upload."""
    from rekomenda.pipeline.answering.lookup import served_release
    from rekomenda.pipeline.answering.upload import upload
    from rekomenda.pipeline.bootstrap import open_house

    house = open_house(door.home)
    release = house.releases.get(release_id) if release_id else served_release(house)
    done = upload(release, target, kind=kind, since=since.date() if since else None)
    if door.as_json:
        door.print_json({"release": release.release_id, "files": [each._asdict() for each in done]})
        return
    sent = sum(each.sent for each in done)
    facts = {"rows": sum(each.rows for each in done), "sent": sent, "same": len(done) - sent}
    door.print(_DONE, days=len(done), target=target, **facts)
