"""The releases of a home, and the pointer that says which one serves."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from rekomenda.errors import CannotWriteError, CorruptError, ReleaseNotFoundError
from rekomenda.language import Text
from rekomenda.storage import commit
from rekomenda.storage.commit import Fence
from rekomenda.storage.documents import MISSING, read_document, seal
from rekomenda.storage.release_manifest import (
    RELEASE_HINT,
    Release,
    ReleaseManifest,
    content_hash_of,
    describe,
    from_document,
    to_document,
)
from rekomenda.telemetry.logs import get_logger

MANIFEST = "manifest.json"
REVISION = "~"
"""Stands between a release's id and a number in the name of a folder that took another's place:
the same release without a listener who was forgotten. The highest number holds."""
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
_REVISED = re.compile(rf"({_ID.pattern}){REVISION}(\d+)")

log = get_logger(__name__)


@dataclass(frozen=True)
class Draft:
    """A release that is being written, where nobody looks."""

    release_id: str
    path: Path


class Releases:
    """The releases of one home.

    Parameters
    ----------
    home : Path
    """

    def __init__(self, home: Path) -> None:
        self.home = home
        self.path = home / "releases"
        self.pointer = self.path / "current"

    def current(self) -> Release | None:
        """Return the release in service, None before the first.

        Raises
        ------
        CorruptError, NewerFormatError
            If the pointer or the manifest cannot be trusted.
        """
        return self._named_by_pointer("release_id")

    def previous(self) -> Release | None:
        """Return the release that was in service before this one, None where there is none."""
        return self._named_by_pointer("previous")

    def withdrawn(self) -> frozenset[str]:
        """Return the releases that a person went away from since a run last published one.

        Raises
        ------
        CorruptError, NewerFormatError
            If the pointer cannot be trusted.
        """
        return frozenset((commit.read_pointer(self.pointer) or {}).get("withdrawn", ()))

    def get(self, release_id: str) -> Release:
        """Return a kept release.

        Raises
        ------
        ReleaseNotFoundError
            If it is not kept.
        CorruptError, NewerFormatError
            If its manifest cannot be trusted.
        """
        known = _ID.fullmatch(release_id) is not None
        path = self._folders(release_id)[-1] / MANIFEST if known else self.path
        if not path.is_file():
            kept = ", ".join(release.release_id for release in self.list()) or "-"
            raise ReleaseNotFoundError(release_id=release_id, home=self.home, kept=kept)
        return from_document(read_document(path), path)

    def list(self) -> list[Release]:
        """Return the kept releases, oldest first. A damaged one is logged and left out.

        Raises
        ------
        NewerFormatError
            If a later version wrote one of them.
        """
        found = []
        superseded = set(self.superseded())
        for path in sorted(self.path.glob(f"*/{MANIFEST}")):
            if path.parent in superseded:
                continue
            try:
                found.append(from_document(read_document(path), path))
            except CorruptError as error:
                log.warning("damaged release left out", path=str(path), error=str(error))
        return sorted(found, key=lambda release: (release.number, release.release_id))

    def find(self, run_key: str) -> Release | None:
        """Return the newest kept release that did this work already."""
        done = [release for release in self.list() if release.manifest.run_key == run_key]
        return done[-1] if done else None

    def expired(self, keep: int) -> tuple[Release, ...]:
        """Return the releases older than the newest `keep`, never the served or the previous.

        Nor one that was withdrawn: a run of the same data would make it again, and serve it.
        """
        pointer = commit.read_pointer(self.pointer) or {}
        needed = {pointer.get("release_id"), pointer.get("previous"), *self.withdrawn()}
        return tuple(r for r in self.list()[:-keep] if r.release_id not in needed)

    def draft(self, release_id: str) -> Draft:
        """Begin a release: write its files into the draft's `path`.

        Raises
        ------
        ValueError
            If the id cannot name a folder.
        """
        if not _ID.fullmatch(release_id):
            raise ValueError(f"{release_id!r} cannot name a release")
        return Draft(release_id, commit.stage(self.home))

    def install(self, draft: Draft, manifest: ReleaseManifest) -> Release:
        """Keep a finished draft, durably and whole, without serving it yet.

        Keeping the same content under the same id again changes nothing. An unserved release of
        that id with other content, which a crash left behind, is replaced.

        Raises
        ------
        CannotWriteError
            If a release of that id with other content is or was just in service, or there is
            no room.
        """
        files = describe(draft.path)
        content_hash = content_hash_of(manifest, files)
        final = self.path / manifest.release_id
        there = [folder for folder in self._folders(manifest.release_id) if folder.exists()]
        if there:
            kept = self._kept_as(manifest.release_id, content_hash)
            if kept is not None:
                commit.discard(draft.path)
                commit.sync_folder(self.path)
                return kept
            for folder in there:
                commit.retire_folder(folder, self.home)
        release = Release(final, self._next_number(), manifest, files, content_hash)
        commit.write_file(draft.path / MANIFEST, seal(to_document(release)))
        commit.install_folder(draft.path, final)
        return release

    def revise(self, release: Release, draft: Draft, manifest: ReleaseManifest) -> Release:
        """Put a draft in the place of a kept release, served or not, under the same id.

        Readers find the old folder or the new one; what the old one holds is removed afterwards.
        """
        files = describe(draft.path)
        last = self._folders(release.release_id)[-1].name
        number = int(last.partition(REVISION)[2] or 0) + 1
        final = self.path / f"{release.release_id}{REVISION}{number}"
        revised = Release(final, release.number, manifest, files, content_hash_of(manifest, files))
        commit.write_file(draft.path / MANIFEST, seal(to_document(revised)))
        commit.install_folder(draft.path, final)
        for folder in self._folders(release.release_id)[:-1]:
            if folder.is_dir():
                commit.retire_folder(folder, self.home)
        return revised

    def superseded(self) -> tuple[Path, ...]:
        """Return folders whose place another has taken; a crash may have kept them from going."""
        revised = (_REVISED.fullmatch(path.name) for path in self.path.glob(f"*{REVISION}*"))
        names = {found[1] for found in revised if found}
        return tuple(
            folder
            for name in sorted(names)
            for folder in self._folders(name)[:-1]
            if folder.is_dir()
        )

    def unfinished(self) -> tuple[Path, ...]:
        """Return folders whose upload a crash cut short: they have no manifest."""
        there = self.path.iterdir() if self.path.is_dir() else ()
        return tuple(
            sorted(path for path in there if path.is_dir() and not (path / MANIFEST).exists())
        )

    def point_at(self, release_id: str, lease: Fence, *, by_hand: bool = False) -> Release:
        """Serve a kept release. Readers see the old one or this one.

        A damaged pointer is replaced like any other. Where a person chose it (`by_hand`), the one
        that was in service is withdrawn: no rerun serves it again.

        Raises
        ------
        ReleaseNotFoundError
            If it is not kept.
        FencedError
            If the lease was lost; the served release stays.
        """
        release = self.get(release_id)
        pointer = commit.readable_pointer(self.pointer)
        served = pointer.get("release_id")
        if served != release_id:
            left = {*pointer.get("withdrawn", ()), served} - {release_id, None} if by_hand else ()
            content = {"release_id": release_id, "previous": served, "withdrawn": sorted(left)}
            commit.swap_pointer(self.pointer, content, lease)
        return release

    def _named_by_pointer(self, key: str) -> Release | None:
        pointer = commit.read_pointer(self.pointer)
        if pointer is None or pointer[key] is None:
            return None
        try:
            return self.get(pointer[key])
        except ReleaseNotFoundError as error:
            path = self._folders(pointer[key])[-1] / MANIFEST
            raise CorruptError(path=path, detail=MISSING, hint=RELEASE_HINT) from error

    def _kept_as(self, release_id: str, content_hash: str) -> Release | None:
        try:
            kept = self.get(release_id)
            kept.verify()
        except (CorruptError, ReleaseNotFoundError):
            return None
        if kept.content_hash == content_hash:
            return kept
        pointer = commit.read_pointer(self.pointer) or {}
        if release_id in {pointer.get("release_id"), pointer.get("previous")}:
            raise CannotWriteError(path=kept.path, detail=_OTHER_CONTENT)
        return None

    def _folders(self, release_id: str) -> tuple[Path, ...]:
        """Return where a release lies or would lie, the folder that holds last."""
        revised = (_REVISED.fullmatch(path.name) for path in self.path.glob(f"{release_id}~*"))
        numbers = sorted(int(found[2]) for found in revised if found)
        names = (release_id, *(f"{release_id}{REVISION}{number}" for number in numbers))
        return tuple(self.path / name for name in names)

    def _next_number(self) -> int:
        return max((release.number for release in self.list()), default=0) + 1


_OTHER_CONTENT = Text(
    en="a release of that name with other content is in service",
    pt="uma release com esse nome e outro conteúdo está no ar",
)
