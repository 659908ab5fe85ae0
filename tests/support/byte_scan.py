"""Everything in a folder searched for some words: raw, unpacked, and as values of tables."""

from __future__ import annotations

import gzip
import unicodedata
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq


def hits(folder: Path, word: str) -> list[str]:
    """Return the files in which a word stands, whatever they are packed with, or in their names."""
    forms = [unicodedata.normalize(form, word).encode() for form in ("NFC", "NFD")]
    return sorted(
        path.relative_to(folder).as_posix()
        for path in folder.rglob("*")
        if path.is_file()
        for seen in [b"\n".join([path.name.encode(), *_contents(path)])]
        if any(form in seen for form in forms)
    )


def _contents(path: Path) -> Iterator[bytes]:
    raw = path.read_bytes()
    yield raw
    if raw[:4] == b"PAR1":
        yield str(pq.read_table(path).to_pydict()).encode()
    elif path.suffix == ".gz":
        yield gzip.decompress(raw)
    elif path.suffix == ".zst":
        with pa.input_stream(str(path), compression="zstd") as stream:
            yield stream.read()
    elif raw[:2] == b"PK":
        with zipfile.ZipFile(path) as archive:
            yield from map(archive.read, archive.namelist())
