"""Measure one model on a published split: what it recalls, how long it takes, what it needs.

    python benchmarks/split.py --train train.txt --test test.txt --algorithm als --k 20 --json \
        --set n_factors=256 --set n_iterations=5

`--algorithm auto` chooses a blend on a validation cut inside the training file, with the default
configuration and nothing else; choosing counts as fitting.

Files are those of LightGCN (X. He et al., SIGIR 2020): a line is a user's number, then the
numbers of their items. All items are ranked, training items left out; recall@k is hits over
test items, NDCG@k has binary relevance and an ideal list of min(k, test items) hits, both are
means over the users with test items.
"""

from __future__ import annotations

import argparse
import json
import resource
import sys
import time
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rekomenda.domain.catalogue import Catalogue
from rekomenda.domain.eligible import Eligible, ItemSets
from rekomenda.domain.ids import IdMap
from rekomenda.domain.interactions import Histories, Interactions
from rekomenda.domain.training import TrainingData
from rekomenda.errors import RekomendaError
from rekomenda.evaluation.metrics import ndcg, recall
from rekomenda.learning.auto import random_validation
from rekomenda.models import registry
from rekomenda.models.base import Algorithm
from rekomenda.settings import Settings
from rekomenda.telemetry.logs import configure_logs
from rekomenda.tuning.choice import Choice
from rekomenda.tuning.choose import Limits, choose

Cells = tuple[NDArray[np.int64], NDArray[np.int64]]


def main(arguments: list[str] | None = None) -> int:
    options = parse(arguments)
    configure_logs()  # standard output is for the result
    try:
        algorithm = None
        if options.algorithm != "auto":
            algorithm = registry.create(options.algorithm, dict(options.set))
        result = measure(
            algorithm, read(options.train), read(options.test), options.k, options.seed
        )
    except (RekomendaError, OSError, ValueError) as error:
        print(f"split.py: {error}", file=sys.stderr)
        return error.exit_code if isinstance(error, RekomendaError) else 65
    if options.json:
        print(
            json.dumps(
                {"algorithm": options.algorithm, "hyperparameters": dict(options.set), **result}
            )
        )
    else:
        for name, value in result.items():
            print(f"{name:<20} {shown(value)}")
    return 0


def parse(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--train", type=Path, required=True)
    parser.add_argument("--test", type=Path, required=True)
    parser.add_argument("--algorithm", required=True, help=", ".join(["auto", *registry.names()]))
    parser.add_argument("--k", type=int, default=20, help="length of the lists (default: 20)")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument(
        "--set",
        type=setting,
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="hyperparameter",
    )
    parser.add_argument("--json", action="store_true", help="one JSON object on standard output")
    return parser.parse_args(arguments)


def shown(value: Any) -> str:
    """Write a number in a column; of a choice its sentence."""
    if isinstance(value, dict):
        return str(value["sentence"]["en"])
    return f"{value:>12.4f}" if isinstance(value, float) else f"{value:>12,}"


def setting(text: str) -> tuple[str, Any]:
    """Read `n_factors=256`, `values=weights`."""
    name, equals, value = text.partition("=")
    if not equals:
        raise argparse.ArgumentTypeError(f"{text!r} is not NAME=VALUE")
    try:
        return name, json.loads(value)
    except json.JSONDecodeError:
        return name, value


def read(path: Path) -> Cells:
    """Return user and item of each cell, repeats dropped.

    Raises
    ------
    ValueError
        If something is not a number.
    """
    rows = [line.split() for line in path.read_text().splitlines() if line.strip()]
    numbers = np.array(list(chain.from_iterable(rows)), np.int64)
    lengths = np.array([len(row) for row in rows])
    starts = np.cumsum(lengths) - lengths
    users = np.repeat(numbers[starts], lengths - 1)
    items = np.delete(numbers, starts)
    cells = np.unique(np.stack([users, items]), axis=1)
    return cells[0], cells[1]


def measure(
    algorithm: Algorithm | None, train: Cells, test: Cells, k: int, seed: int
) -> dict[str, Any]:
    """Fit, rank for everybody and count hits; without an algorithm, choose one first."""
    n_users, n_items = (int(max(a.max(), b.max())) + 1 for a, b in zip(train, test, strict=True))
    histories = Histories.from_cells(*train, n_users=n_users, n_items=n_items)
    users, items = (
        IdMap.of([f"{row:09d}" for row in range(count)]) for count in (n_users, n_items)
    )
    data = TrainingData(Interactions(users, items, histories), Catalogue.bare(items), as_of_day=-1)
    started = time.perf_counter()
    choice = chosen(data, seed) if algorithm is None else None
    if choice is not None:
        algorithm = registry.create(choice.algorithm, choice.hyperparameters)
    model = algorithm.fit(data, seed=seed)
    fitted = time.perf_counter()
    seen = Eligible(excluded=ItemSets(histories.indptr, histories.items))
    lists = model.top_n(histories, k, seen).items
    recommended = time.perf_counter()
    hits = np.isin(lists + np.arange(n_users)[:, None] * n_items, test[0] * n_items + test[1])
    hits &= lists >= 0
    n_relevant = np.bincount(test[0], minlength=n_users)
    return {
        f"recall@{k}": float(np.nanmean(recall(hits, n_relevant))),
        f"ndcg@{k}": float(np.nanmean(ndcg(hits, n_relevant))),
        "fit_seconds": round(fitted - started, 2),
        "recommend_seconds": round(recommended - fitted, 2),
        "users_per_second": round(n_users / (recommended - fitted)),
        "peak_rss_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
        "users": n_users,
        "test_users": int(np.count_nonzero(n_relevant)),
        "items": n_items,
        "train_cells": len(train[0]),
        **({} if choice is None else {"choice": choice.to_json()}),
    }


def chosen(data: TrainingData, seed: int) -> Choice:
    """Choose as a run does for data without time, with the default settings.

    How a published split was made is as a rule not said, so what goes together is held out together.
    """
    settings = Settings()
    share = settings.evaluate.random_share
    validation = random_validation(data, share, seed, together=True)
    limits = Limits(settings.model.budget_seconds, max_ease_items=settings.model.max_ease_items)
    ranker = settings.model.ranker == "auto"
    return choose(validation, data, limits, seed=seed, ranker=ranker)


if __name__ == "__main__":
    sys.exit(main())
