"""Where executors find the files of a home in a bucket, and how they reach the store."""

from __future__ import annotations

from pathlib import Path

import pytest

from rekomenda.engines.spark.s3a import conf_of_store, in_bucket
from rekomenda.mirror import place_of


@pytest.fixture
def mirror(tmp_path: Path) -> Path:
    return place_of("s3://my-music/team a/home%", {"REKOMENDA_CACHE": str(tmp_path)})


def test_what_the_bucket_holds_is_read_there_by_a_name_that_is_escaped(mirror):
    part = mirror / "lake" / "plays" / "dia=2024-06-01" / "a.parquet"
    uri = "s3a://my-music/team%20a/home%25/lake/plays/dia%3D2024-06-01/a.parquet"
    assert in_bucket(part) == uri


def test_what_is_this_machines_own_is_read_as_it_lies_here(mirror, tmp_path):
    staged = mirror / "staging" / "1" / "in.parquet"
    assert in_bucket(staged) == staged.as_uri()
    assert in_bucket(tmp_path / "home" / "lake") == (tmp_path / "home" / "lake").as_uri()


@pytest.mark.parametrize(
    ("named", "reached"),
    [
        ("http://127.0.0.1:9000", "http://127.0.0.1:9000"),
        ("https://minio.example.org/", "https://minio.example.org"),
        ("https://name:secret@minio.example.org:9", "https://minio.example.org:9"),
    ],
)
def test_another_store_is_reached_by_its_address_and_told_no_secret(monkeypatch, named, reached):
    monkeypatch.delenv("AWS_ENDPOINT_URL_S3", raising=False)
    monkeypatch.setenv("AWS_ENDPOINT_URL", named)
    assert conf_of_store() == {
        "spark.hadoop.fs.s3a.endpoint": reached,
        "spark.hadoop.fs.s3a.path.style.access": "true",
    }


def test_at_amazon_nothing_is_set(monkeypatch):
    for name in ("AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL"):
        monkeypatch.delenv(name, raising=False)
    assert conf_of_store() == {}
