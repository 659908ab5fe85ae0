"""The commands that measure what models.json does not hold, and which figures they print."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from comparison.cases import prepare
from comparison.stamp import ROOT

Numbers = dict[str, float]
Words = Mapping[str, Path]
WORLD: Final = "world-5000"


@dataclass(frozen=True)
class Measurement:
    """One command and what is read from its output.

    Parameters
    ----------
    command : str
        After `python`; `GOWALLA`, `HOME`, `WORLD` and `RUN` stand for folders.
    read : callable
        Output -> figures by name.
    """

    command: str
    read: Callable[[str], Numbers]


def run(name: str, data: Path, work: Path) -> Numbers:
    """Measure.

    Raises
    ------
    ValueError
        If the command fails, or its output lacks a figure: nothing is guessed.
    """
    measurement = MEASUREMENTS[name]
    folders = _folders(name, data, work)
    words = [str(folders.get(word, word)) for word in _with_paths(measurement.command, folders)]
    done = subprocess.run(
        [sys.executable, *words], cwd=ROOT, capture_output=True, text=True, check=False
    )
    # pytest ends with 1 where tests fail, which is a figure like any other.
    if done.returncode not in ({0, 1} if "pytest" in words else {0}):
        raise ValueError(f"{name}: exit {done.returncode}: {done.stderr.strip()[-500:]}")
    try:
        return measurement.read(done.stdout)
    except (ValueError, KeyError) as error:
        raise ValueError(f"{name}: {error} in what it printed: {done.stdout[-500:]}") from error


def _with_paths(command: str, folders: Words) -> Iterator[str]:
    for word in command.split():
        first, slash, rest = word.partition("/")
        yield f"{folders[first]}{slash}{rest}" if first in folders else word


def _folders(name: str, data: Path, work: Path) -> dict[str, Path]:
    found = {"GOWALLA": data / "gowalla", "RUN": work / "run"}
    if {"HOME", "WORLD"} & set(MEASUREMENTS[name].command.split()):
        prepare(WORLD, data, work)
        found |= {"HOME": work / WORLD / "home", "WORLD": work / WORLD / "files"}
    if name == "floor":
        prepare(WORLD, data, work)
        shutil.rmtree(found["RUN"], ignore_errors=True)
        shutil.copytree(work / WORLD / "home", found["RUN"])
        command = [sys.executable, "-m", "rekomenda", "--home", str(found["RUN"]), "run"]
        subprocess.run(command, check=True, capture_output=True)
    return found


def _time(output: str) -> Numbers:
    als, ours = (
        [float(number) for number in re.findall(r"\d+\.\d+", _line(output, start))]
        for start in ("implicit ALS", "rekomenda ")
    )
    return {"als_s": als[2], "als_ndcg": als[3], "ours_s": ours[2], "ours_ndcg": ours[3]}


def _topn(output: str) -> Numbers:
    found: Numbers = {}
    for block in re.split(r"\n(?=\d+ factors)", output)[1:]:
        factors = block.split()[0]
        theirs, ours = (
            _search(r"([\d.]+) x\s+NDCG@\d+ ([\d.]+)", _line(block, start))
            for start in ("implicit", "ours, its listener factors")
        )
        found[f"times_{factors}"] = float(ours[1])
        found |= {f"ours_{factors}": float(ours[2]), f"theirs_{factors}": float(theirs[2])}
    return found


def _line(output: str, start: str) -> str:
    for line in output.splitlines():
        if line.strip().startswith(start):
            return line.strip()
    raise ValueError(f"no line begins with {start!r}")


def _search(pattern: str, text: str) -> re.Match[str]:
    found = re.search(pattern, text)
    if found is None:
        raise ValueError(f"no {pattern!r}")
    return found


def _explore(output: str) -> Numbers:
    return {"explore": float(_search(r"ratio ([\d.]+)", output)[1])}


def _truth(output: str) -> Numbers:
    last = output.strip().splitlines()[-1]  # after what the way there logged
    return {"truth": json.loads(last)["lists"]["auto"]["held_out"]}


def _floor(output: str) -> Numbers:
    for goal in json.loads(output)["goals"]:
        if goal["goal"] == "floor_price" and goal["measured"] is not None:
            return {"floor_price": goal["measured"]}
    raise ValueError("no floor_price")


def _tests(name: str) -> Callable[[str], Numbers]:
    """Count the tests that passed, and those that did not."""

    def read(output: str) -> Numbers:
        last = _search(r"[^\n]*\d+ (passed|failed|error)[^\n]*\s*$", output)[0]
        counts = {
            word: int(count) for count, word in re.findall(r"(\d+) (passed|failed|error)", last)
        }
        failed = counts.get("failed", 0) + counts.get("error", 0)
        return {f"{name}_passed": counts.get("passed", 0), f"{name}_failed": failed}

    return read


_PYTEST: Final = "-m pytest -p no:cacheprovider"
MEASUREMENTS: Final[dict[str, Measurement]] = {
    "topn": Measurement(
        "benchmarks/topn.py --train GOWALLA/train.txt --test GOWALLA/test.txt --rounds 3", _topn
    ),
    "time": Measurement(
        "benchmarks/time_to_quality.py --train GOWALLA/train.txt --test GOWALLA/test.txt --rounds 3",
        _time,
    ),
    "explore": Measurement("benchmarks/explore.py HOME WORLD", _explore),
    "truth": Measurement("benchmarks/truth.py --listeners 5000 --algorithms auto --json", _truth),
    "floor": Measurement("-m rekomenda --home RUN status --json", _floor),
    "gate": Measurement(f"{_PYTEST} tests/e2e/test_bad_models.py", _tests("gate")),
    "reasons": Measurement(
        f"{_PYTEST} tests/contract/test_reasons.py tests/contract/test_models.py",
        _tests("reasons"),
    ),
    "tastes": Measurement(
        f"{_PYTEST} tests/e2e/test_cold_start.py tests/e2e/test_tastes_and_new_tracks.py",
        _tests("tastes"),
    ),
    "shelves": Measurement(
        f"{_PYTEST} tests/unit/ranking/test_explore.py tests/unit/ranking/test_shelves.py "
        "tests/unit/ranking/test_rerank.py tests/unit/ranking/test_similar.py",
        _tests("shelves"),
    ),
}
