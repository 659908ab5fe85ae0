"""What a run will take, hop by hop: from the last run of this home, else from the size of its data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

from rekomenda.evaluation.exam import MAX_USERS
from rekomenda.joining.extent import Extent
from rekomenda.learning.auto import MAX_CELLS
from rekomenda.learning.recipe import AUTO, choose_recipes
from rekomenda.models.blend.lists import EXACT_UP_TO
from rekomenda.models.cost import Size
from rekomenda.models.registry import create
from rekomenda.pipeline import plan
from rekomenda.settings import Settings
from rekomenda.tuning.grid import GRID

Basis = Literal["size", "last_run"]

JOIN: Final = (0.3, 0.8e-6)
"""Seconds, and seconds for each row of plays."""
CHOOSE: Final = (2.0, 17.0, 0.7)
"""Seconds; seconds for weighing candidates and trying a ranker on as many listeners as a validation
asks at most; and seconds for each second that the fits are said to cost."""
ASKED: Final = 5_000
"""Listeners of whom a validation asks as many as it asks at most: about half of them qualify."""
MEMBERS: Final = 1 / 3
"""Of the cost of all candidates, what those have that stay in a blend."""
EXAMINE: Final = 0.16e-3
"""Seconds for each listener who is examined and model."""
PLAIN_LISTS: Final = (1.0, 0.6e-3, 0.0)
RANKED_LISTS: Final = (1.0, 1.9e-3, 0.21e-6)
"""Seconds; for each listener; for each listener and track of the catalogue, up to where every track is
scored: with more, lists are made from candidates."""
JUDGE: Final = 4.5
"""Seconds beside a training that is repeated: a new process reads the release."""
PUBLISH: Final = (0.3, 0.5e-6)
RECONCILE: Final = (0.5, 1.0e-6)
"""Seconds, and seconds for each recommendation."""
MEMORY: Final = (0.45e9, 0.7e9, 330, 240)
"""Bytes; bytes for what choosing holds of its listeners; for each recommendation, up to `STREAMED`; and for
each track that a listener played, beyond `FEW_CELLS`."""
STREAMED: Final = 2_600_000
"""Recommendations from which on more take no more memory: they are written as they are made."""
FEW_CELLS: Final = 1_000_000
"""So many are within the other numbers of `MEMORY`, which were chosen on worlds that had no more."""
MOST_PAIRS: Final = 128 << 20
"""Pairs of tracks that a model keeps (`models.linear.co_listening.MAX_CELLS`)."""
STORED: Final = (2e6, 30, 30, 5)
"""Bytes of a release and its part of the warehouse: always, for each recommendation, for each track that
a listener played, for each pair of tracks that share a listener (the model)."""


@dataclass(frozen=True)
class Reckoning:
    """An estimate, for a machine of two cores with nothing else to do.

    Parameters
    ----------
    seconds : mapping of hop to float
        In the order of the plan.
    peak_bytes : int
        Most memory at once.
    disk_bytes : int
        Of the new release and of its rows in the warehouse.
    bases : mapping of hop to {"size", "last_run"}
        What each number of `seconds` comes from.
    """

    seconds: Mapping[str, float]
    peak_bytes: int
    disk_bytes: int
    bases: Mapping[str, Basis]

    @property
    def basis(self) -> Basis:
        """`last_run` where every hop is known from one."""
        return "last_run" if set(self.bases.values()) == {"last_run"} else "size"


@dataclass(frozen=True)
class Measured:
    """What earlier runs of a home took, made comparable.

    Parameters
    ----------
    seconds : mapping of hop to float
    peak_bytes : float or None
        None where it was not measured.
    """

    seconds: Mapping[str, float]
    peak_bytes: float | None = None


def reckon(extent: Extent, settings: Settings, measured: Measured | None = None) -> Reckoning:
    """Reckon a run from the size of the data; what was measured before takes the place of that."""
    found = _from_size(extent, settings)
    if measured is None:
        return found
    known = {hop: value for hop, value in measured.seconds.items() if hop in found.seconds}
    return Reckoning(
        {hop: known.get(hop, value) for hop, value in found.seconds.items()},
        int(measured.peak_bytes or found.peak_bytes),
        found.disk_bytes,
        {hop: "last_run" if hop in known else "size" for hop in found.seconds},
    )


def _from_size(extent: Extent, settings: Settings) -> Reckoning:
    seconds, listed = _seconds(extent, settings), _listed(extent, settings)
    always, for_each_row, for_each_cell, for_each_pair = STORED
    stored = for_each_row * listed
    stored += for_each_cell * extent.size.n_cells + for_each_pair * min(
        extent.size.n_linked, MOST_PAIRS
    )
    return Reckoning(
        {hop.name: round(value, 1) for hop, value in seconds.items()},
        int(_memory(extent, listed)),
        int(always + stored),
        {hop.name: "size" for hop in seconds},
    )


def _memory(extent: Extent, listed: int) -> float:
    always, for_asked, for_each_row, for_each_cell = MEMORY
    cells = max(0, extent.size.n_cells - FEW_CELLS)
    for_lists = for_each_row * min(listed, STREAMED)
    return always + for_asked * _asked(extent) + for_lists + for_each_cell * cells


def _asked(extent: Extent) -> float:
    """Return how much of the greatest validation this data has, 0 to 1."""
    return min(1.0, extent.size.n_users / ASKED)


def _listed(extent: Extent, settings: Settings) -> int:
    """Return how many recommendations all shelves hold when they are full."""
    shelf = settings.recommend
    lengths = (shelf.for_you, shelf.again, shelf.discover, shelf.explore, shelf.fresh)
    return extent.size.n_users * sum(lengths)


def _seconds(extent: Extent, settings: Settings) -> dict[plan.Hop, float]:
    size, automatic = extent.size, settings.model.algorithm in AUTO
    listed = _listed(extent, settings)
    share = min(1.0, MAX_CELLS / max(size.n_cells, 1))  # of the listeners, who are tried on
    spent = _tried(_part(size, share), settings.model.budget_seconds)
    tried = spent if automatic and not settings.model.tuning else 0.0
    _, beside, _ = choose_recipes(
        settings.model.algorithm,
        settings.model.compare,
        settings.model.hyperparameters,
        n_items=size.n_items,
        max_ease_items=settings.model.max_ease_items,
        seed=settings.model.seed,
    )
    fits = {each.algorithm: create(each.algorithm, each.hyperparameters) for each in beside}
    learn = MEMBERS * spent / share if automatic else _own(extent, settings)
    lists = RANKED_LISTS if automatic and settings.model.ranker == "auto" else PLAIN_LISTS
    return {
        plan.INTEGRATE: JOIN[0] + JOIN[1] * extent.n_rows,
        plan.CHOOSE: CHOOSE[0] + CHOOSE[1] * _asked(extent) + CHOOSE[2] * tried if tried else 0.0,
        plan.EVALUATE: learn
        + sum(fit.cost_of(size).seconds for fit in fits.values())
        + EXAMINE * min(size.n_users, MAX_USERS) * (len(fits) + 1),
        plan.REFIT: learn,
        plan.RECOMMEND: lists[0]
        + (lists[1] + lists[2] * min(size.n_items, EXACT_UP_TO)) * size.n_users,
        plan.JUDGE: JUDGE + learn,
        plan.PUBLISH: PUBLISH[0] + PUBLISH[1] * listed,
        plan.RECONCILE: RECONCILE[0] + RECONCILE[1] * listed,
    }


def _part(size: Size, share: float) -> Size:
    """Return the size of the data of a share of the listeners."""
    return Size(
        int(size.n_users * share),
        size.n_items,
        int(size.n_cells * share),
        int(size.n_pairs * share),
        int(min(size.n_linked, size.n_pairs * share)),
    )


def _tried(size: Size, budget: float) -> float:
    """Add up what the candidates of `auto` cost, as far as the budget reaches."""
    spent = 0.0
    for each in GRID:
        cost = create(each.algorithm, each.hyperparameters).cost_of(size).seconds
        if spent + cost <= budget:
            spent += cost
    return spent


def _own(extent: Extent, settings: Settings) -> float:
    name = settings.model.algorithm
    return create(name, settings.model.hyperparameters.get(name, {})).cost_of(extent.size).seconds


def measured_before(
    attempts: Sequence[Mapping[str, Any]], settings: Settings, rows: int
) -> Measured | None:
    """Return what the newest comparable runs took, in proportion to the rows that they read.

    Parameters
    ----------
    attempts : sequence of mapping
        Oldest first.
    settings : Settings
        Only runs of the same algorithm tell of this one.
    rows : int
        Of plays that a run would read now.
    """
    seconds: dict[str, float] = {}
    peak = None
    for attempt in attempts:
        if attempt.get("asked_for") != settings.model.algorithm or not attempt.get("rows"):
            continue
        growth = rows / attempt["rows"]
        seconds |= {hop: round(value * growth, 1) for hop, value in attempt["seconds"].items()}
        peak = attempt.get("peak_bytes") or peak
    return Measured(seconds, peak_bytes=peak) if seconds else None
