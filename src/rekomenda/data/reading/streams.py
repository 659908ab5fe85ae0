"""A file as UTF-8 text, whatever it is compressed with and encoded in, a chunk at a time."""

from __future__ import annotations

import codecs
import gzip
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, Literal, Protocol

import pyarrow as pa

from rekomenda.errors import FileCorruptError, TooLargeExpandedError

Compression = Literal["gzip", "zstd"]

MAX_EXPANSION = 200
"""Times its size that a compressed file may unfold to: above that it is a decompression bomb."""
MIN_EXPANDED = 64 << 20
"""Bytes below which nobody minds."""
MAX_EXPANDED = 200 << 30
"""Bytes above which no packed file is read, whatever its size."""


class _Readable(Protocol):
    def read(self, size: int, /) -> bytes:
        """Read up to so many bytes."""


def read_text(
    path: Path, name: str, compression: Compression | None, encoding: str, chunk_bytes: int
) -> Iterator[bytes]:
    """Yield the text of a file as UTF-8 without a byte order mark.

    UTF-8 itself is passed on as it is: whether it is valid is for the caller to say.

    Raises
    ------
    FileCorruptError
        If a compressed file ends early, has something behind its end or fails its checksum.
    TooLargeExpandedError
        If it unfolds to over `MAX_EXPANSION` times its size, or over `MAX_EXPANDED` bytes.
    """
    chunks = read_bytes(path, name, compression, chunk_bytes)
    if encoding == "utf-8":
        yield from _without_mark(chunks)
        return
    decoder = codecs.getincrementaldecoder(encoding)(errors="control")
    mark = "\ufeff"
    for chunk in chunks:
        yield decoder.decode(chunk).removeprefix(mark).encode()
        mark = ""
    yield decoder.decode(b"", final=True).encode()


def read_bytes(
    path: Path, name: str, compression: Compression | None, chunk_bytes: int
) -> Iterator[bytes]:
    """Yield the bytes of a file, unpacked; raises as `read_text`."""
    limit = expanded_limit(path)
    with path.open("rb", buffering=0) as file:
        stream: _Readable = file
        if compression == "gzip":
            stream = gzip.GzipFile(fileobj=file)
        elif compression == "zstd":
            stream = pa.CompressedInputStream(pa.PythonFile(file, "r"), "zstd")
        expanded = 0
        while chunk := _read(stream, chunk_bytes, file, name):
            expanded += len(chunk)
            if compression and expanded > limit:
                raise TooLargeExpandedError(file=name, ratio=MAX_EXPANSION, bytes=expanded)
            yield chunk


def expanded_limit(path: Path) -> int:
    """Return to how many bytes a packed file may unfold."""
    return min(max(MIN_EXPANDED, MAX_EXPANSION * path.stat().st_size), MAX_EXPANDED)


def _read(stream: _Readable, size: int, file: BinaryIO, name: str) -> bytes:
    if stream is file:
        return file.read(size)
    try:
        return bytes(stream.read(size))
    except (EOFError, zlib.error, OSError) as error:
        if isinstance(error, OSError) and error.errno is not None:
            raise  # the disk, not the file; what gzip and zstd find carries no number
        raise FileCorruptError(file=name, position=file.tell(), detail=error) from error


def _without_mark(chunks: Iterator[bytes]) -> Iterator[bytes]:
    first = next(chunks, b"")
    yield first.removeprefix(codecs.BOM_UTF8)
    yield from chunks


def _as_control(error: UnicodeError) -> tuple[str, int]:
    """Decode a byte that the code page leaves open as the control character of its number.

    So it is seen: a control character in an id sets the row aside.
    """
    if not isinstance(error, UnicodeDecodeError):
        raise error
    return "".join(chr(byte) for byte in error.object[error.start : error.end]), error.end


codecs.register_error("control", _as_control)
