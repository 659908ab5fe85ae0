"""How many true favourites outside their habits `explore` finds, against genre popularity.

    python benchmarks/explore.py HOME WORLD

HOME holds the ingested files of WORLD, a folder that `rekomenda generate` wrote. The model learns
from all days; a hit is one of the 20 tracks that the listener truly prefers (`truth/`) among those
that the shelf may hold. Both lists keep the same rules: habits, versions, tracks of an artist.
"""

from __future__ import annotations

import argparse
import tempfile
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rekomenda.data.world.truth import Truth
from rekomenda.domain.recommendations import Shelf
from rekomenda.domain.training import TrainingData
from rekomenda.joining.integrate import integrate
from rekomenda.models.registry import create
from rekomenda.pipeline.bootstrap import open_engine, open_house
from rekomenda.pipeline.work import plan_work
from rekomenda.ranking.fill import Filler
from rekomenda.ranking.personal import PersonalLists
from rekomenda.ranking.rerank import rerank
from rekomenda.ranking.shelves import ShelfRules
from rekomenda.settings import Settings

N = 20


def learn_from(home: Path) -> TrainingData:
    """Integrate everything that a home holds."""
    house, settings = open_house(home), Settings()
    today = date(2100, 1, 1)
    work = plan_work(house.lake.snapshot(), settings, home=home, as_of=None, today=today)
    with tempfile.TemporaryDirectory() as spill:
        return integrate(
            open_engine(settings, Path(spill)),
            work.parts,
            home=home,
            as_of=work.as_of,
            cut=None,
            options=settings.integrate,
            moments=False,
        ).data


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("home", type=Path)
    parser.add_argument("world", type=Path)
    parser.add_argument("--model", default="ease")
    given = parser.parse_args()
    data, truth = learn_from(given.home), Truth.load(given.world / "truth")
    histories, catalogue = data.interactions.histories, data.catalogue
    rules = ShelfRules.of(catalogue, histories, as_of_day=data.as_of_day, fresh_days=30)
    eligible = rules.eligible_for(Shelf.EXPLORE, histories)
    popularity = create("popularity_genre", {}).fit(data)
    model = create(given.model, {}).fit(data)
    maker = PersonalLists(model, popularity, rules, Filler(catalogue, 3, 200), {Shelf.EXPLORE: N})
    ours = maker.lists(histories)[Shelf.EXPLORE].items
    ranked = popularity.top_n(histories, 400, eligible).items
    columns = rerank(ranked, catalogue, n=N, max_per_artist=3)
    theirs = np.where(columns >= 0, np.take_along_axis(ranked, np.maximum(columns, 0), 1), -1)
    best = favourites(truth, data, eligible)
    active = histories.lengths > 0
    mine, other = (
        (items[:, :, None] == best[:, None, :]).any(axis=2).sum(axis=1)[active]
        for items in (ours, theirs)
    )
    draws = np.random.default_rng(0).integers(0, len(mine), (1000, len(mine)))
    ratios = mine[draws].sum(axis=1) / other[draws].sum(axis=1)
    low, high = np.quantile(ratios, [0.025, 0.975])
    print(
        f"{len(mine)} listeners: explore {mine.mean():.2f} hits of {N}, genre popularity "
        f"{other.mean():.2f}; ratio {mine.sum() / other.sum():.2f} ({low:.2f} to {high:.2f})"
    )


def favourites(truth: Truth, data: TrainingData, eligible: Any) -> NDArray[np.int32]:
    """Return the N eligible items that each listener truly prefers, -2 where there are fewer."""
    tracks = data.catalogue.items.ids.to_pylist()
    known = np.isin(tracks, truth.track_ids)
    liked = np.full((len(data.interactions.users), len(tracks)), -np.inf, np.float32)
    users = data.interactions.users.ids.to_pylist()
    liked[:, known] = truth.preference(users, list(np.array(tracks)[known]))
    liked = eligible.apply(liked)
    best = np.argsort(-liked, axis=1, kind="stable")[:, :N]
    return np.where(np.take_along_axis(liked, best, 1) > -np.inf, best, -2).astype(np.int32)


if __name__ == "__main__":
    main()
