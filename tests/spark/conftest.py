"""What the tests on Spark share: engines on one session, which lives as long as the process."""

from __future__ import annotations

import pytest

from rekomenda.engines.embedded import EmbeddedEngine
from rekomenda.engines.spark.engine import SparkEngine
from support.spark import spark_engine


@pytest.fixture
def spark(tmp_path) -> SparkEngine:
    return spark_engine(tmp_path / "spark")


@pytest.fixture
def embedded(tmp_path) -> EmbeddedEngine:
    return EmbeddedEngine(tmp_path / "embedded", memory_limit="200MB", threads=2)
