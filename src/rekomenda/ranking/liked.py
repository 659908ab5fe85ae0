"""Reasons that come from what somebody says they like, and not from what they played."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from rekomenda.domain.catalogue import Catalogue
from rekomenda.domain.interactions import Histories
from rekomenda.domain.models import Evidence, ReasonKind
from rekomenda.domain.shares import Shares


def only_said(histories: Histories) -> NDArray[np.bool_]:
    """Tell which cells nobody played, shape (nnz,): they come from likes."""
    return np.asarray(~histories.known | (histories.plays == 0))


def with_likes_named(evidence: Evidence, histories: Histories, catalogue: Catalogue) -> Evidence:
    """Return the reasons, where none says that somebody played what they only say they like.

    A model names the cell that speaks most for an item, wherever the cell comes from. Where it
    comes from a like the reason becomes LIKED, of the artist of that track; where that artist is
    unknown, nothing can be named, and the reason is NONE. Of several artists it is whoever takes part
    in most of what the listener is taken to like; where that is nobody alone, NONE.

    Parameters
    ----------
    evidence : Evidence, (B, n)
    histories : Histories, B users
        What the model explained.
    catalogue : Catalogue
    """
    said = only_said(histories)
    if not said.any():
        return evidence
    n_items = histories.n_items
    cells = histories.users_of_cells[said].astype(np.int64) * n_items + histories.items[said]
    users = np.arange(len(histories))[:, None]
    played = evidence.kind == ReasonKind.PLAYED
    liked = played & np.isin(users * n_items + evidence.subject, cells)
    artist = np.where(liked, catalogue.artist_of[np.maximum(evidence.subject, 0)], -1)
    if catalogue.shared_artists is not None:
        _name_the_liked(artist, liked, evidence.subject, histories, catalogue.shared_artists)
    named = liked & (artist >= 0)
    kind = np.where(liked, ReasonKind.NONE, evidence.kind)
    return Evidence(
        kind=np.where(named, ReasonKind.LIKED, kind).astype(np.uint8),
        subject=np.where(liked, artist, evidence.subject).astype(np.int32),
        share=np.where(liked & ~named, np.float32(np.nan), evidence.share),
    )


def _name_the_liked(
    artist: NDArray[np.int32],
    liked: NDArray[np.bool_],
    subject: NDArray[np.int32],
    histories: Histories,
    shares: Shares,
) -> None:
    """Put in the place of a shared track's first artist whoever the listener says they like."""
    shared = liked & (shares.counts[np.maximum(subject, 0)] > 1)
    said = only_said(histories)
    for user in np.flatnonzero(shared.any(axis=1)):
        own = slice(*histories.indptr[user : user + 2])
        _, groups = shares.expand(histories.items[own][said[own]])
        times = np.bincount(groups)
        for place in np.flatnonzero(shared[user]):
            _, able = shares.expand(subject[user, place : place + 1])
            most = times[able] == times[able].max()
            artist[user, place] = able[most][0] if most.sum() == 1 else -1
