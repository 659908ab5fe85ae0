"""Reasons that only name what a listener can know: played, not taken down; or the artist of it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from rekomenda.domain.catalogue import Catalogue
from rekomenda.domain.interactions import Histories
from rekomenda.domain.models import Evidence, FittedModel, NamesArtists, Naming, ReasonKind
from rekomenda.ranking.liked import only_said, with_likes_named
from rekomenda.ranking.reason_words import OWN_ARTIST


def named_reasons(
    model: FittedModel, histories: Histories, items: NDArray[np.int32], catalogue: Catalogue
) -> Evidence:
    """Return a model's strongest reasons among those that may be named.

    Nothing taken down is named, since nobody can look it up. Where the model can tell, an artist is
    named whose tracks say much more together than any alone. What comes from a like says so.

    Parameters
    ----------
    model : FittedModel
    histories : Histories, B users
    items : ndarray of int32, shape (B, n)
        -1 for no item.
    catalogue : Catalogue
    """
    if isinstance(model, NamesArtists):
        naming = Naming(catalogue.artist_of, catalogue.blocked)
        evidence = model.explain_naming(histories, items, naming)
    else:
        evidence = model.explain(histories, items)
    gone = (evidence.kind == ReasonKind.PLAYED) & catalogue.blocked[evidence.subject]
    evidence = Evidence(
        kind=np.where(gone, np.uint8(ReasonKind.NONE), evidence.kind),
        subject=np.where(gone, np.int32(-1), evidence.subject),
        share=np.where(gone, np.float32(np.nan), evidence.share),
    )
    evidence = with_likes_named(evidence, histories, catalogue)
    return _artists_liked(evidence, histories, catalogue)


def artist_detail(
    evidence: Evidence, items: NDArray[np.int32], catalogue: Catalogue
) -> NDArray[np.uint8]:
    """Return OWN_ARTIST where the artist named is the track's own, else 0; (B, n)."""
    own = catalogue.artist_of[items] == evidence.subject
    own &= (evidence.kind == ReasonKind.ARTIST_LISTENERS) & (items >= 0)
    return np.where(own, OWN_ARTIST, 0).astype(np.uint8)


def _artists_liked(evidence: Evidence, histories: Histories, catalogue: Catalogue) -> Evidence:
    """Say of artists of whom nothing was played, only liked, that they are liked."""
    said = only_said(histories)
    if not said.any():
        return evidence
    n_artists = len(catalogue.artists) + 1  # the last: unknown
    artists = catalogue.artist_of[histories.items[~said]]
    played = histories.users_of_cells[~said].astype(np.int64) * n_artists + artists
    named = np.arange(len(histories))[:, None] * n_artists + evidence.subject
    liked = (evidence.kind == ReasonKind.ARTIST_LISTENERS) & ~np.isin(named, played)
    kind = np.where(liked, np.uint8(ReasonKind.LIKED), evidence.kind)
    return Evidence(kind, evidence.subject, evidence.share)
