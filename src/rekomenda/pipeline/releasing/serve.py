"""Which release is served: rollback, rebuilding the warehouse, removing what is not needed."""

from __future__ import annotations

from datetime import datetime

from rekomenda.pipeline.bootstrap import House
from rekomenda.pipeline.work import Work
from rekomenda.settings import KeepSettings
from rekomenda.storage.gc import Garbage, collect, plan
from rekomenda.storage.lease import Holder, hold
from rekomenda.storage.publish import rebuild, roll_back
from rekomenda.storage.release_manifest import Release


def should_serve(house: House, work: Work, done: Release, served: Release) -> bool:
    """Whether a run serves the release in which its work was done before, in the place of another.

    What is served is to tell of the data and settings as they are. Not of an earlier day, though; and not
    where a person said otherwise: went away from that release, or forced another of the same work.
    """
    overruled = served.manifest.run_key == work.forced().run_key
    withdrawn = done.release_id in house.releases.withdrawn()
    earlier = done.manifest.as_of < served.manifest.as_of
    return done.release_id != served.release_id and not (overruled or withdrawn or earlier)


def roll_back_to(house: House, release_id: str | None, *, now: datetime) -> Release:
    """Serve the previous release, or a named one that is kept.

    Raises
    ------
    NoReleaseError, ReleaseNotFoundError, CorruptError, BusyError
    """
    with hold(house.home, Holder.here("rollback", now)) as lease:
        return roll_back(house.releases, house.warehouse, lease, release_id)


def rebuild_warehouse(house: House, *, now: datetime) -> list[str]:
    """Fill the warehouse again from the releases alone; return the releases it then holds."""
    with hold(house.home, Holder.here("rebuild", now)) as lease:
        return rebuild(house.releases, house.warehouse, lease)


def collect_garbage(
    house: House, keep: KeepSettings, *, now: datetime, dry_run: bool
) -> list[Garbage]:
    """Remove what nothing needs, or with `dry_run` only list it."""
    limits = {"snapshots": keep.snapshots, "releases": keep.releases}
    if dry_run:
        return plan(house.home, **limits, warehouse=house.warehouse)
    with hold(house.home, Holder.here("gc", now)) as lease:
        return collect(house.home, lease, **limits, warehouse=house.warehouse)
