"""The session of this process: how Spark is set up, and what is said when it cannot be."""

from __future__ import annotations

import os
import sys
import warnings
from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from rekomenda.engines.spark.java import java_home
from rekomenda.errors import ExtraMissingError, SparkFailedError
from rekomenda.telemetry.logs import get_logger

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

log = get_logger(__name__)

FIXED: Final = {
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.ansi.enabled": "true",
    "spark.sql.caseSensitive": "true",
    "spark.sql.parquet.outputTimestampType": "TIMESTAMP_MICROS",
    "spark.sql.parquet.datetimeRebaseModeInRead": "CORRECTED",
    "spark.sql.parquet.datetimeRebaseModeInWrite": "CORRECTED",
    "spark.sql.files.ignoreCorruptFiles": "false",
    "spark.sql.files.ignoreMissingFiles": "false",
}
"""What results depend on: nobody's settings change it."""
DEFAULTS: Final = {
    "spark.app.name": "rekomenda",
    "spark.log.level": "ERROR",
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    "spark.sql.adaptive.enabled": "true",
    "spark.sql.adaptive.skewJoin.enabled": "true",
    "spark.sql.adaptive.coalescePartitions.enabled": "true",
    "spark.sql.sources.parallelPartitionDiscovery.threshold": "1000",
    "spark.serializer": "org.apache.spark.serializer.KryoSerializer",
    "spark.executorEnv.PYTHONHASHSEED": "0",
}
"""What is ours to choose as long as `[engine.conf]` says nothing else."""
_ON_LOOPBACK: Final = {"spark.driver.host": "127.0.0.1", "spark.driver.bindAddress": "127.0.0.1"}


def open_session(master: str, conf: Mapping[str, str]) -> SparkSession:
    """Return the session of this process, started if there is none.

    Parameters
    ----------
    master : str
        `local[*]`, `spark://HOST:PORT`, `yarn`, `k8s://...`.
    conf : mapping
        Settings of Spark's own, `spark.*`.

    Raises
    ------
    ExtraMissingError
        If pyspark is not installed.
    JavaMissingError
        If there is no Java.
    SparkFailedError
        If the session cannot be started.
    """
    try:
        from pyspark.errors import PySparkException  # noqa: PLC0415 - an extra
        from pyspark.sql import SparkSession  # noqa: PLC0415 - an extra
    except ImportError as error:
        raise ExtraMissingError(what="Spark", extra="spark") from error
    os.environ["JAVA_HOME"] = str(java_home())
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)  # not whatever `python3` is on the path
    wanted = {**DEFAULTS, **(_ON_LOOPBACK if _here(master) else {}), **conf, **FIXED}
    builder = SparkSession.builder.master(master)
    for name, value in wanted.items():
        builder = builder.config(name, value)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of a session that is there already
            session = builder.getOrCreate()
    except (PySparkException, OSError, Exception) as error:
        raise SparkFailedError(step="start", master=master, detail=first_line(error)) from error
    log.debug("spark session", master=master, application=session.sparkContext.applicationId)
    return session


def first_line(error: BaseException) -> str:
    """Return what an error says first; Spark's go on for pages."""
    return next((line.strip() for line in str(error).splitlines() if line.strip()), repr(error))


def _here(master: str) -> bool:
    return master.startswith(("local", "spark://127.0.0.1", "spark://localhost"))
