"""What becomes of listening when lists are made from what lists led to: rounds of a feedback loop.

    python benchmarks/feedback.py --out feedback.json
    python benchmarks/feedback.py --listeners 5000 --tracks 5000 --artists 600 --rounds 10

Each round every listener is shown a list, chooses, and the model is trained again on everything.
After A. Ferraro, M. Ekstrand, C. Bauer, "It's Not You, It's Me" (RecSys 2024) and O. Lesota et al.,
"Oh, Behave!" (RecSys 2024): the loop and what is watched; the choice model is ours and knows the
true preferences of a generated world.

* A listener makes as many choices a round as they made in a week, at least 1 and at most 30.
* A choice is organic with the chance `--organic`: a fresh choice by their true preference, from the
  whole catalogue. Else it falls on their list: on the track at rank r with a chance that goes as
  preference · 1 / log2(1 + r); who likes nothing of their list plays by rank alone.
* Weights lose a half in 60 days, a round being a week; a round adds log2(1 + plays) to a cell.

The same seed gives the same choices. Rows: what lists show and what is played, round by round.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rekomenda.domain.interactions import Histories, Interactions
from rekomenda.domain.recommendations import Shelf
from rekomenda.domain.training import TrainingData
from rekomenda.evaluation.breadth import narrowness
from rekomenda.evaluation.exposure import measures
from rekomenda.evaluation.ground import Ground
from rekomenda.evaluation.metrics import discounts, exposure, gini
from rekomenda.learning.recipe import Recipe
from rekomenda.ranking.lists import ListMaker
from simulated import SimulatedWorld, list_options, make_world
from truth import recipe_of

K = 10
BLOCK = 512
ROUND_DAYS = 7
HALF_LIFE_DAYS = 60
MAX_CHOICES = 30
SHOWN = {
    "known_artist_coverage": "artist_coverage",
    "artist_gini": "artist_gini",
    "local_share": "local_share",
    "narrowness": "narrowness",
    "popularity_lift": "popularity_lift",
}
"""Measures of the lists that are watched, and what they are called in the rows."""
Ints = NDArray[np.int64]


def main(arguments: list[str] | None = None) -> int:
    options = parse(arguments)
    world = make_world(listeners=options.listeners, tracks=options.tracks, artists=options.artists)
    rows: list[dict[str, Any]] = []
    for variant in variants(world, options.algorithms):
        rows += simulate(
            world, variant, rounds=options.rounds, organic=options.organic, seed=options.seed
        )
        show(rows[-1], rows[-options.rounds - 1])
    result = {"about": vars(options) | {"out": str(options.out)}, "rows": rows}
    if options.out:
        options.out.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
    return 0


def parse(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--listeners", type=int, default=1_500)
    parser.add_argument("--tracks", type=int, default=1_200)
    parser.add_argument("--artists", type=int, default=200)
    parser.add_argument("--rounds", type=int, default=10)
    parser.add_argument("--organic", type=float, default=0.3, help="share of organic choices")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--algorithms", nargs="+", default=["popularity", "als", "default"])
    parser.add_argument("--out", type=Path, help="JSON file for the rows")
    return parser.parse_args(arguments)


@dataclass(frozen=True)
class Variant:
    """A model, with the floor for emerging artists or without it."""

    name: str
    recipe: Recipe
    emerging_share: float


def variants(world: SimulatedWorld, algorithms: list[str]) -> Iterator[Variant]:
    """Yield each model without the floor and with it; popularity has no own taste to lift."""
    share = world.settings.recommend.emerging_share
    for name in algorithms:
        recipe = recipe_of(world, name)
        yield Variant(name, recipe, 0.0)
        if not name.startswith("popularity"):
            yield Variant(f"{name}, floor", recipe, share)


def simulate(
    world: SimulatedWorld, variant: Variant, *, rounds: int, organic: float, seed: int
) -> list[dict[str, Any]]:
    """Let a model and its listeners go round; row 0 is before the first choice.

    Parameters
    ----------
    world : SimulatedWorld
    variant : Variant
    rounds : int
    organic : float
        Share of choices that no list has a part in, 0 to 1.
    seed : int
        Of the choices. Every variant starts with the same one.

    Returns
    -------
    list of dict
        `rounds` + 1 rows: `variant`, `round`, the measures of the lists that are shown, and
        `played_*` of what was chosen in the round (of the whole history in row 0).
    """
    data = world.integrated.data
    listeners = _Listeners.of(world, data, np.random.default_rng(seed))
    played = data.interactions.histories
    emerging = Ground(played, data.catalogue, played).emerging
    rows = []
    for number in range(rounds + 1):
        model = variant.recipe.fit(data)
        maker = _maker(world, variant, data, model)
        lists = _lists(maker, data.interactions.histories)
        rows.append(
            {"variant": variant.name, "round": number} | _row(data, lists, played, emerging)
        )
        if number == rounds:
            break
        played = listeners.choose(lists, organic)
        data = _learn(data, played)
    return rows


@dataclass(frozen=True, eq=False)
class _Listeners:
    """Who chooses, and how often.

    Parameters
    ----------
    names : ndarray of str, shape (U,)
    n_choices : ndarray of int64, shape (U,)
        In a round.
    """

    world: SimulatedWorld
    names: NDArray[np.str_]
    n_choices: Ints
    rng: np.random.Generator

    @classmethod
    def of(cls, world: SimulatedWorld, data: TrainingData, rng: np.random.Generator) -> _Listeners:
        histories = data.interactions.histories
        plays = np.bincount(histories.users_of_cells, histories.plays, len(histories))
        days = max(int(histories.last_day.max() - histories.first_day.min()) + 1, 1)
        weekly = np.clip(np.rint(plays * ROUND_DAYS / days), 1, MAX_CHOICES).astype(np.int64)
        return cls(world, np.asarray(data.interactions.users.ids.to_pylist()), weekly, rng)

    def choose(self, lists: NDArray[np.int32], organic: float) -> Histories:
        """Return what everybody plays in one round."""
        users, items, counts = [], [], []
        n_items = len(self.world.integrated.catalogue)
        for start in range(0, len(lists), BLOCK):
            rows = slice(start, min(start + BLOCK, len(lists)))
            chances = self.world.preferences(self.names[rows])
            alone = self.rng.binomial(self.n_choices[rows], organic)
            freely = self.rng.multinomial(alone, _shares(chances))
            guided = self.rng.multinomial(
                self.n_choices[rows] - alone, _by_rank(lists[rows], chances)
            )
            row, place = np.nonzero((guided > 0) & (lists[rows] >= 0))
            np.add.at(freely, (row, lists[rows][row, place]), guided[row, place])
            row, item = np.nonzero(freely)
            users.append(row + start)
            items.append(item)
            counts.append(freely[row, item])
        plays = np.concatenate(counts)
        return Histories.from_cells(
            np.concatenate(users),
            np.concatenate(items),
            n_users=len(lists),
            n_items=n_items,
            plays=plays,
            weights=np.log2(1 + plays),
            region=self.world.integrated.data.interactions.histories.region,
        )


def _shares(chances: NDArray[Any]) -> NDArray[np.float64]:
    """Return rows that sum to 1; who likes nothing likes everything alike."""
    exact = chances.astype(np.float64)
    sums = exact.sum(axis=1, keepdims=True)
    even = np.full(exact.shape[1], 1 / exact.shape[1])
    return np.where(sums > 0, exact / np.where(sums > 0, sums, 1.0), even)


def _by_rank(lists: NDArray[np.int32], chances: NDArray[np.float32]) -> NDArray[np.float64]:
    """Return the chance of each place of each list: preference by how well the place is seen."""
    seen = discounts(lists.shape[1]) * (lists >= 0)
    liked = np.take_along_axis(chances, np.maximum(lists, 0), axis=1) * seen
    nothing = liked.sum(axis=1, keepdims=True) <= 0
    return _shares(np.where(nothing, seen, liked))


def _learn(data: TrainingData, played: Histories) -> TrainingData:
    """Add a round of plays to what is known; what was known before loses weight."""
    before = data.interactions.histories
    fade = 0.5 ** (ROUND_DAYS / HALF_LIFE_DAYS)
    day = data.as_of_day + ROUND_DAYS
    width = before.n_items
    keys = [h.users_of_cells.astype(np.int64) * width + h.items for h in (before, played)]
    cells, place = np.unique(np.concatenate(keys), return_inverse=True)
    weights = np.concatenate([before.weights * fade, played.weights])
    first = np.full(len(cells), day)
    first[place[: len(before.items)]] = before.first_day
    last = first.copy()
    last[place[: len(before.items)]] = before.last_day
    last[place[len(before.items) :]] = day
    histories = Histories.from_cells(
        cells // width,
        cells % width,
        n_users=len(before),
        n_items=width,
        weights=np.bincount(place, weights, len(cells)),
        plays=np.bincount(place, np.concatenate([before.plays, played.plays]), len(cells)),
        first_day=first,
        last_day=last,
        region=before.region,
    )
    known = data.interactions
    return replace(
        data, interactions=Interactions(known.users, known.items, histories), as_of_day=day
    )


def _maker(world: SimulatedWorld, variant: Variant, data: TrainingData, model: Any) -> ListMaker:
    return ListMaker(
        model=model,
        interactions=data.interactions,
        catalogue=data.catalogue,
        fallback=Recipe("popularity").fit(data),
        shelves={Shelf.FOR_YOU: K},
        as_of_day=data.as_of_day,
        emerging_share=variant.emerging_share,
        **list_options(world.settings),
    )


def _lists(maker: ListMaker, histories: Histories) -> NDArray[np.int32]:
    return np.concatenate(
        [maker.personal.lists(batch)[Shelf.FOR_YOU].items for _, batch in histories.batches(BLOCK)]
    )


def _row(
    data: TrainingData,
    lists: NDArray[np.int32],
    played: Histories,
    emerging: NDArray[np.bool_],
) -> dict[str, float]:
    """Measure what is shown, and what was played in the round before it.

    `emerging` are those artists who were so before the first round: who has risen still counts.
    """
    histories = data.interactions.histories
    ground = Ground(histories, data.catalogue, histories)
    shown = measures(lists, ground)
    found = {name: shown[measure] for measure, name in SHOWN.items() if measure in shown}
    exposed = ground.by_artist(exposure(lists, len(data.catalogue)))
    artists, home = ground.artists(played.items), played.region[played.users_of_cells]
    regions = ground.regions(played.items)
    placed = (regions >= 0) & (home >= 0)
    by_artist = ground.by_artist(np.bincount(played.items, played.plays, played.n_items))
    shares = by_artist[by_artist > 0] / by_artist.sum()
    narrow = narrowness(
        played.users_of_cells, artists, played.plays, ground.vectors, len(histories)
    )
    return found | {
        "emerging_share": float(exposed[emerging].sum() / exposed.sum()),
        "played_artist_entropy": float(-(shares * np.log2(shares)).sum()),
        "played_artist_gini": gini(by_artist[ground.showable_artists]),
        "played_local_share": float(
            played.plays[placed & (regions == home)].sum() / max(played.plays[placed].sum(), 1)
        ),
        "played_emerging_share": float(by_artist[emerging].sum() / by_artist.sum()),
        "played_narrowness": float(np.nanmean(narrow)),
    }


def show(last: dict[str, Any], first: dict[str, Any]) -> None:
    """Print where a variant came from and where it went."""
    print(f"\n{last['variant']}: round {first['round']} to round {last['round']}")
    for name, value in last.items():
        if name not in {"variant", "round"}:
            print(f"  {name:<26}{first[name]:>9.3f}{value:>9.3f}")


if __name__ == "__main__":
    sys.exit(main())
