"""How exposure is shared out among artists: coverage, Gini, and what a group gets for its merit."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from rekomenda.domain.shares import Shares
from rekomenda.evaluation.bootstrap import Bootstrap
from rekomenda.evaluation.ground import Ground
from rekomenda.evaluation.metrics import coverage, exposure, gini
from rekomenda.evaluation.segments import MIN_LISTENERS, OVERALL, Partition

Bools = NDArray[np.bool_]
Floats = NDArray[np.float64]
Items = NDArray[np.int32]

MIN_SUPPORT: Final = 5
"""Listeners from whom on an artist is one whom a recommender could know."""
EMERGING: Final = "artists:emerging"


@dataclass(frozen=True)
class ArtistRow:
    """One number about artists.

    Parameters
    ----------
    measure : str
    segment : str
        `overall`, or the group of artists it is about.
    value, low, high : float
        The ends of the interval are NaN where none was asked for.
    n : int
        Artists (tracks, genres, regions) that it is about.
    """

    measure: str
    segment: str
    value: float
    low: float
    high: float
    n: int

    @property
    def key(self) -> str:
        """Its name in a plain mapping."""
        return self.measure if self.segment == OVERALL else f"{self.measure}:{self.segment}"


def of_artists(
    items: Items, ground: Ground, bootstrap: Bootstrap | None = None
) -> Iterator[ArtistRow]:
    """Yield the measures of all the lists together; intervals over artists where asked for."""
    exposed = exposure(items, len(ground.catalogue))
    by_artist = ground.by_artist(exposed)
    yield from _coverages(exposed, by_artist, ground, bootstrap)
    shown = by_artist[ground.showable_artists]
    ends = bootstrap.interval_of_gini([shown])[0] if bootstrap else (np.nan, np.nan)
    yield ArtistRow("artist_gini", OVERALL, gini(shown), *ends, len(shown))
    yield from _ratios(by_artist, ground, bootstrap)


def exposure_ratio(exposed: Floats, merit: Floats, members: Bools) -> float:
    """Share of exposure of a group of artists over its share of merit; NaN without merit.

    A. Singh, T. Joachims, "Fairness of Exposure in Rankings", KDD 2018: 1, shown as it merits.

    Parameters
    ----------
    exposed, merit : ndarray of float, shape (A,)
    members : ndarray of bool, shape (A,)
    """
    total, due = float(exposed.sum()), float(merit[members].sum())
    if total <= 0 or due <= 0:
        return np.nan
    return float(exposed[members].sum()) / total / (due / float(merit.sum()))


def groups_of_artists(ground: Ground) -> dict[str, Bools]:
    """Return the groups that are measured apart, (A,) each: those with enough artists.

    Emerging artists, those of each region and genre, and the emerging among these.
    """
    catalogue, showable = ground.catalogue, ground.showable_artists
    groups = {EMERGING: ground.emerging & showable}
    kinds: dict[str, tuple[NDArray[Any], Any]] = {
        "region": (catalogue.region_of_artist, catalogue.regions.ids),
        "genre": (ground.genre_of_artist, catalogue.genres.ids),
    }
    for kind, (group_of, names) in kinds.items():
        counts = np.bincount(group_of[(group_of >= 0) & showable], minlength=len(names))
        for number in np.flatnonzero(counts >= MIN_LISTENERS):
            members = (group_of == number) & showable
            groups[f"artists:{kind}:{names[number].as_py()}"] = members
            groups[f"{EMERGING}:{kind}:{names[number].as_py()}"] = members & ground.emerging
    return {name: found for name, found in groups.items() if found.sum() >= MIN_LISTENERS}


def merits(ground: Ground) -> dict[str, Floats]:
    """Return what artists may be said to have earned, three ways: (A,) each.

    Plays in the days held back, plays before, and tracks in the catalogue. They disagree, and none
    of them is the right one: none is given without the others.
    """
    found = {
        "training": ground.by_artist(ground.plays),
        "catalogue": ground.by_artist((~ground.catalogue.hidden).astype(np.float64)),
    }
    if ground.plays_after is not None:
        found = {"heldout": ground.by_artist(ground.plays_after), **found}
    return found


def _ratios(by_artist: Floats, ground: Ground, bootstrap: Bootstrap | None) -> Iterator[ArtistRow]:
    groups = groups_of_artists(ground)
    showable = ground.showable_artists
    known = {name: merit * showable for name, merit in merits(ground).items()}
    ends = _intervals(by_artist, known, groups, bootstrap)
    for name, merit in known.items():
        for group, members in groups.items():
            value = exposure_ratio(by_artist, merit, members)
            low, high = ends.get((name, group), (np.nan, np.nan))
            n = int(members.sum())
            yield ArtistRow(f"exposure_ratio_{name}", group, value, low, high, n)


def _intervals(
    by_artist: Floats,
    known: dict[str, Floats],
    groups: dict[str, Bools],
    bootstrap: Bootstrap | None,
) -> dict[tuple[str, str], tuple[float, float]]:
    """Resample the artists: (merit, group) -> ends of the interval."""
    if bootstrap is None or not groups:
        return {}
    masks = [np.ones(len(by_artist), bool), *groups.values()]
    columns = np.stack(
        [values * mask for values in (by_artist, *known.values()) for mask in masks], axis=1
    )
    everybody = Partition((OVERALL,), np.zeros(len(by_artist), np.int32), {})
    sums = bootstrap.sums(columns, [everybody])[0][:, 0].reshape(-1, len(known) + 1, len(masks))
    with np.errstate(divide="ignore", invalid="ignore"):
        shares = sums[:, :, 1:] / sums[:, :, :1]  # (R, 1 + merits, groups)
        ratios = shares[:, :1] / shares[:, 1:]
    ratios[~np.isfinite(ratios)] = np.nan
    low, high = bootstrap.interval(ratios)
    return {
        (merit, group): (float(low[row, column]), float(high[row, column]))
        for row, merit in enumerate(known)
        for column, group in enumerate(groups)
    }


def _coverages(
    exposed: Floats, by_artist: Floats, ground: Ground, bootstrap: Bootstrap | None
) -> Iterator[ArtistRow]:
    """Shares of what may be shown that stands in at least one list."""
    catalogue, showable = ground.catalogue, ground.showable_artists
    visible = ~catalogue.hidden
    played = showable & (ground.artist_listeners >= MIN_SUPPORT)
    populations = {
        "coverage": exposed[visible],
        "artist_coverage": by_artist[showable],
        "known_artist_coverage": by_artist[played],
        "genre_coverage": _exposed_groups(exposed, catalogue.genres_of, visible),
        "region_coverage": _exposed_groups(
            exposed, Shares.of_one(ground.regions(np.arange(len(catalogue)))), visible
        ),
    }
    for measure, population in populations.items():
        ends = (np.nan, np.nan)
        if bootstrap and len(population) >= MIN_LISTENERS:
            ends = bootstrap.interval_of_share(int(np.count_nonzero(population)), len(population))
        yield ArtistRow(measure, OVERALL, coverage(population), *ends, len(population))


def _exposed_groups(exposed: Floats, shares: Shares, visible: Bools) -> Floats:
    """Share exposure out over the groups that have a track that may be shown."""
    n_groups = int(shares.groups.max(initial=-1)) + 1
    present = shares.sums(visible, n_groups) > 0
    return shares.sums(exposed * visible, n_groups)[present]
