"""What a store answers about objects, read with care: facts, and bodies that may end early or crawl."""

from __future__ import annotations

import hashlib
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import IO, Any, Final

from botocore.exceptions import BotoCoreError
from urllib3.exceptions import HTTPError

PIECE: Final = 32 << 10
PATIENCE_SECONDS: Final = 8
SLOWEST: Final = 16 << 10
"""Bytes a second that a body must bring after so many seconds, or it is asked for again."""
_ERROR: Final = b"<Error>"
OURS: Final = "sha256"
NO_ANSWER: Final = "an error in place of the object"


@dataclass(frozen=True)
class Facts:
    """What a store says of an object; `sha256` is empty where somebody else wrote it."""

    etag: str
    size: int
    sha256: str
    age: float
    """Seconds since it was written, by the store's own clock."""


@dataclass(frozen=True)
class Listed:
    """A line of a listing."""

    key: str
    etag: str
    size: int


def is_answer(answer: dict[str, Any]) -> bool:
    """Whether an answer of success is about an object, and not an error in its clothes."""
    return "ETag" in answer and "LastModified" in answer


def facts_of(answer: dict[str, Any]) -> Facts:
    """Return what an answer says of its object."""
    return Facts(
        etag=str(answer["ETag"]).strip('"'),
        size=int(answer["ContentLength"]),
        sha256=answer.get("Metadata", {}).get(OURS, ""),
        age=(moment_of(answer) - answer["LastModified"]).total_seconds(),
    )


def moment_of(answer: dict[str, Any]) -> datetime:
    """Return when the store answered, by its own clock."""
    said = answer["ResponseMetadata"]["HTTPHeaders"].get("date")
    return parsedate_to_datetime(said) if said else datetime.now(UTC)


def copy_body(body: Any, target: IO[bytes], facts: Facts) -> str:
    """Copy a body and return what is wrong with it; empty: nothing."""
    sha256, size, begun, first = hashlib.sha256(), 0, time.monotonic(), b""
    try:
        while piece := body.read(PIECE):
            first = first or piece
            size += len(piece)
            sha256.update(piece)
            target.write(piece)
            lasted = time.monotonic() - begun
            if lasted > PATIENCE_SECONDS and size < lasted * SLOWEST:
                return "too slow"
    except (BotoCoreError, HTTPError) as error:
        return type(error).__name__
    finally:
        body.close()
    if size != facts.size:
        return f"{size} of {facts.size} bytes"
    if facts.sha256 and sha256.hexdigest() != facts.sha256:
        return "other bytes than were written"
    return NO_ANSWER if not facts.sha256 and _ERROR in first[:1000] else ""
