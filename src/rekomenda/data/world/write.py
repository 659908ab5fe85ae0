"""A world on disk: the input files a service would export, and the truth beside them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any, Final, Literal, get_args

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv

from rekomenda.data.world.generate import World
from rekomenda.data.world.truth import ARRAYS_FILE, FACTS_FILE
from rekomenda.errors import FolderInUseError
from rekomenda.refusals import guard

Compression = Literal["none", "gz", "zst"]
COMPRESSIONS: Final[tuple[Compression, ...]] = get_args(Compression)
TRUTH_FOLDER: Final = "truth"

_ORIGINAL_NAMES: Final = {
    "plays": "df_transactional",
    "tracks": "df_dimensional",
    "artists": "df_artist_features",
}
_CODECS: Final = {"none": None, "gz": "gzip", "zst": "zstd"}
# Nothing in a world holds a comma, a quote or a line break, so nothing needs quotes; Arrow refuses
# to write it so if anything did.
_OPTIONS: Final = pa_csv.WriteOptions(
    quoting_style="none", quoting_header="none", batch_size=65_536
)


def write_world(
    world: World, folder: Path, *, by_day: bool = False, compress: Compression = "none"
) -> list[Path]:
    """Write a world into a new or empty folder, or over an earlier world.

    The files of an earlier world go first, so none is left over from it. They are named in
    `truth/world.json`, which is written before the others: after a crash the same call finishes the job.

    Parameters
    ----------
    world : World
    folder : Path
    by_day : bool
        Write `dia=YYYY-MM-DD/plays.csv` for each day instead of one `plays.csv`.
    compress : {"none", "gz", "zst"}

    Returns
    -------
    list of Path
        The input files, plays first. The truth lies in `folder / "truth"` and is no input.

    Raises
    ------
    FolderInUseError
        If the folder holds anything that no world left there.
    CannotWriteError
        If it cannot be made or written.
    """
    names = _file_names(world, by_day, compress)
    with guard(folder):
        _clear(folder)
        truth = folder / TRUTH_FOLDER
        truth.mkdir(parents=True, exist_ok=True)
        world.truth.save(truth, _facts(world, names))
        for name, table in _files(world, by_day, compress):
            (folder / name).parent.mkdir(exist_ok=True)
            _write_csv(table, folder / name, compress)
    return [folder / name for name in names]


def _facts(world: World, names: list[str]) -> dict[str, Any]:
    rows = {name: table.num_rows for name, table in world.tables.items()}
    return {"spec": world.spec.facts(), "rows": rows, "files": names}


def _file_names(world: World, by_day: bool, compress: Compression) -> list[str]:
    return [name for name, _ in _files(world, by_day, compress)]


def _files(world: World, by_day: bool, compress: Compression) -> Iterator[tuple[str, pa.Table]]:
    """Yield each file's name inside the folder, and what goes into it."""
    ending = ".csv" if compress == "none" else f".csv.{compress}"
    spellings = _ORIGINAL_NAMES if world.spec.shape == "original" else {}
    for name, table in world.tables.items():
        stem = spellings.get(name, name)
        if name == "plays" and by_day:
            for day, rows in _days(table):
                yield f"dia={day}/{stem}{ending}", rows
        else:
            yield stem + ending, table


def _days(plays: pa.Table) -> Iterator[tuple[str, pa.Table]]:
    """Cut plays, which ascend by day, into days."""
    runs = pc.value_counts(plays["id_date"].combine_chunks())
    offset = 0
    for run in runs.to_pylist():
        yield run["values"].isoformat(), plays.slice(offset, run["counts"])
        offset += run["counts"]


def _write_csv(table: pa.Table, path: Path, compress: Compression) -> None:
    with pa.output_stream(str(path), compression=_CODECS[compress]) as stream:
        pa_csv.write_csv(table, stream, _OPTIONS)


def check_folder(folder: Path) -> list[Path]:
    """Return the files of an earlier world in a folder; none if it is new or empty.

    Raises
    ------
    FolderInUseError
        If it holds anything else.
    """
    ours = {folder / name for name in _earlier_files(folder)}
    found = sorted(path for path in folder.rglob("*") if not path.is_dir())
    strange = [path for path in found if path not in ours]
    if strange:
        first = strange[0].relative_to(folder)
        raise FolderInUseError(path=folder, files=len(strange), first=first)
    return found


def _clear(folder: Path) -> None:
    """Remove an earlier world's files."""
    # The list of files goes last: a crash in between leaves them known.
    for path in sorted(check_folder(folder), key=lambda path: path.name == FACTS_FILE):
        path.unlink()
    for path in folder.glob("dia=*"):
        with suppress(OSError):  # not empty: somebody put something there meanwhile
            path.rmdir()


def _earlier_files(folder: Path) -> list[str]:
    """Return the names of the files that an earlier world says it left, its truth's included."""
    truth = [f"{TRUTH_FOLDER}/{name}" for name in (ARRAYS_FILE, FACTS_FILE)]
    try:
        facts = json.loads((folder / TRUTH_FOLDER / FACTS_FILE).read_text(encoding="utf-8"))
        return [*map(str, facts["files"]), *truth]
    except (OSError, ValueError, KeyError, TypeError):
        return []
