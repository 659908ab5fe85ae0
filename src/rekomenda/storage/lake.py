"""The lake: every play and catalogue row that was accepted, as immutable Parquet by day."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import date
from itertools import chain
from pathlib import Path

from rekomenda.errors import CorruptError
from rekomenda.language import Text
from rekomenda.mirror import is_stand_in
from rekomenda.storage import commit
from rekomenda.storage.commit import Fence
from rekomenda.storage.documents import CHANGED, MISSING, RESTORE, read_document, seal, sha256_of
from rekomenda.storage.mirroring import at_hand, fetch, vouched_for
from rekomenda.storage.remote import together
from rekomenda.storage.snapshots import (
    EMPTY,
    LakeChange,
    Part,
    Snapshot,
    StagedPart,
    from_document,
    to_document,
)

TOGETHER = 16
"""Parts that are read and hashed by one task, where tasks do it."""
Each = Callable[
    [Callable[[Sequence[Path]], list[str | None]], Sequence[Sequence[Path]]],
    Iterable[list[str | None]],
]
"""How a function of some paths is done for many of them."""
NAME_LENGTH = 32
"""Hex digits of the content hash that name a part: 128 bits."""


def hashes_of(paths: Sequence[Path]) -> list[str | None]:
    """Return the hash of each file, None where there is none."""
    return [sha256_of(path) if path.exists() else None for path in paths]


class Lake:
    """The lake of one home.

    Parameters
    ----------
    home : Path
    """

    def __init__(self, home: Path) -> None:
        self.home = home
        self.path = home / "lake"
        self.pointer = self.path / "current"

    def snapshot(self) -> Snapshot:
        """Return what the lake holds now; the empty snapshot before the first commit.

        Raises
        ------
        CorruptError
            If the pointer or its manifest is damaged, or gone while newer manifests exist.
        NewerFormatError
            If a later version wrote them.
        """
        pointer = commit.read_pointer(self.pointer)
        if pointer is None:
            self._refuse_a_lost_pointer()
            return EMPTY
        return self.snapshot_of(pointer["snapshot_id"])

    def snapshot_of(self, snapshot_id: str) -> Snapshot:
        """Return a snapshot that is still kept.

        Raises
        ------
        CorruptError
            If its manifest is missing or damaged.
        NewerFormatError
            If a later version wrote it.
        """
        path = at_hand(self.manifest_of(snapshot_id))
        try:
            return from_document(read_document(path), self.path, path)
        except FileNotFoundError as error:
            raise CorruptError(path=path, detail=MISSING, hint=RESTORE) from error

    def parts(self, table: str, days: Collection[date] | None = None) -> tuple[Part, ...]:
        """Return the parts of a table in the lake now, or of some of its days."""
        return self.snapshot().parts_of(table, days)

    def commit(self, change: LakeChange, lease: Fence) -> Snapshot:
        """Make a change visible, whole or not at all, and return the lake after it.

        A change after which the lake would say what it says already, such as a retry of work
        that was committed, is not committed again: the lake is returned as it is.

        Parameters
        ----------
        change : LakeChange
            Its staged files are moved into the lake; they must lie under the home's staging.

        Raises
        ------
        FencedError
            If the lease was lost; the lake is as before.
        CannotWriteError, NoPermissionError, DeviceError
            If a file cannot be written; the lake is as before.
        """
        base = self.snapshot()
        added = {staged: self._part(staged) for staged in change.added}
        snapshot = change.apply(base, tuple(added.values()))
        if snapshot.says_the_same_as(base):
            return base
        commit.install_files((staged.path, part.path) for staged, part in added.items())
        self._write_manifest(snapshot)
        commit.swap_pointer(self.pointer, {"snapshot_id": snapshot.snapshot_id}, lease)
        return snapshot

    def verify(
        self, parts: Iterable[Part] | None = None, *, fetched: bool = True, each: Each = map
    ) -> None:
        """Read parts (default: all of the current snapshot) and compare them with the manifest.

        Parameters
        ----------
        parts : iterable of Part, optional
        fetched : bool
            Of a home in a bucket: fetch them. Else those that are not here are left there, and the
            bucket is asked whether it holds them: for an engine that reads it by itself.
        each : callable
            Does a function of each item, wherever it likes; here: one after the other.

        Raises
        ------
        CorruptError
            At the first that is missing or damaged; of the rest no more than a few are read.
        """
        snapshot = self.snapshot()
        read = list(snapshot.parts if parts is None else parts)
        if fetched:
            fetch(part.path for part in read)
        some = [read[start : start + TOGETHER] for start in range(0, len(read), TOGETHER)]
        hashes = each(hashes_of, [[part.path.absolute() for part in parts] for parts in some])
        for part, sha256 in zip(read, chain.from_iterable(hashes), strict=True):
            if sha256 != part.sha256 and not _is_whole(part, fetched=fetched):
                raise _damaged(part, snapshot)

    def vouch(self, parts: Iterable[Part]) -> None:
        """Ask the bucket that a home lies in whether it holds parts, by their hashes; nothing is fetched.

        Raises
        ------
        CorruptError
            If one is missing, or another than the manifest names.
        """
        snapshot = self.snapshot()

        def ask(part: Part) -> None:
            if not vouched_for(part.path, part.sha256):
                raise _damaged(part, snapshot)

        together(ask, [(part,) for part in parts])

    def manifest_of(self, snapshot_id: str) -> Path:
        """Return where a snapshot's manifest lies."""
        return self.path / "snapshots" / f"{snapshot_id}.json"

    def _part(self, staged: StagedPart) -> Part:
        sha256 = sha256_of(staged.path)
        folder = self.path / staged.table
        if staged.day is not None:
            folder /= f"dia={staged.day.isoformat()}"
        return Part(
            table=staged.table,
            day=staged.day,
            path=folder / f"{sha256[:NAME_LENGTH]}.parquet",
            rows=staged.rows,
            bytes=staged.path.stat().st_size,
            sha256=sha256,
            input_id=staged.input_id,
        )

    def _write_manifest(self, snapshot: Snapshot) -> None:
        with commit.staging(self.home) as folder:
            staged = folder / "manifest.json"
            commit.write_file(staged, seal(to_document(snapshot, self.path)))
            commit.install_file(staged, self.manifest_of(snapshot.snapshot_id))

    def _refuse_a_lost_pointer(self) -> None:
        # A crash in the very first commit leaves a manifest number 1 that was never pointed at.
        # A later number says that there was a pointer, and plays behind it.
        folder = self.path / "snapshots"
        names = [path.stem for path in folder.glob("*.json")] if folder.is_dir() else []
        if any(not name.startswith(f"{1:06d}-") for name in names):
            raise CorruptError(path=self.pointer, detail=MISSING, hint=RESTORE)


def _damaged(part: Part, snapshot: Snapshot) -> CorruptError:
    """Say which part is not what was written, and where its rows came from."""
    names = {record.input_id: record.name for record in snapshot.inputs}
    origin = names.get(part.input_id, part.input_id)
    hint = Text(
        en=f"Restore it from a copy; its rows came from {origin}.",
        pt=f"Restaure de uma cópia; as linhas vieram de {origin}.",
    )
    detail = CHANGED if part.path.exists() else MISSING
    return CorruptError(path=part.path, detail=detail, hint=hint)


def _is_whole(part: Part, *, fetched: bool) -> bool:
    """Whether a part has its bytes after all: in the bucket, or in a copy fetched once more."""
    if not fetched and (is_stand_in(part.path) or not part.path.exists()):
        return vouched_for(part.path, part.sha256)
    fetch([part.path], again=True)
    return part.path.exists() and sha256_of(part.path) == part.sha256
