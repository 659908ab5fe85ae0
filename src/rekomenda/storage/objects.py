"""Objects of a bucket over boto3: read whole and checked, written on a condition, listed, deleted.

Any store that speaks S3 is reached: `AWS_ENDPOINT_URL` says where, and credentials come from where
every AWS program looks for them, never from us. Each object carries the SHA-256 of its bytes, so
that whoever reads it knows an answer that was cut short, or is an error in the clothes of one.
"""

from __future__ import annotations

import hashlib
import io
import os
import time
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import IO, Any, Final

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError, HTTPClientError
from urllib3.exceptions import HTTPError

from rekomenda.errors import StoreUnreachableError
from rekomenda.mirror import SCHEME, endpoint
from rekomenda.storage.answers import (
    NO_ANSWER,
    OURS,
    Facts,
    Listed,
    copy_body,
    facts_of,
    is_answer,
    moment_of,
)
from rekomenda.storage.store_errors import ABSENT, LOST, NO_BUCKET, code_of, refusal, store, told

ATTEMPTS: Final = 4
"""Of each request; 4 × (4 s + 10 s) less than a minute, with the pauses between them."""
CONNECT_SECONDS: Final = 4
READ_SECONDS: Final = 10
MULTIPART_FROM: Final = 64 << 20
PART_BYTES: Final = 16 << 20
MOST_PARTS: Final = 9_000
THREADS: Final = 8
AT_ONCE: Final = 1_000
"""Keys of one request to delete."""


class Bucket:
    """A bucket.

    Parameters
    ----------
    name : str
    attempts : int, optional
        Of each request before it counts as failed; default: `ATTEMPTS`.
    """

    def __init__(self, name: str, *, attempts: int | None = None) -> None:
        self.name = name
        self._client = _client(attempts or ATTEMPTS)

    def get(self, key: str, *, known: bool = False) -> tuple[bytes, Facts] | None:
        """Return an object and what is said of it; None where there is none.

        Parameters
        ----------
        key : str
        known : bool
            Whether there was one: a store that says otherwise is asked again.

        Raises
        ------
        StoreUnreachableError, StoreDeniedError
            As every method: see `store_errors.told`.
        """
        whole = io.BytesIO()
        facts = self.fetch(key, whole, known=known)
        return None if facts is None else (whole.getvalue(), facts)

    def fetch(self, key: str, target: IO[bytes], *, known: bool = False) -> Facts | None:
        """Write an object into an open file and return what is said of it; None: there is none.

        A body that ends early, crawls, or is not what its SHA-256 says, is asked for again.
        """
        wrong = ""
        for attempt in range(ATTEMPTS):
            _pause(attempt)
            target.seek(0)
            target.truncate()
            with told("get", self._uri(key)):
                try:
                    response = self._ask("get_object", Key=key)
                except ClientError as error:
                    if code_of(error) not in ABSENT:
                        raise
                    if known and attempt < ATTEMPTS - 1:
                        continue
                    return None
            if not is_answer(response):
                wrong = NO_ANSWER
                continue
            facts = facts_of(response)
            wrong = copy_body(response["Body"], target, facts)
            if not wrong:
                return facts
        raise StoreUnreachableError(uri=self._uri(key), detail=f"{wrong}, {store()}")

    def head(self, key: str) -> Facts | None:
        """Return what is said of an object; None where there is none."""
        for attempt in range(ATTEMPTS):
            _pause(attempt)
            with told("get", self._uri(key)):
                try:
                    answer = self._ask("head_object", Key=key)
                except ClientError as error:
                    if code_of(error) in ABSENT:
                        return None
                    raise
            if is_answer(answer):
                return facts_of(answer)
        raise StoreUnreachableError(uri=self._uri(key), detail=f"{NO_ANSWER}, {store()}")

    def put(self, key: str, source: bytes | Path, *, replacing: str | None) -> str | None:
        """Write an object if the key holds what is expected; else leave it and return None.

        Parameters
        ----------
        key : str
        source : bytes or Path
        replacing : str or None
            Tag of the object that is replaced; None: there must be none.

        Returns
        -------
        str or None
            The new object's tag. An object with these very bytes counts as written: an answer to
            an earlier attempt may have been lost on its way.
        """
        sha256 = _sha256(source)
        for attempt in range(ATTEMPTS):
            _pause(attempt)
            etag = self._put_once(key, source, sha256, replacing)
            if etag is not None:
                return etag
            there = self.head(key)
            if there is not None and there.sha256 == sha256:
                return there.etag
            if (there and there.etag) != replacing:
                return None
        return None

    def listing(self, prefix: str) -> tuple[Listed, ...]:
        """Return every object below a prefix, by key."""
        for attempt in range(ATTEMPTS):
            _pause(attempt)
            with told("list", self._uri(prefix)):
                try:
                    return tuple(self._lines(prefix))
                except HTTPError:
                    continue
                except ClientError as error:
                    if code_of(error) not in ABSENT:
                        raise
        raise StoreUnreachableError(uri=self._uri(prefix), detail=f"404, {store()}")

    def delete(self, keys: Iterable[str]) -> None:
        """Remove objects; what is gone already is no error."""
        wanted = list(keys)
        for start in range(0, len(wanted), AT_ONCE):
            some = wanted[start : start + AT_ONCE]
            with told("delete", self._uri(some[0])):
                answer = self._ask(
                    "delete_objects",
                    Delete={"Objects": [{"Key": key} for key in some], "Quiet": True},
                )
            for fault in answer.get("Errors", ()):
                raise refusal(
                    ClientError({"Error": fault}, "DeleteObjects"), "delete", self._uri(some[0])
                )

    def unfinished(self, prefix: str) -> list[tuple[str, str]]:
        """Return the uploads that were begun below a prefix and never finished: key and id."""
        with told("list", self._uri(prefix)):
            pages = self._client.get_paginator("list_multipart_uploads")
            return [
                (item["Key"], item["UploadId"])
                for page in pages.paginate(Bucket=self.name, Prefix=prefix)
                for item in page.get("Uploads", ())
            ]

    def abort(self, key: str, upload: str) -> None:
        """Forget an unfinished upload."""
        with told("delete", self._uri(key)):
            try:
                self._ask("abort_multipart_upload", Key=key, UploadId=upload)
            except ClientError as error:
                if code_of(error) not in ABSENT:
                    raise

    def clock(self) -> datetime:
        """Return the time by the store's clock; the bucket must be there."""
        with told("list", self._uri("")):
            answer = self._ask("head_bucket")
        return moment_of(answer)

    def _ask(self, operation: str, **words: Any) -> dict[str, Any]:
        """Do one operation; again where the body of a refusal broke off, which botocore leaves to us."""
        for attempt in range(ATTEMPTS):
            _pause(attempt)
            if isinstance(words.get("Body"), io.IOBase):
                words["Body"].seek(0)
            try:
                answer: dict[str, Any] = getattr(self._client, operation)(Bucket=self.name, **words)
            except HTTPError as error:
                broken = error
            else:
                return answer
        raise HTTPClientError(error=broken)

    def _lines(self, prefix: str) -> Iterator[Listed]:
        pages = self._client.get_paginator("list_objects_v2")
        for page in pages.paginate(Bucket=self.name, Prefix=prefix):
            for item in page.get("Contents", ()):
                yield Listed(item["Key"], item["ETag"].strip('"'), item["Size"])

    def _put_once(
        self, key: str, source: bytes | Path, sha256: str, replacing: str | None
    ) -> str | None:
        size = len(source) if isinstance(source, bytes) else source.stat().st_size
        with told("put", self._uri(key)):
            try:
                if isinstance(source, Path) and size >= MULTIPART_FROM:
                    return self._put_parts(key, source, sha256, replacing)
                with _opened(source) as body:
                    answer = self._ask(
                        "put_object",
                        Key=key,
                        Body=body,
                        Metadata={OURS: sha256},
                        **_wish(replacing),
                    )
                return str(answer["ETag"]).strip('"')
            except ClientError as error:
                gone = code_of(error) in ABSENT and code_of(error) != NO_BUCKET
                if code_of(error) in LOST or (gone and replacing is not None):
                    return None
                raise

    def _put_parts(self, key: str, source: Path, sha256: str, replacing: str | None) -> str | None:
        size = source.stat().st_size
        names: dict[str, Any] = {"Key": key}
        begun = self._ask("create_multipart_upload", **names, Metadata={OURS: sha256})
        names["UploadId"] = begun["UploadId"]
        each = max(PART_BYTES, -(-size // MOST_PARTS))

        def send(number: int) -> dict[str, Any]:
            with source.open("rb") as file:
                file.seek((number - 1) * each)
                body = file.read(each)
            sent = self._ask("upload_part", **names, PartNumber=number, Body=body)
            return {"PartNumber": number, "ETag": sent["ETag"]}

        try:
            with ThreadPoolExecutor(4) as pool:
                parts = list(pool.map(send, range(1, -(-size // each) + 1)))
            # Asked once more: not every store minds the condition where parts are put together.
            there = self.head(key)
            if (there and there.etag) != replacing:
                self.abort(key, names["UploadId"])
                return None
            done = self._ask(
                "complete_multipart_upload",
                **names,
                MultipartUpload={"Parts": parts},
                **_wish(replacing),
            )
        except BaseException:
            self.abort(key, names["UploadId"])
            raise
        etag = str(done.get("ETag", "")).strip('"')
        return etag or getattr(self.head(key), "etag", None)  # Ceph does not say

    def _uri(self, key: str) -> str:
        return f"{SCHEME}{self.name}/{key}"


def bucket(name: str, *, attempts: int | None = None) -> Bucket:
    """Return a bucket; the connection to a store is kept for the next to ask."""
    who = [os.environ.get(name) for name in ("AWS_PROFILE", "AWS_ACCESS_KEY_ID")]
    return _bucket(name, attempts or ATTEMPTS, endpoint(), *who)


@lru_cache(maxsize=8)
def _bucket(name: str, attempts: int, *_store: str | None) -> Bucket:
    return Bucket(name, attempts=attempts)


def _client(attempts: int) -> Any:
    config = Config(
        retries={"mode": "standard", "total_max_attempts": attempts},
        connect_timeout=CONNECT_SECONDS,
        read_timeout=READ_SECONDS,
        max_pool_connections=2 * THREADS,
        user_agent_extra="rekomenda",
        # Another store rarely has a name in the DNS for each bucket.
        s3={"addressing_style": "path"} if endpoint() else {},
    )
    return boto3.session.Session().client("s3", config=config)


def _wish(replacing: str | None) -> dict[str, str]:
    # Without quotes: every store takes it so, and Ceph in no other way.
    return {"IfNoneMatch": "*"} if replacing is None else {"IfMatch": replacing}


def _opened(source: bytes | Path) -> IO[bytes]:
    return io.BytesIO(source) if isinstance(source, bytes) else source.open("rb")


def _sha256(source: bytes | Path) -> str:
    with _opened(source) as file:
        return hashlib.file_digest(file, "sha256").hexdigest()  # type: ignore[arg-type]


def _pause(attempt: int) -> None:
    if attempt:
        time.sleep(0.1 * 2**attempt)
