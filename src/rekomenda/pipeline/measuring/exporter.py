"""A home as metrics, for whoever asks again and again: what did not change is not read again."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import TypeVar

from rekomenda import __version__
from rekomenda.errors import RekomendaError
from rekomenda.pipeline.bootstrap import House
from rekomenda.pipeline.measuring import upkeep
from rekomenda.pipeline.measuring.attempts import say_others, say_runs
from rekomenda.pipeline.measuring.drift import drift_of
from rekomenda.pipeline.measuring.integrity import Integrity, parts_are_there
from rekomenda.pipeline.measuring.lake import say_lake
from rekomenda.pipeline.measuring.release import say_newest, say_release
from rekomenda.storage.erasures import Erasures
from rekomenda.storage.release_manifest import Release
from rekomenda.telemetry.logs import get_logger
from rekomenda.telemetry.metrics import RunMetrics

log = get_logger(__name__)

WATCHED = (
    "lake/current",
    "releases/current",
    "releases",
    "attempts",
    "tunings",
    "erasures",
    "warehouse/current",
    "warehouse/runs",
)
"""What changes when anything is committed; a folder changes when a name in it is replaced."""

Stamp = tuple[tuple[int, int] | None, ...]
Value = TypeVar("Value")


class Exporter:
    """The metrics of a home, as of each time they are asked for.

    Figures come from manifests and attempts, which only finished work leaves. So a scheduler that
    has died shows as a last success that grows old, and a run that failed takes nothing back. A
    damaged part shows as `intact` 0 and leaves its own figures out; the others stay.

    Parameters
    ----------
    house : House
    every_byte : bool, default True
        Whether the release in service is read whole to see that it is what was written; else sizes
        are looked at.
    """

    def __init__(self, house: House, *, every_byte: bool = True) -> None:
        self.house = house
        self._integrity = Integrity(every_byte=every_byte)
        self._lock = threading.Lock()
        self._stamp: Stamp | None = None
        self._metrics = RunMetrics()
        self._served: Release | None = None

    def collect(self, now: datetime) -> RunMetrics:
        """Return every metric as of `now`; cheap while nothing was committed."""
        with self._lock:
            stamp = tuple(_look(self.house.home / name) for name in WATCHED)
            if stamp != self._stamp:
                self._metrics, self._stamp = self._read(now), stamp
            self._say_now(now)
            return self._metrics

    def served(self, now: datetime) -> Release | None:
        """Return the release in service if every byte of it is as it was written, else None."""
        self.collect(now)
        with self._lock:
            served = self._served
            if served is None or not self._integrity.of_release(served, now):
                return None
            return served

    def _read(self, now: datetime) -> RunMetrics:
        """Read everything that only a commit changes."""
        house, metrics = self.house, RunMetrics()
        metrics.build_info.labels(version=__version__).set(1)
        snapshot = self._tried(house.lake.snapshot)
        metrics.intact.labels(part="lake").set(
            float(snapshot is not None and parts_are_there(snapshot))
        )
        if snapshot is not None:
            say_lake(metrics, snapshot, now)
        kept = self._tried(house.releases.list) or []
        metrics.releases_kept.set(len(kept))
        say_runs(metrics, house.attempts.list(), kept)
        receipts = self._tried(Erasures(house.home).receipts)
        say_others(metrics, house.tunings.list(), receipts or [])
        self._served = self._tried(house.releases.current)
        if kept:
            say_newest(metrics, kept[-1])
        if self._served is not None:
            self._say_served(metrics, self._served, kept)
        shows = upkeep.say_warehouse(metrics, house)
        metrics.intact.labels(part="warehouse").set(float(shows))
        return metrics

    def _say_served(self, metrics: RunMetrics, served: Release, kept: list[Release]) -> None:
        self._tried(lambda: say_release(metrics, served))
        for of, value in (self._tried(lambda: drift_of(served, kept)) or {}).items():
            metrics.drift.labels(of=of).set(value)

    def _say_now(self, now: datetime) -> None:
        """State what changes without a commit: clocks, room, and bytes that rot."""
        metrics, house = self._metrics, self.house
        upkeep.say_room(metrics, house)
        upkeep.say_lease(metrics, house, now)
        intact = {
            "release": self._release_is_whole(now),
            "erasures": upkeep.say_erasure(metrics, house, now),
        }
        for part, whole in intact.items():
            metrics.intact.labels(part=part).set(float(whole))

    def _release_is_whole(self, now: datetime) -> bool:
        if self._served is None:  # before the first there is nothing to be damaged
            return not self.house.releases.pointer.exists()
        return self._integrity.of_release(self._served, now)

    def _tried(self, read: Callable[[], Value]) -> Value | None:
        """Return what was read, None where it is damaged; the log says what is wrong."""
        try:
            return read()
        except (RekomendaError, OSError, KeyError, ValueError) as error:
            log.warning("a part of the home cannot be read", error=str(error))
            return None


def _look(path: Path) -> tuple[int, int] | None:
    try:
        stat = path.stat()
    except OSError:
        return None
    return stat.st_mtime_ns, stat.st_ino
