"""How much of the best possible quality is reached: lists against what listeners truly like.

    python benchmarks/truth.py --listeners 5000 --json

A generated world knows the chance of every track to be a listener's next fresh choice. The best
possible list is that of the greatest chances among the tracks a list may hold. Two ratios are
reported for each model, both over the same listeners and the same eligible tracks:

* `held_out`: NDCG@10 against what was played in the days held back, over that of the best lists;
* `expected`: the sum of chance / log2(1 + rank) over that of the best lists: the same without the
  luck of what was played, so that it is the sharper number.

The truth is that of the last day; tastes drift a little before it.
"""

from __future__ import annotations

import argparse
import json
import sys
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rekomenda.domain.models import FittedModel
from rekomenda.domain.recommendations import Shelf
from rekomenda.domain.top_n import top_n
from rekomenda.evaluation.bootstrap import Bootstrap
from rekomenda.evaluation.exam import Exam
from rekomenda.evaluation.metrics import discounts, ndcg
from rekomenda.evaluation.segments import everybody
from rekomenda.evaluation.tasks import Task, eligible
from rekomenda.language import Text
from rekomenda.learning.auto import choose_blend
from rekomenda.learning.exam import Examination, set_exam
from rekomenda.learning.recipe import Recipe, choose_recipes
from rekomenda.ranking.lists import ListMaker
from rekomenda.telemetry.progress import Silent
from simulated import SimulatedWorld, list_options, make_world

K = 10
BLOCK = 512
Items = NDArray[np.int32]
Floats = NDArray[np.float64]


def main(arguments: list[str] | None = None) -> int:
    options = parse(arguments)
    world = make_world(listeners=options.listeners, tracks=options.tracks, artists=options.artists)
    result = measure(world, options.algorithms)
    if options.json:
        print(json.dumps(result))
        return 0
    print(f"{result['listeners']:,} listeners, NDCG@{K} of the best lists {result['best']:.4f}\n")
    print(f"{'lists':<28}{'NDCG@10':>9}{'held out':>10}{'interval':>18}{'expected':>10}")
    for name, row in result["lists"].items():
        interval = f"{row['low']:.1%} to {row['high']:.1%}"
        print(
            f"{name:<28}{row['ndcg']:>9.4f}{row['held_out']:>10.1%}{interval:>18}"
            f"{row['expected']:>10.1%}"
        )
    return 0


def parse(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--listeners", type=int, default=5_000)
    parser.add_argument("--tracks", type=int, default=5_000)
    parser.add_argument("--artists", type=int, default=600)
    parser.add_argument(
        "--algorithms",
        nargs="+",
        default=["random", "popularity", "popularity_genre", "item_knn", "als", "ease", "auto"],
    )
    parser.add_argument("--json", action="store_true", help="one JSON object on standard output")
    return parser.parse_args(arguments)


def measure(world: SimulatedWorld, algorithms: list[str]) -> dict[str, Any]:
    """Hold every model's unheard tracks, and the lists as they are served, against the truth."""
    examination = set_exam(world.integrated, world.settings.evaluate, seed=0)
    exam = examination.exam
    judge = _Judge(world, examination)
    lists: dict[str, Items] = {}
    for name in dict.fromkeys(algorithms):
        recipe = chosen(world, examination) if name == "auto" else recipe_of(world, name)
        model = recipe.fit(examination.data)
        lists[name] = plain_lists(model, exam)
        if name in {"auto", "default"}:
            lists[f"{name}, as served"] = served_lists(world, examination, model)
    return {
        "listeners": len(exam),
        "k": K,
        "best": judge.best_ndcg,
        "lists": {name: judge.of(items) for name, items in lists.items()},
    }


class _Judge:
    """Knows the best lists and what each list is worth."""

    def __init__(self, world: SimulatedWorld, examination: Examination) -> None:
        self._world, self._exam = world, examination.exam
        users = examination.data.interactions.users
        self._names = np.asarray(users.take(self._exam.rows).to_pylist())
        self._best = np.concatenate([self._best_of(rows) for rows in self._blocks()])
        self._best_values = self._ndcg(self._best)
        self._best_worth = self._worth(self._best)
        self.best_ndcg = float(np.nanmean(self._best_values))

    def of(self, items: Items) -> dict[str, float]:
        """Return what lists reach, with the interval of `held_out` over listeners."""
        values = self._ndcg(items)
        asked = ~np.isnan(values)
        columns = np.stack([values[asked], self._best_values[asked]], axis=1)
        bootstrap = Bootstrap()
        sums = bootstrap.sums(columns, [everybody(len(columns))])[0][:, 0]
        low, high = bootstrap.interval(sums[:, 0] / sums[:, 1])
        return {
            "ndcg": float(np.nanmean(values)),
            "held_out": float(columns[:, 0].sum() / columns[:, 1].sum()),
            "low": float(low),
            "high": float(high),
            "expected": float(self._worth(items).sum() / self._best_worth.sum()),
        }

    def _blocks(self) -> list[slice]:
        n = len(self._exam)
        return [slice(start, min(start + BLOCK, n)) for start in range(0, n, BLOCK)]

    def _best_of(self, rows: slice) -> Items:
        chances = self._world.preferences(self._names[rows])
        history = self._exam.train.rows(rows)
        allowed = eligible(Task.UNHEARD, history, self._exam.catalogue).apply(chances)
        return top_n(allowed, K).items

    def _ndcg(self, items: Items) -> Floats:
        hits = self._exam.hits(Task.UNHEARD, slice(0, len(self._exam)), items)
        return ndcg(hits, self._exam.relevant[Task.UNHEARD].counts)

    def _worth(self, items: Items) -> Floats:
        found = []
        for rows in self._blocks():
            chances = self._world.preferences(self._names[rows])
            listed = items[rows]
            worth = np.take_along_axis(chances, np.maximum(listed, 0), axis=1) * (listed >= 0)
            found.append(worth @ discounts(K))
        return np.concatenate(found)


def chosen(world: SimulatedWorld, examination: Examination) -> Recipe:
    """Return the blend that `auto` chooses on days before the cut."""
    with Silent().step("choose", Text("Choosing", "Escolhendo")) as step:
        choice = choose_blend(world.integrated, examination, world.settings, step)
    return Recipe(choice.algorithm, choice.hyperparameters, world.settings.model.seed)


def recipe_of(world: SimulatedWorld, name: str) -> Recipe:
    """Return the recipe of an algorithm; `default` is what stands in for `auto` where it cannot choose."""
    if name != "default":
        return Recipe(name)
    model = world.settings.model
    candidate, _, _ = choose_recipes(
        model.algorithm,
        model.compare,
        model.hyperparameters,
        n_items=len(world.integrated.catalogue),
        max_ease_items=model.max_ease_items,
        seed=model.seed,
    )
    return candidate


def plain_lists(model: FittedModel, exam: Exam) -> Items:
    """Return the model's best unheard tracks."""
    return np.concatenate(
        [
            model.top_n(histories, K, eligible(Task.UNHEARD, histories, exam.catalogue)).items
            for _, histories in exam.train.batches(BLOCK)
        ]
    )


def served_lists(world: SimulatedWorld, examination: Examination, model: FittedModel) -> Items:
    """Return the first places of `for_you` as it would be served: thinned, and with the floor."""
    data = examination.data
    maker = ListMaker(
        model=model,
        interactions=data.interactions,
        catalogue=data.catalogue,
        fallback=Recipe("popularity").fit(data),
        shelves={Shelf.FOR_YOU: world.settings.recommend.for_you},
        as_of_day=data.as_of_day,
        emerging_share=world.settings.recommend.emerging_share,
        **list_options(world.settings),
    )
    return np.concatenate(
        [
            maker.personal.lists(histories)[Shelf.FOR_YOU].items[:, :K]
            for _, histories in examination.exam.train.batches(BLOCK)
        ]
    )


if __name__ == "__main__":
    sys.exit(main())
