"""How long Airflow needs to read the DAG file, its own import apart: `python benchmarks/dag_import.py`."""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
CODE = """
import json, time
import airflow.sdk
from airflow.sdk import DAG, Asset, BaseOperator, CronDataIntervalTimetable, Param, chain
wall, cpu = time.perf_counter(), time.process_time()
import rekomenda_dags
print(json.dumps({"seconds": time.perf_counter() - wall, "cpu": time.process_time() - cpu}))
"""


def main(times: int = 5) -> None:
    with tempfile.TemporaryDirectory() as home:
        found = [_once(Path(home)) for _ in range(times)]
    for name in ("seconds", "cpu"):
        print(f"{name:<8}{min(each[name] for each in found):.3f} at best of {times}")


def _once(home: Path) -> dict[str, float]:
    told = subprocess.run(
        [ROOT / ".venv-airflow" / "bin" / "python", "-c", CODE],
        env={
            **os.environ,
            "AIRFLOW_HOME": str(home),
            "PYTHONPATH": str(ROOT / "deploy/airflow/dags"),
        },
        capture_output=True,
        text=True,
        check=True,
    )
    found: dict[str, float] = json.loads(told.stdout.splitlines()[-1])
    return found


if __name__ == "__main__":
    main()
