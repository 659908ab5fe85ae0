"""What each shelf may hold for each listener."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rekomenda.domain.catalogue import Catalogue
from rekomenda.domain.eligible import Eligible, ItemSets
from rekomenda.domain.interactions import Histories
from rekomenda.domain.recommendations import Shelf
from rekomenda.domain.shares import Shares
from rekomenda.ranking.fresh import NewTracks
from rekomenda.ranking.genre_graph import GenreGraph

Int32 = NDArray[np.int32]
Int64 = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Groups:
    """The items of each artist, or of each song: group g has `items[indptr[g]:indptr[g + 1]]`.

    Parameters
    ----------
    indptr : ndarray of int64, shape (G + 1,)
    items : ndarray of int32
        Ascending within a group.
    """

    indptr: Int64
    items: Int32

    @classmethod
    def of(cls, group_of: Int32, n_groups: int) -> Groups:
        """Turn the group of each item, shape (I,), around; items of group -1 are in none."""
        order = np.argsort(group_of, kind="stable")
        edges = np.searchsorted(group_of[order], np.arange(n_groups + 1))
        return cls(
            indptr=(edges - edges[0]).astype(np.int64),
            items=order[edges[0] :].astype(np.int32),
        )

    @classmethod
    def of_shares(cls, shares: Shares, n_groups: int) -> Groups:
        """Turn a relation around: an item is in every group that it has."""
        order = np.argsort(shares.groups, kind="stable")
        edges = np.searchsorted(shares.groups[order], np.arange(n_groups + 1))
        return cls(edges.astype(np.int64), shares.items[order])

    def members(self, users: Int32, groups: Int32, n_users: int) -> ItemSets:
        """Return for each user the items of every given (user, group) pair; users ascend."""
        lengths = self.indptr[groups + 1] - self.indptr[groups]
        stops = np.cumsum(lengths)
        cells = np.repeat(self.indptr[groups] - stops + lengths, lengths)
        cells += np.arange(len(cells))
        of_user = np.bincount(users, lengths, n_users).astype(np.int64)
        return ItemSets(np.concatenate([[0], np.cumsum(of_user)]), self.items[cells])


@dataclass(frozen=True, eq=False)
class ShelfRules:
    """The rules of every shelf over one catalogue; `ShelfRules.of` prepares them once.

    `for_you`
        Tracks the listener has not played, nor another version of them.
    `again`
        Tracks the listener has played. A cell of weight 0 was seen without being liked: not here.
    `discover`
        What `for_you` may hold, by artists the listener never played nor is taken to like: none of
        those who take part in it. A track
        whose artist is unknown is never here: nobody can tell that its artist is new.
    `explore`
        What `for_you` may hold, of none of the three genres the listener plays most (by damped
        plays). A track whose genre is unknown is never here. Where the catalogue has no genres at
        all: of none of the three neighbourhoods of artists they play most, by artists never played.
    `fresh`
        What `for_you` may hold and is new in the catalogue.

    Nothing hidden (taken down, or without a catalogue row) is on any shelf.
    """

    catalogue: Catalogue
    hidden: NDArray[np.bool_]
    songs: Groups
    artists: Groups
    genres: Groups
    graph: GenreGraph
    new: NewTracks

    @classmethod
    def of(
        cls,
        catalogue: Catalogue,
        everybody: Histories | None = None,
        *,
        as_of_day: int = -1,
        fresh_days: int = 1,
    ) -> ShelfRules:
        """Index the catalogue by song, artist and genre, and find its neighbourhoods and news.

        Parameters
        ----------
        catalogue : Catalogue
        everybody : Histories, optional
            Everybody's: says which genres are neighbours, and when a track was first played.
            Default: nobody's, for whoever wants neither `explore` nor `fresh`.
        as_of_day : int
            Days since 1970-01-01 of the day the lists are for; -1 where the data has no time, and
            so nothing is new.
        fresh_days : int
            How long a track is new, > 0.

        Notes
        -----
        Time O(I log I + cells) and one pass over the genres of each listener; memory O(I).
        """
        if everybody is None:
            nothing = np.zeros(0, np.int32)
            everybody = Histories.from_cells(nothing, nothing, n_users=0, n_items=len(catalogue))
        graph = GenreGraph.of(everybody, catalogue)
        return cls(
            catalogue=catalogue,
            hidden=catalogue.hidden,
            songs=Groups.of(catalogue.song_of, len(catalogue)),
            artists=Groups.of_shares(catalogue.artists_of, len(catalogue.artists)),
            genres=Groups.of(graph.genre_of, len(graph.lift)),
            graph=graph,
            new=NewTracks.of(everybody, catalogue, as_of_day=as_of_day, days=fresh_days),
        )

    def eligible_for(self, shelf: Shelf, histories: Histories) -> Eligible:
        """Say what this shelf may hold for each of a batch of B listeners.

        Time and memory are those of the cells that come out: the played tracks and their versions,
        for `discover` all the tracks of the played artists, for `explore` all those of three
        genres. Nothing is (B, I).
        """
        if shelf is Shelf.AGAIN:
            return Eligible(only=self._again(histories), hidden=self.hidden)
        heard = histories.heard
        n_users = len(histories)
        songs = self.catalogue.song_of[heard.items]
        sets = [self.songs.members(heard.users_of_cells, songs, n_users)]
        hidden = self.hidden
        graph = self.graph
        unheard = shelf is Shelf.EXPLORE and graph.neighbourhoods is not None
        if shelf is Shelf.DISCOVER or unheard:
            cell, artists = self.catalogue.artists_of.expand(histories.items)
            users = histories.users_of_cells[cell]
            pairs = _distinct(users, artists, len(self.catalogue.artists))
            sets.append(self.artists.members(*pairs, n_users))
            hidden = hidden | (self.catalogue.artist_of < 0)
        if shelf is Shelf.EXPLORE:
            habits, _ = graph.habits(histories)
            rows, places = np.nonzero(habits >= 0)
            sets.append(self.genres.members(rows.astype(np.int32), habits[rows, places], n_users))
            hidden = hidden | (graph.genre_of < 0)
        if shelf is Shelf.FRESH:
            hidden = hidden | ~self.new.is_new
        return Eligible(excluded=ItemSets.joined(sets), hidden=hidden)

    def worth_again(self, histories: Histories) -> NDArray[np.bool_]:
        """Tell which cells of the histories may stand in `again`, shape (nnz,)."""
        liked = (histories.plays > 0) & (histories.weights > 0) & histories.known
        return liked & ~self.hidden[histories.items]

    def _again(self, histories: Histories) -> ItemSets:
        kept = self.worth_again(histories)
        counts = np.concatenate([[0], np.cumsum(kept)]).astype(np.int64)
        return ItemSets(indptr=counts[histories.indptr], items=histories.items[kept])


def _distinct(users: Int32, groups: Int32, n_groups: int) -> tuple[Int32, Int32]:
    """Return the distinct (user, group) pairs, without those of group -1."""
    known = groups >= 0
    keys = users[known].astype(np.int64) * n_groups + groups[known]
    keys.sort()  # three times as fast as np.unique here
    keys = keys[np.diff(keys, prepend=-1) != 0]
    pairs: tuple[Any, Any] = np.divmod(keys, max(n_groups, 1))
    return pairs[0].astype(np.int32), pairs[1].astype(np.int32)
