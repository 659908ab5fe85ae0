"""The shelf `again`: what was played, by how likely it is to be heard again."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from rekomenda.domain.eligible import ItemSets
from rekomenda.domain.interactions import Histories
from rekomenda.domain.memory import activation
from rekomenda.domain.models import FittedModel, ReasonKind
from rekomenda.ranking.candidates import PlayedTracks
from rekomenda.ranking.fill import Filler, Items
from rekomenda.ranking.ranked import Ranked, Value
from rekomenda.ranking.reason_words import again_detail
from rekomenda.ranking.shelves import ShelfRules


def again_lists(
    model: FittedModel,
    histories: Histories,
    rules: ShelfRules,
    filler: Filler,
    *,
    n: int,
    as_of_day: int,
    resting: ItemSets | None = None,
) -> Ranked:
    """Rank what each of B listeners played; each track is its own reason.

    Parameters
    ----------
    model : FittedModel
        Ranks them if it knows about hearing again; else what memory keeps does.
    histories : Histories
    rules : ShelfRules
    filler : Filler
    n : int
        Length of the lists, > 0.
    as_of_day : int
        See `domain.memory.activation`.
    resting : ItemSets, optional
        What comes last, whatever its value: it was shown for weeks and not played.
    """
    knows = model.knows_repeats
    values = of_cells(model, histories) if knows else activation(histories, as_of_day)
    values[~rules.worth_again(histories)] = -np.inf
    played = PlayedTracks.by_value(histories, values, last=_members(resting, histories))

    def find(rows: NDArray[np.int64], depth: int) -> tuple[Items, NDArray[np.int64]]:
        cells = played.first(depth, rows)
        return _at(histories.items, cells, -1), cells

    items, cells = filler.fill(find, (len(histories), n), np.int64(-1))
    plays, last_day = _at(histories.plays, cells, 0), _at(histories.last_day, cells, -1)
    return Ranked(
        items=items,
        scores=np.minimum.accumulate(_at(values, cells, -np.inf), axis=1),
        kind=np.full(items.shape, ReasonKind.AGAIN, np.uint8),
        subject=items,
        share=np.full(items.shape, np.nan, np.float32),
        detail=again_detail(plays, last_day, as_of_day),
    )


def of_cells(model: FittedModel, histories: Histories) -> NDArray[np.float32]:
    """Return the score that each cell's item has for its listener, shape (nnz,).

    Each listener is asked about their own tracks only, side by side: (B, most tracks of one).
    """
    places = np.arange(int(histories.lengths.max(initial=0)))
    filled = places < histories.lengths[:, None]
    played = np.full(filled.shape, -1, np.int32)
    played[filled] = histories.items
    return model.score(histories, played)[filled]


def _members(sets: ItemSets | None, histories: Histories) -> NDArray[np.bool_]:
    """Tell which cells of the histories are in their user's set, shape (nnz,)."""
    if sets is None:
        return np.zeros(len(histories.items), bool)
    mine = histories.users_of_cells.astype(np.int64) * histories.n_items + histories.items
    theirs = sets.users_of_cells.astype(np.int64) * histories.n_items + sets.items
    return np.isin(mine, theirs)


def _at(values: NDArray[Value], cells: NDArray[np.int64], missing: float) -> NDArray[Value]:
    """Return `values[cells]`, and `missing` where the cell is -1."""
    return np.append(values, values.dtype.type(missing))[cells]
