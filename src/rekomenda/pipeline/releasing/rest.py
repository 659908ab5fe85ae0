"""What listeners were shown in the weeks before, from the releases that served."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from rekomenda.domain.eligible import ItemSets
from rekomenda.domain.interactions import Interactions
from rekomenda.domain.recommendations import Shelf
from rekomenda.errors import ReleaseNotFoundError
from rekomenda.learning.bundle import Bundle
from rekomenda.ranking.impressions import Impressions, RestRule, keys_of
from rekomenda.settings import RecommendSettings
from rekomenda.storage.parquet_layout import compacted
from rekomenda.storage.release_manifest import Release
from rekomenda.storage.releases import Releases

IMPRESSIONS = "impressions"
"""The table of a release that says what it and those before it showed."""
_EPOCH = date(1970, 1, 1)


def release_before(releases: Releases, as_of: date) -> Release | None:
    """Return the release that served before a day's, going back from the one in service.

    Each release names the one before it. Going back along them, and not by number or day, leaves
    out what was never served, and what was rolled back; and doing a day's work again finds the
    same one. None before the first, and where the chain leads to a release that is kept no more.
    """
    release = releases.current()
    while release is not None and release.manifest.as_of >= as_of:
        before = release.manifest.about.get("report", {}).get("rest", {}).get("before")
        if before is None:
            return None
        try:
            release = releases.get(before)
        except ReleaseNotFoundError:
            return None
    return release


@dataclass(frozen=True, eq=False)
class Rest:
    """What rests as lists are made, and what will have been shown when they are.

    Parameters
    ----------
    before : str or None
        The release that served before.
    interactions : Interactions
    shown : Impressions
        What still counts of what was shown up to now.
    day : int
        As-of day of the lists, days since 1970-01-01.
    resting : mapping of Shelf to ItemSets
        Empty where nothing rests.
    """

    before: str | None
    interactions: Interactions
    shown: Impressions
    day: int
    resting: Mapping[Shelf, ItemSets]
    _now: list[NDArray[np.int64]] = field(default_factory=list)

    @classmethod
    def of(
        cls, before: Release | None, bundle: Bundle, as_of: date, settings: RecommendSettings
    ) -> Rest:
        """Read what was shown before, over the ids of the model that ranks now.

        Parameters
        ----------
        before : Release or None
            See `release_before`.
        bundle : Bundle
        as_of : date
        settings : RecommendSettings
        """
        interactions, day = bundle.interactions, (as_of - _EPOCH).days
        rule = RestRule(max(settings.rest_after_weeks, 1), settings.rest_weeks)
        shown = Impressions.none(interactions.users, interactions.items)
        if before is not None and IMPRESSIONS in before.manifest.tables:
            rows = pq.read_table(before.table(IMPRESSIONS))
            shown = Impressions.from_table(rows, interactions.users, interactions.items)
        shown = shown.until(day, rule)
        resting: Mapping[Shelf, ItemSets] = {}
        if settings.rest_after_weeks:
            song_of = bundle.catalogue.song_of
            resting = shown.resting(interactions.histories, song_of, day, rule)
        return cls(before.release_id if before else None, interactions, shown, day, resting)

    def see(self, batch: pa.RecordBatch) -> None:
        """Note what a batch of the new lists shows."""
        self._now.append(keys_of(batch))

    def write(self, path: Path) -> None:
        """Write what will have been shown once the lists seen are served.

        Parameters
        ----------
        path : Path
            The Parquet file to write: `IMPRESSIONS` without its run.
        """
        schema = Impressions.none(self.shown.users, self.shown.items).to_table().schema
        with pq.ParquetWriter(path, schema, compression="zstd") as writer:
            for some in self.shown.then_each(self._now, self.day):
                writer.write_table(compacted(some.to_table()))

    def facts(self) -> dict[str, Any]:
        """Return what a report says of it, ready for JSON."""
        rested = {shelf.value: len(sets.items) for shelf, sets in self.resting.items()}
        return {"before": self.before, "resting": rested}
