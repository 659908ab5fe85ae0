"""What a file is, told from its first bytes: container, encoding, separator, header.

The name of a file says nothing here, its content does (catalogue B01 to B13, B19).
"""

from __future__ import annotations

import codecs
import csv
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from rekomenda.data.layout import Source
from rekomenda.data.reading.dates import has_time_of_day, parse_day
from rekomenda.data.reading.mapping import known, plain
from rekomenda.data.reading.options import ReadOptions
from rekomenda.data.reading.parquet import parquet_header
from rekomenda.data.reading.streams import Compression, read_bytes, read_text
from rekomenda.errors import (
    ColumnTwiceError,
    EmptyFileError,
    EncodingError,
    FileTypeUnknownError,
    NoHeaderError,
    TooManyColumnsError,
)
from rekomenda.language import Text

SEPARATORS = (",", ";", "\t", "|")
MAX_COLUMNS = 500
WINDOWS = "windows-1252"

_COMPRESSIONS: dict[bytes, Compression] = {b"\x1f\x8b": "gzip", b"\x28\xb5\x2f\xfd": "zstd"}
_MARKS = {b"\xff\xfe": "utf-16-le", b"\xfe\xff": "utf-16-be"}
_FOREIGN = {
    b"PK\x03\x04": "ZIP",
    b"PK\x05\x06": "ZIP",
    b"\xd0\xcf\x11\xe0": "XLS",
    b"%PDF": "PDF",
    b"\x89PNG": "PNG",
    b"BZh": "bzip2",
    b"\xfd7zXZ": "xz",
    b"7z\xbc\xaf": "7-Zip",
    b"SQLite format 3": "SQLite",
    b"ORC": "ORC",
    b"Obj\x01": "Avro",
    b"PARE": "Parquet (encrypted)",
}
_SEED_HEADERS = {
    3: "id_artist,id_tracks,id_genre",
    4: "id_date,user_id,id_tracks,plays",
    11: "id_artist,Feature1,Feature2,Feature3,Feature4,Feature5,Feature6,Feature7,Feature8,"
    "Feature9,Feature10",
}


@dataclass(frozen=True)
class Sniffed:
    """How a file is written.

    Parameters
    ----------
    container : {"csv", "parquet"}
    header : tuple of str
        Column names as written, trimmed.
    compression : {"gzip", "zstd"} or None
    encoding : str
        `utf-8`, `utf-16-le`, `utf-16-be`, `windows-1252` or another codec that was declared.
    declared : bool
        Whether the encoding was declared; only a detected one may be changed on better evidence.
    separator : str
    skip : int
        Bytes of UTF-8 text in front of the first record.
    first_line : int
        Line of the first record, from 1.
    sample : bytes
        UTF-8 text from the first record on.
    whole : bool
        Whether the sample is all there is.
    """

    container: Literal["csv", "parquet"]
    header: tuple[str, ...]
    compression: Compression | None = None
    encoding: str = "utf-8"
    declared: bool = False
    separator: str = ","
    skip: int = 0
    first_line: int = 2
    sample: bytes = b""
    whole: bool = False


def sniff(source: Source, options: ReadOptions) -> Sniffed:
    """Find out how a file is written.

    Raises
    ------
    InputRejectedError
        If it is empty, of a foreign type, damaged, or has no header or an impossible one.
    """
    size = source.path.stat().st_size
    if size == 0:
        raise EmptyFileError(file=source.name, bytes=0)
    with source.path.open("rb") as file:
        magic = file.read(16)
    if magic.startswith(b"PAR1"):
        return _checked(source, Sniffed("parquet", parquet_header(source)))
    compression = next((c for m, c in _COMPRESSIONS.items() if magic.startswith(m)), None)
    if compression:
        magic = next(read_bytes(source.path, source.name, compression, 16), b"")
        _refuse_packed_twice(source, magic, compression)
    _refuse_foreign(source, magic)
    encoding, declared = _declared_encoding(source, options.encoding)
    if not declared:
        encoding = next((e for m, e in _MARKS.items() if magic.startswith(m)), "utf-8")
    text, whole = _sample(source, compression, encoding, options.sample_bytes)
    if encoding == "utf-8" and not declared and not is_utf8(text, whole=whole):
        encoding = WINDOWS
        text, whole = _sample(source, compression, encoding, options.sample_bytes)
    if not text.strip():
        raise EmptyFileError(file=source.name, bytes=size)
    header, separator, skip, first_line = _header(source, text, options)
    sniffed = Sniffed(
        "csv",
        header,
        compression=compression,
        encoding=encoding,
        declared=declared,
        separator=separator,
        skip=skip,
        first_line=first_line,
        sample=text[skip:],
        whole=whole,
    )
    return _checked(source, sniffed)


def is_utf8(text: bytes, *, whole: bool = True) -> bool:
    """Whether bytes are UTF-8; if they are not the whole, the last character may be cut off."""
    if text.isascii():
        return True
    try:
        codecs.getincrementaldecoder("utf-8")().decode(text, final=whole)
    except UnicodeDecodeError:
        return False
    return True


def _declared_encoding(source: Source, encoding: str) -> tuple[str, bool]:
    if encoding == "auto":
        return "utf-8", False
    try:
        name = codecs.lookup(encoding).name
        "a".encode(name)  # refuses what turns no text into bytes, such as rot13
    except (LookupError, ValueError) as error:
        raise EncodingError(file=source.name, encoding=encoding, detail=error) from error
    return {"utf-8-sig": "utf-8", "cp1252": WINDOWS}.get(name, name), True


def _refuse_foreign(source: Source, magic: bytes) -> None:
    kind = next((kind for mark, kind in _FOREIGN.items() if magic.startswith(mark)), None)
    if kind == "ZIP":
        names = _names_in_zip(source)
        if "xl/workbook.xml" in names:
            raise FileTypeUnknownError(file=source.name, kind="XLSX (Excel)", hint=_SAVE_AS_CSV)
        hint = _UNPACK.filled(files=len(names))
        raise FileTypeUnknownError(file=source.name, kind=kind, hint=hint)
    if kind:
        raise FileTypeUnknownError(file=source.name, kind=kind, hint=_SAVE_AS_CSV)


def _refuse_packed_twice(source: Source, magic: bytes, compression: str) -> None:
    """Refuse what has to be unpacked before it can be read at all."""
    inside = {b"PAR1": "Parquet", **_COMPRESSIONS}
    kind = next((kind for mark, kind in inside.items() if magic.startswith(mark)), None)
    if kind:
        hint = _UNPACK_ONCE
        raise FileTypeUnknownError(file=source.name, kind=f"{compression} ({kind})", hint=hint)


def _names_in_zip(source: Source) -> list[str]:
    """Return the names in an archive, of which nothing is unpacked; none of a damaged one."""
    try:
        with zipfile.ZipFile(source.path) as archive:
            return archive.namelist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        return []


_SAVE_AS_CSV = Text(
    en="Save it as CSV UTF-8 or Parquet: in Excel, Save As, CSV UTF-8.",
    pt="Salve como CSV UTF-8 ou Parquet: no Excel, Salvar como, CSV UTF-8.",
)
_UNPACK = Text(
    en="Unpack it ({files:n} {files:file|files} inside) and load what comes out.",
    pt="Descompacte ({files:n} {files:arquivo|arquivos} dentro) e carregue o resultado.",
)
_UNPACK_ONCE = Text(
    en="Unpack it once and load what comes out.", pt="Descompacte uma vez e carregue o resultado."
)


def _sample(
    source: Source, compression: Compression | None, encoding: str, size: int
) -> tuple[bytes, bool]:
    """Return so many bytes of UTF-8 text, and whether that is the whole file."""
    text = b""
    try:
        for chunk in read_text(source.path, source.name, compression, encoding, size + 1):
            text += chunk
            if len(text) > size:
                return text[:size], False
    except UnicodeError as error:
        raise EncodingError(file=source.name, encoding=encoding, detail=error) from error
    return text, True


def _header(
    source: Source, text: bytes, options: ReadOptions
) -> tuple[tuple[str, ...], str, int, int]:
    """Return the column names, the separator, and where the first record stands."""
    lines = _lines(text)
    line, end, number = next(lines)
    separator = options.separator if options.separator != "auto" else None
    if line.lower().startswith("sep=") and len(line) == 5:
        separator = separator or line[4]
        start, first_line = end, number + 1
        line, end, number = next(lines, ("", end, number + 1))
    else:
        start, first_line = end - len(line.encode()) - 1, number
    separator = separator or _separator(line, options)
    fields = _fields(line, separator)
    if options.names is not None:
        if [plain(field) for field in fields] != [plain(name) for name in options.names]:
            return options.names, separator, max(start, 0), first_line
        return options.names, separator, end, number + 1
    if not known(fields, options.columns) and any(_looks_like_data(field) for field in fields):
        raise NoHeaderError(file=source.name, line=line[:200], columns=_columns_like(fields))
    return tuple(fields), separator, end, number + 1


def _lines(text: bytes) -> Iterator[tuple[str, int, int]]:
    """Yield the lines of a text that are not blank: words, place behind it, number from 1."""
    start = number = 0
    while start < len(text):
        ends = [place for place in (text.find(b"\n", start), text.find(b"\r", start)) if place >= 0]
        end = min(ends, default=len(text))
        behind = end + (2 if text[end : end + 2] == b"\r\n" else 1)
        number += 1
        if text[start:end].strip():
            yield text[start:end].decode(errors="replace"), behind, number
        start = behind


def _separator(line: str, options: ReadOptions) -> str:
    """Choose the separator that yields the most columns we know, then the most columns."""

    def worth(separator: str) -> tuple[bool, int, int]:
        fields = _fields(line, separator)
        fits = options.names is not None and len(fields) == len(options.names)
        return fits, known(fields, options.columns), len(fields)

    return max(SEPARATORS, key=worth)


def _fields(line: str, separator: str) -> list[str]:
    return [field.strip() for field in next(csv.reader([line], delimiter=separator), [])]


def _looks_like_data(field: str) -> bool:
    try:
        float(field.replace(",", "."))
    except ValueError:
        return has_time_of_day(field) or isinstance(parse_day(field, "dmy"), int)
    return True


def _columns_like(fields: list[str]) -> str:
    return _SEED_HEADERS.get(len(fields), "id_date,user_id,id_tracks,plays,...")


def _checked(source: Source, sniffed: Sniffed) -> Sniffed:
    """Refuse headers that name no columns or one column twice."""
    if len(sniffed.header) > MAX_COLUMNS:
        raise TooManyColumnsError(file=source.name, columns=len(sniffed.header), limit=MAX_COLUMNS)
    seen: set[str] = set()
    for name in sniffed.header:
        if name and name.casefold() in seen:
            raise ColumnTwiceError(file=source.name, column=name)
        seen.add(name.casefold())
    return sniffed
