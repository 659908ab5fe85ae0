"""Settings and a folder become live objects, here and nowhere else."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from rekomenda.domain.cores import n_cores
from rekomenda.engines.base import Engine
from rekomenda.engines.embedded import EmbeddedEngine
from rekomenda.pipeline.warehouses import open_warehouse
from rekomenda.settings import EngineSettings, Settings, WarehouseSettings
from rekomenda.storage.attempts import Attempts
from rekomenda.storage.lake import Lake
from rekomenda.storage.mirroring import pull
from rekomenda.storage.releases import Releases
from rekomenda.storage.tunings import Tunings
from rekomenda.storage.warehouse.base import Warehouse


@dataclass(frozen=True)
class House:
    """One home and everything in it."""

    home: Path
    lake: Lake
    releases: Releases
    warehouse: Warehouse
    attempts: Attempts
    tunings: Tunings

    @property
    def metrics_file(self) -> Path:
        """Where the metrics of the last run are written for a collector."""
        return self.home / "metrics" / "rekomenda.prom"


def open_house(
    home: Path, warehouse: WarehouseSettings | None = None, *, look: bool = True
) -> House:
    """Open a home; nothing is created or changed by looking, but for the mirror of one in a bucket.

    Parameters
    ----------
    home : Path
    warehouse : WarehouseSettings, optional
        Which warehouse it fills; default: the one in the home.
    look : bool
        Whether to bring that mirror up to date.

    Raises
    ------
    StoreUnreachableError, StoreDeniedError, BucketNotFoundError, ExtraMissingError
        If the bucket that it lies in cannot be looked at.
    """
    if look:
        pull(home)
    return House(
        home=home,
        lake=Lake(home),
        releases=Releases(home),
        warehouse=open_warehouse(home, warehouse or WarehouseSettings()),
        attempts=Attempts(home),
        tunings=Tunings(home),
    )


def n_threads(settings: Settings) -> int:
    """Return how many threads to use: as set, or one for each core this process may use."""
    return settings.integrate.threads or n_cores()


def open_engine(settings: Settings, spill: Path) -> Engine:
    """Open the engine that does the heavy work; it spills into a run-private folder.

    Spark starts when it is first asked for something.
    """
    if settings.engine.kind == "spark":
        return _on_spark(settings.engine, spill)
    return EmbeddedEngine(
        temp_directory=spill,
        memory_limit=settings.integrate.memory_limit,
        threads=n_threads(settings),
    )


def _on_spark(engine: EngineSettings, spill: Path) -> Engine:
    from rekomenda.engines.spark.engine import SparkEngine, as_uri  # noqa: PLC0415 - an extra
    from rekomenda.engines.spark.s3a import conf_of_store, in_bucket  # noqa: PLC0415 - an extra

    shared = Path(engine.shared) if engine.shared else spill / "spark"
    conf = {**(conf_of_store() if engine.s3a else {}), **engine.conf}
    return SparkEngine(shared.absolute(), engine.master, conf, in_bucket if engine.s3a else as_uri)
