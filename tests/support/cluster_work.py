"""Learning and ranking on a cluster that loses an executor, or a worker, in the middle; as a program.

`python -m support.cluster_work MASTER RELEASE FOLDER` prints one JSON object: by name of a work, its hash.
"""

from __future__ import annotations

import hashlib
import json
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from rekomenda.domain.recommendations import Shelf
from rekomenda.domain.training import TrainingData
from rekomenda.engines.base import Engine
from rekomenda.engines.embedded import EmbeddedEngine
from rekomenda.engines.spark.cluster_work import ClusterWork
from rekomenda.engines.spark.engine import SparkEngine
from rekomenda.learning.bundle import Bundle
from rekomenda.learning.recipe import POPULARITY_IN_REGION, Recipe
from rekomenda.models.registry import create
from rekomenda.pipeline.releasing.spread import all_lists
from rekomenda.ranking.lists import ListMaker
from support.spark import CONF
from support.spark_cluster import executor_above, worker_of

RANGES = "2"


@dataclass(frozen=True)
class KillOnce:
    """Does the work, but the first time from the second range on: there it kills what it runs on."""

    work: Any
    marker: Path
    whom: str

    def __call__(self, start: int, stop: int) -> Iterator[pa.RecordBatch]:
        if start > 0 and _first(self.marker):
            executor = executor_above()
            if self.whom == "worker":
                os.kill(worker_of(executor), signal.SIGKILL)
            os.kill(executor, signal.SIGKILL)
        yield from self.work(start, stop)


def _first(marker: Path) -> bool:
    try:
        marker.touch(exist_ok=False)
    except FileExistsError:
        return False
    return True


@dataclass(frozen=True)
class Disturbed:
    """An engine that loses a part of its cluster in its next work."""

    engine: SparkEngine
    marker: Path
    whom: str

    def over_ranges(self, work: Any, n: int, **how: Any) -> Iterator[pa.RecordBatch]:
        yield from self.engine.over_ranges(KillOnce(work, self.marker, self.whom), n, **how)

    @property
    def work(self) -> ClusterWork:
        return replace(self.engine.work, over_ranges=self.over_ranges)


def main(master: str, release: Path, folder: Path) -> None:
    bundle = Bundle.read(release)
    data = TrainingData(bundle.interactions, bundle.catalogue, -1)
    here = EmbeddedEngine(folder / "embedded")
    engine = SparkEngine(folder / "spark", master, {**CONF, "spark.executor.memory": "600m"})
    found = {
        "lists here": lists(here, bundle, release),
        "gram here": gram(data, None),
        "factors": factors(data, engine),
        "factors, executor killed": while_killing(engine, lambda: factors(data, engine)),
        "gram, executor killed": gram(data, Disturbed(engine, folder / "gram", "executor").work),
        "lists, worker killed": lists(
            Disturbed(engine, folder / "lists", "worker"), bundle, release
        ),
    }
    found["killed"] = [(folder / name).exists() for name in ("gram", "lists")]
    sys.stdout.write(json.dumps(found))


def gram(data: TrainingData, work: Any) -> str:
    model: Any = create("ease", {}).fit(replace(data, work=work), seed=1)
    return _hash(model.arrays()["item_weights"].tobytes())


def factors(data: TrainingData, engine: SparkEngine) -> list[float]:
    options = {"n_factors": 8, "n_iterations": 6}
    model: Any = create("als", options).fit(replace(data, work=engine.work), seed=1)
    return [float(x) for x in np.asarray(model.arrays()["item_factors"], np.float64).ravel()]


def lists(engine: Engine | Disturbed, bundle: Bundle, release: Path) -> str:
    data = TrainingData(bundle.interactions, bundle.catalogue, -1)
    maker = ListMaker(
        model=bundle.model,
        interactions=bundle.interactions,
        catalogue=bundle.catalogue,
        fallback=Recipe(POPULARITY_IN_REGION).fit(data),
        shelves=dict.fromkeys(Shelf, 7),
        max_per_artist=2,
        min_support=1,
        n_candidates=20,
        as_of_day=int(bundle.interactions.histories.last_day.max()),
        emerging_share=1.0,
        artist_listeners=3,
        batch_size=9,
    )
    rows = [row for batch in all_lists(engine, maker, release) for row in batch.to_pylist()]
    return _hash(repr(rows).encode())


def while_killing(engine: SparkEngine, work: Callable[[], Any]) -> Any:
    """Do some work of Spark's own while an executor is killed after its first stages."""
    from rekomenda.engines.spark.session import open_session
    from support.spark_cluster import executors_of

    tracker = open_session(engine.master, engine.conf).sparkContext.statusTracker()
    done, killed = threading.Event(), threading.Event()
    before = set(tracker.getActiveJobsIds())

    def watch() -> None:
        seen: set[int] = set()
        while not done.wait(0.02):
            seen |= set(tracker.getActiveStageIds()) - before
            if len(seen) >= 4:
                os.kill(executors_of(engine.master)[0], signal.SIGKILL)
                killed.set()
                return

    watching = threading.Thread(target=watch)
    watching.start()
    found = work()
    done.set()
    watching.join()
    assert killed.is_set()
    return found


def _hash(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]))
