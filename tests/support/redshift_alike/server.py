"""The emulation as a whole: a PostgreSQL, an S3 server, the files' side of COPY, and the proxy."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import boto3
from moto.server import ThreadedMotoServer

from support.postgres import PostgresServer
from support.redshift_alike import files
from support.redshift_alike.lacks import lacking
from support.redshift_alike.rewrite import BUILT_IN, UnknownStatementError, as_postgres
from support.wire import Fault, Proxy

BUCKET = "staging"
_START_UP = frozenset({"user", "database", "application_name", "client_encoding"})
_LOAD_FAILED = (
    b"SERROR\0CXX000\0MLoad into table failed.  "
    b"Check 'sys_load_error_detail' system table for details.\0\0"
)


@dataclass(frozen=True)
class RedshiftAlike:
    """A running emulation: not Redshift.

    Parameters
    ----------
    proxy : Proxy
    port : int
        To connect to.
    s3 : str
        Endpoint of the S3 server.
    """

    proxy: Proxy
    port: int
    s3: str

    @property
    def environment(self) -> dict[str, str]:
        """What the standard AWS chain needs to find the bucket."""
        return {
            "AWS_ENDPOINT_URL_S3": self.s3,
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "test",
            "AWS_DEFAULT_REGION": "us-east-1",
        }


def client_of(endpoint: str):
    """Return a client of the S3 server."""
    return boto3.client(
        "s3",
        endpoint_url=endpoint,
        region_name="us-east-1",
        aws_access_key_id="test",
        aws_secret_access_key="test",
    )


@contextmanager
def running_redshift_alike(postgres: PostgresServer, database: str) -> Iterator[RedshiftAlike]:
    """Run the emulation on a PostgreSQL for a `with` block."""
    with postgres.connect(database) as connection:
        connection.execute(BUILT_IN)
    with postgres.connect() as connection:
        connection.execute("CREATE DATABASE dev")  # which every cluster has
    bucket = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    bucket.start()
    endpoint = "http://{}:{}".format(*bucket.get_host_and_port())
    client_of(endpoint).create_bucket(Bucket=BUCKET)
    helper = files.serving(lambda: postgres.connect(database), endpoint)
    threading.Thread(target=helper.serve_forever, daemon=True).start()
    address = f"http://127.0.0.1:{helper.server_address[1]}"
    proxy = Proxy(
        postgres.port,
        connect=postgres.connect,
        rewrite=lambda text: _as_there(text, address),
        parameters=_START_UP,
        version="8.0.2",
        answer=lambda body: _LOAD_FAILED if files.FAILED_PROGRAM.search(body) else body,
    )
    try:
        yield RedshiftAlike(proxy, proxy.start(), endpoint)
    finally:
        proxy.stop()
        helper.shutdown()
        bucket.stop()


def _as_there(text: str, helper: str) -> str | Fault:
    """Return a statement for PostgreSQL, or the error of one that Redshift would refuse."""
    lacks = lacking(text)
    if lacks:
        return Fault("state", "0A000", f"Redshift (emulated) lacks: {'; '.join(lacks)}")
    try:
        return as_postgres(text, helper)
    except UnknownStatementError as error:
        return Fault("state", "42601", f"unknown to the emulation of Redshift: {error}")
