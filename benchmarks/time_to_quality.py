"""How long until everybody has a list as good: `implicit`'s best ALS, and a model that only counts.

    python benchmarks/time_to_quality.py --train train.txt --test test.txt

Fit and top-20 for everybody, both in one process and in turn, several times over; the least time
of each is shown. `implicit` runs at what gave it the highest NDCG on Gowalla: 256 factors, 5 rounds.
Our side is any registered algorithm at its defaults. What is compiled when first called, or read
from the cache of an earlier run, is timed apart, on the first thousand listeners.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
from implicit.cpu.als import AlternatingLeastSquares
from scipy.sparse import csr_matrix

from rekomenda.domain.catalogue import Catalogue
from rekomenda.domain.eligible import Eligible, ItemSets
from rekomenda.domain.ids import IdMap
from rekomenda.domain.interactions import Histories, Interactions
from rekomenda.domain.training import TrainingData
from rekomenda.models import registry
from rekomenda.models.blocks import one_blas_thread
from split import read
from topn import ALPHA, ITERATIONS, REGULARIZATION, Lists, quality

FACTORS = 256
Way = Callable[[Histories], tuple[float, float, Lists]]


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--train", type=Path, required=True)
    parser.add_argument("--test", type=Path, required=True)
    parser.add_argument("--algorithm", default="rp3beta", help="ours (default: rp3beta)")
    parser.add_argument("--k", type=int, default=20, help="length of the lists (default: 20)")
    parser.add_argument("--rounds", type=int, default=3, help="times each is timed (default: 3)")
    options = parser.parse_args(arguments)
    train, test = read(options.train), read(options.test)
    n_users, n_items = (int(max(a.max(), b.max())) + 1 for a, b in zip(train, test, strict=True))
    histories = Histories.from_cells(*train, n_users=n_users, n_items=n_items)
    ways: dict[str, Way] = {
        f"implicit ALS, {FACTORS} factors": lambda given: by_implicit(given, options.k),
        f"rekomenda {options.algorithm}": lambda given: by_us(given, options.algorithm, options.k),
    }
    for name, way in ways.items():
        started = time.perf_counter()
        way(histories.rows(slice(0, 1000)))
        print(f"first call of {name}: {time.perf_counter() - started:.2f} s", file=sys.stderr)
    rounds = [{name: way(histories) for name, way in ways.items()} for _ in range(options.rounds)]
    print(f"{'':<28} {'fit s':>7} {'lists s':>8} {'both s':>7}  NDCG@{options.k}")
    for name in ways:
        fit, lists, found = min((each[name] for each in rounds), key=lambda r: r[0] + r[1])
        print(
            f"{name:<28} {fit:>7.2f} {lists:>8.2f} {fit + lists:>7.2f}"
            f"  {quality(found, histories, test):.4f}"
        )
    return 0


def by_implicit(histories: Histories, k: int) -> tuple[float, float, Lists]:
    plays = csr_matrix(histories.user_items * np.float32(ALPHA))
    plays.data += 1
    library = AlternatingLeastSquares(
        factors=FACTORS,
        regularization=REGULARIZATION,
        alpha=1.0,  # the confidences are given
        iterations=ITERATIONS,
        random_state=0,
        dtype=np.float32,
    )
    with one_blas_thread():  # as the library advises: it shares listeners out itself
        started = time.perf_counter()
        library.fit(plays, show_progress=False)
        fitted = time.perf_counter()
        rows = np.arange(len(histories))
        found, _ = library.recommend(rows, plays, N=k, filter_already_liked_items=True)
        listed = time.perf_counter()
    return fitted - started, listed - fitted, np.asarray(found)


def by_us(histories: Histories, algorithm: str, k: int) -> tuple[float, float, Lists]:
    users, items = (
        IdMap.of([f"{row:09d}" for row in range(count)])
        for count in (len(histories), histories.n_items)
    )
    data = TrainingData(Interactions(users, items, histories), Catalogue.bare(items), as_of_day=-1)
    started = time.perf_counter()
    model = registry.create(algorithm, {}).fit(data)
    fitted = time.perf_counter()
    seen = Eligible(excluded=ItemSets(histories.indptr, histories.items))
    found = model.top_n(histories, k, seen).items
    return fitted - started, time.perf_counter() - fitted, found


if __name__ == "__main__":
    sys.exit(main())
