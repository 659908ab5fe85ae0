"""Spark in tests: one session a process, small, on loopback."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from rekomenda.engines.spark.engine import SparkEngine
from support.repository import ROOT

CONF = {
    "spark.executorEnv.PYTHONPATH": os.pathsep.join([str(ROOT / "src"), str(ROOT / "tests")]),
    "spark.ui.enabled": "false",
    "spark.sql.shuffle.partitions": "2",
    "spark.default.parallelism": "2",
    "spark.driver.memory": "1g",
    "spark.driver.extraJavaOptions": "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC",
    "spark.sql.adaptive.enabled": "false",  # it plans again after each stage, which takes longest here
    "spark.sql.codegen.factoryMode": "NO_CODEGEN",
    "spark.sql.codegen.wholeStage": "false",  # compiling costs more than it saves on small worlds
}
MASTER = "local[2]"


def spark_engine(folder: Path) -> SparkEngine:
    """Return an engine on the session of this process."""
    return SparkEngine(folder, MASTER, CONF)


def on_spark(master: str = MASTER, conf: Mapping[str, str] = CONF) -> dict[str, str]:
    """Return the settings, as environment, of a command that works on Spark."""
    table = ", ".join(f'"{name}" = "{value}"' for name, value in conf.items())
    return {
        "REKOMENDA_ENGINE__KIND": "spark",
        "REKOMENDA_ENGINE__MASTER": master,
        "REKOMENDA_ENGINE__CONF": f"{{ {table} }}",
    }
