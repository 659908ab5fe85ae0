"""A run of steps on Spark: what is needed twice is computed once, what is asked for is written down."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from rekomenda.engines.base import Step
from rekomenda.engines.spark.dialect import translate
from rekomenda.engines.spark.numbering import numbered
from rekomenda.engines.spark.ranges import made_of
from rekomenda.engines.spark.tables import read_ordered
from rekomenda.telemetry.logs import get_logger

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

log = get_logger(__name__)


class Script:
    """Steps in order; `results` are the folders where those lie that were asked for."""

    def __init__(
        self,
        session: SparkSession,
        steps: Sequence[Step],
        folder: Path,
        uri_of: Callable[[Path], str],
    ) -> None:
        self.results: dict[str, Path] = {}
        self._session = session
        self._steps = steps
        self._folder = folder
        self._uri_of = uri_of
        self._words = [set(re.findall(r"\w+", step.text)) for step in steps]
        self._kept: list[DataFrame] = []

    def __enter__(self) -> Script:
        return self

    def __exit__(self, *_: object) -> None:
        for rows in self._kept:
            rows.unpersist()

    def run(self, position: int) -> None:
        """Run one step, as far as it has to be run now."""
        step = self._steps[position]
        translation = translate(step.text)
        rows = self._session.sql(translation.text, args=dict(step.parameters) or None)
        if translation.number and translation.by:
            place = self._uri_of(self._folder / f"{position}-numbered")
            rows = numbered(rows, translation.number, translation.by, place)
        if step.result:
            rows = self._written(step, rows, translation.number)
        elif self._readers(position) > 1 and not translation.number:
            self._keep(rows)
        rows.createOrReplaceTempView(step.name)
        log.debug("step planned", step=step.name)

    def _readers(self, position: int) -> int:
        """Count the later steps that read this one."""
        name = self._steps[position].name
        return sum(name in words for words in self._words[position + 1 :])

    def _written(self, step: Step, rows: DataFrame, number: str | None) -> DataFrame:
        """Write a result in its order; later steps read it from there."""
        folder = self._folder / f"result-{step.result}"
        in_order = rows.orderBy(number) if number else rows
        if step.making is not None:
            found = {name: read_ordered(path) for name, path in self.results.items()}
            in_order = made_of(in_order, step.making(found), step.making.schema)
        in_order.write.parquet(self._uri_of(folder))
        self.results[str(step.result)] = folder
        return self._session.read.schema(in_order.schema).parquet(self._uri_of(folder))

    def _keep(self, rows: DataFrame) -> None:
        from pyspark import StorageLevel  # noqa: PLC0415 - an extra

        self._kept.append(rows.persist(StorageLevel.MEMORY_AND_DISK))
