"""Lists for people without history: what is popular, everywhere and in each region."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array

from rekomenda.domain.eligible import Eligible
from rekomenda.domain.interactions import Histories
from rekomenda.domain.models import Evidence, FittedModel, ReasonKind
from rekomenda.ranking import candidates
from rekomenda.ranking.ranked import Ranked, either, place
from rekomenda.ranking.reason_words import GENERAL, HAS_GENERAL
from rekomenda.ranking.rerank import rerank
from rekomenda.ranking.shelves import ShelfRules

_SCORES_IN_MEMORY: Final = 8_000_000
"""Scores of one block of regions: 32 MB."""


def popular_lists(
    model: FittedModel,
    histories: Histories,
    rules: ShelfRules,
    *,
    n: int,
    max_per_artist: int,
    min_support: int,
) -> Ranked:
    """Rank what people without history are shown; each reason says that the list is for everybody.

    A region's list holds what at least `min_support` of its listeners play, since the favourites
    of a handful of people would tell about those people, and goes on with what is popular
    everywhere.

    Parameters
    ----------
    model : FittedModel
        Answers for empty histories, by region where it can.
    histories : Histories, U users
        Everybody's, for the support.
    rules : ShelfRules
    n, max_per_artist, min_support : int

    Returns
    -------
    Ranked, R + 1 lists
        Row r + 1 is for region r; row 0 for people whose region is unknown.
    """
    n_rows = len(rules.catalogue.regions) + 1
    size = max(1, _SCORES_IN_MEMORY // max(model.n_items, 1))
    blocks = []
    for start in range(0, n_rows, size):
        regions = np.arange(start, min(start + size, n_rows)) - 1
        supported = _supported(histories, regions, min_support)
        blocks.append(_block(model, regions, supported, rules, n=n, max_per_artist=max_per_artist))
    return Ranked.stack(blocks)


def _block(
    model: FittedModel,
    regions: NDArray[np.int64],
    supported: NDArray[np.bool_],
    rules: ShelfRules,
    *,
    n: int,
    max_per_artist: int,
) -> Ranked:
    """Rank for some regions: first what is popular there, then what is popular everywhere."""
    here = strangers(regions, model.n_items)
    anywhere = strangers(np.full(len(regions), -1), model.n_items)
    eligible = Eligible(hidden=rules.hidden)
    scores = model.score(here)
    scores[~supported] = -np.inf
    # All items, not the first few hundred: there are few rows, and no list may come out short.
    depth = max(model.n_items, n)
    local = candidates.by_model(scores, eligible, depth)
    common = candidates.by_model(model.score(anywhere), eligible, depth)
    # Only where the model does rank by region; what it ranks there, enough of the region play.
    by_region = model.explain(here, local.items).kind == ReasonKind.POPULAR_IN_REGION
    own = np.where(by_region.any(axis=1, keepdims=True), local.items, -1)
    items = np.concatenate([own, common.items], axis=1)
    columns = rerank(items, rules.catalogue, n=n, max_per_artist=max_per_artist)
    items = place(items, columns, -1)
    in_region = (columns >= 0) & (columns < depth)
    evidence = either(
        in_region,
        Evidence(
            kind=np.full(items.shape, ReasonKind.POPULAR_IN_REGION, np.uint8),
            subject=np.broadcast_to(here.region[:, None], items.shape),
            share=np.full(items.shape, np.nan, np.float32),
        ),
        model.explain(anywhere, np.where(in_region, -1, items)),
    )
    scores = place(np.concatenate([local.scores, common.scores], axis=1), columns, -np.inf)
    return Ranked(
        items=items,
        scores=np.minimum.accumulate(scores, axis=1),
        detail=np.where(np.isin(evidence.kind, HAS_GENERAL), GENERAL, 0).astype(np.uint8),
        **vars(evidence),
    )


def _supported(
    histories: Histories, regions: NDArray[np.int64], min_support: int
) -> NDArray[np.bool_]:
    """Tell which items at least `min_support` listeners of each region like, (r, I).

    None for region -1, whose list is what is popular everywhere.
    """
    region = histories.region[histories.users_of_cells]
    liked = (histories.weights > 0) & histories.known
    counted = liked & (region >= 0) & np.isin(region, regions)
    pairs = region[counted] - regions[0], histories.items[counted]
    listeners = coo_array(
        (np.ones(len(pairs[0]), np.int32), pairs), shape=(len(regions), histories.n_items)
    )
    supported: NDArray[np.bool_] = listeners.toarray() >= max(min_support, 1)
    return supported


def of_regions(lists: Ranked) -> Ranked:
    """Keep of each region's list (all rows but the first) what is popular in that very region.

    What completes a region's list is row 0's and is not published again under its name.
    """
    kept = lists.kind == ReasonKind.POPULAR_IN_REGION
    kept[0] = True
    return replace(lists, items=np.where(kept, lists.items, np.int32(-1)))


def strangers(regions: NDArray[np.integer[Any]], n_items: int) -> Histories:
    """Return empty histories of people from these regions, -1 for unknown."""
    nothing = np.zeros(0, np.int32)
    return Histories.from_cells(
        nothing, nothing, n_users=len(regions), n_items=n_items, region=regions
    )
