"""Files read and checked before their turn: one file a task, by the same reader, wherever the engine runs it."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import pyarrow.parquet as pq

from rekomenda.data.layout import Source
from rekomenda.data.reading.options import ReadOptions
from rekomenda.data.reading.verdict import Limits
from rekomenda.data.staging import Forgotten, Staged, stage
from rekomenda.engines.base import Engine

_BY_TRACK: Final = "by_track.parquet"


@dataclass(frozen=True)
class ReadAhead:
    """What became of one file, small enough to be sent: its rows stay where they were staged.

    Parameters
    ----------
    sha256 : str
        Of the file's bytes.
    staged : Staged or None
        None for content that the lake holds already.
    folder : Path or None
        Where it was staged.
    """

    sha256: str
    staged: Staged | None = None
    folder: Path | None = None

    def whole(self) -> Staged | None:
        """Return the verdict with the plays of each track, which stayed with the rows."""
        path = None if self.folder is None else self.folder / _BY_TRACK
        if self.staged is None or path is None or not path.exists():
            return self.staged
        return replace(self.staged, by_track=pq.read_table(path))


@dataclass(frozen=True)
class Reading:
    """How files of one command are read; what a task does with one of them.

    Parameters
    ----------
    folder : Path
        The staging folder of the command, on storage that all tasks see.
    options : ReadOptions
    limits : Limits
    memory_bytes : int
    forgotten : callable
    loaded : frozenset of str
        Content that is not read again.
    """

    folder: Path
    options: ReadOptions
    limits: Limits
    memory_bytes: int
    forgotten: Forgotten
    loaded: frozenset[str]

    def __call__(self, source: Source) -> ReadAhead:
        """Read, check and judge one file; this runs as a task."""
        sha256 = sha256_of_file(source.path)
        if sha256 in self.loaded:
            return ReadAhead(sha256)
        # A folder of its own for each attempt: a task whose executor was lost is done again.
        folder = Path(tempfile.mkdtemp(dir=self.folder))
        staged = stage(
            source,
            folder / "parts",
            replace(self.options, threads=1),  # the other cores have tasks of their own
            limits=self.limits,
            memory_bytes=self.memory_bytes,
            forgotten=self.forgotten,
        )
        if staged.by_track is not None:
            pq.write_table(staged.by_track, folder / _BY_TRACK)
        return ReadAhead(sha256, replace(staged, by_track=None), folder)


def read_ahead(
    engine: Engine, reading: Reading, sources: Sequence[Source]
) -> dict[Source, ReadAhead]:
    """Read files on all executors; nothing where the engine has none, and each is read in its turn."""
    if engine.work is None:
        return {}
    there = replace(
        reading, folder=reading.folder.absolute()
    )  # a task works in a folder of its own
    asked = [replace(source, path=source.path.absolute()) for source in sources]
    return dict(zip(sources, engine.each(there, asked), strict=True))


def sha256_of_file(path: Path) -> str:
    """Return the hash of a file's bytes."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
