"""Where faults are tried: homes to start from, and what was tried with this code already."""

from __future__ import annotations

import hashlib
import json
import shutil
import sys
import time
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from comparison.stamp import ROOT
from rekomenda.language import Text
from support.chaos import full_disk, jobs
from support.chaos.strikes import NotReachedError, Undisturbed
from support.tiny_home import load_commands


class Fault(NamedTuple):
    """A fault: its row of the matrix, its words, its points, and one try."""

    row: str
    title: Text
    target: Text
    points: Callable[[Lab], list[str]]
    attempt: Callable[[Lab, str], list[str]]


class Lab:
    """Homes and a memory of tries below a folder.

    Parameters
    ----------
    work : Path
    fresh : bool
        Forget what was tried and made.
    """

    def __init__(self, work: Path, *, fresh: bool = False) -> None:
        load_commands()
        self.work = work.resolve() / _code()
        if fresh:
            shutil.rmtree(self.work, ignore_errors=True)
        self.states, self.tries = self.work / "states", self.work / "tries"
        if not (self.states / "ready").exists():
            shutil.rmtree(self.states, ignore_errors=True)
            self.states.mkdir(parents=True)
            jobs.prepare(self.states)
            (self.states / "ready").touch()
        full_disk.let_go_of(self.tries)
        self.tries.mkdir(exist_ok=True)
        self.jobs = jobs.jobs(self.states)
        self.case = cache(self._case)

    def _case(self, name: str) -> Undisturbed:
        return Undisturbed.of(self.jobs[name], self.tries, long=True)

    def measure(self, name: str, fault: Fault, most: int | None) -> dict[str, Any]:
        """Try all points of a fault, or so many spread over them; tell of those that went wrong."""
        points = fault.points(self)
        wanted = points if most is None else points[:: max(1, -(-len(points) // most))]
        memory = self.work / f"{name}.jsonl"
        tried = self._tried(memory)
        wrong = [line for point in wanted for line in tried.get(point, ())]
        print("\n".join(wrong), end="\n" if wrong else "", file=sys.stderr)
        begun = time.monotonic()
        with memory.open("a", encoding="utf-8") as file:
            for number, point in enumerate(wanted):
                if point in tried:
                    continue
                try:
                    found = fault.attempt(self, point)
                except NotReachedError:
                    found = None
                lines = [
                    f'repro: python benchmarks/chaos.py --at "{name} {point}": {w}'
                    for w in found or ()
                ]
                tried[point] = None if found is None else lines
                file.write(json.dumps([point, tried[point]]) + "\n")
                file.flush()
                for line in lines:
                    print(line, file=sys.stderr)
                wrong += lines
                if sys.stderr.isatty():
                    spent = time.monotonic() - begun
                    print(
                        f"{name}: {number + 1}/{len(wanted)} {spent:.0f} s",
                        end="\r",
                        file=sys.stderr,
                    )
        print(f"{name}: {len(wanted)} points, {len(wrong)} wrong", file=sys.stderr)
        done = [point for point in wanted if tried[point] is not None]
        return {"tried": len(done), "all": len(points), "wrong": len(wrong)}

    def _tried(self, memory: Path) -> dict[str, list[str] | None]:
        if not memory.exists():
            return {}
        return dict(json.loads(line) for line in memory.read_text(encoding="utf-8").splitlines())


def _code() -> str:
    """Name the code that is tried by what it says."""
    files = sorted((ROOT / "src").rglob("*.py"))
    return hashlib.sha256(b"".join(path.read_bytes() for path in files)).hexdigest()[:12]
