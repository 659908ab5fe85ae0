"""What Spark itself says of a work: nothing is collected on the driver, and no task sees every row."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from support.repository import ROOT

pytestmark = [pytest.mark.slow, pytest.mark.needs_java]

WORK = """
import sys
from pathlib import Path
from rekomenda.engines.spark.engine import SparkEngine
from rekomenda.engines.spark.session import open_session
from rekomenda.joining.integrate import integrate
from rekomenda.models.registry import create
from support.crooked_lake import crooked_lake
from support.lake_parts import day
from support.spark import CONF, MASTER

folder = Path(sys.argv[1])
log = {
    "spark.eventLog.enabled": "true",
    "spark.eventLog.compress": "false",
    "spark.eventLog.dir": (folder / "log").as_uri(),
}
engine = SparkEngine(folder / "spark", MASTER, {**CONF, **log})
found = integrate(engine, crooked_lake(folder / "lake", 7), home=folder, as_of=day(8), cut=day(6))
create("ease", {}).fit(found.data)
create("als", {"n_factors": 4, "n_iterations": 1}).fit(found.data)
open_session(MASTER, CONF).range(1000).toPandas()  # ours to see that it would be seen
"""
GATHERS = ("collect", "toPandas", "toArrow", "toLocalIterator", "head at", "take at")
"""What a work of Spark is called that brings rows to the driver."""


def events(folder: Path) -> list[dict]:
    (folder / "log").mkdir()
    ended = subprocess.run(
        [sys.executable, "-c", WORK, folder],
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT / "src"), str(ROOT / "tests")])},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr[-3000:]
    files = [path for path in (folder / "log").rglob("*") if path.is_file()]
    lines = [line for path in files for line in path.read_text(encoding="utf-8").splitlines()]
    return [json.loads(line) for line in lines if line.startswith("{")]


def gathered(found: list[dict]) -> list[str]:
    """Return the descriptions of queries that brought their rows to the driver."""
    said = [str(event.get("description", "")) for event in found if "description" in event]
    return [text for text in said if any(word in text for word in GATHERS)]


def test_no_table_is_collected_but_the_one_that_shows_it_would_be_seen(tmp_path):
    found = events(tmp_path)
    queries = [event for event in found if event["Event"].endswith("SQLExecutionStart")]
    assert len(queries) > 15
    assert [text.split()[0] for text in gathered(found)] == ["toPandas"]
