"""From a kept release to one in service and compared with the warehouse; safe to repeat."""

from __future__ import annotations

import time
from dataclasses import asdict, dataclass
from datetime import datetime

from rekomenda.errors import CorruptError, LakeDiffersError, NoReleaseError, WarehouseDiffersError
from rekomenda.joining.recount import Recount
from rekomenda.pipeline import plan
from rekomenda.pipeline.attempt import Decision, differences_of, record_more
from rekomenda.pipeline.bootstrap import House
from rekomenda.pipeline.choosing.champion import trusted_release
from rekomenda.pipeline.releasing.recounted import recounted
from rekomenda.pipeline.releasing.waiting import may_serve, waiting_release
from rekomenda.settings import Settings
from rekomenda.storage import commit
from rekomenda.storage.commit import Fence
from rekomenda.storage.lease import Holder, hold
from rekomenda.storage.publish import heal, serve_kept
from rekomenda.storage.release_manifest import Release
from rekomenda.telemetry.logs import get_logger
from rekomenda.telemetry.progress import Progress

log = get_logger(__name__)


@dataclass(frozen=True)
class Outcome:
    """What became of a run, or of a release that was to be published, where nothing was refused.

    Parameters
    ----------
    decision : {"published", "ready", "unchanged", "kept"}
        `ready`: judged and kept; `publish` puts it into service. `unchanged`: this very work was
        done before, nothing was written. `kept`: the release was made but another is in service,
        which stays: one of a later day, or one that a person went back to.
    release : Release
        The release of this work.
    served : Release or None
        The release in service now; None before the first.
    """

    decision: Decision
    release: Release
    served: Release | None


def mend(house: House, lease: Fence) -> None:
    """Mend a half-done publish; a damaged release in service is replaced by the next one."""
    try:
        heal(house.releases, house.warehouse, lease)
    except CorruptError as error:
        log.warning("release in service is damaged", error=str(error))


def finish(house: House, done: Release, lease: Fence, *, serves: bool) -> Outcome:
    """End work that was done before: its release is served where it should be and is not yet.

    It waits, a crash kept it from that, or what came after it was taken back: a file as it was, say.
    """
    if serves:
        serve_kept(house.releases, house.warehouse, lease, done)
        return Outcome("published", done, done)
    served = trusted_release(house.releases)
    if served is not None:
        house.warehouse.set_current(served.release_id, lease)  # its views know of every kept run
    return Outcome("unchanged", done, served)


def standing_of(house: House, done: Release, *, serves: bool) -> Outcome:
    """Say how a release stands whose work was done before; nothing is changed."""
    served = trusted_release(house.releases)
    if serves:
        return Outcome("ready", done, served)
    in_service = served is not None and served.release_id == done.release_id
    return Outcome("unchanged" if in_service else "kept", done, served)


def publish_kept(
    house: House, release_id: str | None, *, now: datetime, progress: Progress
) -> Outcome:
    """Put a judged release into service; again, it changes nothing.

    Parameters
    ----------
    house : House
    release_id : str or None
        None: the newest that waits, or where none does, the one in service.
    now : datetime, with zone
    progress : Progress

    Raises
    ------
    NoReleaseError, ReleaseNotFoundError
        If there is none, or none of that name.
    CorruptError
        If it is damaged; the release in service stays.
    BusyError
        If another process is writing to this home.
    """
    with hold(house.home, Holder.here("publish", now)) as lease:
        mend(house, lease)
        release = _named(house, release_id)
        serves = may_serve(house.releases, release, named=release_id is not None)
        started = time.perf_counter()
        with progress.step(plan.PUBLISH.name, plan.PUBLISH.title):
            outcome = finish(house, release, lease, serves=serves)
        if outcome.decision == "published":
            seconds = {plan.PUBLISH.name: time.perf_counter() - started}
            record_more(house, release, now=now, seconds=seconds, decision="published")
            return outcome
        return standing_of(house, release, serves=False)


def reconcile_kept(
    house: House,
    settings: Settings,
    release_id: str | None,
    *,
    now: datetime,
    progress: Progress,
) -> tuple[Release, dict[str, int], Recount | None]:
    """Compare a kept release (default: the one in service) with lake and warehouse, and remember it.

    Returns
    -------
    (Release, dict, Recount or None)
        Differing rows by table: 0 for each, or this raises. What the lake says; None where it has
        moved on since.

    Raises
    ------
    LakeDiffersError
        If lake and release disagree on a day.
    WarehouseDiffersError
        If they differ.
    NoReleaseError, ReleaseNotFoundError, BusyError
    """
    with hold(house.home, Holder.here("reconcile", now)), commit.staging(house.home) as spill:
        release = house.releases.current() if release_id is None else _named(house, release_id)
        if release is None:
            raise NoReleaseError(home=house.home)
        started = time.perf_counter()
        with progress.step(plan.RECONCILE.name, plan.RECONCILE.title):
            found = differences_of(house, release)
            lake = recounted(house, settings, release, spill)
        seconds = {plan.RECONCILE.name: time.perf_counter() - started}
        counted = None if lake is None else asdict(lake)
        record_more(house, release, now=now, seconds=seconds, reconciliation=found, lake=counted)
    differing = {table: n for table, n in found.items() if n}
    if differing:
        named = ", ".join(f"{table} {n}" for table, n in differing.items())
        raise WarehouseDiffersError(run_id=release.release_id, differing=named)
    if lake is not None and lake.differences:
        raise LakeDiffersError(run_id=release.release_id, **asdict(lake))
    return release, found, lake


def _named(house: House, release_id: str | None) -> Release:
    if release_id is not None:
        return house.releases.get(release_id)
    release = waiting_release(house.releases) or house.releases.current()
    if release is None:
        raise NoReleaseError(home=house.home)
    return release
