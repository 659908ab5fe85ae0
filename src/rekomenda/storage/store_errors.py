"""What an object store and the way to it refuse, as errors of ours: no key or secret is in them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final
from urllib.parse import urlsplit

from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    CredentialRetrievalError,
    NoCredentialsError,
    PartialCredentialsError,
    ProfileNotFound,
    TokenRetrievalError,
)

from rekomenda.errors import (
    BucketNotFoundError,
    ClockSkewError,
    NoStoreCredentialsError,
    RekomendaError,
    StoreDeniedError,
    StoreUnreachableError,
)
from rekomenda.language import Text
from rekomenda.mirror import endpoint

NO_BUCKET: Final = "NoSuchBucket"
LOST: Final = frozenset(("PreconditionFailed", "ConditionalRequestConflict", "412", "409"))
"""Somebody else was quicker."""
ABSENT: Final = frozenset(("NoSuchKey", "404", "NoSuchUpload"))
_SKEWED: Final = frozenset(("RequestTimeTooSkewed", "RequestExpired"))
_DENIED: Final = frozenset(
    (
        "403",
        "AccessDenied",
        "AccountProblem",
        "AllAccessDisabled",
        "ExpiredToken",
        "InvalidAccessKeyId",
        "InvalidToken",
        "SignatureDoesNotMatch",
        "TokenRefreshRequired",
    )
)
_NO_CREDENTIALS: Final = (
    NoCredentialsError,
    PartialCredentialsError,
    CredentialRetrievalError,
    TokenRetrievalError,
    ProfileNotFound,
)
_AMAZON: Final = "Amazon S3"
_ACTIONS: Final = {
    "get": Text("reading", "ler"),
    "list": Text("listing", "listar"),
    "put": Text("writing", "gravar"),
    "delete": Text("deleting", "apagar"),
}


@contextmanager
def told(action: str, uri: str) -> Iterator[None]:
    """Turn what boto3 raises in the block into errors of ours.

    Parameters
    ----------
    action : {"get", "list", "put", "delete"}
    uri : str
        What it is done to.

    Raises
    ------
    StoreUnreachableError
        The store does not answer, or fails by itself, after every retry.
    NoStoreCredentialsError, StoreDeniedError, ClockSkewError, BucketNotFoundError
        It answers, and refuses.
    """
    try:
        yield
    except (ClientError, BotoCoreError) as error:
        raise refusal(error, action, uri) from error


def code_of(error: ClientError) -> str:
    """Return the store's own word for a refusal, or the status where it gave no word."""
    said: dict[str, Any] = error.response.get("Error", {})
    status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", "")
    return str(said.get("Code") or status)


def refusal(error: Exception, action: str, uri: str) -> RekomendaError:
    """Return what to raise for what boto3 raised."""
    if isinstance(error, _NO_CREDENTIALS):
        return NoStoreCredentialsError(uri=uri, detail=type(error).__name__)
    if not isinstance(error, ClientError):
        # Its words may hold the address with a name and a password in it.
        return StoreUnreachableError(uri=uri, detail=f"{type(error).__name__}, {store()}")
    code = code_of(error)
    if code in {NO_BUCKET, "404"}:  # without a word where only the head was asked for
        return BucketNotFoundError(bucket=uri.split("/")[2], store=store())
    if code in _SKEWED:
        return ClockSkewError(uri=uri, detail=code)
    if code in _DENIED:
        return StoreDeniedError(action=_ACTIONS[action], uri=uri, detail=code)
    return StoreUnreachableError(uri=uri, detail=f"{code}, {store()}")


def store() -> str:
    """Return the name of the store for people: its address without anybody's name or secret."""
    parts = urlsplit(endpoint())
    if not parts.hostname:
        return _AMAZON
    return f"{parts.scheme}://{parts.hostname}" + (f":{parts.port}" if parts.port else "")
