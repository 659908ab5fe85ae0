"""Who is shown, to whom, and how that fits what people play: every measure of a set of lists.

The definitions stand in `exposure_words.py`, with their sources. Each measure of listeners is one
mean over another (`Ratio`), so that any group of listeners, and any resample of them, is summed
the same way; those of artists are in `artist_exposure.py`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from rekomenda.domain.interactions import Histories
from rekomenda.domain.popularity import BANDS, TAIL
from rekomenda.evaluation import artist_exposure, variety
from rekomenda.evaluation.breadth import narrowness
from rekomenda.evaluation.calibration import distributions, miscalibration
from rekomenda.evaluation.ground import Ground
from rekomenda.evaluation.metrics import discounts, list_popularity, novelty
from rekomenda.evaluation.segments import MIN_LISTENERS
from rekomenda.evaluation.tasks import heard_artists, is_member, keys_of

Bools = NDArray[np.bool_]
Floats = NDArray[np.float64]
Items = NDArray[np.int32]

_BLOCK: Final = 4096
"""Listeners measured together: their shares of genres and regions are dense."""


@dataclass(frozen=True, eq=False)
class Ratio:
    """A measure of listeners: the sum of one column over the sum of another, less a constant.

    Parameters
    ----------
    above, below : ndarray of float64, shape (n,)
        Both 0 for a listener for whom the measure has no meaning.
    offset : float
    """

    above: Floats
    below: Floats
    offset: float = 0.0

    @classmethod
    def mean(cls, values: Floats) -> Ratio:
        """Return the mean over those listeners for whom it is not NaN."""
        known = ~np.isnan(values)
        return cls(np.where(known, values, 0.0), known.astype(np.float64))

    @classmethod
    def of(cls, above: Floats, below: Floats, offset: float = 0.0) -> Ratio:
        """Return one mean over another, over those listeners for whom neither is NaN."""
        known = ~(np.isnan(above) | np.isnan(below))
        return cls(np.where(known, above, 0.0), np.where(known, below, 0.0), offset)

    @property
    def n_listeners(self) -> int:
        """Listeners for whom it has a meaning."""
        return int(np.count_nonzero(self.below))

    def value(self, members: Bools | slice = slice(None)) -> float:
        """Return it for some of the listeners; NaN where it has no meaning for any of them."""
        below = float(self.below[members].sum())
        return float(self.above[members].sum()) / below - self.offset if below > 0 else np.nan


def measures(items: Items, ground: Ground) -> dict[str, float]:
    """Return every measure of some lists as a plain number.

    Parameters
    ----------
    items : ndarray of int32, shape (n, k)
        A list for each listener of the ground, best first, -1 behind its end. Measures are of
        the first k places, so cut the lists to the k that is meant.
    ground : Ground

    Returns
    -------
    dict of str to float
        By `measure` or, for a group, `measure:group` (`popularity_lift:mainstream:low`,
        `exposure_ratio_training:artists:emerging`). What has no meaning here (no regions, nothing
        held back, fewer than 50 in the group) is not there.
    """
    found: dict[str, float] = {}
    for name, ratio in of_listeners(items, ground).items():
        found[name] = ratio.value()
        for partition in ground.partitions[1:]:
            for number, group in enumerate(partition.names):
                members = partition.labels == number
                if np.count_nonzero(ratio.below[members]) >= MIN_LISTENERS:
                    found[f"{name}:{group}"] = ratio.value(members)
    if ground.relevant is not None:
        found["popularity_opportunity"] = float(
            opportunity_gap(hits_by_band(items, ground).sum(axis=0))
        )
    for row in artist_exposure.of_artists(items, ground):
        found[row.key] = row.value
    return {name: value for name, value in found.items() if not np.isnan(value)}


def of_listeners(items: Items, ground: Ground) -> dict[str, Ratio]:
    """Return the measures that are means over listeners, by name."""
    parts: dict[str, list[Floats]] = {}
    for rows, histories in ground.train.batches(_BLOCK):
        for name, values in _Batch(items[rows], histories, ground, rows).columns():
            parts.setdefault(name, []).append(values)
    column = {name: np.concatenate(values) for name, values in parts.items()}
    lists_of = column.pop("list_popularity", np.empty(0))
    own = column.pop("local_share_own", np.full(len(ground), np.nan))
    ratios = {name: Ratio.mean(values) for name, values in column.items()}
    ratios["list_popularity"] = Ratio.mean(lists_of)
    ratios["popularity_lift"] = Ratio.of(lists_of, ground.profile_popularity, 1.0)
    ratios["local_share_own"] = Ratio.mean(own)
    ratios["local_share_kept"] = Ratio.of(column["local_share"], own)
    return {name: ratio for name, ratio in ratios.items() if ratio.n_listeners}


@dataclass(frozen=True, eq=False)
class _Batch:
    """Some lists and the histories of those who get them, B of both."""

    items: Items
    histories: Histories
    ground: Ground
    rows: slice

    def columns(self) -> Iterator[tuple[str, Floats]]:
        """Yield each measure's value for each listener, NaN where it has none."""
        ground, items = self.ground, self.items
        artists, genres = ground.artists(items), ground.genres(items)
        yield "list_popularity", list_popularity(items, ground.listeners)
        yield "novelty", novelty(items, ground.listeners, ground.n_listeners)
        tail = (items >= 0) & (ground.bands[items] == TAIL)
        yield "tail_share", variety.share_of_list(tail, items >= 0)
        yield "genre_diversity", variety.different_pairs(genres)
        yield "distinct_artists", variety.distinct(artists)
        emerging = (artists >= 0) & np.append(ground.emerging, False)[artists]
        yield "emerging_share", self._exposed(emerging)
        yield "first_emerging", variety.first_position(emerging)
        yield from self._discoveries(artists)
        yield from self._calibrations()
        yield "narrowness", self._of_list(artists)
        yield "narrowness_own", self._of_history()

    def _discoveries(self, artists: Items) -> Iterator[tuple[str, Floats]]:
        items, listed = self.items, self.items >= 0
        n_artists = len(self.ground.catalogue.artists)
        known = keys_of(heard_artists(self.histories, self.ground.catalogue), n_artists)
        keys = np.arange(len(items))[:, None] * n_artists + artists
        new = (artists >= 0) & ~is_member(keys, known)
        yield "discovery", variety.share_of_list(new, listed)
        relevant = self.ground.relevant
        if relevant is None:
            return
        users = np.arange(self.rows.start, self.rows.stop, dtype=np.int64)[:, None]
        hits = listed & is_member(users * self.histories.n_items + items, relevant.keys)
        asked = relevant.counts[self.rows] > 0
        useful = variety.share_of_list(new & hits, listed)
        yield "useful_discovery", np.where(asked, useful, np.nan)
        found = variety.serendipity(items, hits, self.ground.popularity_rank)
        yield "serendipity", np.where(asked, found, np.nan)

    def _calibrations(self) -> Iterator[tuple[str, Floats]]:
        ground, catalogue, played = self.ground, self.ground.catalogue, self.histories.items
        groups = {
            "genre": (ground.genres, len(catalogue.genres)),
            "popularity": (lambda of: np.append(ground.bands, -1)[of], len(BANDS)),
            "region": (ground.regions, len(catalogue.regions)),
        }
        for name, (group_of, n_groups) in groups.items():
            p = self._shares(self._cells, group_of(played), self.histories.weights, n_groups)
            q = self._shares(self._places, group_of(self.items).ravel(), self._seen, n_groups)
            yield f"miscalibration_{name}", miscalibration(p, q)
            if name == "region":
                yield "local_share_own", self._local(p)
                yield "local_share", self._local(q)
        at_home = ground.regions(self.items) == self.histories.region[:, None]
        at_home &= self.histories.region[:, None] >= 0
        yield "first_local", variety.first_position(at_home)

    def _shares(
        self, rows: NDArray[Any], groups: NDArray[Any], weights: NDArray[Any], n_groups: int
    ) -> Floats:
        if not n_groups:
            return np.full((len(self.items), 1), np.nan)
        return distributions(rows, groups, weights, (len(self.items), n_groups))

    def _local(self, shares: Floats) -> Floats:
        """Share of the listener's own region; NaN where it is unknown."""
        home = self.histories.region
        known = (home >= 0) & (home < shares.shape[1])
        own = shares[np.arange(len(shares)), np.where(known, home, 0)]
        return np.where(known, own, np.nan)

    def _exposed(self, marked: Bools) -> Floats:
        """Share of each list's exposure that the marked places have."""
        seen = self._seen.reshape(self.items.shape) * (self.items >= 0)
        totals = seen.sum(axis=1)
        return np.asarray((seen * marked).sum(axis=1) / np.where(totals > 0, totals, np.nan))

    def _of_list(self, artists: Items) -> Floats:
        flat, vectors = artists.ravel(), self.ground.vectors
        return narrowness(self._places, flat, self._seen, vectors, len(self.items))

    def _of_history(self) -> Floats:
        histories = self.histories
        artists = self.ground.artists(histories.items)
        weights, vectors = histories.weights, self.ground.vectors
        return narrowness(self._cells, artists, weights, vectors, len(histories))

    @property
    def _cells(self) -> NDArray[np.int32]:
        return self.histories.users_of_cells

    @property
    def _places(self) -> NDArray[np.int64]:
        return np.repeat(np.arange(len(self.items)), self.items.shape[1])

    @property
    def _seen(self) -> Floats:
        """How much each place is seen, whether taken or not, shape (B k,)."""
        return np.tile(discounts(self.items.shape[1]), len(self.items))


def hits_by_band(items: Items, ground: Ground) -> Floats:
    """Count each listener's hits and relevant tracks of head, middle and tail: (n, 2, 3)."""
    relevant = ground.relevant
    assert relevant is not None, "only lists with something held back have hits"
    n, n_items, n_bands = len(items), len(ground.catalogue), len(BANDS)
    listed = np.sort((np.arange(n, dtype=np.int64)[:, None] * n_items + items)[items >= 0])
    users, tracks = np.divmod(relevant.keys, n_items)
    cells = users * n_bands + ground.bands[tracks]
    hits = is_member(relevant.keys, listed).astype(np.float64)
    counts = [np.bincount(cells, weights, n * n_bands) for weights in (hits, None)]
    return np.stack(counts, axis=1).reshape(n, n_bands, 2).transpose(0, 2, 1).astype(np.float64)


def opportunity_gap(counts: Floats) -> Floats:
    """How unequal the chances of relevant tracks are: PopREO, the std over the mean of the chances.

    The chance of a group is its hits over its relevant tracks (Z. Zhu, J. Wang, J. Caverlee,
    "Measuring and Mitigating Item Under-Recommendation Bias", SIGIR 2020, ranking-based equal
    opportunity); the groups are head, middle and tail, those without a relevant track left out.

    Parameters
    ----------
    counts : ndarray of float, shape (..., 2, 3)
        Hits and relevant tracks by band.

    Returns
    -------
    ndarray of float64, shape (...)
        0 (all alike) upwards; NaN where nothing was hit.
    """
    hits, relevant = counts[..., 0, :], counts[..., 1, :]
    asked = relevant > 0
    n_bands = asked.sum(axis=-1)
    chances = np.divide(hits, relevant, out=np.zeros_like(hits), where=asked)
    mean = chances.sum(axis=-1) / np.maximum(n_bands, 1)
    away = np.where(asked, chances - mean[..., None], 0.0)
    spread = np.sqrt((away**2).sum(axis=-1) / np.maximum(n_bands, 1))
    return np.asarray(spread / np.where(mean > 0, mean, np.nan))
