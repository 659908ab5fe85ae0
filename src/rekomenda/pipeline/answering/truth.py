"""How near lists come to what people truly like, where a made world knows it.

The truth gives the chance of each track to be a listener's next fresh choice. A list is worth the sum
of chance / log2(1 + rank) over its first ten tracks; the best possible list is that of the greatest
chances among the tracks it may hold. No luck of what was played is in it.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.dataset as ds
from numpy.typing import NDArray

from rekomenda.data.world.truth import ARRAYS_FILE, Truth
from rekomenda.domain.recommendations import Shelf
from rekomenda.domain.top_n import top_n
from rekomenda.evaluation.bootstrap import Bootstrap
from rekomenda.evaluation.metrics import discounts
from rekomenda.evaluation.segments import everybody
from rekomenda.learning.bundle import Bundle
from rekomenda.pipeline.world import truth_folder
from rekomenda.storage.release_manifest import Release

K: Final = 10
MOST_LISTENERS: Final = 2_000
"""Enough to tell a percent; each takes a number for each track."""
BLOCK: Final = 256
KNOWN: Final = 0.5
"""Of the listeners, so many must be the world's: else it is the truth of another one."""

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


def truth_of(
    home: Path, release: Release, bundle: Bundle, folder: Path | None = None
) -> list[dict[str, Any]]:
    """Return what the lists of a release are worth, beside popularity and chance; nothing if unknown.

    Parameters
    ----------
    home : Path
    release : Release
    bundle : Bundle
        Of the release.
    folder : Path, optional
        The `truth` folder of a made world; default: that of the home's demo, if there is one.

    Raises
    ------
    CorruptError
        If a named folder holds no truth.
    """
    asked = folder or truth_folder(home)
    if folder is None and not (asked / ARRAYS_FILE).exists():
        return []
    truth = Truth.load(asked)
    users = np.asarray(bundle.interactions.users.ids.to_pylist(), dtype=np.str_)
    rows = np.flatnonzero(np.isin(users, truth.user_ids))
    if len(rows) < KNOWN * len(users) or not len(rows):
        return []
    if len(rows) > MOST_LISTENERS:
        drawn = np.random.default_rng(0).choice(len(rows), MOST_LISTENERS, replace=False)
        rows = rows[np.sort(drawn)]
    worth = _worth(truth, release, bundle, rows, users[rows])
    return [
        {"lists": name, "listeners": len(rows), **_share(worth[name], worth["best"])}
        for name in ("for_you", "popularity", "random")
    ]


def _worth(
    truth: Truth, release: Release, bundle: Bundle, rows: Ints, users: NDArray[np.str_]
) -> Mapping[str, Floats]:
    """Return what each kind of list is worth to each listener."""
    ids = np.asarray(bundle.catalogue.items.ids.to_pylist(), dtype=np.str_)
    listed = _listed(release, bundle)
    known = np.isin(ids, truth.track_ids) & ~bundle.catalogue.hidden
    cells = bundle.interactions.histories
    played = np.bincount(cells.items, cells.plays, len(ids)).astype(np.float32)
    rng = np.random.default_rng(0)
    found: dict[str, list[Floats]] = {}
    for start in range(0, len(rows), BLOCK):
        block = slice(start, start + BLOCK)
        chances = np.full((len(rows[block]), len(ids)), -np.inf, np.float32)
        chances[:, known] = truth.preference(users[block].tolist(), ids[known].tolist())
        heard = cells.rows(rows[block])
        chances[heard.users_of_cells[heard.known], heard.items[heard.known]] = -np.inf
        allowed = np.isfinite(chances)
        lists = {
            "best": top_n(chances, K).items,
            "for_you": listed[rows[block]],
            "popularity": top_n(np.where(allowed, played, -np.inf), K).items,
            "random": top_n(np.where(allowed, rng.random(chances.shape), -np.inf).astype(np.float32), K).items,
        }  # fmt: skip
        for name, items in lists.items():
            found.setdefault(name, []).append(_value(items, chances))
    return {name: np.concatenate(parts) for name, parts in found.items()}


def _listed(release: Release, bundle: Bundle) -> NDArray[np.int32]:
    """Return the first ten of everybody's `for_you`, (U, K), -1 where there is none."""
    wanted = (
        (pc.field("shelf") == Shelf.FOR_YOU.value)
        & (pc.field("rank") <= K)
        & pc.field("user_id").is_valid()
    )
    table = ds.dataset(release.table("recommendations")).to_table(
        columns=["user_id", "track_id", "rank"], filter=wanted
    )
    users = bundle.interactions.users.index_of(table["user_id"].cast(pa.string()))
    items = bundle.catalogue.items.index_of(table["track_id"].cast(pa.string()))
    places = np.full((len(bundle.interactions.users.ids), K), -1, np.int32)
    there = users >= 0
    places[users[there], table["rank"].to_numpy()[there] - 1] = items[there]
    return places


def _value(items: NDArray[np.int32], chances: NDArray[np.float32]) -> Floats:
    """Add up the chances of what is listed; heard, hidden and unknown tracks are worth nothing."""
    listed = np.take_along_axis(chances, np.maximum(items, 0), axis=1)
    return np.where((items >= 0) & np.isfinite(listed), listed, 0.0) @ discounts(items.shape[1])


def _share(ours: Floats, best: Floats) -> dict[str, float]:
    """Return a sum over the best sum, with its interval over listeners."""
    bootstrap = Bootstrap()
    columns = np.stack([ours, best], axis=1)
    sums = bootstrap.sums(columns, [everybody(len(columns))])[0][:, 0]
    low, high = bootstrap.interval(sums[:, 0] / sums[:, 1])
    return {"value": float(ours.sum() / best.sum()), "low": float(low), "high": float(high)}
