"""Where files wait in S3 for COPY, and are removed afterwards."""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import boto3
from boto3.exceptions import Boto3Error
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from rekomenda.errors import WarehouseRefusedError, WarehouseUnreachableError

_CONFIG = Config(
    retries={"mode": "standard", "max_attempts": 5}, connect_timeout=10, read_timeout=60
)


class Bucket:
    """A prefix in a bucket that one schema has for itself.

    Credentials and endpoint come from the standard chain of AWS, never from our settings.

    Parameters
    ----------
    url : str
        `s3://bucket/prefix`.
    schema : str
    region : str
        Empty: that of the AWS configuration.
    """

    def __init__(self, url: str, schema: str, region: str = "") -> None:
        self.name, _, prefix = url.removeprefix("s3://").partition("/")
        self.prefix = "/".join([*filter(None, [prefix.strip("/")]), schema, ""])
        self.url = f"s3://{self.name}/{self.prefix}"
        self._region = region or None

    def put(self, run_id: str, files: Mapping[str, Path]) -> dict[str, str]:
        """Upload Parquet files by table; return the URL of each one's manifest."""
        folder = f"{self.prefix}{run_id}/{secrets.token_hex(8)}"
        with self._refusals():
            client = self._client()
            return {
                table: self._put_one(client, f"{folder}/{table}", path)
                for table, path in files.items()
            }

    def clear(self) -> int:
        """Remove everything below the prefix; return how many objects there were."""
        with self._refusals():
            client = self._client()
            pages = client.get_paginator("list_objects_v2").paginate(
                Bucket=self.name, Prefix=self.prefix
            )
            keys = [{"Key": item["Key"]} for page in pages for item in page.get("Contents", [])]
            for start in range(0, len(keys), 1000):
                some = {"Objects": keys[start : start + 1000], "Quiet": True}
                client.delete_objects(Bucket=self.name, Delete=some)
            return len(keys)

    def _put_one(self, client: Any, key: str, path: Path) -> str:
        client.upload_file(str(path), self.name, f"{key}.parquet")
        entry = {
            "url": f"s3://{self.name}/{key}.parquet",
            "mandatory": True,
            "meta": {"content_length": path.stat().st_size},  # COPY of Parquet insists on it
        }
        body = json.dumps({"entries": [entry]}, indent=1).encode()
        client.put_object(Bucket=self.name, Key=f"{key}.manifest", Body=body)
        return f"s3://{self.name}/{key}.manifest"

    def _client(self) -> Any:
        return boto3.client("s3", region_name=self._region, config=_CONFIG)

    @contextmanager
    def _refusals(self) -> Iterator[None]:
        """Turn what AWS says into errors of ours."""
        try:
            yield
        except (ClientError, Boto3Error) as error:
            raise WarehouseRefusedError(place=self.url, detail=error) from error
        except BotoCoreError as error:  # no credentials, no endpoint, no answer
            raise WarehouseUnreachableError(place=self.url, detail=error) from error
