"""The state of a home as a file of Prometheus metrics, for who collects files."""

from __future__ import annotations

from datetime import datetime

from rekomenda.pipeline.bootstrap import House
from rekomenda.pipeline.measuring.exporter import Exporter
from rekomenda.refusals import guard
from rekomenda.storage import commit


def write_metrics(house: House, now: datetime) -> None:
    """Write the metrics file of a home, whole or not at all.

    It is read from manifests and attempts, so a failed run cannot erase what the last good one said.
    Reading every byte of a release takes seconds; that is left to the service.
    """
    commit.make_folder(house.metrics_file.parent)
    metrics = Exporter(house, every_byte=False).collect(now)
    metrics.lease_age.set(0)  # whoever writes the file holds the lease itself
    with guard(house.metrics_file):
        metrics.write(house.metrics_file)
