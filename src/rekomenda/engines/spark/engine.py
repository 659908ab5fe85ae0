"""The engine that runs on Apache Spark: the same steps, translated; results come back as Parquet."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import pyarrow as pa

from rekomenda.engines.base import Parts, RangeWork, Step
from rekomenda.engines.spark.cluster_work import ClusterWork
from rekomenda.engines.spark.explained import explained
from rekomenda.engines.spark.ranges import cut, on_each
from rekomenda.engines.spark.s3a import in_bucket
from rekomenda.engines.spark.script import Script
from rekomenda.engines.spark.session import FIXED, open_session
from rekomenda.engines.spark.tables import expose, read_ordered, stream_ordered
from rekomenda.refusals import guard

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

T = TypeVar("T")
R = TypeVar("R")


def as_uri(path: Path) -> str:
    """Return where executors find a file: on a file system that all of them see."""
    return path.absolute().as_uri()


@dataclass(frozen=True)
class SparkEngine:
    """A cluster, or this machine as one.

    Parameters
    ----------
    folder : Path
        What driver and executors hand each other goes into folders of its own in here, gone when a call
        ends; on storage that all of them see.
    master : str
        `local[*]`, `spark://HOST:PORT`, `yarn`, `k8s://...`.
    conf : mapping
        Settings of Spark's own, `spark.*`.
    uri_of : callable
        Says where executors find a file of the lake, or of `folder`.
    """

    folder: Path
    master: str = "local[*]"
    conf: Mapping[str, str] = field(default_factory=dict)
    uri_of: Callable[[Path], str] = as_uri

    def sql(
        self, steps: Sequence[Step], tables: Mapping[str, Parts | pa.Table]
    ) -> dict[str, pa.Table]:
        """See `Engine.sql`."""
        with self._at_work(tables) as (session, folder, at):
            for name, table in tables.items():
                at[0] = name
                expose(session, name, table, folder / "in", self.uri_of)
            with Script(session, steps, folder / "steps", self.uri_of) as script:
                for position, step in enumerate(steps):
                    at[0] = step.name
                    script.run(position)
                return {name: read_ordered(path) for name, path in script.results.items()}

    def each(self, function: Callable[[T], R], items: Sequence[T]) -> Iterator[R]:
        """See `Engine.each`: a task for each item."""
        if not items:
            return
        with self._at_work({}) as (session, _, at):
            at[0] = getattr(function, "__name__", "each")
            context = session.sparkContext
            yield from context.parallelize(items, len(items)).map(function).collect()

    def over_ranges(
        self, work: RangeWork, n: int, *, step: int, schema: pa.Schema
    ) -> Iterator[pa.RecordBatch]:
        """See `Engine.over_ranges`: a task for each range."""
        with self._at_work({}) as (session, folder, at):
            at[0] = type(work).__name__
            ranges = cut(n, step, session.sparkContext.defaultParallelism)
            found = session.range(0, len(ranges), 1, max(len(ranges), 1)).mapInArrow(
                partial(on_each, work, ranges, schema), _fields(schema)
            )
            found.write.parquet(self.uri_of(folder / "out"))
            yield from stream_ordered(folder / "out", schema)

    @property
    def reads_bucket(self) -> bool:
        """See `Engine.reads_bucket`."""
        return self.uri_of is in_bucket

    @property
    def work(self) -> ClusterWork:
        """What models let the cluster do for them."""
        return ClusterWork(self.folder, self.over_ranges, self._at_work, self.uri_of)

    @contextmanager
    def _at_work(
        self, tables: Mapping[str, Parts | pa.Table]
    ) -> Iterator[tuple[SparkSession, Path, list[str]]]:
        """Give a session of its own, a folder, and a place to note what is under way."""
        at = ["start"]
        with guard(self.folder):
            self.folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=self.folder) as name:
            folder = Path(name)
            session = open_session(self.master, self.conf).newSession()
            for key, value in FIXED.items():
                session.conf.set(key, value)
            session.sparkContext.setCheckpointDir(self.uri_of(folder / "checkpoints"))
            with explained(self.master, at, tables, self.uri_of):
                yield session, folder, at


def _fields(schema: pa.Schema) -> Any:
    from pyspark.sql.pandas.types import from_arrow_schema  # noqa: PLC0415 - an extra

    return from_arrow_schema(schema)
