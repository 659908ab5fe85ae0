"""What a reason names: the play, or the artist, that speaks most for an item."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from rekomenda.domain.models import Naming, ReasonKind
from rekomenda.models.base import Float32, Int32

TOGETHER: Final = 2.0
"""An artist is named where all plays of theirs say at least this times what the best one says."""


@dataclass(frozen=True, eq=False)
class Named:
    """What is named for each of n items of b users, (b, n) each.

    Parameters
    ----------
    kind : ndarray of uint8
        PLAYED, ARTIST_LISTENERS, or NONE where nothing that may be named speaks for the item.
    subject : ndarray of int32
        Item or artist index, -1 for NONE.
    amount : ndarray of float32
        What it adds to the score; 0 for NONE.
    """

    kind: NDArray[np.uint8]
    subject: Int32
    amount: Float32


def named(parts: Float32, items: Int32, naming: Naming | None) -> Named:
    """Choose what to name among what each cell says for each item.

    A single track convinces where it says about as much as anything; where an artist's tracks
    together say twice what the best one does, it is their artist whom the listener is known for.

    Parameters
    ----------
    parts : ndarray of float32, shape (b, L, n)
        0 for padding.
    items : ndarray of int32, shape (b, L)
        The item of each cell.
    naming : Naming or None
        None: any track may be named, and no artist.
    """
    may = parts if naming is None else np.where(naming.hidden[items][:, :, None], -np.inf, parts)
    strongest = may.argmax(axis=1)  # (b, n); the first cell where equal
    most = np.take_along_axis(may, strongest[:, None], axis=1)[:, 0]
    speaks = most > 0
    kind = np.where(speaks, ReasonKind.PLAYED, ReasonKind.NONE).astype(np.uint8)
    subject = np.where(speaks, np.take_along_axis(items, strongest, axis=1), -1).astype(np.int32)
    amount = np.where(speaks, most, 0).astype(np.float32)
    if naming is None:
        return Named(kind, subject, amount)
    artists = np.where(naming.hidden[items], -1, naming.artist_of[items])
    artist, together = _strongest_group(parts, artists.astype(np.int32))
    better = speaks & (artist >= 0) & (together >= TOGETHER * amount)
    return Named(
        kind=np.where(better, np.uint8(ReasonKind.ARTIST_LISTENERS), kind),
        subject=np.where(better, artist, subject),
        amount=np.where(better, together, amount),
    )


def _strongest_group(parts: Float32, groups: Int32) -> tuple[Int32, Float32]:
    """Return the group (b, n) whose cells' parts add up to most, and that sum; group -1 is none."""
    order = np.argsort(groups, axis=1, kind="stable")
    groups = np.take_along_axis(groups, order, axis=1)
    sums = np.take_along_axis(parts, order[:, :, None], axis=1).cumsum(axis=1, dtype=np.float64)
    changes = groups[:, 1:] != groups[:, :-1]
    edge = np.ones((len(groups), 1), bool)
    first, last = np.hstack([edge, changes]), np.hstack([changes, edge])
    place = np.broadcast_to(np.arange(groups.shape[1]), groups.shape)
    start = np.maximum.accumulate(np.where(first, place, 0), axis=1)
    before = np.take_along_axis(sums, np.maximum(start - 1, 0)[:, :, None], axis=1)
    before[start == 0] = 0
    whole = np.where((last & (groups >= 0))[:, :, None], sums - before, -np.inf)
    best = whole.argmax(axis=1)
    most = np.take_along_axis(whole, best[:, None], axis=1)[:, 0]
    group = np.where(most > -np.inf, np.take_along_axis(groups, best, axis=1), -1)
    return group.astype(np.int32), most.astype(np.float32)
