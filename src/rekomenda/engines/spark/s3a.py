"""Files of a home in a bucket, as executors read them from there: over Hadoop's S3A."""

from __future__ import annotations

from pathlib import Path
from typing import Final
from urllib.parse import quote, urlsplit

from rekomenda.mirror import endpoint, mirror_of

_CONF: Final = "spark.hadoop.fs.s3a."


def in_bucket(path: Path) -> str:
    """Return where executors find a file: in the bucket, if it is one of the home's own; else as it lies here."""
    mirror = mirror_of(path)
    if mirror is None or not mirror.tracks(path):
        return path.absolute().as_uri()
    return f"s3a://{mirror.bucket}/{quote(mirror.key_of(path))}"


def conf_of_store() -> dict[str, str]:
    """Return how S3A reaches the store that the environment names; nothing at Amazon.

    Credentials are not in it: executors have them from where every AWS program looks.
    """
    place = urlsplit(endpoint())
    if not place.hostname:
        return {}
    port = f":{place.port}" if place.port else ""
    return {
        f"{_CONF}endpoint": f"{place.scheme}://{place.hostname}{port}",
        f"{_CONF}path.style.access": "true",  # few stores have a name in the DNS for each bucket
    }
