"""A store that speaks S3 (moto, on loopback), a bucket for each test, and machines with a mirror each.

What a store promises and moto does not is made up for here: one write at a time, so that a
condition is looked at and acted upon in one step. moto checks no signatures; Ceph does, in
`support/ceph.py`.
"""

from __future__ import annotations

import functools
import itertools
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

KEY, SECRET = "AKIACANARYCANARYCAN1", "canary/secret/that/must/never/be/seen+42"
ACCESS = {
    "AWS_ACCESS_KEY_ID": KEY,
    "AWS_SECRET_ACCESS_KEY": SECRET,
    "AWS_DEFAULT_REGION": "us-east-1",
    "AWS_CONFIG_FILE": "/dev/null",
    "AWS_SHARED_CREDENTIALS_FILE": "/dev/null",
    "AWS_EC2_METADATA_DISABLED": "true",
}
_NUMBERS = itertools.count(1)


@dataclass(frozen=True)
class Store:
    """A bucket of one test."""

    endpoint: str
    bucket: str
    client: Any
    monkeypatch: pytest.MonkeyPatch
    machines: Path

    @property
    def home(self) -> str:
        """A home in it."""
        return f"s3://{self.bucket}/team/home"

    @property
    def mirror(self) -> Path:
        """Where this machine works on that home."""
        from rekomenda.mirror import place_of

        return place_of(self.home)

    def on_machine(self, name: str) -> None:
        """From here on, be another machine: a mirror of its own, empty at first."""
        self.monkeypatch.setenv("REKOMENDA_CACHE", str(self.machines / name))

    def objects(self) -> dict[str, bytes]:
        """Return every object by its key."""
        return {key: self.read(key) for key in self.listed()}

    def listed(self) -> list[str]:
        """Return every key."""
        pages = self.client.get_paginator("list_objects_v2").paginate(Bucket=self.bucket)
        return [item["Key"] for page in pages for item in page.get("Contents", ())]

    def read(self, key: str) -> bytes:
        """Return an object."""
        body: bytes = self.client.get_object(Bucket=self.bucket, Key=key)["Body"].read()
        return body

    def fill_from(self, other: str) -> None:
        """Copy another bucket's objects into this one, within the store."""
        pages = self.client.get_paginator("list_objects_v2").paginate(Bucket=other)
        for item in (item for page in pages for item in page.get("Contents", ())):
            source = {"Bucket": other, "Key": item["Key"]}
            self.client.copy_object(Bucket=self.bucket, Key=item["Key"], CopySource=source)


@pytest.fixture(scope="session")
def s3_server() -> Iterator[str]:
    """Serve S3 for the whole session; its address."""
    server = _server()
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()


@pytest.fixture
def s3(s3_server: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Store:
    """Make a bucket, and the environment of a machine that may use it."""
    return store_at(s3_server, tmp_path, monkeypatch)


def store_at(endpoint: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> Store:
    """Make a bucket at a store, and the environment of a machine that may use it."""
    for name, value in {**ACCESS, "AWS_ENDPOINT_URL": endpoint}.items():
        monkeypatch.setenv(name, value)
    client = _client(endpoint)
    bucket = f"bucket-{next(_NUMBERS)}"
    client.create_bucket(Bucket=bucket)
    store = Store(endpoint, bucket, client, monkeypatch, folder / "machines")
    store.on_machine("one")
    return store


def make_bucket(endpoint: str, name: str) -> None:
    """Make a bucket of a given name, empty."""
    client = _client(endpoint)
    client.create_bucket(Bucket=name)
    for item in client.list_objects_v2(Bucket=name).get("Contents", ()):
        client.delete_object(Bucket=name, Key=item["Key"])


@functools.cache
def _client(endpoint: str) -> Any:
    import boto3

    keys = {"aws_access_key_id": KEY, "aws_secret_access_key": SECRET, "region_name": "us-east-1"}
    return boto3.session.Session().client("s3", endpoint_url=endpoint, **keys)


def _server() -> Any:
    from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
    from werkzeug.serving import WSGIRequestHandler, make_server

    class Quiet(WSGIRequestHandler):
        def log(self, *_: object, **__: object) -> None:
            """Say nothing."""

    app = _OneWriteAtATime(DomainDispatcherApplication(create_backend_app))
    return make_server("127.0.0.1", 0, app, threaded=True, request_handler=Quiet)


class _OneWriteAtATime:
    """Whoever writes waits for who wrote before; whoever reads need not."""

    def __init__(self, app: Callable[..., Any]) -> None:
        self._app = app
        self._lock = threading.Lock()

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Any:
        if environ["REQUEST_METHOD"] in {"GET", "HEAD"}:
            return self._app(environ, start_response)
        with self._lock:
            return list(self._app(environ, start_response))
