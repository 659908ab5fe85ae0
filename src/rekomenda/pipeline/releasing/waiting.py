"""Which kept release may take the place of the one in service: of the same day or later, and newer."""

from __future__ import annotations

from rekomenda.pipeline.choosing.champion import trusted_release
from rekomenda.storage.release_manifest import Release
from rekomenda.storage.releases import Releases


def may_serve(releases: Releases, release: Release, *, named: bool = False) -> bool:
    """Whether a kept release may be put into service without a person's choice.

    One that was served and then rolled back may not, nor one in whose place a person forced another:
    they knew why. Where it is named, an older one may: the data is again what it was then.
    """
    served = trusted_release(releases)
    if served is None:
        return True
    withdrawn = release.release_id in releases.withdrawn()
    newer = named or release.number > served.number
    other = release.release_id != served.release_id
    earlier = release.manifest.as_of < served.manifest.as_of
    return newer and other and not (earlier or withdrawn or _overrules(served, release))


def _overrules(served: Release, release: Release) -> bool:
    """Whether a person forced the one in service where the other had come of the same data."""
    ours, theirs = served.manifest, release.manifest
    same = (ours.snapshot_id, ours.as_of) == (theirs.snapshot_id, theirs.as_of)
    return same and ours.gate.get("forced") is not None


def waiting_release(releases: Releases) -> Release | None:
    """Return the newest release that was judged and kept, and is not in service yet."""
    waiting = [release for release in releases.list() if may_serve(releases, release)]
    return waiting[-1] if waiting else None
