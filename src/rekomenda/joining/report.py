"""What was found while plays, tracks and artists were joined."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import pyarrow as pa

from rekomenda.domain.catalogue import Catalogue
from rekomenda.domain.interactions import Interactions
from rekomenda.domain.training import TrainingData
from rekomenda.joining.assemble import column


@dataclass(frozen=True)
class IntegrationReport:
    """What was found on the way; nothing of it stops a run."""

    first_day: date
    last_day: date
    plays: int
    """All plays up to the as-of day, bots' too."""
    listeners: int
    """People who played something."""
    bots: int
    bot_plays: int
    heavy_listeners: int
    played_tracks: int
    catalogue_tracks: int
    unmatched_tracks: int
    """Played, but in no catalogue file; kept, and matched when a catalogue names them."""
    unmatched_plays: int
    disputed_tracks: int
    """Given to more than one artist by the same file; the first line counts."""
    tracks_without_genre: int
    artists_without_features: int
    blocked_tracks: int
    holdout_listeners: int
    """With plays after the cut; 0 without a cut."""
    holdout_newcomers: int
    """Of those: without any play up to the cut."""


def report_on(
    found: dict[str, pa.Table],
    catalogue: Catalogue,
    at_cut: TrainingData | None,
    holdout: Interactions | None,
) -> IntegrationReport:
    """Sum up what the tables of the steps hold, read once for all spans of days."""
    listeners, tracks, days = found["listeners"], found["tracks"], found["days"]
    plays, listed = column(tracks, "plays", np.int64), column(tracks, "listed", np.bool_)
    bots = column(listeners, "bot", np.bool_)
    played = column(listeners, "n_tracks", np.int64) > 0
    late = np.zeros(0, bool) if holdout is None else holdout.histories.lengths > 0
    early = late if at_cut is None else at_cut.interactions.histories.lengths > 0
    return IntegrationReport(
        first_day=days["day"][0].as_py(),
        last_day=days["day"][-1].as_py(),
        plays=_total(plays),
        listeners=_total(played & ~bots),
        bots=_total(bots),
        bot_plays=_total(column(days, "bot_plays", np.int64)),
        heavy_listeners=_total(column(listeners, "heavy", np.bool_) & ~bots),
        played_tracks=_total(plays > 0),
        catalogue_tracks=_total(listed),
        unmatched_tracks=_total((plays > 0) & ~listed),
        unmatched_plays=_total(plays[~listed]),
        disputed_tracks=_total(column(tracks, "disputed", np.bool_)),
        tracks_without_genre=_total(listed & (catalogue.genre_of < 0)),
        artists_without_features=_total(np.isnan(catalogue.features).all(axis=1)),
        blocked_tracks=_total(catalogue.blocked),
        holdout_listeners=_total(late),
        holdout_newcomers=_total(late & ~early),
    )


def _total(values: Any) -> int:
    return int(np.sum(values))
