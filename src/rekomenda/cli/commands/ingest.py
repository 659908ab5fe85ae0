"""`rekomenda ingest`: check and load files."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from rekomenda.cli.door import Door
from rekomenda.cli.exits import BUSY, Exit
from rekomenda.cli.frame import command as make_command
from rekomenda.cli.frame import option
from rekomenda.cli.reading_options import DATE_FORMAT, LOCALE, REPAIR_ENCODING, TIMEZONE
from rekomenda.errors import BadMappingError
from rekomenda.language import Text

if TYPE_CHECKING:
    from rekomenda.settings import IngestSettings

_SAVED = Text(
    en="Nothing was loaded. Saved: {path}",
    pt="Nada foi carregado. Gravado: {path}",
)


@make_command(
    "ingest",
    Text(
        "Check files and load what is good.",
        "Confere arquivos e carrega o que está bom.",
    ),
    how=Text(
        "CSV (also gz, zst) and Parquet; plays, tracks, artists, an already joined file, "
        "users, genres, likes, dials, friends, blocked: what a file is is told from its "
        "columns. Every row is loaded, repeated or in quarantine. The same file again "
        "changes nothing. Where one file is held or rejected the good ones are loaded all"
        " the same.",
        "CSV (também gz, zst) e Parquet; plays, faixas, artistas, um arquivo já juntado, "
        "usuários, gêneros, curtidas, dials, amigos, bloqueios: o que um arquivo é se vê "
        "pelas colunas. Cada linha é carregada, repetida ou vai para a quarentena. O "
        "mesmo arquivo de novo não muda nada. Se um arquivo é retido ou rejeitado, os "
        "bons são carregados assim mesmo.",
    ),
    exits=(
        Exit(
            2,
            Text(
                "no such file, or a mapping that names no column",
                "não existe o arquivo, ou um mapa que não nomeia coluna",
            ),
        ),
        Exit(
            4,
            Text(
                "a file is held until a person decides",
                "um arquivo está retido até uma pessoa decidir",
            ),
        ),
        Exit(65, Text("a file was rejected", "um arquivo foi rejeitado")),
        BUSY,
    ),
    examples=(
        "rekomenda ingest plays.csv tracks.csv artists.csv",
        "rekomenda ingest exports --map user_id=cod_ouvinte --dry-run",
    ),
)
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path))
@option(
    "--map",
    "maps",
    multiple=True,
    metavar="OURS=YOURS",
    words=Text(
        "Your name for one of our columns; may be repeated.",
        "Seu nome para uma das nossas colunas; pode repetir.",
    ),
)
@option(
    "--columns",
    metavar="A,B,C",
    words=Text(
        "Columns of files without a header, in order.", "Colunas de arquivos sem cabeçalho."
    ),
)
@LOCALE
@DATE_FORMAT
@TIMEZONE
@option("--encoding", metavar="NAME", words=Text("Of text files.", "Dos arquivos de texto."))
@option("--separator", metavar="CHAR", words=Text("Between columns.", "Entre as colunas."))
@option(
    "--on-overlap",
    type=click.Choice(("hold", "sum", "replace")),
    words=Text(
        "Totals of days that another file brought.", "Totais de dias que outro arquivo já trouxe."
    ),
)
@option(
    "--on-schema-change",
    type=click.Choice(("hold", "accept")),
    words=Text(
        "Ids that look otherwise than in the file of this kind before.",
        "Ids com outra cara que no arquivo anterior deste tipo.",
    ),
)
@REPAIR_ENCODING
@option(
    "--accept-quarantine",
    is_flag=True,
    default=None,
    words=Text(
        "Load files with many bad rows too, without those.",
        "Carrega também arquivos com muitas linhas ruins, sem elas.",
    ),
)
@option(
    "--dry-run",
    is_flag=True,
    words=Text(
        "Load nothing: show and save how the files would be read.",
        "Não carrega nada: mostra e grava como os arquivos seriam lidos.",
    ),
)
@option(
    "--save",
    "mapping_file",
    type=click.Path(path_type=Path, dir_okay=False),
    default=Path("rekomenda-mapping.toml"),
    metavar="FILE",
    words=Text(
        "Where --dry-run saves it (rekomenda-mapping.toml).",
        "Onde --dry-run grava (rekomenda-mapping.toml).",
    ),
)
def command(
    door: Door,
    *,
    paths: tuple[Path, ...],
    maps: tuple[str, ...],
    columns: str | None,
    dry_run: bool,
    mapping_file: Path,
    **flags: str | bool | None,
) -> int:
    """Load, or say how it would be done."""
    from datetime import UTC, datetime

    from rekomenda.cli.ingest_screen import show_load
    from rekomenda.pipeline.bootstrap import open_house
    from rekomenda.pipeline.loading.ingest import ingest

    door.configure_logs()
    names = tuple(name.strip() for name in columns.split(",")) if columns else None
    chosen: dict[str, Any] = {f"ingest.{name}": value for name, value in flags.items()}
    chosen["ingest.columns"] = dict(_pair(text) for text in maps) or None
    settings = door.settings(chosen).ingest
    if dry_run:
        return _show_plan(door, paths, settings, names, mapping_file)
    report = ingest(
        open_house(door.home),
        paths,
        settings,
        names=names,
        now=datetime.now(UTC),
        progress=door.progress(),
    )
    show_load(door, report)
    return report.exit_code


def _pair(text: str) -> tuple[str, str]:
    ours, mark, yours = text.partition("=")
    if not (mark and ours.strip() and yours.strip()):
        raise BadMappingError(mapping=text)
    return ours.strip(), yours.strip()


def _show_plan(
    door: Door,
    paths: tuple[Path, ...],
    settings: IngestSettings,
    names: tuple[str, ...] | None,
    mapping_file: Path,
) -> int:
    """Show how files would be read and save it as TOML."""
    from datetime import UTC, datetime

    from rekomenda.pipeline.loading.preview import preview, to_toml
    from rekomenda.refusals import guard

    previews = preview(paths, settings, names=names, now=datetime.now(UTC))
    toml = to_toml(previews)
    with guard(mapping_file):
        mapping_file.write_text(toml, encoding="utf-8")
    if door.as_json:
        files = [found.to_json() for found in previews]
        door.print_json({"files": files, "saved": str(mapping_file)})
    else:
        door.print(toml)
    for found in previews:
        if found.refusal is not None:
            door.say(Text("{why}", "{why}"), why=found.refusal.message(door.language))
    door.say(_SAVED, path=mapping_file)
    return max((found.refusal.exit_code for found in previews if found.refusal), default=0)
