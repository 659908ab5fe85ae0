"""A made world on disk, for the demo and for whoever wants to try things out."""

from __future__ import annotations

from pathlib import Path

from rekomenda.data.world.generate import World, generate_world
from rekomenda.data.world.spec import WorldSpec
from rekomenda.data.world.write import TRUTH_FOLDER, Compression, check_folder, write_world
from rekomenda.language import Text
from rekomenda.telemetry.progress import Progress

WORLD_FOLDER = "demo-world"
"""Where in a home the demo's world lies."""
_MAKE = Text(en="Inventing the world", pt="Inventando o mundo")
_WRITE = Text(en="Writing its files", pt="Gravando os arquivos")


def make_world(
    spec: WorldSpec,
    folder: Path,
    progress: Progress,
    *,
    by_day: bool = False,
    compress: Compression = "none",
) -> tuple[World, list[Path]]:
    """Make a world and write its input files and its truth; return it and the input files.

    Raises
    ------
    FolderInUseError, CannotWriteError
        Before the work and not after it.
    """
    check_folder(folder)
    with progress.step("make", _MAKE) as step:
        world = generate_world(spec, step.advance)
    with progress.step("write", _WRITE):
        files = write_world(world, folder, by_day=by_day, compress=compress)
    return world, files


def truth_folder(home: Path) -> Path:
    """Return where the truth of a home's demo lies, if it has one."""
    return home / WORLD_FOLDER / TRUTH_FOLDER
