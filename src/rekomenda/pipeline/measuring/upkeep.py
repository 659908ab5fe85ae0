"""What an operator looks after, in figures: room, locks, erasures, and whether bytes are whole."""

from __future__ import annotations

import shutil
from datetime import datetime

from rekomenda.errors import RekomendaError
from rekomenda.pipeline.bootstrap import House
from rekomenda.storage.erasures import Erasures
from rekomenda.storage.publish import lagging
from rekomenda.storage.writer import writer_of
from rekomenda.telemetry.metrics import RunMetrics


def say_room(metrics: RunMetrics, house: House) -> None:
    """State how much space there is where the home is, or will be."""
    there = next(path for path in (house.home, *house.home.absolute().parents) if path.exists())
    usage = shutil.disk_usage(there)
    metrics.disk_free.set(usage.free)
    metrics.disk_size.set(usage.total)


def say_lease(metrics: RunMetrics, house: House, now: datetime) -> None:
    """State how long somebody has been writing to the home."""
    writer = writer_of(house.home)
    holder = None if writer is None else writer.holder
    age = 0.0 if holder is None else max((now - holder.since).total_seconds(), 0.0)
    metrics.lease_age.set(age)


def say_erasure(metrics: RunMetrics, house: House, now: datetime) -> bool:
    """State whether an erasure is unfinished, and since when; return whether that can be read."""
    try:
        begun = Erasures(house.home).open()
    except RekomendaError:
        return False
    metrics.erasures_open.set(len(begun.listeners) if begun is not None else 0)
    age = 0.0
    if begun is not None:
        age = max((now - datetime.fromisoformat(begun.asked_at)).total_seconds(), 0.0)
    metrics.erasure_age.set(age)
    return True


def say_warehouse(metrics: RunMetrics, house: House) -> bool:
    """State whether the warehouse shows what is served; return whether that can be read."""
    try:
        behind = lagging(house.releases, house.warehouse)
    except RekomendaError:
        return False
    metrics.warehouse_lags.set(float(behind))
    return True
