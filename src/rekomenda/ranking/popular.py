"""Lists for people without history: what is popular, everywhere and in each region."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from rekomenda.domain.interactions import Histories
from rekomenda.domain.models import FittedModel, ReasonKind
from rekomenda.domain.recommendations import Shelf
from rekomenda.ranking import candidates
from rekomenda.ranking.explain import GENERAL, HAS_GENERAL
from rekomenda.ranking.ranked import Ranked, place
from rekomenda.ranking.rerank import rerank
from rekomenda.ranking.shelves import ShelfRules


def popular_lists(model: FittedModel, rules: ShelfRules, *, n: int, max_per_artist: int) -> Ranked:
    """Rank what people without history are shown; each reason says that the list is for everybody.

    Parameters
    ----------
    model : FittedModel
        Answers for empty histories, by region where it can.
    rules : ShelfRules
    n, max_per_artist : int

    Returns
    -------
    Ranked, R + 1 lists
        Row r + 1 is for region r; row 0 for people whose region is unknown.
    """
    nobody = strangers(len(rules.catalogue.regions), model.n_items)
    eligible = rules.eligible_for(Shelf.FOR_YOU, nobody)
    # All items, not the first few hundred: there are few rows, and no list may come out short.
    ranked = candidates.by_model(model.score(nobody), eligible, max(model.n_items, n))
    columns = rerank(ranked.items, rules.catalogue, n=n, max_per_artist=max_per_artist)
    items = place(ranked.items, columns, -1)
    evidence = model.explain(nobody, items)
    return Ranked(
        items=items,
        scores=place(ranked.scores, columns, -np.inf),
        kind=evidence.kind,
        subject=evidence.subject,
        share=evidence.share,
        detail=np.where(np.isin(evidence.kind, HAS_GENERAL), GENERAL, 0).astype(np.uint8),
    )


def of_regions(lists: Ranked) -> Ranked:
    """Keep of each region's list (all rows but the first) what is popular in that very region.

    Where a region has too few listeners to rank by, the model answers with what is popular
    everywhere; that is row 0's list and is not published again under the region's name.
    """
    kept = lists.kind == ReasonKind.POPULAR_IN_REGION
    kept[0] = True
    return replace(lists, items=np.where(kept, lists.items, np.int32(-1)))


def strangers(n_regions: int, n_items: int) -> Histories:
    """Return empty histories: row 0 of no region, row r + 1 of region r."""
    nothing = np.zeros(0, np.int32)
    return Histories.from_cells(
        nothing,
        nothing,
        n_users=n_regions + 1,
        n_items=n_items,
        region=np.arange(-1, n_regions, dtype=np.int32),
    )
