"""What was found while plays, tracks and artists were joined."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import pyarrow as pa

from rekomenda.domain.catalogue import Catalogue
from rekomenda.domain.interactions import Histories, Interactions
from rekomenda.domain.training import TrainingData
from rekomenda.joining.columns import column
from rekomenda.language import Text


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
    one_count: bool = False
    """Whether everybody played each of their tracks equally often: counts say nothing of taste."""
    top_listener_share: float = 0.0
    """Share of the plays of whoever played most, bots apart."""
    top_artist_share: float = 0.0
    """Share of the plays of the artist who is played most."""

    @property
    def warnings(self) -> list[Text]:
        """What a person should know before believing what is learned from this."""
        found = (
            (_ONE_LISTENER, self.listeners == 1),
            (_ONE_COUNT, self.one_count and self.listeners > 1),
            (_OWNS.filled(who=_A_LISTENER, share=self.top_listener_share), self._is_owned_by_one),
            (
                _OWNS.filled(who=_AN_ARTIST, share=self.top_artist_share),
                self.top_artist_share >= OWNED,
            ),
        )
        return [text for text, holds in found if holds]

    @property
    def _is_owned_by_one(self) -> bool:
        return self.listeners > 1 and self.top_listener_share >= OWNED


OWNED = 0.5
"""Share of the plays from which one listener or artist makes what is learned."""

_ONE_LISTENER = Text(
    en="warning: one listener only: there is nobody to compare with, so lists hold what is heard again, and "
    "nothing can be measured",
    pt="aviso: um ouvinte só: não há com quem comparar, então as listas trazem o que se ouve de novo, e nada "
    "pode ser medido",
)
_ONE_COUNT = Text(
    en="warning: every listener played each of their tracks equally often: play counts hold no signal of "
    "preference, only which tracks were played does",
    pt="aviso: cada ouvinte ouviu todas as suas faixas o mesmo número de vezes: as contagens não dizem "
    "preferência, só quais faixas foram ouvidas",
)
_A_LISTENER = Text(en="one listener", pt="um ouvinte")
_AN_ARTIST = Text(en="one artist", pt="um artista")
_OWNS = Text(
    en="warning: {share:.0%} of the plays are of {who}; is the export complete? (Each play counts less the "
    "more there are, and a list holds few tracks of one artist)",
    pt="aviso: {share:.0%} dos plays são de {who}; a exportação está completa? (Cada play conta menos quanto "
    "mais houver, e uma lista tem poucas faixas de um artista)",
)


def report_on(
    found: dict[str, pa.Table],
    data: TrainingData,
    at_cut: TrainingData | None,
    holdout: Interactions | None,
) -> IntegrationReport:
    """Sum up what the tables of the steps hold, read once for all spans of days."""
    listeners, tracks, days = found["listeners"], found["tracks"], found["days"]
    catalogue = data.catalogue
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
        one_count=_one_count(data.interactions.histories),
        top_listener_share=_top_share(column(listeners, "plays", np.int64)[~bots]),
        top_artist_share=_top_share(_by_artist(plays, catalogue)),
    )


def _one_count(histories: Histories) -> bool:
    """Whether each listener has one number of plays for all of their tracks."""
    plays = histories.plays
    same = plays[1:] == plays[:-1]
    starts = histories.indptr[(histories.indptr > 0) & (histories.indptr < len(plays))]
    same[starts - 1] = True  # two listeners may differ
    return len(plays) > 1 and bool(same.all())


def _by_artist(plays: np.ndarray[Any, Any], catalogue: Catalogue) -> np.ndarray[Any, Any]:
    known = catalogue.artist_of >= 0
    return np.bincount(catalogue.artist_of[known], plays[known], len(catalogue.artists))


def _top_share(plays: np.ndarray[Any, Any]) -> float:
    """Return the share of the largest; 0 where there is none, or nothing is played."""
    total = float(plays.sum())
    return float(plays.max(initial=0)) / total if total else 0.0


def _total(values: Any) -> int:
    return int(np.sum(values))
