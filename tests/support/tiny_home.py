"""The smallest world that the whole job takes, and commands on it in processes of their own.

Whoever forks must not have started an OpenMP region, and a test run may have: so the forking is
done in a fresh process (`in_fresh_process`) that has only imported what the commands need.
"""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

from rekomenda.domain.warehouse_schema import RUNS
from rekomenda.storage.lake import Lake
from rekomenda.storage.releases import Releases
from rekomenda.storage.warehouse.duckdb import DuckDBWarehouse
from support.command import call

SETTINGS = {
    "REKOMENDA_MODEL__ALGORITHM": "item_knn",
    "REKOMENDA_MODEL__COMPARE": '["popularity"]',
    "REKOMENDA_EVALUATE__HOLDOUT_DAYS": "2",
    "REKOMENDA_EVALUATE__N_RESAMPLES": "100",
    "REKOMENDA_GATE__MIN_LISTENERS": "5",
    "REKOMENDA_GATE__REHEARSAL_LISTENERS": "0",
    "REKOMENDA_RECOMMEND__CANDIDATES": "20",
    "REKOMENDA_INTEGRATE__THREADS": "1",
}
SIZE = ("--listeners", "60", "--tracks", "40", "--artists", "8", "--days", "6")


def command(home: Path, *words: object) -> None:
    """Do one command; leave this process with its exit code unless that is 0."""
    code = call("--home", home, *words).code
    if code:
        raise SystemExit(code)


def in_fresh_process(work: Callable[..., Any], *arguments: object) -> Any:
    """Return what `work`, a function of a module, returns in a process that is new."""
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(1, mp_context=context, initializer=load_commands) as pool:
        return pool.submit(work, *arguments).result()


def load_commands() -> None:
    """Load what most commands need, so that forked processes need not, and set their settings."""
    import rekomenda.cli.commands.ingest
    import rekomenda.cli.commands.run
    import rekomenda.pipeline.loading.ingest
    import rekomenda.pipeline.run  # noqa: F401 - so that forked processes need not

    os.environ.update(SETTINGS)


def visible(home: Path) -> dict[str, object]:
    """What a reader sees, without clocks and tokens; every byte is verified on the way."""
    lake, served = Lake(home), Releases(home).current()
    lake.verify()
    if served is not None:
        served.verify()
    return {
        "lake": lake.snapshot().content_hash,
        "served": served and served.content_hash,
        "shown": DuckDBWarehouse(home).current(),
    }


def content(home: Path) -> dict[str, object]:
    """What a reader sees, the accounting, and all that is kept behind it."""
    warehouse = DuckDBWarehouse(home)
    return {
        **visible(home),
        "rows": [
            (r.name, r.rows_in, r.loaded, r.merged, r.quarantined, r.deduplicated)
            for r in sorted(Lake(home).snapshot().inputs, key=lambda record: record.name)
        ],
        "releases": {r.release_id: r.content_hash for r in Releases(home).list()},
        "warehouse": {
            run: {k: v for k, v in warehouse.fingerprints(run).items() if k != RUNS.name}
            for run in warehouse.runs()
        },  # `runs` says when
        "views": _runs_in_views(warehouse),
    }


def _runs_in_views(warehouse: DuckDBWarehouse) -> list[str]:
    if warehouse.current() is None:
        return []
    with warehouse.connect_read_only() as connection:
        return [
            run for (run,) in connection.execute("SELECT run_id FROM runs ORDER BY 1").fetchall()
        ]
