"""What a release says of itself: its manifest, its files, and the hash of its content."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path, PurePosixPath
from typing import Any

import pyarrow.parquet as pq

from rekomenda.errors import CorruptError
from rekomenda.language import Text
from rekomenda.storage.documents import CHANGED, MISSING, RESTORE, digest, sha256_of

RELEASE_HINT = Text(
    en="Restore it from a copy, serve another (`rekomenda rollback`), or make a new one: "
    "`rekomenda run`.",
    pt="Restaure de uma cópia, sirva outra (`rekomenda rollback`) ou faça uma nova: "
    "`rekomenda run`.",
)


@dataclass(frozen=True)
class ReleaseFile:
    """A file of a release; `rows` is None for files that are not Parquet."""

    sha256: str
    bytes: int
    rows: int | None


@dataclass(frozen=True)
class ReleaseManifest:
    """What a run says of its release.

    Parameters
    ----------
    release_id : str
        The run's id: letters, digits, `.`, `_`, `-`.
    as_of : date
        The last day that it knows.
    created_at : datetime
    run_key : str
        The same for the same work: data, code, configuration.
    snapshot_id : str
        The lake snapshot it was made from.
    algorithm : str
        The model that ranked.
    listeners : int
        Listeners with lists of their own.
    counts : mapping
        Recommendations by shelf.
    metrics, gate : mapping
        Summaries, ready for JSON; `gate["verdict"]` is shown in the warehouse.
    tables : mapping
        By warehouse table, the Parquet file of the release that holds its rows.
    about : mapping
        Anything else worth keeping, ready for JSON.
    volatile : tuple of str
        Files that may differ between two runs of the same work (they hold clocks or run ids);
        left out of `content_hash`.
    """

    release_id: str
    as_of: date
    created_at: datetime
    run_key: str
    snapshot_id: str
    algorithm: str
    listeners: int
    counts: Mapping[str, int]
    metrics: Mapping[str, Any]
    gate: Mapping[str, Any]
    tables: Mapping[str, str]
    about: Mapping[str, Any] = field(default_factory=dict)
    volatile: tuple[str, ...] = ()


@dataclass(frozen=True)
class Release:
    """A release that is kept, served or not. `number` counts them in the order they were made."""

    path: Path
    number: int
    manifest: ReleaseManifest
    files: Mapping[str, ReleaseFile]
    content_hash: str

    @property
    def release_id(self) -> str:
        """Its id, and its run's."""
        return self.manifest.release_id

    def table(self, name: str) -> Path:
        """Return the Parquet file with a warehouse table's rows, its bytes compared first.

        Raises
        ------
        KeyError
            If the release has none.
        CorruptError
            If it is missing or damaged.
        """
        return self.file(self.manifest.tables[name])

    def file(self, name: str) -> Path:
        """Return a file of the release, its bytes compared with the manifest first; raises as `table`."""
        facts, path = self.files[name], self.path / name
        if not path.is_file():
            raise CorruptError(path=path, detail=MISSING, hint=RELEASE_HINT)
        if path.stat().st_size != facts.bytes or sha256_of(path) != facts.sha256:
            raise CorruptError(path=path, detail=CHANGED, hint=RELEASE_HINT)
        return path

    def verify(self) -> None:
        """Compare every file with the manifest.

        Raises
        ------
        CorruptError
            At the first that is missing or damaged.
        """
        for name in self.files:
            self.file(name)


def describe(folder: Path) -> dict[str, ReleaseFile]:
    """Return every file below a folder, by its path inside it."""
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    return {
        path.relative_to(folder).as_posix(): ReleaseFile(
            sha256=sha256_of(path),
            bytes=path.stat().st_size,
            rows=pq.read_metadata(path).num_rows if path.suffix == ".parquet" else None,
        )
        for path in paths
    }


def content_hash_of(manifest: ReleaseManifest, files: Mapping[str, ReleaseFile]) -> str:
    """Return the hash of what a release says: no clocks, ids or volatile files."""
    return digest(
        {
            "as_of": manifest.as_of.isoformat(),
            "algorithm": manifest.algorithm,
            "listeners": manifest.listeners,
            "counts": dict(manifest.counts),
            "tables": dict(manifest.tables),
            "files": {
                name: facts.sha256 for name, facts in files.items() if name not in manifest.volatile
            },
        }
    )


def to_document(release: Release) -> dict[str, Any]:
    """Return a release as its manifest; paths are relative, so that a home can be moved."""
    said = {name: getattr(release.manifest, name) for name in ReleaseManifest.__dataclass_fields__}
    mappings = {name: dict(value) for name, value in said.items() if isinstance(value, Mapping)}
    return {
        **said,
        **mappings,
        "as_of": release.manifest.as_of.isoformat(),
        "created_at": release.manifest.created_at.isoformat(),
        "volatile": list(release.manifest.volatile),
        "number": release.number,
        "content_hash": release.content_hash,
        "files": {name: vars(facts) for name, facts in release.files.items()},
    }


def from_document(document: Mapping[str, Any], path: Path) -> Release:
    """Return the release whose manifest lies at `path`.

    Raises
    ------
    CorruptError
        If it is a document of another kind, or names a file outside the release.
    """
    values = dict(document)
    try:
        number, content_hash = values.pop("number"), values.pop("content_hash")
        files = {name: ReleaseFile(**facts) for name, facts in values.pop("files").items()}
        values["as_of"] = date.fromisoformat(values["as_of"])
        values["created_at"] = datetime.fromisoformat(values["created_at"])
        values["volatile"] = tuple(values["volatile"])
        manifest = ReleaseManifest(**values)
        _stay_inside((*files, *manifest.tables.values()))
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        detail = Text(
            en=f"it is no release manifest ({error!r})",
            pt=f"não é um manifesto de release ({error!r})",
        )
        raise CorruptError(path=path, detail=detail, hint=RESTORE) from error
    return Release(path.parent, number, manifest, files, content_hash)


def _stay_inside(names: Iterable[str]) -> None:
    for name in names:
        if PurePosixPath(name).is_absolute() or ".." in PurePosixPath(name).parts:
            raise ValueError(f"{name} is outside the release")
