"""The side of COPY that fetches files: a manifest and its Parquet, checked and handed on as CSV."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Final
from urllib.parse import parse_qs, urlparse

import boto3
import psycopg
import pyarrow as pa
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq

ROLE: Final = "arn:aws:iam::123456789012:role/copies-releases"
"""The one role that may read the bucket."""

_TYPES: Final = {
    "character varying": pa.string(),
    "smallint": pa.int16(),
    "bigint": pa.int64(),
    "real": pa.float32(),
    "double precision": pa.float64(),
    "boolean": pa.bool_(),
    "date": pa.date32(),
    "timestamp without time zone": pa.timestamp("us"),
}


class LoadError(Exception):
    """Why a COPY fails: file, line (-1: a columnar file has none), column, message."""


def copied(asked: dict[str, str], connect: Callable[[], psycopg.Connection], s3: Any) -> bytes:
    """Return what a COPY loads, as CSV.

    Raises
    ------
    LoadError
    """
    if asked["role"] != ROLE:
        raise LoadError(asked["url"], -1, "", f"Not authorized to assume role {asked['role']}")
    with connect() as connection:
        columns = connection.execute(
            "SELECT attname, format_type(atttypid, NULL), atttypmod - 4 FROM pg_attribute "
            "WHERE attrelid = %s::regclass AND attnum > 0 ORDER BY attnum",
            (asked["table"],),
        ).fetchall()
    sink = pa.BufferOutputStream()
    for entry in json.loads(_object(s3, asked["url"]))["entries"]:
        _write(entry, columns, _object(s3, entry["url"]), sink)
    return bytes(sink.getvalue())


def _object(s3: Any, url: str) -> bytes:
    place = urlparse(url)
    try:
        answer = s3.get_object(Bucket=place.netloc, Key=place.path.lstrip("/"))
    except s3.exceptions.ClientError as error:
        raise LoadError(url, -1, "", f"S3ServiceException: {error}") from error
    return bytes(answer["Body"].read())


def _write(
    entry: dict[str, Any], columns: list[tuple[str, str, int]], data: bytes, sink: Any
) -> None:
    url = entry["url"]
    if entry.get("meta", {}).get("content_length") != len(data):
        raise LoadError(url, -1, "", "File size mismatch with content_length of the manifest")
    rows = pq.read_table(pa.BufferReader(data))
    if rows.num_columns != len(columns):
        raise LoadError(url, -1, "", "Unmatched number of columns between table and file")
    for (name, kind, length), field in zip(columns, rows.schema, strict=True):
        if field.type != _TYPES[kind]:
            raise LoadError(url, -1, name, f"incompatible Parquet schema: {field.type} for {kind}")
        if kind == "character varying":
            _check_length(url, name, rows[field.name], length)
    pa_csv.write_csv(rows, sink, pa_csv.WriteOptions(include_header=False))


def _check_length(url: str, name: str, values: pa.ChunkedArray, most: int) -> None:
    """Refuse texts that are too long; a length of Redshift's counts bytes."""
    longest = max((len(text.encode()) for text in values.to_pylist() if text), default=0)
    if longest > most:
        raise LoadError(url, -1, name, "String length exceeds DDL length")


def serving(connect: Callable[[], psycopg.Connection], endpoint: str) -> ThreadingHTTPServer:
    """Return a server of files for COPY, not started yet."""
    s3 = boto3.client(
        "s3",
        endpoint_url=endpoint,
        region_name="us-east-1",
        aws_access_key_id="role",
        aws_secret_access_key="role",
    )

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked = {name: value[0] for name, value in parse_qs(urlparse(self.path).query).items()}
            try:
                body = copied(asked, connect, s3)
            except LoadError as error:
                _remember(connect, error)
                self.send_error(500)
                return
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *words: object) -> None:
            pass

    return ThreadingHTTPServer(("127.0.0.1", 0), Handler)


def _remember(connect: Callable[[], psycopg.Connection], error: LoadError) -> None:
    """Put a failure into the system table, outside of the transaction that fails."""
    with connect() as connection:
        connection.execute(
            "INSERT INTO pg_catalog.sys_load_error_detail "
            "(file_name, line_number, column_name, error_message) VALUES (%s, %s, %s, %s)",
            error.args,
        )


FAILED_PROGRAM: Final = re.compile(rb'program "curl ')
"""How PostgreSQL tells of a COPY that failed here."""
