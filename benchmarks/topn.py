"""Top-20 for everybody from the same factors: users per second, beside the library that learned them.

    python benchmarks/topn.py --train train.txt --test test.txt --factors 64 256
    python benchmarks/topn.py --train train.txt --test test.txt --factors --blend

`implicit` fits ALS once; then it and we list the best unseen items of every listener in turn, in one
process, several times over. Files are those of `split.py`. Ours twice: from the library's own
listener factors, which is the same work, and as we serve, finding every listener's factors anew
from their history. What is compiled when first called, or read from the cache of an earlier run,
is timed apart.

`--blend` lists by `rp3beta`, `graph_filter` and `als` of 256 factors together, of equal weight: from the
candidates they propose, as served, and from every score there is.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
from implicit.cpu.als import AlternatingLeastSquares
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from rekomenda.domain.catalogue import Catalogue
from rekomenda.domain.eligible import Eligible, ItemSets
from rekomenda.domain.ids import IdMap
from rekomenda.domain.interactions import Histories, Interactions
from rekomenda.domain.top_n import TopN
from rekomenda.domain.training import TrainingData
from rekomenda.evaluation.metrics import ndcg
from rekomenda.models import registry
from rekomenda.models.blend.fitted import FittedBlend
from rekomenda.models.blocks import one_blas_thread, run_blocks, slices
from rekomenda.models.factors.base import Factors
from rekomenda.models.lists.factor_walk import FactorWalk
from split import Cells, read

REGULARIZATION, ALPHA, ITERATIONS = 50.0, 40.0, 5
BLEND: dict[str, dict[str, int]] = {
    "rp3beta": {},
    "graph_filter": {},
    "als": {"n_factors": 256, "n_iterations": ITERATIONS},
}
Lists = NDArray[np.int32]


def main(arguments: list[str] | None = None) -> int:
    options = parse(arguments)
    train, test = read(options.train), read(options.test)
    n_users, n_items = (int(max(a.max(), b.max())) + 1 for a, b in zip(train, test, strict=True))
    histories = Histories.from_cells(*train, n_users=n_users, n_items=n_items)
    print(f"{n_users:,} listeners, {n_items:,} items, {len(train[0]):,} plays; top {options.k}")
    for n_factors in options.factors:
        compare(n_factors, histories, test, options)
    if options.blend:
        compare_blend(histories, test, options)
    return 0


def parse(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--train", type=Path, required=True)
    parser.add_argument("--test", type=Path, required=True)
    parser.add_argument("--factors", type=int, nargs="*", default=[64, 256])
    parser.add_argument("--blend", action="store_true", help="lists of a blend of three models")
    parser.add_argument("--k", type=int, default=20, help="length of the lists (default: 20)")
    parser.add_argument("--rounds", type=int, default=5, help="times each is timed (default: 5)")
    return parser.parse_args(arguments)


def compare(n_factors: int, histories: Histories, test: Cells, options: argparse.Namespace) -> None:
    plays = csr_matrix(histories.user_items * np.float32(ALPHA))
    plays.data += 1
    library = AlternatingLeastSquares(
        factors=n_factors,
        regularization=REGULARIZATION,
        alpha=1.0,  # the confidences are given
        iterations=ITERATIONS,
        random_state=0,
        dtype=np.float32,
    )
    with one_blas_thread():  # as the library advises: it shares listeners out itself
        library.fit(plays, show_progress=False)
    model = Factors.of("als", library.item_factors, regularization=REGULARIZATION, alpha=ALPHA)
    walk = FactorWalk.of(library.item_factors, np.ones(len(library.item_factors), np.bool_))
    seen = Eligible(excluded=ItemSets(histories.indptr, histories.items))

    def theirs(users: slice) -> Lists:
        rows = np.arange(len(histories))[users]
        with one_blas_thread():
            found, _ = library.recommend(
                rows, plays[rows], N=options.k, filter_already_liked_items=True
            )
        return np.asarray(found)

    def same(users: slice) -> Lists:
        return by_walk(walk, library.user_factors[users], options.k, seen.rows(users))

    def served(users: slice) -> Lists:
        return model.top_n(histories.rows(users), options.k, seen.rows(users)).items

    ways = {
        "implicit": theirs,
        "ours, its listener factors": same,
        "ours, listeners folded in": served,
    }
    seconds, lists = timed(ways, len(histories), options.rounds)
    print(f"\n{n_factors} factors")
    for name, found in lists.items():
        rate = len(histories) / seconds[name]
        print(
            f"  {name:<28} {rate:>8,.0f} listeners/s  {seconds['implicit'] / seconds[name]:>5.2f} x"
            f"   NDCG@{options.k} {quality(found, histories, test):.4f}"
        )
    equal = (lists["implicit"] == lists["ours, its listener factors"]).mean()
    print(f"  from the same factors {equal:.2%} of all places hold the same item")


def compare_blend(histories: Histories, test: Cells, options: argparse.Namespace) -> None:
    ids = [
        IdMap.of([f"{row:09d}" for row in range(n)]) for n in (len(histories), histories.n_items)
    ]
    data = TrainingData(Interactions(*ids, histories), Catalogue.bare(ids[1]), as_of_day=-1)
    members = [
        {"algorithm": name, "hyperparameters": hyperparameters, "unheard": 1.0}
        for name, hyperparameters in BLEND.items()
    ]
    model = registry.create("blend", {"members": members}).fit(data)
    assert isinstance(model, FittedBlend)
    everything = ScoredWhole(**vars(model))
    seen = Eligible(excluded=ItemSets(histories.indptr, histories.items))

    def served(users: slice) -> Lists:
        return model.top_n(histories.rows(users), options.k, seen.rows(users)).items

    def whole(users: slice) -> Lists:
        return everything.top_n(histories.rows(users), options.k, seen.rows(users)).items

    ways = {"from all scores": whole, "from candidates": served}
    seconds, lists = timed(ways, len(histories), options.rounds)
    print("\nblend of " + ", ".join(BLEND))
    exact = quality(lists["from all scores"], histories, test)
    for name, found in lists.items():
        kept = quality(found, histories, test)
        print(
            f"  {name:<28} {len(histories) / seconds[name]:>8,.0f} listeners/s"
            f"   NDCG@{options.k} {kept:.4f}, {kept / exact:.2%}"
        )


class ScoredWhole(FittedBlend):
    """The same blend, whose lists are made of all scores."""

    _is_small = True


def by_walk(walk: FactorWalk, users: NDArray[np.float32], k: int, seen: Eligible) -> Lists:
    best = TopN.empty(len(users), k)
    everybody = np.ones(len(users), np.bool_)

    def work(rows: slice) -> None:
        (found,) = walk.best(users[rows], everybody[rows], [(k, seen.rows(rows))])
        best.items[rows] = found.items

    run_blocks(work, slices(len(users), 8 * users.shape[1], most=2048))
    return best.items


def timed(
    ways: dict[str, Callable[[slice], Lists]], n_users: int, rounds: int
) -> tuple[dict[str, float], dict[str, Lists]]:
    """Return the least time of each way, which other work on the machine disturbs least."""
    for name, way in ways.items():
        started = time.perf_counter()
        way(slice(0, 1000))
        print(f"  first call of {name}: {time.perf_counter() - started:.2f} s", file=sys.stderr)
    best = dict.fromkeys(ways, np.inf)
    lists: dict[str, Lists] = {}
    for _ in range(rounds):
        for name, way in ways.items():
            started = time.perf_counter()
            lists[name] = way(slice(0, n_users))
            best[name] = min(best[name], time.perf_counter() - started)
    return best, lists


def quality(lists: Lists, histories: Histories, test: Cells) -> float:
    n_items, n_users = histories.n_items, len(histories)
    hits = np.isin(lists + np.arange(n_users)[:, None] * n_items, test[0] * n_items + test[1])
    n_relevant = np.bincount(test[0], minlength=n_users)
    return float(np.nanmean(ndcg(hits & (lists >= 0), n_relevant)))


if __name__ == "__main__":
    sys.exit(main())
