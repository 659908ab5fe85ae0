"""Files and folders given on a command line, as input files in a stable order."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from rekomenda.errors import InputNotFoundError

SUFFIXES = frozenset(
    (".csv", ".tsv", ".tab", ".txt", ".psv", ".parquet", ".pq", ".gz", ".zst", ".xlsx", ".xls")
)
"""What is taken from a folder. A file that is named itself is read whatever it is called."""

UNFINISHED = (".tmp", ".part", ".partial", ".crdownload", "._copying_", ".inprogress")
"""Ends of names, in lower case, of files that somebody still writes (catalogue B22)."""


@dataclass(frozen=True, order=True)
class Source:
    """One input file.

    Parameters
    ----------
    name : str
        Its path inside the folder that was given, so that the same file is the same input
        wherever the folder lies.
    path : Path
    """

    name: str
    path: Path


@dataclass(frozen=True)
class Found:
    """Input files, and what was left out because it is still being written."""

    sources: tuple[Source, ...]
    unfinished: tuple[str, ...]


def find_inputs(paths: Sequence[Path]) -> Found:
    """Return the input files among files and folders, ordered by name.

    Hidden files and folders, those that begin with `_`, and homes of ours (`rekomenda ingest .`
    where the default home lies too) are not looked into. A link is followed only if it was given
    itself.

    Raises
    ------
    InputNotFoundError
        If a path does not exist.
    """
    named: list[Source] = []
    for path in paths:
        if not path.exists():
            raise InputNotFoundError(path=path)
        if path.is_dir() and _is_home(path):
            continue
        if path.is_dir():
            named += [Source(_written(file.relative_to(path)), file) for file in _walk(path)]
        else:
            named.append(Source(_name_of(path), path))
    whole = [source for source in named if not _is_unfinished(source.path)]
    unfinished = sorted(source.name for source in named if _is_unfinished(source.path))
    return Found(tuple(sorted(_told_apart(whole))), tuple(unfinished))


def _walk(folder: Path) -> Iterable[Path]:
    for path in sorted(folder.iterdir()):
        if path.name.startswith((".", "_")) or path.is_symlink() or _is_home(path):
            continue
        if path.is_dir():
            yield from _walk(path)
        elif path.is_file() and (path.suffix.lower() in SUFFIXES or _is_unfinished(path)):
            yield path


def _is_home(path: Path) -> bool:
    return (path / "lease").is_file() and (path / "lake").is_dir()


def _name_of(path: Path) -> str:
    """Name a file that was given itself: with its partition folder (`dia=2024-02-19/`), if any."""
    parent = path.absolute().parent.name
    return _written(Path(parent, path.name) if "=" in parent else Path(path.name))


def _written(path: Path) -> str:
    """Return a path as it can be kept and shown: control characters and bytes of no text as escapes."""
    return "".join(c if c.isprintable() else repr(c)[1:-1] for c in path.as_posix())


def _is_unfinished(path: Path) -> bool:
    return path.name.lower().endswith(UNFINISHED)


def _told_apart(sources: Iterable[Source]) -> list[Source]:
    """Give files of one name in one command the names of their folders too."""
    by_path = {source.path.resolve(): source for source in sources}
    names = [source.name for source in by_path.values()]
    return [
        source
        if names.count(source.name) == 1
        else Source(_written(source.path.resolve()).removeprefix("/"), source.path)
        for source in by_path.values()
    ]
