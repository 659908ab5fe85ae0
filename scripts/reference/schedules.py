"""The schedules as a file, for schedulers whose environment does not have rekomenda."""

from __future__ import annotations

import json

from rekomenda.pipeline.schedule import to_json


def schedules_file() -> str:
    """Return the content of `deploy/airflow/dags/rekomenda_plan.json`."""
    return json.dumps(to_json(), ensure_ascii=False, indent=2) + "\n"
