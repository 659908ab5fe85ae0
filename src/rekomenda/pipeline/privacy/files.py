"""Listeners taken out of whatever else lies in a home: exported lists, logs, pages."""

from __future__ import annotations

import gzip
import json
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from rekomenda.pipeline.privacy.parquet import count_rows, write_without
from rekomenda.pipeline.privacy.sought import Sought
from rekomenda.refusals import guard
from rekomenda.storage import commit

OURS = frozenset(
    (
        "lake",
        "releases",
        "warehouse",
        "erasures",
        "attempts",
        "tunings",
        "metrics",
        "staging",
        "lease",
        "fence",
    )
)
"""What has its own way, or never names a listener."""
LINES = frozenset((".csv", ".tsv", ".txt", ".log", ".jsonl", ".ndjson"))
"""Files from which single lines can go; any other that names a listener goes whole."""
UNREADABLE = (pa.ArrowInvalid, OSError, EOFError, zlib.error, zipfile.BadZipFile)


def rows_in_files(home: Path, sought: Sought) -> Iterator[tuple[Path, str, int]]:
    """Yield the other files below a home that name them: path, `files`, rows or lines."""
    for path in _others(home):
        rows = _count(path, sought)
        if rows:
            yield path, "files", rows


def erase_from_files(home: Path, sought: Sought) -> None:
    """Write tables and lines again without them; remove any other file that names them."""
    for path, _, _ in list(rows_in_files(home, sought)):
        with commit.staging(home) as work:
            rest = work / path.name
            if not _can_be_rewritten(path, sought):
                commit.retire_files([path])
                continue
            with guard(rest):
                (write_without if _is_parquet(path) else _write_lines)(path, rest, sought)
            commit.install_file(rest, path)


def _others(home: Path) -> Iterator[Path]:
    for top in sorted(home.iterdir()):
        if top.name in OURS or top.is_symlink():
            continue
        for path in sorted(top.rglob("*")) if top.is_dir() else [top]:
            if path.is_file() and not path.is_symlink():
                yield path


def _can_be_rewritten(path: Path, sought: Sought) -> bool:
    if sought.stands_in(path.name.encode()):
        return False
    try:
        return _is_parquet(path) or (_kind(path) in LINES and bool(_read(path)))
    except UNREADABLE:
        return False


def _count(path: Path, sought: Sought) -> int:
    """Count rows or lines; 1 for a file that goes whole, as does what cannot be searched."""
    if sought.stands_in(path.name.encode()):
        return 1
    try:
        if _is_parquet(path):
            return count_rows(path, sought)
        if zipfile.is_zipfile(path):
            with zipfile.ZipFile(path) as archive:
                return int(any(sought.stands_in(archive.read(name)) for name in archive.namelist()))
        data = _read(path)
    except UNREADABLE:
        return 1
    if _kind(path) in LINES:
        return sum(_stands_in(line, sought) for line in data.splitlines(keepends=True))
    return int(sought.stands_in(data))


def _write_lines(path: Path, rest: Path, sought: Sought) -> None:
    lines = _read(path).splitlines(keepends=True)
    data = b"".join(line for line in lines if not _stands_in(line, sought))
    if path.suffix == ".gz":
        rest.write_bytes(gzip.compress(data, mtime=0))
    elif path.suffix == ".zst":
        rest.write_bytes(pa.compress(data, codec="zstd", asbytes=True))
    else:
        rest.write_bytes(data)


def _stands_in(line: bytes, sought: Sought) -> bool:
    """Whether one of them stands in a line, also where JSON spells letters as numbers."""
    if sought.stands_in(line):
        return True
    if b"\\" not in line or not line.lstrip().startswith((b"{", b"[")):
        return False
    try:
        spelled = json.dumps(json.loads(line), ensure_ascii=False)
    except ValueError:
        return False
    return sought.stands_in(spelled.encode("utf-8", "surrogatepass"))


def _read(path: Path) -> bytes:
    """Return what a file says, unpacked."""
    if path.suffix == ".gz":
        return gzip.decompress(path.read_bytes())
    if path.suffix == ".zst":
        with pa.input_stream(str(path), compression="zstd") as stream:
            return bytes(stream.read())
    return path.read_bytes()


def _kind(path: Path) -> str:
    """Return the ending that says what a file holds, whatever it is compressed with."""
    packed = path.suffix in {".gz", ".zst"}
    return Path(path.stem).suffix.lower() if packed else path.suffix.lower()


def _is_parquet(path: Path) -> bool:
    """Whether it is; what only begins like one, such as half an export, cannot be searched."""
    with path.open("rb") as file:
        if file.read(4) != b"PAR1":
            return False
    pq.read_metadata(path)
    return True
