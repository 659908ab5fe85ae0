"""Which kept release may take the place of the one in service: of the same day or later, and newer."""

from __future__ import annotations

from rekomenda.pipeline.choosing.champion import trusted_release
from rekomenda.storage.release_manifest import Release
from rekomenda.storage.releases import Releases


def may_serve(releases: Releases, release: Release) -> bool:
    """Whether a kept release may be put into service without a person's choice.

    One that was served and then rolled back may not: whoever rolled back knew why.
    """
    served = trusted_release(releases)
    if served is None:
        return True
    withdrawn = release.release_id in releases.withdrawn()
    newer = release.manifest.as_of >= served.manifest.as_of and release.number > served.number
    return newer and not withdrawn


def waiting_release(releases: Releases) -> Release | None:
    """Return the newest release that was judged and kept, and is not in service yet."""
    waiting = [release for release in releases.list() if may_serve(releases, release)]
    return waiting[-1] if waiting else None
