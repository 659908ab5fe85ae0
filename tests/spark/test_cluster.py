"""A master and two workers on loopback: what is lost in the middle of a work is done again, with the same result."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from rekomenda.storage.releases import Releases
from support.command import done
from support.repository import ROOT
from support.spark_cluster import Cluster, cluster
from support.tiny_home import SETTINGS, SIZE

pytestmark = [pytest.mark.slow, pytest.mark.needs_java]


@pytest.fixture(scope="module")
def running(tmp_path_factory):
    with cluster(tmp_path_factory.mktemp("cluster")) as started:
        yield started


@pytest.fixture
def release(tmp_path, monkeypatch) -> Path:
    for name, value in SETTINGS.items():
        monkeypatch.setenv(name, value)
    done("generate", "--out", tmp_path / "world", *SIZE)
    done("--home", tmp_path / "home", "ingest", tmp_path / "world")
    done("--home", tmp_path / "home", "run")
    return Releases(tmp_path / "home").current().path


def test_f12_executors_and_workers_are_killed_and_nothing_comes_out_otherwise(
    running: Cluster, release: Path, tmp_path: Path
):
    ended = subprocess.run(
        [sys.executable, "-m", "support.cluster_work", running.master, release, tmp_path / "work"],
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT / "src"), str(ROOT / "tests")])},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr[-3000:]
    found = json.loads(ended.stdout.splitlines()[-1])
    assert found["killed"] == [True, True]
    assert found["gram, executor killed"] == found["gram here"]
    assert found["lists, worker killed"] == found["lists here"]
    undisturbed, disturbed = found["factors"], found["factors, executor killed"]
    assert np.any(undisturbed)
    assert np.allclose(undisturbed, disturbed, rtol=1e-4, atol=1e-6)
