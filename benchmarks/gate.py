"""How often the gate holds an honest retrain, and how often it sees a loss.

`python benchmarks/gate.py` makes a world, trains the same model with several seeds in two weeks, and
lets the quality checks compare pairs of them on samples of the examined listeners: honest pairs,
and pairs in which a share of the candidate's listeners get lists that are worth nothing, which is
a loss of just that share. Prints Markdown.
"""

from __future__ import annotations

import argparse
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import numpy as np

from rekomenda.cli.main import run as command
from rekomenda.evaluation.check import Outcome
from rekomenda.evaluation.compare import Evaluation, evaluate
from rekomenda.evaluation.exam import Exam
from rekomenda.evaluation.gate.quality import quality
from rekomenda.evaluation.gate.rules import GateRules
from rekomenda.evaluation.segments import Partition
from rekomenda.joining.integrate import integrate
from rekomenda.learning.exam import set_exam
from rekomenda.learning.recipe import Recipe
from rekomenda.pipeline.bootstrap import open_engine, open_house
from rekomenda.pipeline.work import plan_work
from rekomenda.settings import Settings

SIZES = (250, 500, 1000, 2000, 4000)
LOSSES = (0.0, 0.02, 0.05, 0.1, 0.2)
WEEKS = (date(2024, 6, 23), date(2024, 6, 30))
RULES = GateRules()


def examined(folder: Path, week: date, seeds: Sequence[int], algorithm: str) -> list[Evaluation]:
    """Train once for each seed on the days before a week, and examine each on that week."""
    settings = Settings.model_validate(
        {"evaluate": {"cutoffs": (RULES.cutoff, RULES.recall_cutoff), "n_resamples": 300}}
    )
    house = open_house(folder / "home")
    today = datetime.now(UTC).date()
    work = plan_work(house.lake.snapshot(), settings, home=house.home, as_of=week, today=today)
    integrated = integrate(
        open_engine(settings, folder), work.parts, home=house.home, as_of=work.as_of, cut=work.cut
    )
    exam = set_exam(integrated, settings.evaluate, seed=0)
    return [
        evaluate(Recipe(algorithm, {}, seed).fit(exam.data), f"seed {seed}", exam.exam)
        for seed in seeds
    ]


def sample(exam: Exam, rows: np.ndarray) -> Exam:
    """Return an exam of some of the listeners."""
    return replace(
        exam,
        rows=exam.rows[rows],
        train=exam.train.rows(rows),
        partitions=tuple(Partition(p.names, p.labels[rows], p.facts) for p in exam.partitions),
    )


def taken_from(found: Evaluation, exam: Exam, rows: np.ndarray, useless: np.ndarray) -> Evaluation:
    """Return what a model did for some listeners, some of whom get lists that are worth nothing."""
    values = {
        measure: np.where(useless & ~np.isnan(column[rows]), np.float32(0), column[rows])
        for measure, column in found.values.items()
    }
    return replace(found, exam=exam, values=values)


def outcomes(
    weeks: Sequence[Sequence[Evaluation]], size: int, loss: float, times: int
) -> Iterator[str]:
    """Compare so many pairs: `published`, `held` or `refused`."""
    rng = np.random.default_rng([size, round(1000 * loss)])
    for _ in range(times):
        models = weeks[int(rng.integers(len(weeks)))]
        ours, theirs = rng.choice(len(models), 2, replace=False)
        known = np.flatnonzero(~np.isnan(next(iter(models[0].values.values()))))
        rows = rng.choice(known, min(size, len(known)), replace=False)
        exam = sample(models[0].exam, rows)
        nobody = np.zeros(len(rows), bool)
        candidate = taken_from(models[ours], exam, rows, rng.random(len(rows)) < loss)
        champion = taken_from(models[theirs], exam, rows, nobody)
        checks = quality(candidate, candidate, champion, RULES)
        found = {check.outcome for check in checks}
        if Outcome.FAILED in found:
            yield "refused"
        else:
            yield "held" if Outcome.UNDECIDED in found else "published"


def main() -> None:
    """Measure, and print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--listeners", type=int, default=8000)
    parser.add_argument("--algorithm", default="als")
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--times", type=int, default=100)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        world = ["--listeners", str(asked.listeners), "--tracks", "1500", "--artists", "200"]
        command(["generate", "--out", str(folder / "world"), *world])
        command(["--home", str(folder / "home"), "ingest", str(folder / "world")])
        weeks = [examined(folder, week, range(asked.seeds), asked.algorithm) for week in WEEKS]
    print("| listeners | true loss | published | held | refused |")
    print("|---|---|---|---|---|")
    for size in SIZES:
        for loss in LOSSES:
            found = Counter(outcomes(weeks, size, loss, asked.times))
            cells = (found[name] for name in ("published", "held", "refused"))
            print(f"| {size:,} | {loss:.0%} |", " | ".join(map(str, cells)), "|", flush=True)


if __name__ == "__main__":
    main()
