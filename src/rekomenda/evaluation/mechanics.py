"""Are the lists sound? Every row of what would be published is looked at.

No listener's id leaves this module: what it finds is kept in reports, and a report must not
remember people who ask to be forgotten. Faults are counted and an example names a track.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from rekomenda.domain.catalogue import Catalogue
from rekomenda.domain.interactions import Interactions
from rekomenda.domain.recommendations import Shelf
from rekomenda.evaluation.check import Check, Outcome, say
from rekomenda.evaluation.list_rows import SHELVES, ListRows, first_of_each
from rekomenda.evaluation.tasks import distinct, heard_artists, is_member, keys_of
from rekomenda.language import Text

Bools = NDArray[np.bool_]
Int64 = NDArray[np.int64]

HABITS: Final = 3
"""Genres of a listener that `explore` must not hold."""

_COUNTED: Final = Text(
    "{what}: {count:n} of {rows:n} {rows:row|rows}.",
    "{what}: {count:n} de {rows:n} {rows:linha|linhas}.",
)
_EXAMPLE: Final = Text(
    "{what}: {count:n} of {rows:n} {rows:row|rows}, such as track {track}.",
    "{what}: {count:n} de {rows:n} {rows:linha|linhas}, como a da faixa {track}.",
)
_UNSERVED: Final = Text(
    "Listeners with history and something to recommend, but no list `{shelf}`: {count:n} of "
    "{rows:n}.",
    "Ouvintes com histórico e algo a recomendar, mas sem a lista `{shelf}`: {count:n} de {rows:n}.",
)

FAULTS: Final[dict[str, Text]] = {
    "scores_are_numbers": Text("Scores that are no numbers", "Scores que não são números"),
    "tracks_are_known": Text("Tracks outside the catalogue", "Faixas fora do catálogo"),
    "tracks_may_be_shown": Text(
        "Tracks that are taken down or not listed", "Faixas retiradas ou não listadas"
    ),
    "listeners_are_known": Text(
        "Rows for listeners who are not in the data", "Linhas de ouvintes que não estão nos dados"
    ),
    "ranks_are_complete": Text(
        "Ranks that do not count 1, 2, 3 … within one list",
        "Posições que não contam 1, 2, 3 … dentro de uma lista",
    ),
    "songs_do_not_repeat": Text(
        "Tracks or versions of a song that stand twice in a list",
        "Faixas ou versões de uma música repetidas numa lista",
    ),
    "shelves_keep_their_word": Text(
        "Tracks on the wrong shelf (heard ones as new, unheard ones as heard)",
        "Faixas na lista errada (ouvidas como novas, não ouvidas como já ouvidas)",
    ),
    "reasons_are_given": Text(
        "Rows without a reason in both languages", "Linhas sem motivo nos dois idiomas"
    ),
}
"""What can be wrong with a row."""


NEVER_FORCED: Final = frozenset({"scores_are_numbers", "tracks_are_known", "tracks_may_be_shown"})
"""Faults that no word of a person makes good."""


@dataclass(frozen=True)
class Mechanics:
    """What was found, as checks; `rows` were looked at."""

    rows: int
    checks: tuple[Check, ...]

    @property
    def sound(self) -> bool:
        """Whether every check passed."""
        return all(check.passed for check in self.checks)


class Inspector:
    """Looks at lists, batch by batch, and sums up what is wrong with them.

    Parameters
    ----------
    catalogue : Catalogue
    interactions : Interactions
        What the lists were made from: everybody who may have one.
    required : Shelf, default FOR_YOU
        The list that everybody with a history must have, unless they have heard every song.
    familiar : ndarray of bool, shape (U,), optional
        Whose `for_you` may hold what they heard: their dial is turned that way. Default: nobody's.
    """

    def __init__(
        self,
        catalogue: Catalogue,
        interactions: Interactions,
        required: Shelf = Shelf.FOR_YOU,
        *,
        familiar: Bools | None = None,
    ) -> None:
        self._familiar = np.zeros(len(interactions.users), bool) if familiar is None else familiar
        self._catalogue = catalogue
        self._interactions = interactions
        self._required = required
        self._rows = 0
        self._counts = dict.fromkeys(FAULTS, 0)
        self._examples: dict[str, str] = {}
        self._seen = np.zeros((len(interactions.users), len(SHELVES)), bool)

    def see(self, lists: pa.RecordBatch | pa.Table) -> None:
        """Look at some rows of `LIST_SCHEMA`: whole lists, each in the order of its ranks."""
        if lists.num_rows == 0:
            return
        rows = ListRows(lists, self._interactions.users, self._catalogue)
        self._rows += len(rows)
        faults = {
            "scores_are_numbers": ~np.isfinite(rows.scores),
            "tracks_are_known": rows.items < 0,
            "tracks_may_be_shown": rows.of_items(self._catalogue.hidden, missing=False),
            "listeners_are_known": rows.of_somebody & (rows.users < 0),
            "ranks_are_complete": rows.miscounted | self._twice(rows),
            "songs_do_not_repeat": rows.repeated,
            "shelves_keep_their_word": self._misplaced(rows),
            "reasons_are_given": rows.without_reason,
        }
        for name, faulty in faults.items():
            self._count(name, faulty, lists)

    def findings(self) -> Mechanics:
        """Return the checks over all rows seen."""
        checks = [self._check(name, what) for name, what in FAULTS.items()]
        return Mechanics(self._rows, (*checks, self._served()))

    def _count(self, name: str, faulty: Bools, lists: pa.RecordBatch | pa.Table) -> None:
        count = int(np.count_nonzero(faulty))
        if count and name not in self._examples:
            track = lists.column("track_id")[int(faulty.argmax())].as_py()
            self._examples[name] = "?" if track is None else track
        self._counts[name] += count

    def _check(self, name: str, what: Text) -> Check:
        count = self._counts[name]
        facts = {"what": what, "count": count, "rows": self._rows}
        if count:
            text = say(_EXAMPLE, **facts, track=self._examples[name])
        else:
            text = say(_COUNTED, **facts)
        outcome = Outcome.FAILED if count else Outcome.PASSED
        return Check(name, outcome, count, 0.0, text, forceable=name not in NEVER_FORCED)

    def _twice(self, rows: ListRows) -> Bools:
        """Mark the first row of a list whose listener already had one of that shelf."""
        known = rows.starts & (rows.users >= 0) & (rows.shelves >= 0)
        places = rows.users[known] * len(SHELVES) + rows.shelves[known]
        seen = self._seen.reshape(-1)
        faulty = np.zeros(len(rows), bool)
        faulty[known] = seen[places] | ~first_of_each(places)
        seen[places] = True
        return faulty

    def _misplaced(self, rows: ListRows) -> Bools:
        """Mark tracks that break the rule of their shelf.

        Heard songs among the new, unheard tracks in `again`, heard artists in `discover`, and in
        `explore` the genres that the listener plays most; where the catalogue has no genres, heard
        artists there too.
        """
        known = (rows.users >= 0) & (rows.items >= 0)
        users, items = rows.users[known], rows.items[known]
        n_items = len(self._catalogue)
        genres, n_genres = self._catalogue.genre_of[items], len(self._catalogue.genres)
        song = users * n_items + self._catalogue.song_of[items]
        heard = is_member(song, self._heard_songs)
        met = (self._catalogue.artist_of[items] < 0) | self._met(users, items)
        habitual = (genres < 0) | is_member(users * n_genres + genres, self._habits)
        has_genres = bool((self._catalogue.genre_of >= 0).any())
        wrong = {
            Shelf.FOR_YOU: heard & ~self._familiar[users],
            Shelf.AGAIN: ~is_member(users * n_items + items, self._heard_tracks),
            Shelf.DISCOVER: heard | met,
            Shelf.EXPLORE: heard | (habitual if has_genres else met),
            Shelf.FRESH: heard,
        }
        faulty = np.zeros(len(rows), bool)
        for shelf, found in wrong.items():
            faulty[known] |= found & (rows.shelves[known] == SHELVES.index(shelf))
        return faulty

    def _met(self, users: Int64, items: Int64) -> Bools:
        """Whether each listener heard anybody who takes part in the item beside them."""
        place, artists = self._catalogue.artists_of.expand(items)
        heard = is_member(
            users[place] * len(self._catalogue.artists) + artists, self._heard_artists
        )
        return np.bincount(place, heard, len(items)) > 0

    def _served(self) -> Check:
        """Count those who should have the required list and do not.

        What nobody ever played is no reason to expect one: whoever heard all the rest is not served
        worse than others.
        """
        catalogue, histories = self._catalogue, self._interactions.histories
        n_items = len(catalogue)
        played = np.zeros(n_items, bool)
        played[histories.heard.items] = True
        showable = np.zeros(n_items, bool)
        showable[catalogue.song_of[played & ~catalogue.hidden]] = True
        users, songs = np.divmod(self._heard_songs, max(n_items, 1))
        heard = np.bincount(users[showable[songs]], minlength=len(histories))
        expected = (histories.lengths > 0) & (heard < np.count_nonzero(showable))
        missing = int((expected & ~self._seen[:, SHELVES.index(self._required)]).sum())
        text = say(_UNSERVED, shelf=str(self._required), count=missing, rows=int(expected.sum()))
        outcome = Outcome.FAILED if missing else Outcome.PASSED
        return Check("listeners_are_served", outcome, missing, 0.0, text)

    @cached_property
    def _heard_tracks(self) -> Int64:
        histories = self._interactions.histories.heard
        return histories.users_of_cells.astype(np.int64) * len(self._catalogue) + histories.items

    @cached_property
    def _heard_songs(self) -> Int64:
        users, items = np.divmod(self._heard_tracks, max(len(self._catalogue), 1))
        return distinct(users * len(self._catalogue) + self._catalogue.song_of[items])

    @cached_property
    def _habits(self) -> Int64:
        """The three genres each listener plays most, as user * G + genre, ascending."""
        histories, n_genres = self._interactions.histories, max(len(self._catalogue.genres), 1)
        genres = self._catalogue.genre_of[histories.items]
        known = genres >= 0
        pairs = histories.users_of_cells[known].astype(np.int64) * n_genres + genres[known]
        played, cell_of = np.unique(pairs, return_inverse=True)
        weights = np.bincount(cell_of, histories.weights[known], minlength=len(played))
        played, weights = played[weights > 0], weights[weights > 0]
        users = played // n_genres
        order = np.lexsort((played, -weights, users))
        place = np.arange(len(order)) - np.searchsorted(users, users)  # within the listener
        return np.sort(played[order[place < HABITS]])

    @cached_property
    def _heard_artists(self) -> Int64:
        sets = heard_artists(self._interactions.histories, self._catalogue)
        return keys_of(sets, len(self._catalogue.artists))


def inspect(
    lists: pa.Table,
    catalogue: Catalogue,
    interactions: Interactions,
    required: Shelf = Shelf.FOR_YOU,
) -> Mechanics:
    """Look at a whole table of lists at once."""
    inspector = Inspector(catalogue, interactions, required)
    inspector.see(lists)
    return inspector.findings()
