"""Choose the default of each algorithm: a small grid, validation cuts of four data sets, one rule.

    python benchmarks/defaults.py --data PUBLIC_SETS --work SCRATCH
    python benchmarks/defaults.py --work SCRATCH --table

PUBLIC_SETS is the folder that docs/real-data.md tells of. No test part is looked at (`validation.py`).
Each setting on each data set is a cell: a process of its own with a time limit, kept as JSON in the
scratch folder, so that whatever was interrupted goes on. The grids are in `GRIDS`, cheapest setting
first. The rule: NDCG@20 relative to the algorithm's best setting on that data set, the mean over
data sets on which all settings were measured; settings that come within 0.25 % of the best mean
are taken for equal, and of these the first in the grid, the cheapest, is the default.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import resource
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, Final

import numpy as np

from rekomenda.errors import RekomendaError
from rekomenda.models import registry
from validation import load_cut, store_cut

SETS: Final = ("hetrec", "world-4000", "nowplaying", "gowalla")
EQUAL: Final = 0.0025
"""Means of relative NDCG that differ by less are taken for equal: less than chance decides."""
LIMIT: Final = 200.0
"""Seconds a cell may take."""
PRELOADED: Final = [
    "validation",
    "implicit.cpu.als",
    "rekomenda.models.linear.co_listening",
    "rekomenda.models.linear.ridge_kernels",
    "rekomenda.models.over_time.transitions",
]

Hyperparameters = Mapping[str, Any]


def _product(**values: tuple[Any, ...]) -> tuple[Hyperparameters, ...]:
    """Return every combination, the last name changing quickest."""
    found: list[dict[str, Any]] = [{}]
    for name, choices in values.items():
        found = [each | {name: choice} for each in found for choice in choices]
    return tuple(found)


GRIDS: Final[dict[str, tuple[Hyperparameters, ...]]] = {
    "graph_filter": tuple(
        {"n_vectors": 256, "ideal": 0.1, "sharpening": 0.5, "tilt": 0.4} | change
        for change in (
            {"n_vectors": 128},
            {},
            {"ideal": 0.0},
            {"ideal": 0.3},
            {"sharpening": 0.0},
            {"sharpening": 1.0},
            {"tilt": 0.2},
            {"tilt": 0.3},
            {"tilt": 0.5},
        )
    ),
    "rp3beta": _product(alpha=(0.6, 0.8, 1.0), beta=(0.1, 0.25, 0.4)),
    "als": (
        *_product(
            n_factors=(64,), n_iterations=(8,), alpha=(5.0, 10.0, 40.0), regularization=(10.0, 50.0)
        ),
        *_product(
            n_factors=(128,), n_iterations=(5,), alpha=(10.0, 40.0), regularization=(50.0, 100.0)
        ),
        *_product(n_factors=(256,), n_iterations=(5,), alpha=(10.0, 40.0), regularization=(50.0,)),
    ),
    "slim": (
        {"n_neighbours": 100, "dropout": 0.5, "regularization": 50.0},
        *_product(n_neighbours=(200,), dropout=(0.0, 0.3, 0.5), regularization=(20.0, 50.0)),
        {"n_neighbours": 200, "dropout": 0.5, "regularization": 150.0},
    ),
    "item_knn": (
        *_product(n_neighbours=(200,), weighting=("cosine",), shrinkage=(0.0, 10.0, 50.0)),
        {"n_neighbours": 200, "weighting": "bm25"},
    ),
    "next_play": _product(span=(15.0, 40.0), recency=(0.25, 0.5, 0.75), asymmetry=(0.7, 0.85)),
    "ease": _product(regularization=(80.0, 200.0, 500.0)),
}
LEFT_OUT: Final = {
    ("next_play", "hetrec"): "no order",
    ("next_play", "gowalla"): "no order",
    ("ease", "gowalla"): "too many items",
    ("ease", "nowplaying"): "too many items",
}


def main(arguments: list[str] | None = None) -> int:
    options = parse(arguments)
    if not options.table:
        if options.data is None:
            print("defaults.py: --data says where the public sets are", file=sys.stderr)
            return 2
        measure_all(options)
    results = {name: collected(options.work, name, options.sets) for name in GRIDS}
    chosen = {name: choose(found) for name, found in results.items() if found}
    for name, place in chosen.items():
        print(table(name, results[name], place))
    stored = {name: GRIDS[name][place] for name, place in chosen.items()}
    (options.work / "defaults.json").write_text(json.dumps(stored, indent=1) + "\n")
    return 0


def parse(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", type=Path, help="folder of the public sets")
    parser.add_argument("--work", type=Path, required=True, help="scratch folder, kept")
    parser.add_argument("--sets", nargs="+", default=list(SETS))
    parser.add_argument("--algorithms", nargs="+", default=list(GRIDS), choices=list(GRIDS))
    parser.add_argument("--seconds", type=float, default=np.inf, help="start no cell after these")
    parser.add_argument("--table", action="store_true", help="measure nothing, show what is known")
    return parser.parse_args(arguments)


def measure_all(options: argparse.Namespace) -> None:
    """Measure every cell that is not there."""
    started = time.perf_counter()
    for name in options.sets:
        cut = store_cut(name, options.data.resolve(), options.work.resolve())
        for algorithm, setting in cells(name, options.algorithms):
            stored = cell_file(options.work, name, algorithm, setting)
            if stored.exists():
                continue
            if time.perf_counter() - started > options.seconds:
                return
            result = run_cell(cut, algorithm, setting)
            stored.parent.mkdir(parents=True, exist_ok=True)
            stored.write_text(json.dumps(result) + "\n")
            print(f"{name} {stored.stem}: {result}", file=sys.stderr, flush=True)


def cells(name: str, algorithms: list[str]) -> Iterator[tuple[str, Hyperparameters]]:
    """Yield what is to be measured on a data set."""
    for algorithm in algorithms:
        if (algorithm, name.partition("-")[0]) not in LEFT_OUT:
            yield from ((algorithm, setting) for setting in GRIDS[algorithm])


def cell_file(work: Path, name: str, algorithm: str, setting: Hyperparameters) -> Path:
    """Return where a cell is kept."""
    words = [f"{key}={value}" for key, value in sorted(setting.items())]
    return work / "cells" / name / f"{'-'.join([algorithm, *words])}.json"


def run_cell(cut: Path, algorithm: str, setting: Hyperparameters) -> dict[str, Any]:
    """Measure in a process of its own; what fails or takes too long says so.

    The process is forked from one that has imported what all of them need.
    """
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(PRELOADED)
    here, there = context.Pipe(duplex=False)
    process = context.Process(target=_send, args=(there, cut, algorithm, dict(setting)))
    process.start()
    there.close()
    try:
        if not here.poll(LIMIT):
            process.kill()
            return {"failed": f"more than {LIMIT:.0f} s"}
        result: dict[str, Any] = here.recv()
    except EOFError:
        process.join()
        return {"failed": f"ended with {process.exitcode}"}
    finally:
        process.join()
    return result


def _send(there: Connection, cut: Path, algorithm: str, setting: Hyperparameters) -> None:
    try:
        there.send(measure(cut, algorithm, setting))
    except (RekomendaError, MemoryError) as error:
        there.send({"failed": repr(error)})


def measure(cut: Path, algorithm: str, setting: Hyperparameters) -> dict[str, float]:
    """Fit one setting and rank; seconds are of this machine, with whatever else it does."""
    validation = load_cut(cut)
    started, used = time.perf_counter(), time.process_time()
    model = registry.create(algorithm, setting).fit(validation.data, seed=0)
    seconds = {
        "fit_seconds": round(time.perf_counter() - started, 2),
        "fit_processor_seconds": round(time.process_time() - used, 2),
    }
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {**validation.measure(model), **seconds, "peak_mb": round(peak)}


def collected(work: Path, algorithm: str, sets: Sequence[str]) -> dict[str, list[float]]:
    """Return the NDCG of each setting, for the data sets on which every one was measured."""
    found = {}
    for name in sets:
        files = [cell_file(work, name, algorithm, each) for each in GRIDS[algorithm]]
        rows = [json.loads(file.read_text()) for file in files if file.exists()]
        values = [row["ndcg"] for row in rows if "ndcg" in row]
        if len(values) == len(files):
            found[name] = values
    return found


def relative(found: Mapping[str, list[float]]) -> np.ndarray:
    """Return the mean over data sets of NDCG over the best on that data set, for each setting."""
    values = np.array(list(found.values()))
    return np.asarray((values / values.max(axis=1, keepdims=True)).mean(axis=0))


def choose(found: Mapping[str, list[float]]) -> int:
    """Return the place of the default in its grid: the first of those as good as the best."""
    means = relative(found)
    return int(np.argmax(means >= means.max() - EQUAL))


def table(algorithm: str, found: Mapping[str, list[float]], chosen: int) -> str:
    """Return a Markdown table of an algorithm, the default in bold."""
    lines = [f"| `{algorithm}` | {' | '.join(found)} | mean, relative |"]
    lines += ["| --- |" + " --- |" * (len(found) + 1)]
    for place, (setting, mean) in enumerate(zip(GRIDS[algorithm], relative(found), strict=True)):
        words = ", ".join(f"{name}={value}" for name, value in setting.items())
        values = " | ".join(f"{values[place]:.4f}" for values in found.values())
        mark = "**" if place == chosen else ""
        lines.append(f"| {mark}{words}{mark} | {values} | {mark}{mean:.4f}{mark} |")
    return "\n".join([*lines, ""])


if __name__ == "__main__":
    sys.exit(main())
