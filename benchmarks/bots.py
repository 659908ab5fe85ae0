"""What fake listeners can do: how many honest lists one per cent of them moves a track into.

    python benchmarks/bots.py --listeners 3000

A track that stands in no honest listener's first ten is pushed by 1 % fake listeners, in two ways:

* `loud`: each plays it 3,000 times a day for two weeks, more than the flag for bots allows;
* `quiet`: each plays it 20 times a day, as often as counts, and five popular tracks once a day, so
  that they look like people.

The plays are ingested and integrated as any others are; the default model learns from what comes of
it, and the lists of the honest are made as they are served.
"""

from __future__ import annotations

import argparse
import json
import sys
from datetime import timedelta
from typing import Any

import numpy as np
from numpy.typing import NDArray

from feedback import BLOCK
from rekomenda.domain.recommendations import Shelf
from rekomenda.learning.recipe import Recipe
from rekomenda.ranking.lists import ListMaker
from simulated import Play, SimulatedWorld, list_options, make_world
from truth import recipe_of

K = 10
DAYS = 14
LIMIT = 0.001


def main(arguments: list[str] | None = None) -> int:
    options = parse(arguments)
    sizes = {
        "listeners": options.listeners,
        "tracks": options.tracks,
        "artists": options.artists,
    }
    honest = make_world(**sizes)
    result = measure(honest, sizes, options.fake)
    print(json.dumps(result, indent=1))
    return 0 if all(row["share"] < LIMIT for row in result["attacks"].values()) else 1


def parse(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--listeners", type=int, default=3_000)
    parser.add_argument("--tracks", type=int, default=2_000)
    parser.add_argument("--artists", type=int, default=300)
    parser.add_argument("--fake", type=float, default=0.01, help="fake listeners for each honest")
    return parser.parse_args(arguments)


def measure(honest: SimulatedWorld, sizes: dict[str, int], fake: float) -> dict[str, Any]:
    """Return the share of honest first tens with the pushed track, attack by attack."""
    data = honest.integrated.data
    before = first_tens(honest)
    names = data.interactions.users.ids.to_pylist()
    target = pushed_track(honest, before)
    n_fake = max(1, round(fake * len(names)))
    attacks = {}
    for attack in ("loud", "quiet"):
        world = make_world(extra=fake_plays(honest, attack, target, n_fake), **sizes)
        after = first_tens(world)
        item = world.integrated.catalogue.items.index_of([target])[0]
        rows = world.integrated.data.interactions.users.index_of(names)
        hit = (after[rows[rows >= 0]] == item).any(axis=1)
        attacks[attack] = {
            "share": float(hit.mean()),
            "lists": int(hit.sum()),
            "flagged": world.integrated.report.bots - honest.integrated.report.bots,
        }
    return {"honest": len(names), "fake": n_fake, "track": target, "attacks": attacks}


def first_tens(world: SimulatedWorld) -> NDArray[np.int32]:
    """Return the first ten of everybody's `for_you`, as served."""
    data, recommend = world.integrated.data, world.settings.recommend
    maker = ListMaker(
        model=recipe_of(world, "default").fit(data),
        interactions=data.interactions,
        catalogue=data.catalogue,
        fallback=Recipe("popularity").fit(data),
        shelves={Shelf.FOR_YOU: K},
        as_of_day=data.as_of_day,
        emerging_share=recommend.emerging_share,
        **list_options(world.settings),
    )
    return np.concatenate(
        [
            maker.personal.lists(batch)[Shelf.FOR_YOU].items
            for _, batch in data.interactions.histories.batches(BLOCK)
        ]
    )


def pushed_track(world: SimulatedWorld, lists: NDArray[np.int32]) -> str:
    """Choose a track that somebody plays, that may be shown, and that no first ten holds."""
    catalogue, histories = world.integrated.catalogue, world.integrated.data.interactions.histories
    listeners = np.bincount(histories.items, minlength=len(catalogue))
    unseen = np.ones(len(catalogue), bool)
    unseen[lists[lists >= 0]] = False
    possible = np.flatnonzero(unseen & ~catalogue.hidden & (listeners >= 3))
    chosen = possible[np.argmin(listeners[possible])]
    return str(catalogue.items.ids[chosen])


def fake_plays(world: SimulatedWorld, attack: str, target: str, n_fake: int) -> list[Play]:
    """Return the rows that the fake listeners leave."""
    data = world.integrated.data
    last = world.integrated.report.last_day
    days = [str(last - timedelta(days=back)) for back in range(DAYS)]
    fakes = [f"FAKE{number:05d}" for number in range(n_fake)]
    if attack == "loud":
        return [(day, name, target, 3_000) for day in days for name in fakes]
    listeners = np.bincount(data.interactions.histories.items, minlength=len(data.catalogue))
    popular = np.argsort(-listeners, kind="stable")[:50]
    rng = np.random.default_rng(0)
    rows: list[Play] = []
    for name in fakes:
        liked = [str(data.catalogue.items.ids[item]) for item in rng.choice(popular, 5, False)]
        for day in days:
            rows.append((day, name, target, 20))
            rows += [(day, name, track, 1) for track in liked]
    return rows


if __name__ == "__main__":
    sys.exit(main())
