"""Small JSON documents that know their format and notice when they were damaged."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from rekomenda.errors import CorruptError, NewerFormatError
from rekomenda.language import Text

FORMAT = 1
"""What this version writes, and the newest it reads."""
READ = range(1, FORMAT + 1)
"""Every format that was ever written is read: a home of each is kept in `tests/fixtures/homes`."""

RESTORE = Text(
    en="Restore it from a copy. What is in the warehouse can be made again: `rekomenda rebuild`; "
    "another release can be served: `rekomenda rollback --to RELEASE`.",
    pt="Restaure de uma cópia. O que está no warehouse pode ser refeito: `rekomenda rebuild`; "
    "outra release pode ser servida: `rekomenda rollback --to RELEASE`.",
)
MISSING = Text(en="it is missing", pt="não existe mais")
CHANGED = Text(
    en="its bytes are not those that were written", pt="os bytes não são os que foram gravados"
)


def canonical(content: Mapping[str, Any]) -> bytes:
    """Return the one spelling of a document: sorted keys, no spaces, UTF-8.

    Raises
    ------
    ValueError
        For NaN and infinities, which JSON cannot spell.
    """
    text = json.dumps(
        content, sort_keys=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False
    )
    return text.encode()


def digest(content: Mapping[str, Any]) -> str:
    """Return the SHA-256 (hex) of a document's content, whatever the order of its keys."""
    return hashlib.sha256(canonical(content)).hexdigest()


def seal(content: Mapping[str, Any]) -> bytes:
    """Return the document as bytes to be written: the content with its format and checksum."""
    body = {**content, "format": FORMAT}
    body["checksum"] = digest(body)
    return json.dumps(body, indent=1, ensure_ascii=False, allow_nan=False).encode() + b"\n"


def unseal(data: bytes, path: Path) -> dict[str, Any]:
    """Return the content of a sealed document.

    Parameters
    ----------
    data : bytes
    path : Path
        Where the bytes came from, for messages.

    Raises
    ------
    NewerFormatError
        If a later version wrote it; nothing else of it is looked at.
    CorruptError
        If it is not JSON, not an object, or not what was sealed.
    """
    try:
        body = json.loads(data)
    except ValueError as error:
        raise _damaged(path, Text(en="it is not JSON", pt="não é JSON")) from error
    if not isinstance(body, dict) or not isinstance(body.get("format"), int):
        raise _damaged(path, Text(en="it names no format", pt="não diz o formato"))
    if body["format"] > FORMAT:
        raise NewerFormatError(path=path, found=body["format"], known=FORMAT)
    if body["format"] not in READ:
        raise _damaged(
            path, Text(en="no version wrote its format", pt="nenhuma versão gravou o formato")
        )
    checksum = body.pop("checksum", None)
    if checksum != digest(body):
        raise _damaged(
            path, Text(en="its checksum does not match", pt="a soma de verificação não confere")
        )
    del body["format"]
    return body


def read_document(path: Path) -> dict[str, Any]:
    """Read and unseal a file.

    Raises
    ------
    FileNotFoundError
        If there is none.
    NewerFormatError, CorruptError
        As `unseal`.
    """
    return unseal(path.read_bytes(), path)


def sha256_of(path: Path) -> str:
    """Return the SHA-256 (hex) of a file, read in a stream."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _damaged(path: Path, detail: Text) -> CorruptError:
    return CorruptError(path=path, detail=detail, hint=RESTORE)
