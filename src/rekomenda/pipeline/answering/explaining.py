"""Why one listener is shown one track: on which shelves it stands, with their reasons, and its parts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.dataset as ds

from rekomenda.domain.recommendations import Shelf
from rekomenda.errors import UnknownListenerError, UnknownTrackError
from rekomenda.language import Language, Text
from rekomenda.learning.bundle import Bundle, read_catalogue
from rekomenda.pipeline.answering.lookup import popular_for, served_release, shown_lists
from rekomenda.pipeline.bootstrap import House
from rekomenda.pipeline.releasing.draft import STRANGERS
from rekomenda.pipeline.takedowns import takedowns_of
from rekomenda.ranking.explain_one import Explanation, explain_one
from rekomenda.storage.release_manifest import Release

_LISTED: Final = Text(
    "On `{shelf}`, place {rank:n}: {reason}.", "Em `{shelf}`, lugar {rank:n}: {reason}."
)
_NOWHERE: Final = Text(
    "On none of this listener's lists in this release.",
    "Não está em nenhuma lista deste ouvinte nesta release.",
)
_STRANGER: Final = Text(
    "The release has no plays by this listener, who is shown what is popular: `for_you` alone.",
    "A release não tem plays deste ouvinte, que recebe o que é popular: só `for_you`.",
)


@dataclass(frozen=True)
class Listed:
    """One place that a track has on a listener's shelves, with the reason that stands there."""

    shelf: str
    rank: int
    reason: Text
    reason_kind: str

    @classmethod
    def of(cls, row: dict[str, Any]) -> Listed:
        """Read a published row."""
        reason = Text("{said}", "{said}").filled(said=Text(row["reason_en"], row["reason_pt"]))
        return cls(row["shelf"], row["rank"], reason, row["reason_kind"])


@dataclass(frozen=True)
class Answer:
    """What is said of a listener and a track.

    Parameters
    ----------
    release : Release
    listed : tuple of Listed
        By shelf; none where the track is on none of the listener's lists.
    explanation : Explanation or None
        What the model itself says; None for a listener without plays.
    """

    release: Release
    listed: tuple[Listed, ...]
    explanation: Explanation | None

    def lines(self, language: Language) -> list[str]:
        """Return the answer as lines of text, the contributions of plays last."""
        places = [
            _LISTED.render(
                language,
                {"shelf": each.shelf, "rank": each.rank, "reason": each.reason},
            )
            for each in self.listed
        ]
        said = places or [_NOWHERE.render(language)]
        if self.explanation is None:
            return [*said, _STRANGER.render(language)]
        return [*said, *self.explanation.lines(language)]


def explain_to(house: House, listener: str, track: str, *, today: date) -> Answer:
    """Explain one track to one listener from the release in service.

    What is taken down today is on no shelf, whatever the release was made of.

    Raises
    ------
    UnknownListenerError, UnknownTrackError
        If the release knows no such listener, or no such track.
    NoReleaseError
        If nothing is published yet.
    """
    release = served_release(house)
    if not _is_known(release, listener):
        raise UnknownListenerError(listener=listener, release_id=release.release_id)
    catalogue = takedowns_of(house, today).hide_in(read_catalogue(release.path))
    item = int(catalogue.items.index_of([track])[0])
    if item < 0:
        raise UnknownTrackError(track=track, release_id=release.release_id)
    listed = tuple(map(Listed.of, _rows(house, release, listener, track, today)))
    bundle = Bundle.read(release.path)
    row = int(bundle.interactions.users.index_of([listener])[0])
    if row < 0:
        return Answer(release, listed, None)
    history = bundle.interactions.histories.rows(np.array([row]))
    as_of_day = (release.manifest.as_of - date(1970, 1, 1)).days
    explanation = explain_one(bundle.model, history, item, catalogue, as_of_day=as_of_day)
    return Answer(release, listed, explanation)


def _rows(
    house: House, release: Release, listener: str, track: str, today: date
) -> list[dict[str, Any]]:
    """Return the rows that show the track on the listener's own shelves, or on the popular one."""
    lists = ds.dataset(release.table("recommendations"))
    own = lists.to_table(filter=pc.field("user_id") == listener)
    if not own.num_rows:
        for_nobody = pc.field("user_id").is_null() & (pc.field("shelf") == Shelf.FOR_YOU.value)
        own = popular_for(release, lists.to_table(filter=for_nobody), listener)
    own = shown_lists(house, release, today).of(own)
    here = pc.equal(own["track_id"].cast(pa.string()), track)
    return sorted(own.filter(here).to_pylist(), key=lambda row: row["shelf"])


def _is_known(release: Release, listener: str) -> bool:
    """Whether the release learned from the listener, or knows them without any plays."""
    for name in ("listeners.parquet", STRANGERS):
        found = ds.dataset(release.file(name)).head(1, filter=pc.field("user_id") == listener)
        if found.num_rows:
            return True
    return False
