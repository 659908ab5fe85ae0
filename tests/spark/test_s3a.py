"""A home in a bucket whose plays executors read from there, over S3A (`make test-s3a`)."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from rekomenda.mirror import is_stand_in
from rekomenda.storage.releases import Releases
from support.byte_scan import hits
from support.command import done
from support.repository import ROOT
from support.s3_server import KEY, SECRET, Store
from support.s3a import s3a_conf
from support.spark import CONF, MASTER, on_spark
from support.tiny_home import SETTINGS, SIZE

pytestmark = [pytest.mark.slow, pytest.mark.needs_java, pytest.mark.needs_s3a]


def command(
    s3: Store, folder: Path, *words: object, **more: str
) -> subprocess.CompletedProcess[str]:
    """Run a command on Spark in a process of its own: a JVM takes jars only as it starts."""
    log = {
        "spark.eventLog.enabled": "true",
        "spark.eventLog.compress": "false",
        "spark.eventLog.dir": folder.as_uri(),
    }
    settings = on_spark(MASTER, {**CONF, **s3a_conf(), **log, **more})
    return subprocess.run(
        [sys.executable, "-m", "rekomenda", "--log-level", "debug", *map(str, words)],
        env={
            **os.environ,
            **settings,
            "REKOMENDA_ENGINE__S3A": "true",
            "REKOMENDA_HOME": s3.home,
            "PYTHONPATH": os.pathsep.join([str(ROOT / "src"), str(ROOT / "tests")]),
        },
        capture_output=True,
        text=True,
        check=False,
    )


def test_executors_read_plays_from_the_bucket_and_no_credential_is_told(
    s3: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    for name, value in SETTINGS.items():
        monkeypatch.setenv(name, value)
    log = tmp_path / "log"
    log.mkdir()
    done("generate", "--out", tmp_path / "world", *SIZE)
    for home in (s3.home, tmp_path / "home"):
        done("--home", home, "ingest", tmp_path / "world")
    done("--home", tmp_path / "home", "run")
    s3.on_machine("another")  # it has nothing of the lake yet

    ran = command(s3, log, "run")
    assert ran.returncode == 0, ran.stderr[-3000:]
    here, there = Releases(tmp_path / "home").current(), Releases(s3.mirror).current()
    ours = {name: (here.path / file).read_bytes() for name, file in here.manifest.tables.items()}
    theirs = {
        name: (there.path / file).read_bytes() for name, file in there.manifest.tables.items()
    }
    assert theirs["recommendations"] == ours["recommendations"]
    assert theirs["plays_daily"] == ours["plays_daily"]
    parts = list((s3.mirror / "lake" / "plays").rglob("*.parquet"))
    assert len(parts) > 3
    assert all(map(is_stand_in, parts))  # nobody fetched them
    for secret in (KEY, SECRET):
        assert secret not in ran.stdout + ran.stderr
        assert hits(log, secret) == []
    assert hits(log, "fs.s3a.endpoint")  # the event log tells of settings, just not of these

    damaged = next(key for key in s3.listed() if "/lake/plays/" in key)
    s3.client.put_object(Bucket=s3.bucket, Key=damaged, Body=b"another")
    refused = command(s3, log, "run", "--as-of", "2024-06-29")
    assert refused.returncode == 74
    assert damaged.rpartition("/")[2] in refused.stderr
