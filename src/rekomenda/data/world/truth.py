"""The true preferences of a world, kept aside so that evaluation can be checked against them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, Final, Self

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from rekomenda.errors import CorruptError

FORMAT: Final = 1
ARRAYS_FILE: Final = "truth.npz"
FACTS_FILE: Final = "world.json"


@dataclass(frozen=True, eq=False)
class Truth:
    """What each listener likes, as it stands on the last day of the world.

    The preference of a listener for a track is the chance that a fresh choice of theirs falls on it
    that day. A fresh choice is made for the party (`festive_share`), among the listener's
    favourites (`favourite_share` of the rest) or by one of their taste groups, which yields an
    artist; then one of the artist's tracks is chosen.

    Parameters
    ----------
    user_ids : ndarray of str, shape (U,)
    track_ids : ndarray of str, shape (T,)
        The tracks of the catalogue.
    groups : ndarray of int32, shape (U, G)
        Taste groups of each listener: rows of `group_artists`.
    group_weights : ndarray of float32, shape (U, G)
        Rows sum to 1.
    favourites : ndarray of int32, shape (U, F)
        Artists: columns of `group_artists`. One may stand there twice.
    favourite_weights : ndarray of float32, shape (U, F)
        Rows sum to 1.
    favourite_share : ndarray of float32, shape (U,)
    festive_share : float
    group_artists : ndarray of float32, shape (K + 1, A)
        Chance of each artist in each group; rows sum to 1; the last row is the party.
    track_artist : ndarray of int32, shape (T,)
        Column of `group_artists`.
    track_share : ndarray of float32, shape (T,)
        Chance of the track among its artist's; these sum to 1 for each artist.
    """

    user_ids: NDArray[np.str_]
    track_ids: NDArray[np.str_]
    groups: NDArray[np.int32]
    group_weights: NDArray[np.float32]
    favourites: NDArray[np.int32]
    favourite_weights: NDArray[np.float32]
    favourite_share: NDArray[np.float32]
    festive_share: float
    group_artists: NDArray[np.float32]
    track_artist: NDArray[np.int32]
    track_share: NDArray[np.float32]

    def preference(
        self, user_ids: Sequence[str] | None = None, track_ids: Sequence[str] | None = None
    ) -> NDArray[np.float32]:
        """Return the true preferences of some listeners for some tracks.

        Parameters
        ----------
        user_ids, track_ids : sequence of str, optional
            None: all of them, in the order of the truth. 20,000 by 5,000 take 400 MB, so ask in
            blocks.

        Returns
        -------
        ndarray of float32, shape (len(user_ids), len(track_ids))
            Chances, 0 to 1; over the whole catalogue each row sums to 1.

        Raises
        ------
        KeyError
            If an id is not of this world's listeners and catalogue.
        """
        users = _find(self.user_ids, user_ids)
        tracks = _find(self.track_ids, track_ids)
        artists = self._artist_preference(users)
        return np.asarray(artists[:, self.track_artist[tracks]] * self.track_share[tracks])

    def best_lists(
        self,
        n: int,
        user_ids: Sequence[str] | None = None,
        heard: tuple[Sequence[str], Sequence[str]] | None = None,
    ) -> NDArray[np.str_]:
        """Return the lists nobody can beat: the n tracks each listener truly prefers, best first.

        Parameters
        ----------
        n : int
            At most the number of tracks.
        user_ids : sequence of str, optional
        heard : pair of sequences of str, optional
            Listener and track of what to leave out; pairs with an unknown id are ignored. Who
            has heard almost everything gets heard tracks at the end of the list.

        Returns
        -------
        ndarray of str, shape (len(user_ids), n)
            Track ids; ties fall to the track that stands first in `track_ids`.
        """
        liked = self.preference(user_ids)
        if heard is not None:
            rows = _positions(self.user_ids[_find(self.user_ids, user_ids)], heard[0])
            columns = _positions(self.track_ids, heard[1])
            known = (rows >= 0) & (columns >= 0)
            liked[rows[known], columns[known]] = -1.0
        return np.asarray(self.track_ids[np.argsort(-liked, axis=1, kind="stable")[:, :n]])

    def save(self, folder: Path, facts: dict[str, Any]) -> None:
        """Write `truth.npz` (plain arrays, no pickles) and `world.json` into an existing folder."""
        arrays: dict[str, Any] = {
            field.name: np.asarray(getattr(self, field.name)) for field in fields(self)
        }
        # The facts first: they say which files of the folder are the world's.
        text = json.dumps({"format": FORMAT} | facts, ensure_ascii=False, indent=2)
        (folder / FACTS_FILE).write_text(text + "\n", encoding="utf-8")
        np.savez(folder / ARRAYS_FILE, allow_pickle=False, **arrays)

    @classmethod
    def load(cls, folder: Path) -> Self:
        """Read what `save` wrote.

        Raises
        ------
        CorruptError
            If the file is not a truth.
        """
        path = folder / ARRAYS_FILE
        try:
            with np.load(path, allow_pickle=False) as arrays:
                values: dict[str, Any] = {field.name: arrays[field.name] for field in fields(cls)}
        except (KeyError, ValueError, OSError) as error:
            raise CorruptError(
                path=path, detail=str(error), hint="`rekomenda generate` makes it again."
            ) from error
        return cls(**values | {"festive_share": float(values["festive_share"])})

    def _artist_preference(self, users: NDArray[np.int64]) -> NDArray[np.float32]:
        """Return the chance of each artist in a fresh choice, shape (B, A)."""
        loyal = self.favourite_share[users][:, None]
        by_group = _rows(
            self.groups[users], self.group_weights[users] * (1 - loyal), len(self.group_artists)
        )
        own = by_group @ self.group_artists
        own += _rows(
            self.favourites[users],
            self.favourite_weights[users] * loyal,
            self.group_artists.shape[1],
        ).toarray()
        festive = np.float32(self.festive_share)
        return np.asarray((1 - festive) * own + festive * self.group_artists[-1])


def _rows(columns: NDArray[np.int32], values: NDArray[np.float32], width: int) -> csr_array:
    """Return a sparse (B, width) matrix from the columns and values of each row; doubles add up."""
    n, each = columns.shape
    indptr = np.arange(n + 1) * each
    return csr_array((values.ravel(), columns.ravel(), indptr), shape=(n, width))


def _positions(ids: NDArray[np.str_], wanted: Sequence[str]) -> NDArray[np.int64]:
    """Return where each wanted id stands among the ids, -1 for nowhere."""
    order = np.argsort(ids, kind="stable")
    sought = np.asarray(wanted, dtype=np.str_)
    place = np.searchsorted(ids, sought, sorter=order)
    found = order[np.minimum(place, len(ids) - 1)]
    return np.where(ids[found] == sought, found, -1)


def _find(ids: NDArray[np.str_], wanted: Sequence[str] | None) -> NDArray[np.int64]:
    if wanted is None:
        return np.arange(len(ids))
    place = _positions(ids, wanted)
    if (place < 0).any():
        raise KeyError(str(np.asarray(wanted)[place < 0][0]))
    return place
