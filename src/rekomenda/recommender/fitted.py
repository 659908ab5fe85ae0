"""A recommender that has learned: lists, likeness, reasons and numbers as frames."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic, Literal, TypeVar, cast

import numpy as np
import pyarrow as pa

from rekomenda.domain.recommendations import Shelf
from rekomenda.errors import (
    ListLengthError,
    NothingHeldBackError,
    UnknownIdError,
    UnknownShelfError,
)
from rekomenda.language import Language, Text
from rekomenda.ranking.dial import NEUTRAL
from rekomenda.ranking.explain_one import explain_one
from rekomenda.recommender import page, stored
from rekomenda.recommender.checked import Account
from rekomenda.recommender.frames import FrameKind, wanted_ids
from rekomenda.recommender.learning import Learned
from rekomenda.recommender.lists import Lists, tidy, without
from rekomenda.recommender.why import Why
from rekomenda.settings import RecommendSettings
from rekomenda.tuning.choice import Choice

F = TypeVar("F")
ShelfName = Literal["for_you", "again", "discover", "explore", "fresh"]
Ids = Iterable[Any] | str | int

LISTENER = Text("Listener", "O ouvinte")
TRACK = Text("Track", "A faixa")
_AT_LEAST_ONE = Text("a whole number >= 1", "um número inteiro >= 1")
_DIAL = Text("from 0 to 1, and for the shelf for_you", "de 0 a 1, e para a lista for_you")


@dataclass(frozen=True, eq=False, repr=False)
class FittedRecommender(Generic[F]):
    """What `Recommender.fit` returns; every frame that it gives is of the kind that it was given.

    Attributes
    ----------
    algorithm : str
        What it learned with; for `auto`, what that came to.
    accounts : tuple of Account
        What became of every row of every frame.
    set_aside : frame
        The rows that were not learned from: `frame`, `row` (from 0), `column`, `why`.
    bots : int
        Users left out since they play more in a day than a person can.
    choice : Choice or None
        What `auto` chose, out of what and why.
    """

    lists: Lists
    kind: FrameKind
    accounts: tuple[Account, ...]
    set_aside: F
    language: Language
    bots: int = 0
    learned: Learned | None = None

    @property
    def algorithm(self) -> str:
        """Name in the registry."""
        return self.lists.bundle.recipe.algorithm

    @property
    def choice(self) -> Choice | None:
        """What `auto` chose; None for another algorithm, and after `load`."""
        return None if self.learned is None else self.learned.choice

    def recommend(
        self,
        users: Ids | None = None,
        n: int = 10,
        *,
        shelf: ShelfName = "for_you",
        dial: float = NEUTRAL,
        exclude: Ids = (),
        only: Ids | None = None,
    ) -> F:
        """Return the best n tracks of each listener, each with its reason.

        Parameters
        ----------
        users : id, or ids, optional
            Of any type that reads alike; who is not known gets what is popular. Default: everybody.
        n : int, default 10
        shelf : {"for_you", "again", "discover", "explore", "fresh"}
            Tracks not played yet; played and worth hearing again; by artists never played; of
            genres one step away; new in the catalogue.
        dial : float, 0 to 1, default 0.5
            What `for_you` is mixed of: 0 only what they know, 1 only artists they never heard.
        exclude : ids
            Tracks that no list may hold.
        only : ids, optional
            Tracks that lists are made of. Default: all.

        Returns
        -------
        frame
            User, `rank` (from 1), track, `score`, `reason`; users in the order asked for.

        Examples
        --------
        >>> import pandas as pd
        >>> from rekomenda import Recommender
        >>> plays = pd.DataFrame({"user": [1, 1, 2, 2, 3], "track": list("abbca")})
        >>> Recommender("item_knn").fit(plays).recommend(3, n=1)[["user", "rank", "track"]]
           user  rank track
        0     3     1     b
        """
        wanted = _shelf(shelf)
        if dial != NEUTRAL and (wanted is not Shelf.FOR_YOU or not 0 <= dial <= 1):
            raise ListLengthError(name="dial", value=dial, allowed=_DIAL)
        catalogue = without(
            self.lists.bundle.catalogue,
            wanted_ids(exclude),
            None if only is None else wanted_ids(only),
        )
        ids = None if users is None else wanted_ids(users)
        rows = self.lists.of_listeners(ids, wanted, _length(n), dial, catalogue)
        table = tidy(rows, self.kind, self.language)
        if ids is None:  # whole numbers in the order of numbers
            table = table.sort_by([(self.kind.user.name, "ascending"), ("rank", "ascending")])
        return self._frame(table)

    def recommend_for(
        self,
        likes: Ids = (),
        *,
        artists: Ids = (),
        genres: Ids = (),
        n: int = 10,
        shelf: ShelfName = "for_you",
    ) -> F:
        """Return the best n tracks for somebody of whom nothing is known but what they like.

        Nothing is learned anew.

        Parameters
        ----------
        likes, artists, genres : ids or names
            Tracks, artists and genres; the case and accents of names do not count.
        n, shelf
            As in `recommend`.

        Examples
        --------
        >>> import pandas as pd
        >>> from rekomenda import Recommender
        >>> plays = pd.DataFrame({"user": [1, 1, 2, 2, 3], "track": list("abbca")})
        >>> Recommender("item_knn").fit(plays).recommend_for(["c"], n=1)[["rank", "track"]]
           rank track
        0     1     b
        """
        rows = self.lists.of_likes(
            wanted_ids(likes), wanted_ids(artists), wanted_ids(genres), _shelf(shelf), _length(n)
        )
        return self._frame(tidy(rows, self.kind, self.language, users=False))

    def similar(self, tracks: Ids, n: int = 10) -> F:
        """Return the n tracks nearest to each of these: track, `rank`, `similar`.

        Two tracks are the nearer, the more listeners like both beyond what chance explains; at least
        one does. What a release publishes asks for ten, since lists of few people tell about those
        people, and for a number that chance does not reach.

        Raises
        ------
        UnknownIdError
            If a track is not known.

        Examples
        --------
        >>> import pandas as pd
        >>> from rekomenda import Recommender
        >>> plays = pd.DataFrame({"user": [1, 1, 2, 2, 3], "track": list("abbca")})
        >>> Recommender("item_knn").fit(plays).similar("c")
          track  rank similar
        0     c     1       b
        """
        rows = [self._item(each) for each in wanted_ids(tracks)]
        found = self.lists.similar(rows, _length(n))
        return self._frame(
            pa.table(
                {
                    self.kind.track.name: self.kind.track.restore(found["track_id"]),
                    "rank": found["rank"].cast(pa.int64()),
                    "similar": self.kind.track.restore(found["similar_id"]),
                }
            )
        )

    def explain(self, user: Any, track: Any) -> Why[F]:
        """Say why a track has its place for a listener, whether it is in a list of theirs or not.

        Raises
        ------
        UnknownIdError
            If one of the two is not known.

        Examples
        --------
        >>> import pandas as pd
        >>> from rekomenda import Recommender
        >>> plays = pd.DataFrame({"user": [1, 1, 2, 2, 3], "track": list("abbca")})
        >>> Recommender("item_knn").fit(plays).explain(3, "b").reason
        'because you played track a'
        """
        bundle = self.lists.bundle
        row = int(bundle.interactions.users.index_of(wanted_ids(user))[0])
        if row < 0:
            raise UnknownIdError(what=LISTENER, id=user)
        history = bundle.interactions.histories.rows(np.array([row]))
        item = self._item(wanted_ids(track)[0])
        said = explain_one(
            bundle.model, history, item, bundle.catalogue, as_of_day=self.lists.as_of_day
        )
        return Why.of(said, self.kind, self.language)

    def evaluate(self) -> F:
        """Measure the algorithm, and popularity beside it, on plays that were held back.

        One cut in time: the last 7 days are asked for, and models learn from the days before; a
        part of each listener's tracks where plays have no days. The whole catalogue is ranked.

        Returns
        -------
        frame
            `algorithm, task, metric, k, value, low, high, listeners`; `low` to `high` holds 95 %.

        Raises
        ------
        NotMeasurableError
            If there is too little to hold anything back.
        NothingHeldBackError
            If the recommender was loaded.

        Examples
        --------
        >>> import pandas as pd
        >>> from rekomenda import Recommender
        >>> plays = pd.DataFrame({"user": [i % 9 for i in range(60)], "track": list(range(12)) * 5})
        >>> measured = Recommender("item_knn").fit(plays).evaluate()
        >>> sorted(measured["algorithm"].unique())
        ['item_knn', 'popularity']
        """
        if self.learned is None:
            raise NothingHeldBackError
        return self._frame(self.learned.evaluate())

    def save(self, path: str | Path) -> None:
        """Write a folder that `Recommender.load` reads; plain arrays and tables, nothing is pickled.

        Raises
        ------
        PathTakenError
            If the path holds something else.
        """
        about = {
            "as_of_day": self.lists.as_of_day,
            "max_per_artist": self.lists.rules.max_per_artist,
            "kind": self.kind.to_json(),
            "accounts": stored.accounts_of(self.accounts),
            "language": self.language,
            "bots": self.bots,
        }
        stored.write(Path(path), self.lists.bundle, about)

    @classmethod
    def load(cls, path: str | Path) -> FittedRecommender[Any]:
        """Read what `save` wrote."""
        bundle, about = stored.read(Path(path))
        kind = FrameKind.from_json(about["kind"])
        rules = RecommendSettings(max_per_artist=about["max_per_artist"])
        accounts = tuple(Account(**account) for account in about["accounts"])
        lists = Lists(bundle, about["as_of_day"], rules)
        nothing = kind.frame(pa.table({}))
        return FittedRecommender(lists, kind, accounts, nothing, about["language"], about["bots"])

    def __repr__(self) -> str:
        return page.as_text(self._facts(), self.language)

    def _repr_html_(self) -> str:
        return page.as_html(self._facts(), self.language)

    def _facts(self) -> page.Facts:
        return page.facts_of(
            self.lists.bundle,
            as_of_day=self.lists.as_of_day,
            bots=self.bots,
            choice=self.choice,
            accounts=self.accounts,
            language=self.language,
        )

    def _item(self, track: str) -> int:
        item = int(self.lists.bundle.catalogue.items.index_of([track])[0])
        if item < 0:
            raise UnknownIdError(what=TRACK, id=track)
        return item

    def _frame(self, table: pa.Table) -> F:
        return cast("F", self.kind.frame(table))


def _shelf(name: str) -> Shelf:
    try:
        return Shelf(name)
    except ValueError as error:
        raise UnknownShelfError(shelf=name, shelves=", ".join(Shelf)) from error


def _length(n: int) -> int:
    if not isinstance(n, int | np.integer) or isinstance(n, bool) or n < 1:
        raise ListLengthError(name="n", value=n, allowed=_AT_LEAST_ONE)
    return int(n)
